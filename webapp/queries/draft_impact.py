"""What releasing a draft would do: to running cases, to rights, to what may be started."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, undefer

from webapp import engine
from webapp.models.account import Agency, Position
from webapp.models.case import Case
from webapp.packs import comparing
from webapp.packs.rights import RIGHTS
from webapp.packs.titles import label_of
from webapp.queries.releases import current_processes, definition_of, pack_of_release, release_in_force

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from webapp.engine import Definition
    from webapp.packs import Pack, ProcessSpec
    from webapp.packs.comparing import TouchedProcess
    from webapp.queries.actors import Actor

MOST_CASES = 200
"""So many running cases of one process are tried, the newest first; the page says how many were left."""
MOST_TOLD = 20
SAFE, MAPPING, BLOCKED = "safe", "mapping", "blocked"


@dataclass(frozen=True, slots=True)
class CaseImpact:
    """One running case that could not simply move."""

    no: str
    verdict: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProcessImpact:
    """What becomes of one process, and of its running cases if they were to move.

    Attributes:
        title: Title of the process.
        change: `added`, `changed` or `removed`.
        running: Cases that are not over; they stay on their version unless somebody moves them.
        tried: How many of them were tried.
        counts: How many of those came to each verdict.
        told: Cases that are not safe, with the reasons.
    """

    title: str
    change: str
    running: int
    tried: int
    counts: dict[str, int]
    told: list[CaseImpact]


@dataclass(frozen=True, slots=True)
class RightsChange:
    """A position whose rights would be others."""

    position: str
    gained: list[str]
    lost: list[str]


@dataclass(frozen=True, slots=True)
class Impact:
    """The impact sheet of a draft."""

    processes: list[ProcessImpact]
    papers: list[TouchedProcess]
    """Processes that go on as they are, with other forms or documents: for new cases only."""
    unchanged: int
    rights: list[RightsChange]
    new_agencies: list[str]


def impact(session: Session, actor: Actor, pack: Pack) -> Impact:
    """Return what putting a checked pack in force would do in the actor's jurisdiction; nothing is moved."""
    present = {version.process_key: version for version in current_processes(session, actor.jurisdiction_id)}
    found = []
    for key, spec in pack.processes.items():
        if key not in present:
            found.append(ProcessImpact(spec.title, "added", 0, 0, {}, []))
        elif present[key].content_hash != spec.content_hash:
            found.append(_changed(session, actor, key, spec))
    for key in present.keys() - pack.processes.keys():
        running = _count(session, actor, key)
        found.append(ProcessImpact(present[key].title, "removed", running, 0, {}, []))
    papers = _papers(session, actor, pack)
    return Impact(
        processes=found,
        papers=papers,
        unchanged=len(pack.processes.keys() & present.keys())
        - sum(one.change == "changed" for one in found)
        - len(papers),
        rights=_rights(session, actor, pack),
        new_agencies=_new_agencies(session, actor, pack),
    )


def _papers(session: Session, actor: Actor, pack: Pack) -> list[TouchedProcess]:
    """Return the procedures whose forms or papers differ, these by their titles."""
    release = release_in_force(session, actor.jurisdiction_id)
    if release is None or release.pack_key != pack.key:
        return []
    found = comparing.touched(pack_of_release(session, release.id), pack)
    return [
        replace(one, files=tuple(label_of(path, pack.files.get(path, "")) for path in one.files))
        for one in found
        if one.change == "changed" and not one.is_flow_changed
    ]


def _changed(session: Session, actor: Actor, key: str, spec: ProcessSpec) -> ProcessImpact:
    new = engine.load(spec.sources, spec.process_id)
    cases = session.scalars(
        select(Case)
        .where(*_running(actor, key))
        .options(undefer(Case.engine_state), joinedload(Case.process_version))
        .order_by(Case.started_at.desc(), Case.id)
        .limit(MOST_CASES)
    ).all()
    tried = [_tried(session, case, new) for case in cases]
    counts = {verdict: sum(one.verdict == verdict for one in tried) for verdict in (SAFE, MAPPING, BLOCKED)}
    told = [one for one in tried if one.verdict != SAFE]
    return ProcessImpact(
        spec.title, "changed", _count(session, actor, key), len(tried), counts, told[:MOST_TOLD]
    )


def _tried(session: Session, case: Case, new: Definition) -> CaseImpact:
    if case.status == "suspended":
        return CaseImpact(case.no, BLOCKED, ("本件已暂停，恢复办理后才能迁移。",))
    old = definition_of(session, case.process_version)
    plan = engine.plan_migration(old, case.engine_state or b"", new)
    return CaseImpact(case.no, plan.verdict, plan.reasons)


def _running(actor: Actor, key: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Case.jurisdiction_id == actor.jurisdiction_id,
        Case.process_key == key,
        Case.status.in_(("running", "suspended")),
    )


def _count(session: Session, actor: Actor, key: str) -> int:
    return session.scalar(select(func.count(Case.id)).where(*_running(actor, key))) or 0


def _rights(session: Session, actor: Actor, pack: Pack) -> list[RightsChange]:
    wanted = {
        (agency, spec.key): (spec, set(spec.rights)) for spec in pack.positions for agency in spec.agencies
    }
    rows = session.execute(
        select(Position, Agency.key)
        .join(Agency, Agency.id == Position.agency_id)
        .where(Position.jurisdiction_id == actor.jurisdiction_id)
        .options(joinedload(Position.agency))
        .order_by(Position.id)
    )
    found = []
    for position, agency in rows:
        now = set(position.rights)
        later = wanted.pop((agency, position.key), (None, now))[1]
        if later != now:
            found.append(RightsChange(position.full_title, _named(later - now), _named(now - later)))
    for (agency, _), (spec, rights) in wanted.items():
        found.append(RightsChange(f"{pack.agencies[agency].short} {spec.name}", _named(rights), []))
    return found


def _named(rights: set[str]) -> list[str]:
    return [RIGHTS.get(right, right) for right in sorted(rights)]


def _new_agencies(session: Session, actor: Actor, pack: Pack) -> list[str]:
    known: set[str] = set(
        session.scalars(select(Agency.key).where(Agency.jurisdiction_id == actor.jurisdiction_id))
    )
    return [spec.short for key, spec in pack.agencies.items() if key not in known]
