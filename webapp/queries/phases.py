"""Phases: the few words under which the steps of a process are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.core.clock import BEIJING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from webapp.engine import Definition
    from webapp.models.work_item import WorkItem


@dataclass(frozen=True, slots=True)
class PhaseView:
    """One part of the strip above a case.

    Attributes:
        label: `申请`, `受理`, …
        state: `done`, `current` or `todo`.
        note: One short line: when it was done, or what is awaited.
    """

    label: str
    state: str
    note: str


def phase_labels(definition: Definition) -> list[str]:
    """Return the phases of a process in the order in which its steps name them."""
    return list(dict.fromkeys(p for step in definition.steps if (p := step.properties.get("phase"))))


def phase_index(definition: Definition, element_id: str) -> int:
    """Return the place of a step's phase among the phases, from 1."""
    labels = phase_labels(definition)
    step = definition.step(element_id)
    phase = step.properties.get("phase") if step else None
    return labels.index(phase) + 1 if phase in labels else 1


def phase_views(
    definition: Definition, trail: Iterable[str], items: Iterable[WorkItem], *, finished: bool
) -> list[PhaseView]:
    """Return the strip of a case: what is done, where it stands, what is to come."""
    labels = phase_labels(definition)
    passed = set(trail)
    reached = {
        step.properties["phase"]
        for step in definition.steps
        if step.id in passed and "phase" in step.properties
    }
    items = list(items)
    current = {i.properties.get("phase") for i in items if i.status == "open"} if not finished else set()
    views = []
    for label in labels:
        of_phase = [item for item in items if item.properties.get("phase") == label]
        if label in current:
            waiting = [item.name for item in of_phase if item.status == "open"]
            note = (
                waiting[0]
                if len(waiting) == 1
                else f"{len(of_phase)} 项中 {len(of_phase) - len(waiting)} 项完成"
            )
            views.append(PhaseView(label, "current", note))
        elif label in reached:
            done = max((item.done_at for item in of_phase if item.done_at), default=None)
            note = f"{done.astimezone(BEIJING):%m-%d} 完成" if done else "自动完成"
            views.append(PhaseView(label, "done", note))
        else:
            views.append(PhaseView(label, "todo", ""))
    return views
