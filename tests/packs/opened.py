"""The packs of the project, and broken copies of them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from webapp import packs

if TYPE_CHECKING:
    from webapp.packs import Pack

ROOT = Path(__file__).parents[2]


@lru_cache
def tongzhou() -> Pack:
    return packs.load(
        ROOT / "workflows" / "tongzhou", forms_root=ROOT / "forms", templates_root=ROOT / "docs_templates"
    )


def changed(path: str, old: str, new: str) -> Pack:
    """The pack with one text replaced in one file, wherever it stands there."""
    files = dict(tongzhou().files)
    assert old in files[path], f"{old} does not stand in {path}"
    files[path] = files[path].replace(old, new)
    return packs.read(files)


def without(path: str) -> Pack:
    files = dict(tongzhou().files)
    del files[path]
    return packs.read(files)
