"""政策包编辑: the drafts, the version in force, what is planned, and what was in force before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Missing
from webapp.models.case import Case
from webapp.models.release import ProcessVersion, Release
from webapp.queries import pack_drafts
from webapp.queries.releases import release_in_force

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.pack_draft import PackDraft
    from webapp.queries.actors import Actor
    from webapp.queries.pack_drafts import FileRow

MOST_RELEASES = 50
SHORT_HASH = 12


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One draft in the list."""

    id: UUID
    title: str
    pack_key: str
    state: str
    submitted: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """One release: in force, planned, or former."""

    id: UUID
    pack_version: str
    hash_short: str
    activated_at: datetime | None
    planned_for: date | None
    effective_until: date | None
    run_out: bool
    note: str
    approved_by: str
    running: int


@dataclass(frozen=True, slots=True)
class StudioPage:
    """The page 政策包编辑."""

    drafts: list[DraftRow]
    in_force: ReleaseRow | None
    planned: list[ReleaseRow]
    former: list[ReleaseRow]


@dataclass(frozen=True, slots=True)
class FileGroup:
    """The files of one kind."""

    kind: str
    label: str
    files: list[FileRow]


@dataclass(frozen=True, slots=True)
class DraftPage:
    """The page of one draft."""

    draft: PackDraft
    state: str
    groups: list[FileGroup]
    changed: list[FileRow]
    removed: list[str]
    behind: bool
    """Whether another version was put in force since it was opened."""
    is_new_jurisdiction: bool


def studio_page(session: Session, actor: Actor) -> StudioPage:
    """Return the drafts and releases of the actor's jurisdiction."""
    present = release_in_force(session, actor.jurisdiction_id)
    rows = session.scalars(
        select(Release)
        .where(Release.jurisdiction_id == actor.jurisdiction_id)
        .options(joinedload(Release.approved_by))
        .order_by(func.coalesce(Release.activated_at, Release.created_at).desc(), Release.id.desc())
        .limit(MOST_RELEASES)
    ).all()
    running = _running(session, actor)
    shown = {row.id: _release(row, running.get(row.id, 0)) for row in rows}
    return StudioPage(
        drafts=[_draft(row) for row in pack_drafts.drafts(session, actor)],
        in_force=shown.get(present.id) if present else None,
        planned=[shown[row.id] for row in rows if row.planned_for is not None],
        former=[
            shown[row.id]
            for row in rows
            if row.activated_at is not None and (present is None or row.id != present.id)
        ],
    )


def _draft(row: PackDraft) -> DraftRow:
    return DraftRow(
        row.id,
        row.title,
        row.pack_key,
        pack_drafts.STATES[row.status],
        row.status == pack_drafts.SUBMITTED,
        row.updated_by.name,
        row.updated_at,
    )


def _release(row: Release, running: int) -> ReleaseRow:
    today = beijing_date(time.now())
    return ReleaseRow(
        row.id,
        row.pack_version,
        row.content_hash[:SHORT_HASH],
        row.activated_at,
        row.planned_for,
        row.effective_until,
        row.effective_until is not None and row.effective_until < today,
        row.note,
        row.approved_by.name if row.approved_by else "",
        running,
    )


def _running(session: Session, actor: Actor) -> dict[UUID, int]:
    """Cases that are not over, by the release that they were started under."""
    rows = session.execute(
        select(ProcessVersion.release_id, func.count(Case.id))
        .join(Case, Case.process_version_id == ProcessVersion.id)
        .where(Case.jurisdiction_id == actor.jurisdiction_id, Case.status.in_(("running", "suspended")))
        .group_by(ProcessVersion.release_id)
    )
    return dict(rows.all())


def release_of(session: Session, actor: Actor, release_id: UUID) -> Release:
    """Return a release of the actor's jurisdiction.

    Raises:
        Missing: If there is none.
    """
    found = session.get(Release, release_id)
    if found is None or found.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这个版本。")
    return found


def draft_page(session: Session, actor: Actor, draft_id: UUID) -> DraftPage:
    """Return a draft with its files, what was changed, and what stands in the way of its release."""
    own = pack_drafts.draft(session, actor, draft_id)
    rows = pack_drafts.files(session, actor, draft_id)
    present = release_in_force(session, actor.jurisdiction_id)
    foreign = present is not None and present.pack_key != own.pack_key
    groups = [
        FileGroup(kind, label, [row for row in rows if row.kind == kind])
        for kind, label in pack_drafts.KINDS.items()
    ]
    return DraftPage(
        draft=own,
        state=pack_drafts.STATES[own.status],
        groups=[group for group in groups if group.files],
        changed=[row for row in rows if row.changed],
        removed=pack_drafts.removed(session, own),
        behind=present is not None and not foreign and own.base_release_id != present.id,
        is_new_jurisdiction=foreign,
    )
