"""退回 where timers watch a step, and to steps that wait for an effect."""

import pytest

from tests.unit.engine.build import Process
from tests.unit.engine.play import Case, load


def watched() -> Process:
    """A step with a reminder that people work on, and a limit after which somebody else takes over."""
    process = Process()
    process.start()
    for name in ("file", "check", "remind", "remind2", "take_over", "sign"):
        process.user(name)
    process.boundary("soft", "check", 'duration("P1D")', interrupting=False)
    process.boundary("hard", "check", 'duration("P5D")')
    process.gateway("m")
    process.end()
    process.end("reminded")
    process.chain("start", "file", "check", "m", "sign", "end")
    process.chain("soft", "remind", "remind2", "reminded")
    process.chain("hard", "take_over", "m")
    return process


def filed() -> Case:
    case = Case(load(watched()))
    case.complete("file")
    return case


def test_from_what_a_limit_began_to_the_step_that_it_closed():
    case = filed()
    case.fire("hard")
    assert case.returnable("take_over") == ["file", "check"]
    case.back("take_over", "check")
    assert case.open == ["check", "hard", "soft"]


def test_what_a_reminder_began_goes_back_on_its_own_way_only():
    case = filed()
    case.fire("soft")
    case.complete("remind")
    task = case.id("remind2")
    for target in ("file", "check"):
        case.refuses("重复", lambda run, target=target: run.return_to(task, target))
    case.back("remind2", "remind")
    assert case.open == ["check", "hard", "remind"]


@pytest.mark.parametrize(("source", "target"), [("check", "file"), ("sign", "check"), ("sign", "file")])
def test_what_a_reminder_began_does_not_outlast_a_return_before_it(source, target):
    case = filed()
    case.fire("soft")
    if source == "sign":
        case.complete("check")
    case.back(source, target)
    assert "remind" not in case.open
    assert target in case.open


def test_an_effect_can_be_the_place_to_go_back_to():
    process = Process()
    process.start()
    process.user("file")
    process.service("number", "draw_number", "no")
    process.user("sign")
    process.end()
    process.chain("start", "file", "number", "sign", "end")
    case = Case(load(process))
    case.complete("file")
    case.deliver("number", no=1)
    assert [effect.element_id for effect in case.back("sign", "number").effects] == ["number"]
    case.deliver("number", no=2)
    assert case.token("sign") == {"no": 2}
    assert case.returnable("sign") == ["file"]
