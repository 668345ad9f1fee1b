"""The life of a procedure: steps, choices, correction loops, ends."""

import pytest

from tests.unit.engine.build import Process
from tests.unit.engine.play import Case, load
from webapp import engine


def filing() -> Process:
    """File, check; back to filing as often as the check asks, else approve."""
    process = Process("filing", title="申请认定")
    process.start()
    process.user("file", form="filing", position="clerk", result="area")
    process.user("check", form="check", result="verdict")
    process.gateway("ok", default="back")
    process.user("approve", form="approval")
    process.end()
    process.chain("start", "file", "check", "ok")
    process.flow("ok", "approve", 'verdict = "pass"', id="forward")
    process.flow("ok", "file", id="back")
    process.chain("approve", "end")
    process.lane("乡镇", "file", agency="township")
    process.lane("区人力社保局", "check", "approve", agency="hrss")
    return process


def test_a_case_goes_from_start_to_end():
    case = Case(load(filing()), {"kind": "station"})
    assert case.open == ["file"]
    opened = case.complete("file", area=5000).opened[0]
    assert (opened.element_id, opened.lane, opened.agency) == ("check", "区人力社保局", "hrss")
    assert opened.properties["form"] == "check"
    case.complete("check", verdict="pass")
    result = case.complete("approve")
    assert result.finished
    assert case.open == []
    assert case.data == {"kind": "station", "area": 5000, "verdict": "pass"}


def test_a_step_reports_what_closed_and_what_was_passed():
    case = Case(load(filing()))
    task = case.id("file")
    result = case.complete("file", area=1)
    assert result.closed == (engine.ClosedTask(task, "file", "completed"),)
    assert result.trail == ("file", "f2")
    assert case.complete("check", verdict="fail").trail == ("check", "f3", "ok", "back")


def test_correction_loops_can_be_repeated_and_give_new_tasks():
    case = Case(load(filing()))
    seen = set()
    for _ in range(20):
        seen.add(case.id("file"))
        case.complete("file", area=1)
        case.complete("check", verdict="fail")
    assert len(seen) == 20
    case.complete("file", area=2)
    case.complete("check", verdict="pass")
    case.complete("approve")
    assert case.data["area"] == 2


def test_an_answer_of_an_earlier_round_does_not_stand_for_a_missing_one():
    case = Case(load(filing()))
    case.complete("file", area=1)
    case.complete("check", verdict="fail")
    case.complete("file")
    assert case.token("check")["area"] is None


def test_a_task_is_completed_once():
    case = Case(load(filing()))
    task = case.id("file")
    case.complete("file", area=1)
    with pytest.raises(engine.UnknownTask):
        case.move(lambda run: run.complete(task, {}))


