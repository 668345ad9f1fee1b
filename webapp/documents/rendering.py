"""From a template and facts to a finished page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from webapp.documents.compose import Content, compose
from webapp.documents.drawing import paint
from webapp.documents.errors import DocumentError, MissingGlyph
from webapp.documents.facts import find_paths
from webapp.documents.filters import day_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webapp.documents.flow import SealBox, SealPlace
    from webapp.documents.template import Head, Template


DISCLOSURES = ("主动公开", "依申请公开", "不予公开")
_NUMBER_LATER = "（发文字号签发后编）"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A document, not yet sealed.

    Attributes:
        pdf: The file.
        sha256: Its hash, in hexadecimal.
        pages: Number of pages.
        seal_boxes: Where the seals go.
        outline: ``(role, text)`` of everything on the pages, in reading order. Roles: agency,
            number, signer, title, addressee, heading-1, paragraph, item, flush, table-header,
            table-row (cells parted by tabs), attachment, signature, date, note,
            attachment-title, printer, copies, classification.
        head: Rendered values of the template head, such as 公开属性 and 保管期限.
    """

    pdf: bytes
    sha256: str
    pages: int
    seal_boxes: tuple[SealBox, ...]
    outline: tuple[tuple[str, str], ...]
    head: Head

    @property
    def text(self) -> str:
        """The document as plain text, one paragraph a line."""
        return "\n".join(text for _, text in self.outline)


def render(
    template: Template,
    facts: Mapping[str, Any],
    *,
    verify_url: str | None = None,
    seals: tuple[SealPlace, ...] = (),
    preview: bool = False,
    mark: str = "预览",
) -> Rendered:
    """Fill a template and typeset it. The same arguments give the same bytes.

    Args:
        template: From :func:`webapp.documents.load_template`.
        facts: ``案``, ``市场``, ``表``, ``单位``, ``文``, ``设置``, ``参数`` as the template needs.
        verify_url: Address behind the QR code; none without it.
        seals: Seals that the document will carry; the page keeps room for them.
        preview: Mark every page as a preview.
        mark: Word of two characters that is written across a preview.

    Raises:
        DocumentError: If a fact is missing, does not fit, or has a character without a glyph.
        TemplateError: If the template itself is wrong.
    """
    try:
        head, blocks = template.fill(_numbered_later(template, facts) if preview else facts)
        _check_disclosure(head)
        across = mark if preview else ""
        across = mark if preview else ""
        made = compose(Content(template.layout, head, blocks, tuple(seals), verify_url, across))
        pdf = paint(made.pages, _metadata(head, facts), made.structure)
    except MissingGlyph as problem:
        paths = find_paths(facts, problem.character)
        raise MissingGlyph(problem.character, field=paths[0] if paths else "模板") from problem
    return Rendered(
        pdf=pdf,
        sha256=hashlib.sha256(pdf).hexdigest(),
        pages=len(made.pages),
        seal_boxes=made.seal_boxes,
        outline=tuple(made.structure.outline),
        head=head,
    )


def _check_disclosure(head: Head) -> None:
    """What decides who may read a document is one of three words, or not yet given."""
    disclosure = head.one("公开属性")
    if disclosure and disclosure not in DISCLOSURES:
        raise DocumentError(
            f"公开属性“{disclosure[:20]}”不在规定范围内，只能是{'、'.join(DISCLOSURES)}之一。",
            field="公开属性",
        )


def _numbered_later(template: Template, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say in a preview that the number comes later; an 申请报告 goes without a red head instead."""
    paper = facts.get("文") or {}
    if template.layout == "申请报告" or paper.get("字号"):
        return facts
    return {**facts, "文": {**paper, "字号": _NUMBER_LATER}}


def _metadata(head: Head, facts: Mapping[str, Any]) -> dict[str, str]:
    agency = "、".join(head.many("署名")) or "".join(head.many("发文机关标志"))
    keywords = [head.one("公开属性"), head.one("保管期限")]
    marked = "".join(head.many("发文机关标志")) + head.one(
        "发文字号"
    )  # a 命令 or 纪要 may go without a title
    return {
        "title": "".join(head.many("标题")) or marked,
        "author": agency,
        "subject": head.one("发文字号"),
        "keywords": "，".join(filter(None, keywords)),
        "created": _created(facts),
    }


def _created(facts: Mapping[str, Any]) -> str:
    """成文日期 as a PDF date in Beijing time; empty if the facts have none."""
    day = (facts.get("文") or {}).get("日期")
    return f"D:{day_of(day):%Y%m%d}000000+08'00" if day else ""
