"""Steps that run once per item."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engine.build import Process, items
from tests.unit.engine.play import Case, load
from webapp import engine


def per_item(loop: str) -> Process:
    """Inspect each item, then review; back to inspecting if asked."""
    process = Process()
    process.start()
    process.user("inspect", loop)
    process.user("review", result="again")
    process.gateway("g", default="out")
    process.end()
    process.chain("start", "inspect", "review", "g")
    process.flow("g", "inspect", "again")
    process.flow("g", "end", id="out")
    return process


COLLECTION = items("facts.zones", item="zone", output="findings", output_item="finding")
ZONES = {"facts": {"zones": ["办公区", "服务区", "培训室"]}}


def test_each_item_has_its_own_task():
    case = Case(load(per_item(COLLECTION)), scope=ZONES)
    assert [(task.item, task.number) for task in case.last.opened] == [
        ("办公区", 1),
        ("服务区", 2),
        ("培训室", 3),
    ]
    assert {task.element_id for task in case.last.opened} == {"inspect"}


@settings(max_examples=20, deadline=None)
@given(st.permutations([0, 1, 2]))
def test_results_are_collected_in_the_order_of_the_items(order):
    case = Case(load(per_item(COLLECTION)), scope=ZONES)
    tasks = [task.task_id for task in case.last.opened]
    for place in order:
        assert "review" not in case.open
        case.move(lambda run, place=place: run.complete(tasks[place], {"finding": f"finding {place}"}))
    assert case.token("review") == {"findings": ["finding 0", "finding 1", "finding 2"]}


@pytest.mark.parametrize(
    "loop",
    [
        COLLECTION,
        items("facts.zones", item="zone"),
        items("facts.zones", item="zone", output="findings", output_item="finding", sequential=True),
        items(cardinality="3", output="findings", output_item="finding"),
        items(cardinality="count(facts.zones)", sequential=True),
    ],
)
def test_the_step_can_be_entered_again(loop):
    case = Case(load(per_item(loop)), scope=ZONES)
    for number in range(3):
        for _ in range(3):
            case.complete("inspect", finding=number)
        case.complete("review", again=number < 2)
    assert case.finished
    assert case.data.get("findings", [2, 2, 2]) == [2, 2, 2]


def test_one_after_the_other():
    loop = items("facts.zones", item="zone", sequential=True)
    case = Case(load(per_item(loop)), scope=ZONES)
    seen = []
    while "inspect" in case.open:
        assert len(case.open) == 1
        seen.append(case.token("inspect")["zone"])
        case.complete("inspect")
    assert seen == ZONES["facts"]["zones"]


def test_enough_results_close_the_rest():
    loop = items(
        cardinality="5",
        output="votes",
        output_item="vote",
        until="count(results[item = true]) > nrOfInstances / 2",
    )
    case = Case(load(per_item(loop)))
    for vote in (True, False, True):
        case.complete("inspect", vote=vote)
    assert len(case.open) == 2
    result = case.complete("inspect", vote=True)
    assert [closed.state for closed in result.closed].count("cancelled") == 1
    assert case.open == ["review"]
    assert case.token("review") == {"votes": [True, False, True, True]}


def test_no_items_pass_at_once():
    case = Case(load(per_item(COLLECTION)), scope={"facts": {"zones": []}})
    assert case.open == ["review"]
    assert case.token("review") == {"findings": []}


def test_what_an_item_enters_besides_its_result_stays_with_it():
    case = Case(load(per_item(COLLECTION)), {"total": 0}, ZONES)
    for _ in range(3):
        case.complete("inspect", finding="ok", total=99)
    assert case.token("review") == {"total": 0, "findings": ["ok", "ok", "ok"]}


@pytest.mark.parametrize("value", ['"text"', "null", "[{a: 1}]", "facts.none"])
def test_what_is_no_list_of_plain_values_is_an_error(value):
    process = per_item(items("things", item="thing"))
    process.parts = [part.replace("things", "facts.things") for part in process.parts]
    things = {'"text"': "text", "null": None, "[{a: 1}]": [{"a": 1}], "facts.none": None}[value]
    with pytest.raises(engine.EngineError):
        Case(load(process), scope={"facts": {"things": things}})


@pytest.mark.parametrize("cardinality", ["1.5 + settings.x", "settings.x - 1", "2000 + settings.x"])
def test_a_count_must_be_a_reasonable_whole_number(cardinality):
    with pytest.raises(engine.EngineError, match="整数"):
        Case(load(per_item(items(cardinality=cardinality))), scope={"settings": {"x": 0}})


def test_a_timer_can_close_all_items():
    process = per_item(COLLECTION)
    process.boundary("late", "inspect", 'duration("P3D")')
    process.flow("late", "review")
    case = Case(load(process), scope=ZONES)
    case.complete("inspect", finding="ok")
    result = case.fire("late")
    assert [closed.state for closed in result.closed].count("cancelled") == 2
    assert case.open == ["review"]


def test_two_steps_may_use_the_same_item_name():
    process = Process()
    process.start()
    process.user("one", items("facts.zones", item="z1").replace('name="z1"', 'name="zone"'))
    process.user("two", items("facts.zones", item="z2").replace('name="z2"', 'name="zone"'))
    process.end()
    process.chain("start", "one", "two", "end")
    case = Case(load(process), scope=ZONES)
    for name in ("one", "two"):
        for _ in range(3):
            assert case.token(name)["zone"] in ZONES["facts"]["zones"]
            case.complete(name)
    assert case.finished


def test_items_can_be_subprocesses():
    process = Process()
    inner = Process()
    inner.prefix = "i"
    inner.start("is")
    inner.user("visit")
    inner.user("report")
    inner.end("ie")
    inner.chain("is", "visit", "report", "ie")
    process.start()
    process.sub("each", inner, items("facts.zones", item="zone", output="reports", output_item="text"))
    process.user("review")
    process.end()
    process.chain("start", "each", "review", "end")
    case = Case(load(process), scope=ZONES)
    assert case.open == ["visit"] * 3
    for _ in range(3):
        case.complete("visit")
        case.complete("report", text="ok")
    assert case.token("review") == {"reports": ["ok", "ok", "ok"]}


def test_a_timer_closes_items_that_are_subprocesses_with_all_inside():
    process = Process()
    inner = Process()
    inner.prefix = "i"
    inner.start("is")
    inner.user("visit")
    inner.boundary("inner_late", "visit", 'duration("P1D")', interrupting=False)
    inner.end("ie")
    inner.end("ie2")
    inner.chain("is", "visit", "ie")
    inner.flow("inner_late", "ie2")
    process.start()
    process.sub("each", inner, items("facts.zones", item="zone"))
    process.boundary("late", "each", 'duration("P3D")')
    process.user("review")
    process.end()
    process.chain("start", "each", "review", "end")
    process.flow("late", "review")
    case = Case(load(process), scope=ZONES)
    assert case.open == [*["inner_late"] * 3, "late", *["visit"] * 3]
    case.fire("late")
    assert case.open == ["review"]
    assert case.complete("review").finished
