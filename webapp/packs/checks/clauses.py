"""Checks the quotations of a pack and the 依据 of its own entries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from webapp.packs.checks.findings import Finding, check_basis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webapp.core.clauses import Basis
    from webapp.packs.specs import Pack

CLAUSES, MANIFEST = "clauses.toml", "pack.toml"
_SPACE = re.compile(r"\s+")


def check(pack: Pack) -> Iterator[Finding]:
    """Yield quotations that are not word for word, and entries without a good 依据."""
    yield from _quotations(pack)
    for element, basis in entries(pack):
        yield from check_basis(pack, MANIFEST, element, basis)


def _quotations(pack: Pack) -> Iterator[Finding]:
    # A paragraph cut by a page break is joined in the quotation: only characters count, not line ends.
    published = _SPACE.sub("", pack.source_text)
    for clause in pack.clauses.values():
        if _SPACE.sub("", clause.text) not in published:
            yield Finding(
                CLAUSES, clause.id, "引文与政策原文不一致。", "请从政策原文逐字抄录，不要改动任何文字和标点。"
            )
        if clause.source != pack.source:
            yield Finding(
                CLAUSES, clause.id, f"出处“{clause.source}”不是本包的文件。", f"请写文件字号“{pack.source}”。"
            )


def entries(pack: Pack) -> Iterator[tuple[str, Basis]]:
    """Yield every entry of the pack's own file with what it rests on."""
    yield "effective_basis", pack.effective_basis
    for agency in pack.agencies.values():
        yield f"单位 {agency.key}", agency.basis
        if agency.parent_basis is not None:
            yield f"单位 {agency.key} parent", agency.parent_basis
    for document in pack.documents.values():
        yield f"公文 {document.key}", document.basis
    for setting in pack.settings.values():
        yield f"设置 {setting.key}", setting.basis
    if pack.market is not None:
        yield "市场名录", pack.market.basis
        yield "市场名录 goal", pack.market.goal
    for spec in pack.records.values():
        yield f"市场档案 {spec.key}", spec.basis
