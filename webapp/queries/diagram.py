"""The live diagram of a case, and the same as text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from webapp.core.clock import BEIJING
from webapp.core.naming import telling_character
from webapp.queries.bases import BasisView, basis_views
from webapp.queries.names import acting_name, answered_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from webapp.engine import Definition
    from webapp.models.work_item import WorkItem
    from webapp.packs import Pack
    from webapp.queries.clock_views import ClockView

SHORTEST_SHOWN_DAYS = 0.1
SHOWN = {"userTask", "serviceTask", "businessRuleTask", "callActivity"}


@dataclass(frozen=True, slots=True)
class StepText:
    """One step of the process in words.

    Attributes:
        state: `done`, `current` or `todo`.
    """

    name: str
    lane: str
    state: str
    who: str
    when: str
    basis: list[BasisView]


def diagram_state(
    definition: Definition,
    trail: Sequence[str],
    items: Sequence[WorkItem],
    clocks: Mapping[UUID, ClockView],
) -> dict[str, Any]:
    """Return what the diagram shows of a case: finished and waiting elements, tokens, times used."""
    open_items = [item for item in items if item.status == "open"]
    active = [item.element_id for item in open_items]
    flows = {flow.id for flow in definition.flows}
    passed = [element for element in trail if element not in active]
    return {
        "done": [element for element in passed if element not in flows],
        "flows": [element for element in passed if element in flows],
        "active": active,
        "late": [i.element_id for i in open_items if i.id in clocks and clocks[i.id].tone == "late"],
        "tokens": {item.element_id: _token(item, clocks.get(item.id)) for item in open_items},
        "durations": {
            item.element_id: _duration(item.opened_at, item.done_at)
            for item in items
            if item.done_at is not None and item.status in {"done", "presumed"}
        },
        "automatic": [step.id for step in definition.steps if step.kind == "serviceTask"],
        "rules": [step.id for step in definition.steps if step.kind == "businessRuleTask"],
    }


def step_texts(
    pack: Pack, definition: Definition, trail: Sequence[str], items: Sequence[WorkItem]
) -> list[StepText]:
    """Return the steps of a process with who did them when, in the order of the process."""
    passed = set(trail)
    newest = {item.element_id: item for item in items}
    return [
        StepText(
            name=step.name,
            lane=step.lane,
            state=_state(step.id, passed, newest),
            who=_who(newest.get(step.id)),
            when=_when(newest.get(step.id)),
            basis=basis_views(pack, step.properties.get("basis")),
        )
        for step in definition.steps
        if step.kind in SHOWN
    ]


def _state(element_id: str, passed: set[str], newest: Mapping[str, WorkItem]) -> str:
    item = newest.get(element_id)
    if item is not None and item.status == "open":
        return "current"
    return "done" if element_id in passed else "todo"


def _who(item: WorkItem | None) -> str:
    if item is None:
        return ""
    if item.status == "presumed":
        return "系统（逾期视为无意见）"
    if item.status == "done" and item.done_by is None:
        return answered_by(item)
    person = item.done_by or item.claimed_by
    stood_in_for = item.done_for if item.done_by else None
    return acting_name(person, stood_in_for) if person else f"{item.agency.short} {item.position.title}"


def _when(item: WorkItem | None) -> str:
    if item is None:
        return ""
    if item.done_at is None:
        return f"{item.opened_at.astimezone(BEIJING):%m-%d %H:%M} 收到"
    return f"{item.done_at.astimezone(BEIJING):%m-%d %H:%M} 办结"


def _token(item: WorkItem, clock: ClockView | None) -> dict[str, str]:
    return {
        "initial": telling_character(item.agency.short),
        "text": clock.label if clock else "办理中",
        "tone": clock.tone if clock else "ok",
    }


def _duration(opened_at: datetime, done_at: datetime) -> str:
    days = (done_at - opened_at) / timedelta(days=1)
    return f"{days:.1f} 日" if days >= SHORTEST_SHOWN_DAYS else "当日"
