"""`must`: what has to be true of one value beside others."""

from __future__ import annotations

from decimal import Decimal

import pytest

import forms
from webapp.core.errors import Invalid

LINE = {
    "type": "number",
    "key": "used",
    "label": "用款",
    "properties": {"must": "=used <= granted", "must_message": "用款超过批准数。"},
}
SCHEMA = {
    "type": "default",
    "id": "budget",
    "title": "预算",
    "reads": ["plan"],
    "components": [
        {
            "type": "dynamiclist",
            "path": "lines",
            "label": "明细",
            "components": [{"type": "number", "key": "granted", "label": "批准"}, LINE],
        },
        {
            "type": "number",
            "key": "total",
            "label": "合计",
            "properties": {
                "must": "=total = sum(lines.granted) and total <= plan.ceiling",
                "must_message": "合计与明细不符，或超过上限。",
            },
        },
    ],
}


def errors(values, ceiling=100, **more):
    scope = {"plan": {"ceiling": Decimal(ceiling)}}
    try:
        forms.check(forms.read(SCHEMA), values, scope=scope, **more)
    except Invalid as refused:
        return refused.errors
    return {}


GOOD = {"lines": [{"granted": 60, "used": 60}, {"granted": 40, "used": 0}], "total": 100}


def test_what_agrees_is_taken():
    assert errors(GOOD) == {}


@pytest.mark.parametrize("total", [99, 101])
def test_a_total_that_does_not_agree_is_told_at_its_field(total):
    assert errors(GOOD | {"total": total}) == {"total": ["合计与明细不符，或超过上限。"]}


def test_other_forms_may_be_looked_at():
    assert list(errors(GOOD, ceiling=99)) == ["total"]


def test_each_row_is_looked_at_by_itself():
    lines = [{"granted": 60, "used": 60}, {"granted": 40, "used": 41}]
    assert errors(GOOD | {"lines": lines}) == {"lines.1.used": ["用款超过批准数。"]}


def test_nothing_is_asked_of_what_was_left_empty():
    assert errors({"lines": [{"granted": 60}]}) == {}


def test_a_locked_value_is_told_of_when_its_neighbour_changes():
    changed = {"lines": [{"granted": 70, "used": 60}]}
    data = forms.from_json(forms.read(SCHEMA), {"lines": [{"granted": "60", "used": "60"}], "total": "60"})
    assert list(errors(changed | {"total": 60}, data=data, editable=["lines"])) == ["total"]


def test_a_page_shows_it_at_the_field():
    page = {"lines-0-granted": "60", "total": "61"}
    form = forms.bind(forms.read(SCHEMA), formdata=page, scope={"plan": {"ceiling": Decimal(100)}})
    assert not form.validate()
    assert form.find("total").errors == ["合计与明细不符，或超过上限。"]


def test_a_condition_without_words_for_the_person_is_no_schema():
    silent = LINE | {"properties": {"must": "=used > 0"}}
    with pytest.raises(forms.SchemaError, match="must_message"):
        forms.read(SCHEMA | {"components": [silent]})
