"""Timers, messages, effects: what the caller is asked to do, and what follows when it has done so."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.unit.engine.build import Process, properties, timer
from tests.unit.engine.play import Case, load
from webapp import engine, feel


def reminded(expression: str = 'duration("P5D")', *, interrupting: bool) -> Process:
    process = Process()
    process.start()
    process.user("review")
    process.node(
        "boundaryEvent",
        "late",
        properties(due="5 workday") + timer(expression),
        attachedToRef="review",
        cancelActivity="true" if interrupting else "false",
    )
    process.user("remind")
    process.user("next")
    process.end("end")
    process.end("end2")
    process.chain("start", "review", "next", "end")
    process.chain("late", "remind", "end2")
    return process


def test_a_timer_is_armed_with_its_step_and_told_once():
    case = Case(load(reminded(interrupting=False)))
    (armed,) = case.last.timers
    assert (armed.kind, armed.value, armed.attached_to) == ("duration", timedelta(days=5), "review")
    assert not armed.interrupting
    assert armed.properties == {"due": "5 workday"}
    assert case.move(lambda run: run.step()).timers == ()


def test_a_reminder_leaves_the_step_open():
    case = Case(load(reminded(interrupting=False)))
    result = case.fire("late")
    assert [closed.state for closed in result.closed] == ["completed"]
    assert case.open == ["remind", "review"]
    case.complete("review")
    assert case.open == ["next", "remind"]
    case.complete("remind")
    assert case.complete("next").finished


def test_the_reminder_may_end_before_the_step_does():
    case = Case(load(reminded(interrupting=False)))
    case.fire("late")
    case.complete("remind")
    case.complete("review")
    assert case.complete("next").finished


def test_an_interrupting_timer_closes_the_step():
    case = Case(load(reminded(interrupting=True)))
    task = case.id("review")
    result = case.fire("late")
    assert engine.ClosedTask(task, "review", "cancelled") in result.closed
    assert case.open == ["remind"]
    assert case.complete("remind").finished


def test_completing_the_step_dismisses_its_timer():
    case = Case(load(reminded(interrupting=True)))
    timer_id = case.id("late")
    result = case.complete("review")
    assert engine.ClosedTask(timer_id, "late", "cancelled") in result.closed
    with pytest.raises(engine.UnknownTask):
        case.move(lambda run: run.fire(timer_id))


def test_a_step_entered_again_arms_a_new_timer():
    process = reminded(interrupting=False)
    process.parts = [part for part in process.parts if 'sourceRef="next"' not in part]
    process.gateway("again", default="out")
    process.chain("next", "again")
    process.flow("again", "review", "redo", id="redo_flow")
    process.flow("again", "end", id="out")
    case = Case(load(process))
    first = case.id("late")
    case.fire("late")
    case.complete("review")
    case.complete("next", redo=True)
    assert case.id("late") != first
    assert case.open == ["late", "remind", "review"]


def waiting(expression: str, tag: str = "timeDuration") -> Process:
    process = Process()
    process.start()
    process.node("intermediateCatchEvent", "wait", timer(expression, tag))
    process.user("after")
    process.end()
    process.chain("start", "wait", "after", "end")
    return process


@pytest.mark.parametrize(
    ("expression", "tag", "kind", "value"),
    [
        ('duration("P3D")', "timeDuration", "duration", timedelta(days=3)),
        ('duration("PT24H")', "timeDuration", "duration", timedelta(hours=24)),
        ('duration("P1M")', "timeDuration", "duration", feel.YearMonthDuration(1)),
        ('duration("P" + string(settings.days) + "D")', "timeDuration", "duration", timedelta(days=7)),
        ('date("2026-12-31")', "timeDate", "date", date(2026, 12, 31)),
        (
            'date and time("2026-12-31T00:00:00Z")',
            "timeDate",
            "date",
            datetime(2026, 12, 31, tzinfo=UTC),
        ),
    ],
)
def test_a_timer_on_the_way_waits_until_it_is_fired(expression, tag, kind, value):
    case = Case(load(waiting(expression, tag)), scope={"settings": {"days": 7}})
    (armed,) = case.last.timers
    assert (armed.kind, armed.value) == (kind, value)
    stored = engine.resume(case.definition, case.state, {}).timers
    assert stored[0].value == value
    case.fire("wait")
    assert case.open == ["after"]


def test_a_timer_that_gives_no_time_is_an_error():
    with pytest.raises(engine.EngineError, match="时长"):
        Case(load(waiting("settings.days")), scope={"settings": {"days": 7}})


def messaged(on: str = "") -> Process:
    process = Process()
    process.message("reply", "来函答复")
    process.start()
    process.end()
    definition = '<bpmn:messageEventDefinition messageRef="reply"/>'
    if on == "boundary":
        process.user("work")
        process.node("boundaryEvent", "reply_event", definition, attachedToRef="work")
        process.chain("start", "work", "end")
        process.user("answered")
        process.chain("reply_event", "answered", "end")
    elif on == "receive":
        process.node("receiveTask", "reply_event", messageRef="reply")
        process.user("answered")
        process.chain("start", "reply_event", "answered", "end")
    else:
        process.node("intermediateCatchEvent", "reply_event", definition)
        process.user("answered")
        process.chain("start", "reply_event", "answered", "end")
    return process


@pytest.mark.parametrize("on", ["catch", "receive", "boundary"])
def test_a_message_brings_its_keys_along(on):
    case = Case(load(messaged(on)))
    assert [message.name for message in case.last.messages] == ["来函答复"]
    case.receive("reply_event", answer="同意")
    assert case.open == ["answered"]
    assert case.token("answered") == {"answer": "同意"}


def issuing(result: str = "number") -> Process:
    process = Process()
    process.start()
    process.user("a", result="title")
    process.service(
        "issue", "issue_document", result, template='"reply"', title='title + "（" + case.no + "）"'
    )
    process.user("b")
    process.end()
    process.chain("start", "a", "issue", "b", "end")
    return process


def test_an_effect_waits_with_its_parameters_until_its_result_is_delivered():
    case = Case(load(issuing()), scope={"case": {"no": "TZ-1"}})
    (effect,) = case.complete("a", title="复函").effects
    assert effect.operator == "issue_document"
    assert effect.parameters == {"template": "reply", "title": "复函（TZ-1）"}
    assert effect.result_variable == "number"
    assert case.open == ["issue"]
    case.deliver("issue", number="通人社〔2026〕1号")
    assert case.open == ["b"]
    assert case.token("b")["number"] == "通人社〔2026〕1号"


def test_an_effect_without_its_result_leaves_null():
    case = Case(load(issuing()), {"number": "old"}, {"case": {"no": "TZ-1"}})
    case.complete("a", title="x")
    case.deliver("issue")
    assert case.token("b")["number"] is None


def test_an_effect_is_not_completed_as_a_human_step():
    case = Case(load(issuing()), scope={"case": {"no": "TZ-1"}})
    case.complete("a", title="x")
    task = case.id("issue")
    with pytest.raises(engine.UnknownTask):
        case.move(lambda run: run.complete(task, {}))


def test_effects_in_several_branches_are_asked_for_together():
    process = Process()
    process.start()
    process.gateway("s", "parallel")
    process.gateway("j", "parallel")
    process.end()
    process.flow("start", "s")
    for name in ("one", "two"):
        process.service(name, "send", to=f'"{name}"')
        process.chain("s", name, "j")
    process.flow("j", "end")
    case = Case(load(process))
    assert [effect.parameters for effect in case.last.effects] == [{"to": "one"}, {"to": "two"}]
    case.deliver("two")
    assert case.deliver("one").finished


@engine.pure_operator("test_add")
def add(left, right):
    return left + right


def test_a_pure_operator_runs_inside_the_step():
    process = Process()
    process.start()
    process.service("sum", "test_add", "total", left="2", right="40")
    process.user("a")
    process.end()
    process.chain("start", "sum", "a", "end")
    case = Case(load(process))
    assert case.open == ["a"]
    assert case.token("a") == {"total": 42}


@pytest.mark.parametrize("parameters", [{"left": "2"}, {"left": "2", "right": '"text"'}])
def test_a_pure_operator_that_fails_is_an_error_of_its_step(parameters):
    process = Process()
    process.start()
    process.service("sum", "test_add", "total", **parameters)
    process.end()
    process.chain("start", "sum", "end")
    with pytest.raises(engine.EngineError, match="sum"):
        Case(load(process))


def test_an_operator_name_is_registered_once():
    assert engine.pure_operator("test_add")(add) is add
    with pytest.raises(engine.EngineError):
        engine.pure_operator("test_add")(lambda: None)
