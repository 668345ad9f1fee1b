"""Rules of the house that can be read off the sources."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted(
    path
    for folder in ("webapp", "forms", "tests", "scripts", "bench")
    for path in (ROOT / folder).rglob("*.py")
    if not {"node_modules", "versions"} & set(path.parts)
)
OURS = [path for path in CODE if path.is_relative_to(ROOT / "webapp")]
LONGEST = 400


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def calls_in(path: Path) -> tuple[ast.Call, ...]:
    """All calls of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Call))


@cache
def calls(path: Path) -> set[str]:
    """Names of all methods that a file calls, as `object.method` as far as it can be read."""
    return {ast.unparse(node.func) for node in calls_in(path)}


def test_the_sources_are_found():
    assert len(OURS) > 50


def test_no_file_is_longer_than_a_person_reads_at_once():
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in CODE}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_one_commit_and_one_rollback():
    found = {
        named(path) for path in OURS if any(re.search(r"\.(commit|rollback)$", call) for call in calls(path))
    }
    assert found == {"webapp/uow.py"}


def test_nobody_uses_the_session_of_the_extension():
    found = {
        named(path)
        for path in OURS
        if any(call.startswith(("db.session", "db.Model")) for call in calls(path))
    }
    assert found == set()


def _ends_with_an_instant(call: ast.Call) -> bool:
    """Tell whether the last key of an order is a time, which two rows may share."""
    if not ast.unparse(call.func).endswith(".order_by") or not call.args:
        return False
    return bool(re.search(r"_at(\.desc\(\)|\.asc\(\)|\)|\.nulls_\w+\(\))*$", ast.unparse(call.args[-1])))


def test_no_order_ends_with_a_time_that_two_rows_may_share():
    found = [
        f"{named(path)}: {ast.unparse(node.args[-1])}"
        for path in OURS
        for node in calls_in(path)
        if _ends_with_an_instant(node)
    ]
    assert found == []


def test_services_and_queries_take_the_session_and_never_open_one():
    found = {
        named(path)
        for path in OURS
        if path.parent.name in {"services", "queries", "models"}
        and calls(path) & {"unit_of_work", "read_only", "Session"}
    }
    assert found == set()


def test_instants_come_from_the_one_clock():
    direct = {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"}
    found = {named(path): calls(path) & direct for path in OURS if path.name != "clock.py"}
    assert {name: used for name, used in found.items() if used} == {}


@pytest.mark.parametrize("word", ["utils", "helpers", "manager", "misc", "common"])
def test_modules_are_named_after_what_they_do(word):
    assert [named(path) for path in CODE if word in {path.stem, path.parent.name}] == []


def test_nothing_is_left_for_later():
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError|pytest\.(mark\.)?(skip|xfail)")
    mine = Path(__file__)
    found = [named(path) for path in CODE if path != mine and marks.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_nothing_evaluates_python_text():
    found = {named(path): calls(path) & {"eval", "exec", "compile"} for path in OURS}
    assert {name: used for name, used in found.items() if used} == {}
