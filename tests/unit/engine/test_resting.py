"""Occurrences that nobody has touched rest in the state, and are there whenever somebody asks."""

import pytest

from tests.unit.engine.build import Process, items
from tests.unit.engine.play import Case, load
from webapp import engine

COUNT = 40
NAMES = [f"网点{number}" for number in range(1, COUNT + 1)]


def visits(loop: str) -> Process:
    process = Process()
    process.start()
    process.user("visit", loop)
    process.user("report")
    process.end()
    process.chain("start", "visit", "report", "end")
    return process


NAMED = items("facts.shops", item="shop", output="found", output_item="state")


def opened(process: Process) -> Case:
    return Case(load(process), scope={"facts": {"shops": NAMES}})


def awake(case: Case) -> int:
    """How many tasks a program has to build to take the procedure up."""
    run = engine.resume(case.definition, case.state, case.scope)
    return len(run._workflow.tasks)


@pytest.mark.parametrize("loop", [NAMED, items(cardinality=str(COUNT))])
def test_what_nobody_has_touched_is_not_built_again(loop):
    case = opened(visits(loop))
    assert len(case.open) == COUNT
    assert awake(case) < 5


def test_completing_one_leaves_the_others_at_rest_with_their_ids():
    case = opened(visits(NAMED))
    before = [task.task_id for task in case.last.opened]
    case.move(lambda run: run.complete(before[17], {"state": "营业"}))
    assert [(closed.task_id, closed.state) for closed in case.last.closed] == [(before[17], "completed")]
    assert case.last.opened == ()
    tasks = engine.resume(case.definition, case.state, case.scope).tasks
    assert [task.task_id for task in tasks] == before[:17] + before[18:]
    assert [task.item for task in tasks] == NAMES[:17] + NAMES[18:]
    assert awake(case) < 5


def test_all_completed_in_any_order_give_the_results_in_the_order_of_the_items():
    case = opened(visits(NAMED))
    ids = [task.task_id for task in case.last.opened]
    for place in sorted(range(COUNT), key=lambda place: place * 7 % COUNT):
        case.move(lambda run, place=place: run.complete(ids[place], {"state": f"第{place + 1}家"}))
    assert case.token("report")["found"] == [f"第{number}家" for number in range(1, COUNT + 1)]


def test_one_that_is_completed_is_unknown_afterwards():
    case = opened(visits(NAMED))
    first = case.last.opened[0].task_id
    case.move(lambda run: run.complete(first, {"state": "停业"}))
    with pytest.raises(engine.UnknownTask):
        case.move(lambda run: run.complete(first, {"state": "停业"}))


@pytest.mark.parametrize("unknown", ["", "no id at all", "00000000-0000-0000-0000-000000000000"])
def test_what_never_was_is_unknown(unknown):
    case = opened(visits(NAMED))
    with pytest.raises(engine.UnknownTask):
        case.move(lambda run: run.complete(unknown, {"state": "停业"}))


def test_the_rest_are_cancelled_once_enough_is_done():
    loop = items(cardinality=str(COUNT), until="nrOfCompletedInstances >= 2")
    case = opened(visits(loop))
    ids = [task.task_id for task in case.last.opened]
    case.move(lambda run: run.complete(ids[5], {}))
    case.move(lambda run: run.complete(ids[30], {}))
    told = {closed.task_id: closed.state for closed in case.last.closed}
    assert told.pop(ids[30]) == "completed"
    assert told == dict.fromkeys(set(ids) - {ids[5], ids[30]}, "cancelled")
    assert len(case.open) == 1


def test_ending_the_procedure_closes_those_at_rest_too():
    case = opened(visits(NAMED))
    ids = {task.task_id for task in case.last.opened}
    case.move(lambda run: run.cancel())
    assert {closed.task_id for closed in case.last.closed} == ids
    assert {closed.state for closed in case.last.closed} == {"cancelled"}


def test_an_end_elsewhere_closes_those_at_rest_too():
    process = Process()
    process.start()
    process.gateway("split", "parallel")
    process.user("visit", NAMED)
    process.user("stop")
    process.end()
    process.end("over", terminate=True)
    process.chain("start", "split", "visit", "end")
    process.chain("split", "stop", "over")
    case = opened(process)
    stop = next(task.task_id for task in case.last.opened if task.element_id == "stop")
    ids = {task.task_id for task in case.last.opened} - {stop}
    case.move(lambda run: run.complete(stop, {}))
    assert case.finished
    assert {one.task_id for one in case.last.closed if one.state == "cancelled"} == ids


def test_a_token_inside_is_told_without_rousing_the_others():
    case = opened(visits(NAMED))
    third = case.last.opened[2].task_id
    run = engine.resume(case.definition, case.state, case.scope)
    assert run.token(third)["shop"] == "网点3"
    assert len(run._workflow.tasks) < 6
    assert run.state() == case.state
