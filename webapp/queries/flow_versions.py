"""Versions of processes: how many cases run on each, and where their time goes (heat map)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from webapp.core import clock as time
from webapp.core.errors import Missing
from webapp.models.case import Case
from webapp.models.release import ProcessVersion
from webapp.models.work_item import WorkItem
from webapp.queries.releases import definition_of, pack_of_release

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp import engine
    from webapp.queries.actors import Actor

MOST_ITEMS = 20_000
"""How many of the newest work items a heat map looks at."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HeatRow:
    """How long one step takes: days, as medians of what is done, and what waits now."""

    element_id: str
    name: str
    lane: str
    done: int
    median_days: float
    open: int
    longest_open_days: float


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Waiting times of a version of a process."""

    version_id: UUID
    title: str
    version: int
    rows: list[HeatRow]
    diagram: dict[str, Any]


def heat_map(session: Session, actor: Actor, version_id: UUID) -> HeatMap:
    """Return how long the steps of a process version take, and where work piles up now.

    Raises:
        Missing: If the version is not of the actor's jurisdiction.
    """
    version = version_of(session, actor, version_id)
    items = session.execute(
        select(WorkItem.element_id, WorkItem.status, WorkItem.opened_at, WorkItem.done_at)
        .join(Case, Case.id == WorkItem.case_id)
        .where(Case.process_version_id == version.id, WorkItem.status.in_(("open", "done", "presumed")))
        .order_by(WorkItem.opened_at.desc(), WorkItem.id.desc())
        .limit(MOST_ITEMS)
    ).all()
    definition = definition_of(session, version)
    rows = [
        row
        for step in definition.steps
        if step.kind == "userTask" and (row := _heat(step, [item for item in items if item[0] == step.id]))
    ]
    return HeatMap(version.id, version.title, version.version, rows, _diagram(definition, version, rows))


def _heat(step: engine.Step, items: Sequence[Any]) -> HeatRow | None:
    now = time.now()
    done = [(at - since) / _ONE_DAY for _, _, since, at in items if at is not None]
    waiting = [(now - since) / _ONE_DAY for _, status, since, _ in items if status == "open"]
    if not done and not waiting:
        return None
    return HeatRow(
        step.id,
        step.name or step.id,
        step.lane,
        len(done),
        round(median(done), 1) if done else 0.0,
        len(waiting),
        round(max(waiting), 1) if waiting else 0.0,
    )


def _diagram(definition: engine.Definition, version: ProcessVersion, rows: list[HeatRow]) -> dict[str, Any]:
    return {
        "url": f"/admin/operations/flows/{version.id}/diagram.bpmn",
        "state": {
            "done": [],
            "flows": [],
            "active": [row.element_id for row in rows if row.open],
            "late": [],
            "tokens": {
                row.element_id: {"initial": str(row.open), "text": "件等待", "tone": "ok"}
                for row in rows
                if row.open
            },
            "durations": {row.element_id: f"{row.median_days} 日" for row in rows if row.done},
            "automatic": [step.id for step in definition.steps if step.kind == "serviceTask"],
            "rules": [step.id for step in definition.steps if step.kind == "businessRuleTask"],
        },
    }


def version_of(session: Session, actor: Actor, version_id: UUID) -> ProcessVersion:
    """Return a process version of the actor's jurisdiction.

    Raises:
        Missing: If there is none.
    """
    version = session.get(ProcessVersion, version_id)
    if version is None or version.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这个流程版本。")
    return version


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a process, with the cases that run on it."""

    id: UUID
    title: str
    process_key: str
    version: int
    current: bool
    running: int
    pack_version: str


def versions(session: Session, actor: Actor) -> list[VersionRow]:
    """Return the versions of every process, the newest first, with how many cases run on each."""
    counts = dict(
        session.execute(
            select(Case.process_version_id, func.count())
            .where(Case.jurisdiction_id == actor.jurisdiction_id, Case.status.in_(("running", "suspended")))
            .group_by(Case.process_version_id)
        ).all()
    )
    rows = session.scalars(
        select(ProcessVersion)
        .where(ProcessVersion.jurisdiction_id == actor.jurisdiction_id)
        .options(joinedload(ProcessVersion.release))
        .order_by(ProcessVersion.process_key, ProcessVersion.created_at.desc(), ProcessVersion.id.desc())
    )
    return [
        VersionRow(
            row.id,
            row.title,
            row.process_key,
            row.version,
            row.is_current,
            counts.get(row.id, 0),
            row.release.pack_version,
        )
        for row in rows
    ]


def flow_source(session: Session, actor: Actor, version_id: UUID) -> str:
    """Return the BPMN of a process version, for its drawing.

    Raises:
        Missing: If the version is not of the actor's jurisdiction.
    """
    version = version_of(session, actor, version_id)
    process = pack_of_release(session, version.release_id).processes[version.process_key]
    return process.sources[process.file].decode()
