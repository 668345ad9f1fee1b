"""What forms of the pack are filled in with where no scenario tells it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import forms
from webapp.services.made_up_values import made_up_values

FORMS = Path(__file__).parents[3] / "forms" / "tongzhou"
MONDAY = date(2026, 11, 23)


def values_of(name, **there):
    return made_up_values(forms.read((FORMS / f"{name}.json").read_bytes()), there, MONDAY)


def test_every_kind_of_field_gets_something():
    filing = values_of("filing")
    assert filing["kind"] == "综合性零工市场", "the first choice"
    assert filing["need"]["reason"].startswith("演示")
    assert filing["site"]["address"]["text"] == "演示路1号"
    assert filing["operator"]["uscc"] == "91110112MA01ABCD17"
    assert filing["contact"]["phone"] == "13800000000"
    assert filing["facilities"]["market_sign"] is True
    assert len(filing["staff"]) == 1
    assert filing["site_files"] == ["② 场地图文资料.pdf"], "a name, for which a file is made up"
    assert filing["trial"]["start"] == "2026-11-23"


def test_what_stands_there_stays():
    filing = values_of("filing", kind="零工驿站", site={"area": "88", "hours": ""})
    assert filing["kind"] == "零工驿站"
    assert filing["site"]["area"] == "88"
    assert filing["site"]["hours"].startswith("演示")


@pytest.mark.parametrize("name", ["township_review", "township_sign", "acceptance"])
def test_plain_forms_can_be_submitted_as_they_are_made_up(name):
    schema = forms.read((FORMS / f"{name}.json").read_bytes())
    assert forms.check(schema, values_of(name), scope={"case": {"corrections": 0}, "settings": {}})
