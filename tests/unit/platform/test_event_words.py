"""Every kind of event that the code records is told in words: to auditors, and on the page of its case."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from webapp.queries.administration import ACTIONS
from webapp.queries.timeline import SHOWN_KINDS, TECHNICAL_KINDS

SERVICES = Path(__file__).resolve().parents[3] / "webapp" / "services"
KIND = re.compile(r"[a-z_]+\.[a-z_]+")
OF_A_CASE = {"case", "work_item", "seat", "clock", "document", "incident", "market", "opinion", "decision"}
COMPUTED = {
    "case.{status}": {"case.withdrawn", "case.terminated"},
    "clock.{kind}": {"clock.warning", "clock.due", "clock.overdue"},
    "migration.{status}": {"migration.finished", "migration.undone"},
}
"""Kinds that are put together, and what comes of them."""


def _recorders(tree: ast.Module) -> set[str]:
    """Names of the functions of a file to which a kind of event is handed."""
    own = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and "kind" in {one.arg for one in node.args.args}
    }
    return own | {"record"}


def _kinds(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    recorders = _recorders(tree)
    found: set[str] = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if ast.unparse(call.func).rpartition(".")[2] not in recorders:
            continue
        for given in call.args:
            if (
                isinstance(given, ast.Constant)
                and isinstance(given.value, str)
                and KIND.fullmatch(given.value)
            ):
                found.add(given.value)
            elif isinstance(given, ast.JoinedStr):
                found.add(ast.unparse(given)[2:-1])
    return found


RECORDED = {kind for path in sorted(SERVICES.glob("*.py")) for kind in _kinds(path)}
KINDS = sorted({one for kind in RECORDED for one in COMPUTED.get(kind, {kind})})


def test_kinds_are_found_wherever_they_are_recorded() -> None:
    assert {"case.started", "work_item.declined", "clock.overdue", "timer.fired", "seat.asked"} <= set(KINDS)
    assert {kind for kind in RECORDED if "{" in kind} == set(COMPUTED)


@pytest.mark.parametrize("kind", KINDS)
def test_auditors_read_every_kind_in_words(kind: str) -> None:
    assert kind in ACTIONS


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.partition(".")[0] in OF_A_CASE])
def test_the_page_of_a_case_tells_every_kind_or_leaves_it_out_on_purpose(kind: str) -> None:
    assert (kind in SHOWN_KINDS) != (kind in TECHNICAL_KINDS)
