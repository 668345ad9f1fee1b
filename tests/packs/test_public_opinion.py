"""网络舆情处置: how grave a matter is, and every way through the procedure (Policy: TZ-6)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.packs.monitoring import Walk, ask
from tests.packs.opened import tongzhou
from webapp import dmn


def spread(reads: int, *, press: bool = False, crowd: bool = False) -> dict[str, Any]:
    return {"reads": Decimal(reads), "press": press, "crowd": crowd}


def reported(reads: int = 500, involve: tuple[str, ...] = (), **more: bool) -> dict[str, Any]:
    return {"opinionwatch_report": {"spread": spread(reads, **more), "involve": list(involve)}}


def guided(level: str) -> dict[str, Any]:
    return {"opinionwatch_guidance": {"level": level}}


def looked(reads: int, **more: bool) -> dict[str, Any]:
    return {"opinionwatch_review": {"spread": spread(reads, **more)}}


LINES = {
    # By rule: the facts that meet it first, and the level that follows.
    "stays_major": (reported() | guided("重大"), "重大"),
    "crowd_gathers": (reported(1, crowd=True), "重大"),
    "press_reports": (reported(1, press=True), "重大"),
    "widely_read": (reported(100000), "重大"),
    "stays_serious": (reported() | guided("较大"), "较大"),
    "much_read": (reported(10000), "较大"),
    "little_read": (reported(9999), "一般"),
}


def first_line(facts: dict[str, Any]) -> tuple[str, Any]:
    result = ask("public_opinion.dmn", "level", facts)
    (table,) = result.trace.decisions
    return next(rule.id for rule in table.rules if rule.matched), result.outputs


@pytest.mark.parametrize("line", LINES)
def test_each_line_has_its_level(line):
    facts, level = LINES[line]
    assert first_line(facts) == (line, level)


def test_every_line_has_a_case():
    table = dmn.read(tongzhou().rules["public_opinion.dmn"]).decision("level").table
    assert {rule.id for rule in table.rules} == LINES.keys()


def test_just_below_the_highest_figure_is_not_the_highest_level():
    assert first_line(reported(99999)) == ("much_read", "较大")


def test_the_newest_figures_count_and_never_lower_the_level():
    assert first_line(reported() | guided("一般") | looked(20000)) == ("much_read", "较大")
    assert first_line(reported(50000) | guided("较大") | looked(10)) == ("stays_serious", "较大")
    assert first_line(reported() | guided("较大") | looked(200000)) == ("widely_read", "重大")
    assert first_line(reported(press=True) | guided("一般") | looked(10)) == ("little_read", "一般")


@pytest.mark.parametrize(
    ("facts", "step", "due"),
    [
        (reported(), "guide_normal", "sentiment_normal_hours hour"),
        (reported(10000), "guide_serious", "sentiment_serious_hours hour"),
        (reported(crowd=True), "guide_major", "sentiment_major_hours hour"),
    ],
)
def test_guidance_is_due_sooner_the_graver_the_matter(facts, step, due):
    way = Walk("public_opinion", facts)
    way.act("report")
    (task,) = way.run.tasks
    assert (task.element_id, task.properties["due"]) == (step, due)


def test_the_hours_are_fewer_the_graver_the_matter():
    chosen = tongzhou().settings
    hours = [chosen[f"sentiment_{level}_hours"].value for level in ("major", "serious", "normal")]
    assert hours == sorted(set(hours))


@pytest.mark.parametrize(
    ("involve", "steps"),
    [
        ((), {"verify"}),
        (("hrss",), {"hrss_facts"}),
        (("police",), {"police_facts"}),
        (("hrss", "police"), {"hrss_facts", "police_facts"}),
    ],
)
def test_the_township_chooses_who_helps_to_find_the_facts(involve, steps):
    way = Walk("public_opinion", reported(involve=involve))
    way.act("report")
    way.act("guide_normal", level="一般")
    assert way.open == steps
    for step in steps - {"verify"}:
        way.act(step)
    assert way.open == {"verify"}


def signed(level: str = "一般") -> Walk:
    """A case whose answer the township's leader has signed, guided at a level."""
    way = Walk("public_opinion", reported())
    way.act("report")
    way.act("guide_normal", level=level)
    way.act("verify")
    way.act("respond")
    way.act("sign", **{"pass": True})
    return way


@pytest.mark.parametrize("level", ["一般", "较大"])
def test_the_township_answers_for_itself_and_the_case_ends_when_it_is_calm(level):
    way = signed(level)
    assert way.documents == [("opinionwatch_statement", "township")]
    way.act("publish")
    way.act("look_again", result="calm")
    assert way.run.finished
    assert way.outcome == "舆情已平息"


@pytest.mark.parametrize("level", ["重大", None, "anything"])
def test_the_gravest_matters_and_unclear_ones_need_a_second_signature(level):
    way = signed(level)
    assert way.open == {"countersign"}
    assert way.documents == []
    way.act("countersign", **{"pass": True})
    assert way.open == {"publish"}
    assert way.documents == [("opinionwatch_statement", "township")]


def test_what_is_not_countersigned_is_drafted_again():
    way = signed("重大")
    way.act("countersign", **{"pass": False})
    assert way.open == {"respond"}
    assert way.documents == []


def test_what_the_leader_does_not_sign_is_drafted_again():
    way = Walk("public_opinion", reported())
    way.act("report")
    way.act("guide_normal", level="一般")
    way.act("verify")
    way.act("respond")
    way.act("sign", **{"pass": False})
    assert way.open == {"respond"}


@pytest.mark.parametrize("answer", ["spreading", None])
def test_what_goes_on_is_graded_anew_and_guided_at_its_level(answer):
    way = signed("一般")
    way.act("publish")
    way.facts |= guided("一般") | looked(150000)
    way.act("look_again", result=answer)
    assert way.decided["grade_again"] == "重大"
    assert way.open == {"guide_major"}
