"""Running cases moved to another version of their process: checked first, run in bulk, undone in one act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from webapp import engine
from webapp.core import clock as time
from webapp.core.errors import DomainError, Invalid, Locked, Missing
from webapp.models.case import Case
from webapp.models.operation import MigratedCase, Migration
from webapp.models.release import ProcessVersion
from webapp.models.work_item import WorkItem
from webapp.queries.actors import Actor
from webapp.queries.releases import definition_of
from webapp.services import awaited, case_state, jobs, steps
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

JOB = "migration.run"
UNDO_JOB = "migration.undo"
_OWN_PROPERTIES = ("rule", "number", "item")
"""Properties that a step got when it opened or a vote was called in it, not from its definition alone."""


def plan(
    session: Session,
    actor: Actor,
    *,
    from_version_id: UUID,
    to_version_id: UUID,
    mapping: Mapping[str, str] | None = None,
) -> Migration:
    """Check every case of a version that is not over against another one; nothing is moved yet.

    Args:
        session: The open unit of work.
        actor: The administrator.
        from_version_id: The version that the cases are on.
        to_version_id: The version that they are to go to.
        mapping: Element of the old version to element of the new one, where they differ.

    Raises:
        Missing: If a version is not of the actor's jurisdiction.
        Invalid: If both are the same, or of different processes.
    """
    old, new = (_version(session, actor, key) for key in (from_version_id, to_version_id))
    if old.id == new.id or old.process_key != new.process_key:
        raise Invalid("请选择同一流程的另一个版本。", field="to_version")
    migration = Migration(
        jurisdiction_id=actor.jurisdiction_id,
        from_version_id=old.id,
        to_version_id=new.id,
        mapping=dict(mapping or {}),
        made_by_id=actor.person,
    )
    session.add(migration)
    for case in _open_cases(session, old):
        migration.cases.append(_checked(session, case, new, migration.mapping))
    session.flush()
    told = {"migration": str(migration.id), "from": old.version, "to": new.version}
    record(session, "migration.planned", actor=actor, data={**told, "process": old.process_key})
    return migration


def _checked(session: Session, case: Case, new: ProcessVersion, mapping: Mapping[str, str]) -> MigratedCase:
    if case.status == case_state.SUSPENDED:
        return MigratedCase(case_id=case.id, verdict="blocked", reasons=["本件已暂停，恢复办理后才能迁移。"])
    found = check(session, case, new, mapping)
    return MigratedCase(case_id=case.id, verdict=found.verdict, reasons=list(found.reasons))


def check(
    session: Session, case: Case, new: ProcessVersion, mapping: Mapping[str, str]
) -> engine.MigrationPlan:
    """Tell whether a case can go to a version as it stands, and why not."""
    old = definition_of(session, case.process_version)
    return engine.plan_migration(old, case.engine_state or b"", definition_of(session, new), mapping)


def start(session: Session, actor: Actor, migration_id: UUID) -> None:
    """Have the safe cases of a plan moved, in the background.

    Raises:
        Missing: If there is no such plan here.
        Locked: If it was started before.
    """
    migration = _own(session, actor, migration_id)
    if migration.status != "planned":
        raise Locked("这次迁移已经开始，不能重复执行。")
    migration.status = "running"
    record(session, "migration.started", actor=actor, data={"migration": str(migration.id)})
    jobs.enqueue(session, JOB, {"id": str(migration.id)}, jurisdiction_id=migration.jurisdiction_id)


def undo(session: Session, actor: Actor, migration_id: UUID) -> None:
    """Have every case of a migration that has not moved on since brought back, in the background.

    Raises:
        Missing: If there is no such migration here.
        Locked: If it is not finished.
    """
    migration = _own(session, actor, migration_id)
    if migration.status != "finished":
        raise Locked("只有已完成的迁移可以撤销。")
    migration.status = "undoing"
    record(session, "migration.undo_started", actor=actor, data={"migration": str(migration.id)})
    jobs.enqueue(session, UNDO_JOB, {"id": str(migration.id)}, jurisdiction_id=migration.jurisdiction_id)


def waiting(session: Session, migration_id: UUID, status: str) -> Sequence[UUID]:
    """Return the rows of a migration that are in a state, in a fixed order."""
    query = select(MigratedCase.id).where(
        MigratedCase.migration_id == migration_id, MigratedCase.status == status
    )
    return session.scalars(query.order_by(MigratedCase.id)).all()


def move(session: Session, row_id: UUID) -> None:
    """Move one case, checked once more under its lock. Safe to call twice."""
    row = session.get_one(MigratedCase, row_id)
    case = steps.locked_case(session, row.case_id)
    session.refresh(row)
    migration = row.migration
    if row.status != "waiting":
        return
    if case.status != "running" or case.process_version_id != migration.from_version_id:
        row.status, row.message = "left", "本件已办结、暂停或已在其他版本上。"
        return
    found = check(session, case, migration.to_version, migration.mapping)
    row.verdict, row.reasons = found.verdict, list(found.reasons)
    if found.verdict != "safe":
        row.status, row.message = "left", "；".join(found.reasons)
        return
    try:
        with session.begin_nested():
            _move(session, row, case, migration)
    except DomainError as error:
        row.status, row.message = "failed", error.message


def _move(session: Session, row: MigratedCase, case: Case, migration: Migration) -> None:
    old = definition_of(session, case.process_version)
    new = definition_of(session, migration.to_version)
    items = _open_items(session, case)
    row.state_before = case.engine_state
    kept = {"trail": list(case.trail), "items": {str(item.id): _kept(item) for item in items}}
    case.engine_state = engine.migrate(old, case.engine_state or b"", new, migration.mapping)
    case.trail = [migration.mapping.get(element, element) for element in case.trail]
    case.process_version = migration.to_version
    for item in items:
        _rename(item, new.step(migration.mapping.get(item.element_id, item.element_id)))
    session.flush()
    row.before = {**kept, "dropped": awaited.keep_only(session, case, steps.resumed(session, case))}
    case.revision += 1
    row.status, row.revision_after = "moved", case.revision
    told = {"migration": str(migration.id), "to": migration.to_version.version}
    record(session, "case.migrated", actor=Actor.system(case.jurisdiction_id), case=case, data=told)


def _rename(item: WorkItem, step: engine.Step) -> None:
    """Let an open step follow its new definition; who has it, its draft, signers and clock stay.

    So do what tells one item of several from the others, and the rule of a vote that was called in it.
    """
    item.element_id, item.name = step.id, step.name or step.id
    if about := item.properties.get("item"):
        item.name += f"（{about}）"
    item.form_key = step.properties["form"]
    own = {key: item.properties[key] for key in _OWN_PROPERTIES if key in item.properties}
    item.properties = {**step.properties, **own}
    item.revision += 1


def _kept(item: WorkItem) -> dict[str, Any]:
    return {
        "element_id": item.element_id,
        "name": item.name,
        "form_key": item.form_key,
        "properties": dict(item.properties),
    }


def bring_back(session: Session, row_id: UUID) -> None:
    """Bring one case back to what it was, if nobody has moved it since. Safe to call twice."""
    row = session.get_one(MigratedCase, row_id, options=[undefer(MigratedCase.state_before)])
    case = steps.locked_case(session, row.case_id)
    session.refresh(row)
    if row.status != "moved":
        return
    if case.revision != row.revision_after:
        row.message = "迁移之后又有办理，不能撤销；本件留在新版本。"
        return
    migration = row.migration
    case.engine_state, case.trail = row.state_before, list(row.before["trail"])
    case.process_version = migration.from_version
    awaited.restore(session, case, row.before["dropped"])
    for item in _open_items(session, case):
        for name, value in row.before["items"][str(item.id)].items():
            setattr(item, name, value)
        item.revision += 1
    case.revision += 1
    row.status = "undone"
    told = {"migration": str(migration.id), "to": migration.from_version.version}
    record(session, "case.migration_undone", actor=Actor.system(case.jurisdiction_id), case=case, data=told)


def note_failure(session: Session, row_id: UUID) -> None:
    """Note that a case could not be moved, or brought back, for a reason that is only in the log."""
    row = session.get_one(MigratedCase, row_id)
    row.message = "系统内部错误，详见运行日志。"
    if row.status == "waiting":
        row.status = "failed"


def finish(session: Session, migration_id: UUID, status: str) -> None:
    """Note that all cases of a migration were looked at."""
    migration = session.get_one(Migration, migration_id)
    migration.status, migration.finished_at = status, time.now()
    counts = dict(
        session.execute(
            select(MigratedCase.status, func.count())
            .where(MigratedCase.migration_id == migration_id)
            .group_by(MigratedCase.status)
        ).all()
    )
    told = {"migration": str(migration.id), **counts}
    record(session, f"migration.{status}", actor=Actor.system(migration.jurisdiction_id), data=told)


def _open_items(session: Session, case: Case) -> Sequence[WorkItem]:
    query = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.status == "open")
    return session.scalars(query.order_by(WorkItem.id)).all()


def _open_cases(session: Session, version: ProcessVersion) -> Sequence[Case]:
    query = select(Case).where(Case.process_version_id == version.id, Case.status.in_(case_state.OPEN))
    return session.scalars(query.options(undefer(Case.engine_state)).order_by(Case.no)).all()


def _version(session: Session, actor: Actor, version_id: UUID) -> ProcessVersion:
    found = session.get(ProcessVersion, version_id)
    if found is None or found.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这个流程版本。")
    return found


def _own(session: Session, actor: Actor, migration_id: UUID) -> Migration:
    found = session.get(Migration, migration_id, with_for_update=True)
    if found is None or found.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这次迁移。")
    return found
