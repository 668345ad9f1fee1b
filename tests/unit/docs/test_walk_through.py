"""The walk-through uses the words of the screen and the people of the demonstration."""

from __future__ import annotations

import re

import pytest

from tests.unit.docs.reading import ON_PAGES, PAGES, READMES, ROOT, bold, named, prose, read, rows, sources
from webapp.services import demo

readmes = pytest.mark.parametrize("sheet", READMES)
SCREEN = sources(".html", ".json", ".bpmn", ".dmn", ".toml", ".py", folders=ON_PAGES)


@readmes
def test_words_in_bold_stand_on_the_screen(sheet):
    chinese = [words for words in bold(read(sheet)) if re.search(r"[\u4e00-\u9fff]", words)]
    labels = [words for words in chinese if not re.match(r"\d", words) and not words.endswith("。")]
    assert len(labels) > 100
    assert [words for words in labels if words not in SCREEN] == []


@readmes
def test_accounts_are_those_of_the_demonstration(sheet):
    shown = {}
    for row in rows(read(sheet)):
        if len(row) == 4 and row[0].startswith("`") and not row[0].startswith("`LINGGONG"):
            shown |= {row[0].strip("`"): row[1], row[2].strip("`"): row[3]}
    assert set(shown) == {person.username for person in demo.PEOPLE}
    assert {len(re.split("[、,]", text)) for name, text in shown.items() if name == "songzhuang"} == {2}
    assert demo.accounts.DEMO_PASSWORD in prose(read(sheet))


@readmes
def test_everybody_who_acts_is_in_the_walk_through(sheet):
    walk = next(part for part in prose(read(sheet)).split("\n## ") if "**1. " in part)
    later = {"hrss.legal", "hrss.leader"}  # they act after recognition, when a market is made to leave
    acting = {person.username for person in demo.PEOPLE if not later & {*person.positions}}
    assert set(re.findall(r"`([a-z]+(?:-[a-z0-9]+)?)`", walk)) == acting


@pytest.mark.parametrize("sheet", PAGES, ids=named)
def test_no_folder_of_one_machine_is_named(sheet):
    assert re.findall(r"(?:^|[\s`(])/(?:tmp|root|home|mnt|opt)/", read(sheet)) == []


def test_documentation_is_where_it_is_looked_for():
    assert {sheet.parent.relative_to(ROOT).as_posix() for sheet in PAGES} == {".", "docs", "docs/decisions"}
