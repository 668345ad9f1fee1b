"""依据 as pages show it: the clause with its wording, or 本地缺省 with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.core.clauses import Basis
from webapp.queries import links

if TYPE_CHECKING:
    from webapp.packs import Pack


@dataclass(frozen=True, slots=True)
class BasisView:
    """What a step, field, rule or paragraph rests on.

    Attributes:
        label: Clause id, or 本地缺省.
        text: Wording of the clause, or the reason of the default.
        url: Page of the clause; `None` for a default.
        is_default: Whether it is ours and not the policy's.
    """

    label: str
    text: str
    url: str | None
    is_default: bool


def basis_views(pack: Pack, text: str | None) -> list[BasisView]:
    """Return everything that a step or a process rests on; it may name several, parted by semicolons."""
    return [_view(pack, basis) for basis in Basis.parse_all(text or "")]


def basis_view(pack: Pack, text: str | None) -> BasisView | None:
    """Return a basis as it is shown, or `None` where none is given."""
    if not text:
        return None
    return _view(pack, Basis.parse(text))


def _view(pack: Pack, basis: Basis) -> BasisView:
    if basis.clause is None:
        return BasisView("本地缺省", basis.note or "", None, is_default=True)
    clause = pack.clauses[basis.clause]
    return BasisView(
        f"{clause.id} {clause.title}", clause.text, links.clause(pack.key, clause.id), is_default=False
    )
