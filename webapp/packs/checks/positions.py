"""Checks what positions may do: a right that nothing asks for gives nobody anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.packs.checks.findings import Finding
from webapp.packs.rights import RIGHTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webapp.packs.specs import Pack


def check(pack: Pack) -> Iterator[Finding]:
    """Yield the rights that there are not."""
    for position in pack.positions:
        for right in position.rights:
            if right not in RIGHTS:
                yield Finding(
                    "pack.toml",
                    f"岗位 {position.name}",
                    f"没有名为“{right}”的权限。",
                    "请在基本信息的“岗位”中勾选已有的权限。",
                )
