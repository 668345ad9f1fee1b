"""Links lead somewhere, and pictures are small enough to be looked at."""

from __future__ import annotations

import struct

import pytest

from tests.unit.docs.reading import PAGES, READMES, ROOT, anchors, links, named, read

PICTURES = sorted((ROOT / "docs" / "images").iterdir())
LARGEST_BYTES = 200 * 1024
WIDEST_PIXELS = 1280


@pytest.mark.parametrize("sheet", PAGES, ids=named)
def test_links_lead_somewhere(sheet):
    broken = []
    for target in links(read(sheet)):
        if target.startswith(("http:", "https:")):
            continue
        path, _, anchor = target.partition("#")
        there = (sheet.parent / path).resolve() if path else sheet
        if not there.exists() or (anchor and anchor not in anchors(read(there))):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("picture", PICTURES, ids=named)
def test_pictures_are_small(picture):
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(content) < LARGEST_BYTES
    assert struct.unpack(">I", content[16:20])[0] <= WIDEST_PIXELS


@pytest.mark.parametrize("sheet", READMES)
def test_every_picture_is_shown(sheet):
    shown = {target for target in links(read(sheet)) if target.endswith(".png")}
    assert shown == {named(picture) for picture in PICTURES}


def test_every_decision_is_listed():
    folder = ROOT / "docs" / "decisions"
    listed = set(links(read(folder / "README.md")))
    assert listed == {path.name for path in folder.glob("[0-9]*.md")}
