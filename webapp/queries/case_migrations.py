"""Migrations of running cases as their pages show them: the check, the progress, what became of each case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from webapp.core.errors import Missing
from webapp.models.operation import MigratedCase, Migration
from webapp.models.release import ProcessVersion
from webapp.queries import links
from webapp.queries.releases import definition_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp import engine
    from webapp.queries.actors import Actor

VERDICTS = {
    "safe": ("可以迁移", "ok"),
    "mapping": ("需要指定对应环节", "warn"),
    "blocked": ("不能迁移", "bad"),
}
STATES = {
    "waiting": "未执行",
    "moved": "已迁移",
    "left": "留在原版本",
    "failed": "迁移失败，留在原版本",
    "undone": "已撤销",
}
STATUS = {
    "planned": "已检查，未执行",
    "running": "执行中",
    "finished": "已完成",
    "undoing": "撤销中",
    "undone": "已撤销",
}


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case of a migration."""

    no: str
    url: str
    verdict: str
    tone: str
    reasons: list[str]
    state: str
    message: str


@dataclass(frozen=True, slots=True)
class MigrationView:
    """One migration."""

    id: UUID
    title: str
    from_id: UUID
    to_id: UUID
    from_version: int
    to_version: int
    status: str
    status_label: str
    at: datetime
    by: str
    mapping: dict[str, str]
    total: int
    done: int
    safe: int
    cases: list[CaseRow]
    missing: list[tuple[str, str]]
    steps: list[tuple[str, str]]


def migrations(session: Session, actor: Actor) -> list[MigrationView]:
    """Return the migrations of a jurisdiction, the newest first, without their cases."""
    rows = session.scalars(
        select(Migration)
        .where(Migration.jurisdiction_id == actor.jurisdiction_id)
        .options(
            joinedload(Migration.from_version),
            joinedload(Migration.to_version),
            joinedload(Migration.made_by),
        )
        .order_by(Migration.created_at.desc(), Migration.id.desc())
        .limit(50)
    ).all()
    return [_view(session, row, []) for row in rows]


def migration(session: Session, actor: Actor, migration_id: UUID) -> MigrationView:
    """Return one migration with its cases, those that need attention first.

    Raises:
        Missing: If there is none here.
    """
    row = session.get(Migration, migration_id)
    if row is None or row.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这次迁移。")
    cases = session.scalars(
        select(MigratedCase)
        .where(MigratedCase.migration_id == row.id)
        .options(joinedload(MigratedCase.case))
        .order_by(MigratedCase.verdict, MigratedCase.id)
        .limit(500)
    ).all()
    return _view(session, row, [_case_row(case) for case in cases])


def _case_row(row: MigratedCase) -> CaseRow:
    label, tone = VERDICTS[row.verdict]
    return CaseRow(
        row.case.no, links.case(row.case.no), label, tone, row.reasons, STATES[row.status], row.message
    )


def _view(session: Session, row: Migration, cases: list[CaseRow]) -> MigrationView:
    counts = select(
        func.count(),
        func.count().filter(MigratedCase.status != "waiting"),
        func.count().filter(MigratedCase.verdict == "safe"),
    ).where(MigratedCase.migration_id == row.id)
    total, done, safe = session.execute(counts).one()
    old, new = definition_of(session, row.from_version), definition_of(session, row.to_version)
    kept = {step.id for step in new.steps}
    return MigrationView(
        row.id,
        row.to_version.title,
        row.from_version_id,
        row.to_version_id,
        row.from_version.version,
        row.to_version.version,
        row.status,
        STATUS[row.status],
        row.created_at,
        row.made_by.name,
        row.mapping,
        total,
        done,
        safe,
        cases,
        missing=[(step.id, step.name or "未命名的环节") for step in old.steps if step.id not in kept],
        steps=[(step.id, _words(step)) for step in new.steps if step.name],
    )


def _words(step: engine.Step) -> str:
    return f"{step.name}（{step.lane}）" if step.lane else step.name


def other_versions(session: Session, actor: Actor, version_id: UUID) -> list[ProcessVersion]:
    """Return the other versions of the same process, the newest first."""
    version = session.get(ProcessVersion, version_id)
    if version is None or version.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这个流程版本。")
    return list(
        session.scalars(
            select(ProcessVersion)
            .where(
                ProcessVersion.jurisdiction_id == actor.jurisdiction_id,
                ProcessVersion.process_key == version.process_key,
                ProcessVersion.id != version.id,
            )
            .order_by(ProcessVersion.created_at.desc(), ProcessVersion.id.desc())
        )
    )
