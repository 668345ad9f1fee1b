"""A computed value keeps the type that its field declares, on its way through storage and back."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

import forms


def schema(**results):
    """Return a form with one computed field for each type; its name says the type, if one is declared."""
    fields = [
        {
            "type": "expression",
            "key": key,
            "label": key,
            "expression": f"=facts.{key}",
            "properties": {"type": declared} if declared else {},
        }
        for key, declared in results.items()
    ]
    return forms.read({"type": "default", "id": "sheet", "title": "计算", "components": fields})


SHEET = schema(score="number", due="date", met="boolean", grade="string", older="")


def stored(values):
    return json.loads(json.dumps(forms.to_json(values)))


def test_each_type_comes_back_from_storage_as_it_went_in():
    facts = {
        "score": Decimal("85.50"),
        "due": date(2026, 12, 10),
        "met": True,
        "grade": "2026-12-10",
        "older": "12",
    }
    entered = forms.bind(SHEET, data={}, scope={"facts": facts}).data
    assert entered == facts
    back = forms.from_json(SHEET, stored(entered))
    assert back == facts
    assert str(back["score"]) == "85.50"
    assert type(back["grade"]) is type(back["older"]) is str


def test_a_formula_may_take_text_from_storage_where_its_field_declares_the_type():
    found = forms.bind(SHEET, data={}, scope={"facts": {"score": "85.50", "due": "2026-12-10"}}).data
    assert found["score"] == Decimal("85.5")
    assert found["due"] == date(2026, 12, 10)


@pytest.mark.parametrize("text", ["没有", "NaN", "Infinity", "1e", ""])
def test_what_an_older_form_stored_can_still_be_read(text):
    assert forms.from_json(SHEET, {"score": text, "due": text}) == {"score": text, "due": text}
    assert forms.from_json(schema(score=""), {"score": "85.50"}) == {"score": "85.50"}


def test_an_unknown_type_is_refused():
    with pytest.raises(forms.SchemaError, match="money"):
        schema(score="money")
