"""Journeys come to every end that a procedure has, and tell of nothing that the procedures do not know.

That a way comes to the end that it names is proved by playing it, in `tests/journeys`.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from tests import stories
from tests.packs.opened import ROOT, tongzhou

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
PROCEDURES = sorted(tongzhou().processes)
ENDED_BY_TIME = {"stars": {"公示期间"}}
"""Steps that nobody may end."""


def elements(process: str, kind: str) -> list[ET.Element]:
    """Return the elements of a kind in the BPMN file of a procedure."""
    file = ROOT / "workflows" / "tongzhou" / f"{process}.bpmn"
    return list(ET.parse(file).getroot().iter(f"{_BPMN}{kind}"))  # noqa: S314 - our own file


def come_to(process: str) -> set[str]:
    """Return the ends that are come to in the browser."""
    told = {way.ends for way in stories.ways(process) if way.ends and way.steps}
    lived = {chapter["ends"] for chapter in stories.life()["chapters"] if chapter["process"] == process}
    return told | lived | ({"recognised"} if process == "recognition" else set())


def test_every_procedure_is_told_of() -> None:
    assert stories.processes() == PROCEDURES


@pytest.mark.parametrize("process", PROCEDURES)
def test_every_end_event_is_come_to_by_a_journey(process: str) -> None:
    ends = {element.get("id") for element in elements(process, "endEvent")}
    assert ends
    assert come_to(process) == ends


@pytest.mark.parametrize("process", PROCEDURES)
def test_every_step_of_a_procedure_is_done_by_somebody_in_the_browser(process: str) -> None:
    names = {element.get("name") for element in elements(process, "userTask")}
    lived = [
        step
        for chapter in stories.life()["chapters"]
        if chapter["process"] == process
        for step in chapter["steps"]
    ]
    told = [step for way in stories.ways(process) for step in way.steps]
    done = {step["step"] for step in (*lived, *told) if "step" in step}
    if process == "recognition":
        assert done <= names
    else:
        assert done == names - ENDED_BY_TIME.get(process, set())
