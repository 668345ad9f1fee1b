"""The parts of the what-if that need no database: facts read again, lines compared."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from webapp.services.frozen_facts import overlaid, readings
from webapp.services.rule_lines import LineChange, changed_lines


def test_what_the_forms_still_say_keeps_its_type():
    context = {"facts": {"check": {"area": Decimal(6180), "note": "007", "on": date(2026, 11, 3)}}}
    frozen = {"facts.check.area": "6180", "facts.check.note": "007", "facts.check.on": "2026-11-03"}
    first = next(readings(context, frozen))
    assert first == context


def test_what_was_said_then_goes_before_what_is_said_now():
    context = {"facts": {"check": {"area": Decimal(9000)}}, "case": {"corrections": 1}}
    first = next(readings(context, {"facts.check.area": "6180", "case.corrections": 0}))
    assert first == {"facts": {"check": {"area": Decimal(6180)}}, "case": {"corrections": 0}}


def test_what_only_the_token_held_is_read_as_text_first_and_then_as_what_it_looks_like():
    plain, typed = readings({}, {"count": "3", "until": "2026-12-01", "kind": "零工驿站", "ok": True})
    assert plain == {"count": "3", "until": "2026-12-01", "kind": "零工驿站", "ok": True}
    assert typed == {"count": Decimal(3), "until": date(2026, 12, 1), "kind": "零工驿站", "ok": True}


def test_the_context_that_is_given_stays_as_it_is():
    context = {"facts": {"a": {"x": 1}}, "settings": {}}
    assert overlaid(context, {"facts.a.x": 2, "facts.b.y": 3, "settings.days": 5}) == {
        "facts": {"a": {"x": 2}, "b": {"y": 3}},
        "settings": {"days": 5},
    }
    assert context == {"facts": {"a": {"x": 1}}, "settings": {}}


def rule(key, matched, test=">= 5000", **outputs):
    return {
        "index": 1,
        "id": key,
        "matched": matched,
        "cells": [{"label": "面积", "test": test, "value": "6180", "matched": matched}],
        "outputs": outputs,
        "annotations": {},
    }


def trace(*rules):
    return {"decisions": [{"id": "conditions", "rules": list(rules)}]}


def test_a_line_that_no_longer_holds_is_told_with_both_demands():
    before = trace(rule("area", matched=True, 条件="面积", 要求="不少于5000㎡"))
    after = trace(rule("area", matched=False, test=">= 7000", 条件="面积", 要求="不少于7000㎡"))
    assert changed_lines(before, after) == [
        LineChange("面积", "面积：6180", "不少于5000㎡（符合）", "不少于7000㎡（不符合）")
    ]


def test_lines_that_say_the_same_are_not_told():
    same = trace(rule("area", matched=True, 条件="面积"), rule("fire", matched=False, 条件="消防"))
    assert changed_lines(same, same) == []


def test_another_output_of_a_line_that_holds_is_told():
    before, after = (
        trace(rule("rate", matched=True, 金额="100")),
        trace(rule("rate", matched=True, 金额="90")),
    )
    assert [line.label for line in changed_lines(before, after)] == ["第 1 条"]


def test_a_line_that_came_or_went_is_told_where_it_counts():
    before = trace(rule("old", matched=True))
    after = trace(rule("new", matched=False, 条件="新条件"), rule("idle", matched=False))
    assert [(line.before, line.after) for line in changed_lines(before, after)] == [
        (">= 5000（符合）", ""),
        ("", ">= 5000（不符合）"),
    ]


def test_entries_of_a_list_that_grew_since_keep_their_types():
    """The file of a market: what was found in 2025 is there still, beside what was found since."""
    before = {"kind": "assessment", "period": "2025", "values": {"score": Decimal("91.82")}}
    since = {"kind": "stars", "period": "2025", "values": {"stars": "四星级"}}
    frozen = {"market.records": [{"kind": "assessment", "period": "2025", "values": {"score": "91.82"}}]}
    first = next(readings({"market": {"records": [since, before]}}, frozen))
    assert first["market"]["records"] == [before]


def test_an_entry_that_was_changed_since_is_read_by_its_shape():
    now = {"kind": "assessment", "period": "2025", "values": {"score": Decimal("95.00")}}
    frozen = {"market.records": [{"kind": "assessment", "period": "2025", "values": {"score": "91.82"}}]}
    first = next(readings({"market": {"records": [now]}}, frozen))
    assert first["market"]["records"][0]["values"] == {"score": Decimal("91.82")}
    assert first["market"]["records"][0]["period"] == "2025"
