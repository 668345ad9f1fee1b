"""The ways of the procedures, as the people concerned would tell them: one file for each procedure.

A file holds what people enter (`said`, shared with the desks of the integration tests) and the ways: who does
what, where the procedure comes to and what is to be read then. `README.md` describes the format.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from webapp.services.demo_cases import content

FOLDER = Path(__file__).parent
LIFE = FOLDER.parents[1] / "workflows" / "tongzhou" / "demo" / "life.json"
Step = dict[str, Any]
"""What somebody does, or what happens; which of these, its keys tell."""


@dataclass(frozen=True)
class Way:
    """One way through a procedure.

    Attributes:
        process: Key of the procedure.
        title: What the way is about.
        ends: Id of the end event that it comes to; empty if it stops before one.
        waits: Names of the steps that wait where it stops.
        before: What has been done when somebody first sits down at a browser.
        steps: What is done in the browser.
        shows: What is to be read at the end: pages and papers.
    """

    process: str
    title: str
    ends: str
    waits: tuple[str, ...]
    before: tuple[Step, ...]
    steps: tuple[Step, ...]
    shows: tuple[dict[str, Any], ...]


@cache
def _file(process: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((FOLDER / f"{process}.json").read_text(encoding="utf-8"))
    return told


def processes() -> list[str]:
    """Return the procedures that have a file."""
    return sorted(file.stem for file in FOLDER.glob("*.json"))


def said(process: str) -> dict[str, Any]:
    """Return what people enter in the forms of a procedure, by name; a fresh copy."""
    told = _file(process)["said"]
    if process == "recognition":  # is told by the demonstration
        told = {
            f"{kind}.{step}": entered
            for kind in ("market", "station")
            for step, entered in content(kind).items()
        }
    return copy.deepcopy(dict(told))


def ways(process: str) -> list[Way]:
    """Return the ways of a procedure."""
    return [way(process, told["way"]) for told in _file(process)["ways"]]


@cache
def way(process: str, title: str) -> Way:
    """Return one way of a procedure."""
    return _way(process, next(told for told in _file(process)["ways"] if told["way"] == title))


def life() -> dict[str, Any]:
    """Return the demonstration's story of a market's whole life."""
    told: dict[str, Any] = json.loads(LIFE.read_text(encoding="utf-8"))
    return told


def chapter_steps(chapter: dict[str, Any]) -> tuple[Step, ...]:
    """Return the steps of a chapter of that story."""
    return _given({"chapter": chapter["title"]})


def _way(process: str, told: dict[str, Any]) -> Way:
    begun = tuple(step for source in told.get("given", ()) for step in _given(source))
    if "like" in told:
        model = way(process, told["like"])
        begun += _part(model.before + model.steps, told)
    begun += tuple(_written_out(process, step) for step in told.get("done", ()))
    own = tuple(_written_out(process, step) for step in told.get("steps", ()))
    return Way(
        process=process,
        title=told["way"],
        ends=told.get("ends", ""),
        waits=tuple(told.get("waits", ())),
        before=begun,
        steps=own,
        shows=tuple(told.get("shows", ())),
    )


def _given(source: dict[str, Any]) -> tuple[Step, ...]:
    """Return the steps of a way of another procedure, or of a chapter of the demonstration's story."""
    if "way" in source:
        model = way(source["process"], source["way"])
        return _part(model.before + model.steps, source)
    chapter = next(one for one in life()["chapters"] if one["title"] == source["chapter"])
    by = source.get("by", chapter.get("by"))  # of a case that another opened: somebody who begins it instead
    begin: Step = {"by": by, "starts": chapter["process"], "about": "market"}
    if by is None:
        begin = {"continues": chapter["process"]}
    return _part(({"on": chapter["on"]}, begin, *chapter["steps"]), source)


def _part(steps: tuple[Step, ...], told: dict[str, Any]) -> tuple[Step, ...]:
    """Return what comes before the first step, or day, that is named as the end; with what differs changed."""
    end, changes = told.get("until"), told.get("with", {})
    names = [(step.get("step"), step.get("on")) for step in steps]
    place = next(place for place, name in enumerate(names) if end in name) if end else len(steps)
    return tuple(_changed(step, changes.get(step.get("step"), {})) for step in steps[:place])


def _written_out(process: str, told: Step) -> Step:
    """Return a step with what is entered written out."""
    step = copy.deepcopy(told)
    if "data" in step:
        names = step["data"] if isinstance(step["data"], list) else [step["data"]]
        contents = said(process)
        step["data"] = {}
        for part in names:
            step["data"] |= contents[part] if isinstance(part, str) else part
    if isinstance(step.get("files"), str):
        step["files"] = said(process)[step["files"]]
    return _changed(step, step.pop("but", {}))


def _changed(step: Step, changes: dict[str, Any]) -> Step:
    """Return a step with entries replaced by path, and without those that are replaced by nothing."""
    step = copy.deepcopy(step)
    for path, value in changes.items():
        *parents, key = path.split(".")
        holder: Any = step["data"]
        for parent in parents:
            holder = holder[_place(holder, parent)]
        if value is None:
            del holder[key]
        else:
            holder[_place(holder, key)] = value
    return step


def _place(holder: Any, key: str) -> Any:
    return int(key) if isinstance(holder, list) else key
