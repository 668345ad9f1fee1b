"""What is stored: values come back as they were, and bad states are refused."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engine.build import Process
from tests.unit.engine.play import load
from webapp import engine
from webapp.engine.values import decode, encode, same
from webapp.feel import YearMonthDuration


def two_steps() -> Process:
    process = Process("two")
    process.start()
    process.user("a")
    process.user("b")
    process.end()
    process.chain("start", "a", "b", "end")
    return process


DEFINITION = load(two_steps())

PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.datetimes(timezones=st.none() | st.just(UTC) | st.just(ZoneInfo("Asia/Shanghai")))
)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    lambda key: key not in {"case", "market", "facts", "settings"}
) | st.sampled_from(["typename", "__class__", "i", "l", "n", "d", "h", "r", "end"])


@settings(deadline=None)
@given(PLAIN | st.lists(PLAIN, max_size=5))
def test_values_come_back_with_their_type(value):
    again = decode(orjson.loads(orjson.dumps(encode(value))))
    assert same(again, value)


@pytest.mark.parametrize(
    "value",
    [
        timedelta(days=-3, microseconds=1),
        YearMonthDuration(-14),
        Decimal("1.50"),
        Decimal("-0"),
        Decimal("1E+30"),
        datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"), fold=1),
        datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=8))),
        date(1, 1, 1),
        ["n", "1"],
        [["x"]],
    ],
)
def test_special_values_come_back(value):
    again = decode(orjson.loads(orjson.dumps(encode(value))))
    assert again == value
    assert type(again) is type(value)
    if isinstance(value, datetime):
        assert again.tzname() == value.tzname()


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, PLAIN, max_size=8), st.dictionaries(KEYS, PLAIN, max_size=8))
def test_any_form_data_can_be_stored_and_read_back(first, second):
    run = engine.start(DEFINITION, first, {})
    task = run.step().opened[0].task_id
    run = engine.resume(DEFINITION, run.state(), {})
    task = run.complete(task, second).opened[0].task_id
    again = engine.resume(DEFINITION, run.state(), {})
    token = again.token(task)
    expected = {**first, **second}
    assert token.keys() == expected.keys()
    assert all(same(token[key], expected[key]) for key in expected)


def state_of_first_step() -> bytes:
    run = engine.start(DEFINITION, {"note": "字" * 2_000}, {})
    run.step()
    return run.state()


def test_large_states_are_packed_and_small_ones_are_not():
    assert state_of_first_step()[3:4] == b"z"
    assert len(state_of_first_step()) < 300
    run = engine.start(DEFINITION, {}, {})
    run.step()
    assert run.state()[3:4] == b"p"


def test_nothing_of_the_definition_is_stored():
    run = engine.start(DEFINITION, {}, {})
    run.step()
    assert b"bpmn" not in run.state()
    assert len(run.state()) < 150


@pytest.mark.parametrize(
    "damage",
    [
        lambda state: b"",
        lambda state: b"XX" + state[2:],
        lambda state: state[:10],
        lambda state: state[:-1],
        lambda state: state[:4] + b"null",
        lambda state: state[:3] + b"p" + b"[]",
        lambda state: state[:3] + b"p" + b'{"h":1}',
        lambda state: state[:3] + b"?" + state[4:],
        lambda state: state + b"x",
    ],
)
def test_a_damaged_state_is_refused_with_a_message(damage):
    with pytest.raises(engine.StateError) as caught:
        engine.resume(DEFINITION, damage(state_of_first_step()), {})
    assert caught.value.message


@pytest.mark.parametrize(
    "rows",
    [
        "[]",
        "[[5,0,16]]",
        "[[-1,9,16]]",
        '[[-1,0,16,"no id"]]',
        '[[-1,0,64,0,0,0,{"a":["?",1]}]]',
        "1",
        '["abc"]',
    ],
)
def test_rows_that_make_no_sense_are_refused(rows):
    head = orjson.dumps({"h": DEFINITION.content_hash[:16]})[:-1]
    body = head + b',"n":["*start"],"r":' + rows.encode() + b"}"
    with pytest.raises(engine.StateError):
        engine.resume(DEFINITION, b"LG\x01p" + body, {})


def test_a_state_of_a_later_format_is_refused():
    state = state_of_first_step()
    with pytest.raises(engine.StateError, match="格式"):
        engine.resume(DEFINITION, state[:2] + b"\x02" + state[3:], {})


def test_a_state_of_another_version_of_the_process_is_refused():
    changed = two_steps()
    changed.end("unused_end")
    changed.parts.pop()
    changed.user("c")
    changed.parts = [part.replace('targetRef="end"', 'targetRef="c"') for part in changed.parts]
    changed.flow("c", "end")
    with pytest.raises(engine.StateError, match="另一个版本"):
        engine.resume(load(changed), state_of_first_step(), {})


def test_a_packed_state_that_swells_is_refused():
    bomb = zlib.compress(b"0" * (80 * 1024 * 1024), 9)
    with pytest.raises(engine.StateError):
        engine.resume(DEFINITION, b"LG\x01z" + bomb, {})


def test_storing_is_repeatable():
    run = engine.start(DEFINITION, {"b": 1, "a": Decimal("2.0")}, {})
    run.step()
    state = run.state()
    assert run.state() == state
    assert engine.resume(DEFINITION, state, {}).state() == state
