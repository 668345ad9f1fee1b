"""How processes write periods and what happens when one has run out."""

from __future__ import annotations

import pytest

from webapp.core.time_limits import OverdueAct, parse_overdue, parse_period


@pytest.mark.parametrize(
    ("text", "amount", "unit", "setting"),
    [
        ("5 workday", "5", "workday", None),
        (" 24 hour ", "24", "hour", None),
        ("opinion_days workday", "opinion_days", "workday", "opinion_days"),
    ],
)
def test_a_period_names_its_number_or_a_setting(text, amount, unit, setting):
    period = parse_period(text)
    assert (period.amount, period.unit, period.setting) == (amount, unit, setting)


@pytest.mark.parametrize("text", ["", "5", "5 weeks", "0 day", "-1 day", "五 day", "5  workday", "99999 day"])
def test_anything_else_is_no_period(text):
    with pytest.raises(ValueError, match="写法不对"):
        parse_period(text)


def test_what_happens_when_late_is_a_list():
    assert parse_overdue("notify, escalate") == (OverdueAct("notify"), OverdueAct("escalate"))
    assert parse_overdue("late_opinion") == (OverdueAct("setting", setting="late_opinion"),)
    assert parse_overdue("presume") == (OverdueAct("presume"),)


def test_the_default_way_is_the_last_and_may_hold_commas():
    acts = parse_overdue('escalate, take:{"pass": true, "route": "leader"}')
    assert acts[0] == OverdueAct("escalate")
    assert acts[1].result == {"pass": True, "route": "leader"}
    assert parse_overdue('take:{"pass": false}')[0].result == {"pass": False}


@pytest.mark.parametrize(
    "text", ["", " , ", "Notify", "take:", "take:true", "take:{}", 'take:{"a": 1', "a b"]
)
def test_badly_written_acts_are_refused_with_the_mend(text):
    with pytest.raises(ValueError, match=r"notify|JSON"):
        parse_overdue(text)
