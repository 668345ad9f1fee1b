"""依据 of a document: of the whole, and of each of its paragraphs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from webapp.documents import DocumentError
from webapp.queries.bases import BasisView, basis_view
from webapp.queries.releases import pack_of_case, template_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from webapp.documents import Template
    from webapp.models.document import Document
    from webapp.packs import Pack

_EXCERPT = 36  # characters


@dataclass(frozen=True, slots=True)
class Passage:
    """Paragraphs or table rows in a row that rest on the same.

    Attributes:
        beginning: How the first of them begins.
        end: How the last of them begins; empty if there is only one.
        count: How many there are.
        bases: What they rest on.
    """

    beginning: str
    end: str
    count: int
    bases: list[BasisView]


@dataclass(frozen=True, slots=True)
class DocumentBases:
    """What a document rests on.

    Attributes:
        whole: 依据 of the document as a whole.
        passages: 依据 of its paragraphs, in reading order; empty for a document whose template, at its
            time, said nothing of its paragraphs.
    """

    whole: list[BasisView]
    passages: list[Passage]


def document_bases(session: Session, document: Document) -> DocumentBases:
    """Return what a document rests on, by the template and the facts that it was set from."""
    pack = pack_of_case(session, document.case)
    spec = pack.documents.get(document.template_key)
    template = template_in(pack, spec.template if spec else document.template_key)
    return DocumentBases(_views(pack, template.bases), _passages(pack, template, document))


def _passages(pack: Pack, template: Template, document: Document) -> list[Passage]:
    try:
        grounds = template.grounds(document.facts)
    except DocumentError:  # set by an older version of the program, which could print these facts
        return []
    printed = {(role, text) for role, text in document.outline}
    if any(part not in printed for part, _ in grounds) or not any(bases for _, bases in grounds):
        return []
    passages = []
    for bases, group in groupby(grounds, lambda ground: ground[1]):
        first, *others = [_excerpt(text) for (_, text), _ in group]
        last = others[-1] if others else ""
        passages.append(Passage(first, last, 1 + len(others), _views(pack, bases)))
    return passages


def _views(pack: Pack, bases: Sequence[str]) -> list[BasisView]:
    return [view for basis in bases if (view := basis_view(pack, basis))]


def _excerpt(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _EXCERPT else f"{flat[: _EXCERPT - 1]}…"