@pytest.mark.parametrize("task_id", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_unknown_tasks_are_refused(task_id):
    case = Case(load(filing()))
    with pytest.raises(engine.UnknownTask):
        case.move(lambda run: run.complete(task_id, {}))


def test_a_human_step_is_not_completed_by_delivering_or_firing():
    case = Case(load(filing()))
    task = case.id("file")
    for move in (
        lambda run: run.deliver(task, {}),
        lambda run: run.fire(task),
        lambda run: run.receive(task, {}),
    ):
        with pytest.raises(engine.UnknownTask):
            case.move(move)


def test_cancel_closes_everything():
    case = Case(load(filing()))
    task = case.id("file")
    result = case.move(lambda run: run.cancel())
    assert result.finished
    assert result.closed == (engine.ClosedTask(task, "file", "cancelled"),)
    assert case.open == []


def test_a_finished_case_accepts_nothing():
    case = Case(load(filing()))
    task = case.id("file")
    case.move(lambda run: run.cancel())
    with pytest.raises(engine.UnknownTask):
        case.move(lambda run: run.complete(task, {}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("x", 1.5),
        ("x", {"typename": "datetime"}),
        ("x", ["a"]),
        ("x", b"bytes"),
        ("x", "字" * 20_000),
        ("x", "\ud800"),
        ("case", "shadow"),
        ("settings", "shadow"),
        ("", 1),
    ],
)
def test_what_may_not_travel_with_the_token_is_refused_before_anything_moves(key, value):
    case = Case(load(filing()))
    task = case.id("file")
    run = engine.resume(case.definition, case.state, {})
    with pytest.raises(engine.InvalidValue) as caught:
        run.complete(task, {key: value})
    assert caught.value.message
    assert run.complete(task, {"area": 1}).opened[0].element_id == "check"


def test_scope_cannot_be_shadowed_and_may_change_between_calls():
    process = Process()
    process.start()
    process.user("a")
    process.gateway("g", default="no")
    process.user("small")
    process.user("large")
    process.end()
    process.chain("start", "a", "g")
    process.flow("g", "large", "case.area >= settings.limit")
    process.flow("g", "small", id="no")
    process.chain("small", "end")
    process.flow("large", "end")
    definition = load(process)
    run = engine.start(definition, {}, {"case": {"area": 1}, "settings": {"limit": 5000}})
    task = run.step().opened[0].task_id
    run.scope = {"case": {"area": 6000}, "settings": {"limit": 5000}}
    assert [each.element_id for each in run.complete(task, {}).opened] == ["large"]


def choice(condition: str, default: str = "") -> Process:
    process = Process()
    process.start()
    process.user("a", result="x, list")
    process.gateway("g", default=default)
    process.user("yes")
    process.user("no")
    process.end()
    process.chain("start", "a", "g")
    process.flow("g", "yes", condition)
    process.flow("g", "no", *([] if default else ["false"]), id="other")
    process.chain("yes", "end")
    process.flow("no", "end")
    return process


@pytest.mark.parametrize("value", [None, "false", "true", 1, 0])
def test_a_condition_must_be_exactly_true_or_false(value):
    case = Case(load(choice("x", "other")))
    with pytest.raises(engine.ConditionError, match="真或假"):
        case.complete("a", x=value)


def test_a_condition_over_a_key_that_was_never_set_does_not_take_the_default_exit():
    case = Case(load(choice("x > 3", "other")))
    with pytest.raises(engine.ConditionError):
        case.complete("a")


def test_a_condition_with_an_unknown_name_is_an_error():
    case = Case(load(choice("nobody = 1", "other")))
    with pytest.raises(engine.ConditionError, match="nobody"):
        case.complete("a")


def test_no_exit_is_an_error():
    case = Case(load(choice("x")))
    with pytest.raises(engine.ConditionError, match="没有默认出口"):
        case.complete("a", x=False)


def test_after_an_error_nothing_can_be_stored():
    case = Case(load(choice("x")))
    run = engine.resume(case.definition, case.state, {})
    task = case.id("a")
    with pytest.raises(engine.ConditionError):
        run.complete(task, {"x": False})
    with pytest.raises(engine.EngineError):
        run.state()
    with pytest.raises(engine.EngineError):
        run.complete(task, {"x": True})


def test_the_first_true_exit_in_document_order_is_taken():
    process = Process()
    process.start()
    process.gateway("g", default="d")
    for name in ("first", "second", "third"):
        process.user(name)
    process.end()
    process.flow("start", "g")
    process.flow("g", "first", "false")
    process.flow("g", "second", "true")
    process.flow("g", "third", id="d")
    for name in ("first", "second", "third"):
        process.flow(name, "end")
    assert Case(load(process)).open == ["second"]


def test_a_comment_inside_a_condition_does_not_cut_it():
    source = choice("x and y", "other").xml().replace(b"x and y", b"x <!-- -->and false")
    definition = engine.load({"p.bpmn": source}, "p")
    assert Case(definition).complete("a", x=True).opened[0].element_id == "no"


def test_an_end_that_terminates_closes_the_rest():
    process = Process()
    process.start()
    process.gateway("s", "parallel")
    process.user("a")
    process.user("b")
    process.end("stop", terminate=True)
    process.end("end")
    process.chain("start", "s", "a", "stop")
    process.chain("s", "b", "end")
    case = Case(load(process))
    other = case.id("b")
    result = case.complete("a", done="yes")
    assert result.finished
    assert engine.ClosedTask(other, "b", "cancelled") in result.closed
    assert case.data == {"done": "yes"}


def test_a_case_ends_when_the_last_branch_ends():
    process = Process()
    process.start()
    process.gateway("s", "parallel")
    for name in "ab":
        process.user(name)
        process.end(f"end_{name}")
        process.chain("s", name, f"end_{name}")
    process.flow("start", "s")
    case = Case(load(process))
    assert not case.complete("a", a=1).finished
    assert case.complete("b", b=2).finished
    assert case.data == {"a": 1, "b": 2}


def test_a_milestone_is_passed_and_told():
    process = Process()
    process.start()
    process.node("intermediateThrowEvent", "accepted", name="受理")
    process.user("a")
    process.end()
    process.chain("start", "accepted", "a", "end")
    assert "accepted" in Case(load(process)).trail
