"""Drafts of packs as pages and services read them: one's own jurisdiction's, file by file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, undefer

from webapp.core import clock as time
from webapp.core.errors import Missing
from webapp.models.account import Person
from webapp.models.pack_draft import DraftFile, DraftLock, DraftRevision, PackDraft
from webapp.models.release import Release
from webapp.packs import paths
from webapp.packs.titles import label_of, title_of
from webapp.queries.paging import Page, page_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.packs.paths import Editor, Kind
    from webapp.queries.actors import Actor

EDITING, SUBMITTED, RELEASED, ABANDONED = "editing", "submitted", "released", "abandoned"
STATES = {EDITING: "编辑中", SUBMITTED: "待核准发布", RELEASED: "已发布", ABANDONED: "已放弃"}
KINDS: dict[Kind, str] = {
    "flow": "流程",
    "rule": "规则",
    "form": "表单",
    "template": "公文",
    "clauses": "条款与政策原文",
    "basics": "基本信息",
    "scenario": "演练场景",
}
"""Headings of the groups of files, in their order."""
MOST_DRAFTS = 100
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of a draft in its list."""

    path: str
    name: str
    title: str
    kind: Kind
    size: int
    shared: bool
    changed: str
    """`added`, `changed` or empty, against what the draft began as."""
    revision: int
    open_by: str
    """Who has it open now; empty if nobody has."""


@dataclass(frozen=True, slots=True)
class LockView:
    """Who has a file open."""

    held_by: str
    until: datetime | None
    mine: bool


@dataclass(frozen=True, slots=True)
class FileView:
    """One file as its editor opens it."""

    path: str
    kind: Kind
    editor: Editor
    text: str
    revision: int
    lock: LockView


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One change in the history of a draft."""

    number: int
    path: str
    act: str
    who: str
    at: datetime
    note: str


def draft(session: Session, actor: Actor, draft_id: UUID) -> PackDraft:
    """Return a draft of the actor's jurisdiction.

    Raises:
        Missing: If there is none.
    """
    found = session.get(
        PackDraft,
        draft_id,
        options=[
            joinedload(PackDraft.made_by),
            joinedload(PackDraft.updated_by),
            joinedload(PackDraft.submitted_by),
            joinedload(PackDraft.base_release),
        ],
    )
    if found is None or found.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这份草稿。")
    return found


def drafts(session: Session, actor: Actor) -> list[PackDraft]:
    """Return the drafts that are worked on or wait for approval, the latest first."""
    query = (
        select(PackDraft)
        .where(
            PackDraft.jurisdiction_id == actor.jurisdiction_id,
            PackDraft.status.in_((EDITING, SUBMITTED)),
        )
        .options(joinedload(PackDraft.made_by), joinedload(PackDraft.updated_by))
        .order_by(PackDraft.updated_at.desc(), PackDraft.id.desc())
    )
    return list(session.scalars(query.limit(MOST_DRAFTS)))


def files_of(session: Session, draft_id: UUID) -> dict[str, str]:
    """Return what a draft holds now: path below the project to text, as `packs.read` takes it."""
    rows = session.execute(
        select(DraftFile.path, DraftFile.text).where(DraftFile.draft_id == draft_id).order_by(DraftFile.path)
    )
    return dict(rows.all())


def base_files(session: Session, draft: PackDraft) -> dict[str, str]:
    """Return the files with which a draft is compared: those of the release that it began as, or none."""
    found = session.scalar(select(Release.files).where(Release.id == draft.base_release_id))
    return found or {}


def file(session: Session, actor: Actor, draft_id: UUID, path: str) -> FileView:
    """Return one file of a draft.

    Raises:
        Missing: If the draft, or the file in it, does not exist.
    """
    own = draft(session, actor, draft_id)
    row = file_row(session, own.id, path)
    if row is None:
        raise Missing("草稿中没有这个文件。")
    return FileView(
        row.path,
        paths.kind_of(row.path),
        paths.editor_of(row.path),
        row.text,
        row.revision,
        lock_of(session, actor, own.id, path),
    )


def labels_of(session: Session, draft_id: UUID, wanted: Collection[str]) -> dict[str, str]:
    """Return what people call some files of a draft, by path; those that are gone go by their names."""
    rows = session.execute(
        select(DraftFile.path, DraftFile.text).where(
            DraftFile.draft_id == draft_id, DraftFile.path.in_(wanted)
        )
    )
    there = dict(rows.all())
    return {path: label_of(path, there.get(path, "")) for path in wanted}


def file_row(session: Session, draft_id: UUID, path: str) -> DraftFile | None:
    """Return the row of a file with its text, if there is one."""
    return session.scalar(
        select(DraftFile)
        .where(DraftFile.draft_id == draft_id, DraftFile.path == path)
        .options(undefer(DraftFile.text))
    )


def lock_of(session: Session, actor: Actor, draft_id: UUID, path: str) -> LockView:
    """Tell who has a file open at this moment."""
    held = session.scalar(
        select(DraftLock)
        .where(DraftLock.draft_id == draft_id, DraftLock.path == path, DraftLock.until > time.now())
        .options(joinedload(DraftLock.person))
    )
    if held is None:
        return LockView("", None, mine=False)
    return LockView(held.person.name, held.until, mine=held.person_id == actor.person_id)


def files(session: Session, actor: Actor, draft_id: UUID) -> list[FileRow]:
    """Return the files of a draft in the order of their kinds."""
    own = draft(session, actor, draft_id)
    before = base_files(session, own)
    now = files_of(session, own.id)
    open_by = _open_by(session, own.id)
    rows = session.execute(
        select(DraftFile.path, DraftFile.size, DraftFile.revision).where(DraftFile.draft_id == own.id)
    ).all()
    found = [
        FileRow(
            path,
            paths.name_of(path),
            title_of(path, now[path]),
            paths.kind_of(path),
            size,
            paths.is_shared(path),
            _changed(now[path], before.get(path)) if before else "",
            revision,
            open_by.get(path, ""),
        )
        for path, size, revision in rows
    ]
    order = list(KINDS)
    return sorted(found, key=lambda row: (order.index(row.kind), row.shared, row.path))


def _open_by(session: Session, draft_id: UUID) -> dict[str, str]:
    held = session.scalars(
        select(DraftLock)
        .where(DraftLock.draft_id == draft_id, DraftLock.until > time.now())
        .options(joinedload(DraftLock.person))
    )
    return {row.path: row.person.name for row in held}


def _changed(text: str, before: str | None) -> str:
    return "added" if before is None else "" if text == before else "changed"


def removed(session: Session, draft: PackDraft) -> list[str]:
    """Return the paths of the release that a draft began as and that it no longer has."""
    there = set(session.scalars(select(DraftFile.path).where(DraftFile.draft_id == draft.id)))
    return sorted(base_files(session, draft).keys() - there)


def history(
    session: Session, actor: Actor, draft_id: UUID, *, path: str = "", number: int = 1
) -> Page[RevisionRow]:
    """Return what was changed in a draft, or in one file of it, the latest first."""
    own = draft(session, actor, draft_id)
    where = [DraftRevision.draft_id == own.id]
    if path:
        where.append(DraftRevision.path == path)
    total = session.scalar(select(func.count(DraftRevision.id)).where(*where)) or 0
    rows = session.execute(
        select(DraftRevision, DraftRevision.before.is_(None), DraftRevision.after.is_(None), Person)
        .join(Person, Person.id == DraftRevision.person_id)
        .where(*where)
        .order_by(DraftRevision.number.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    shown = [
        RevisionRow(row.number, row.path, _act(is_new=new, is_gone=gone), person.name, row.at, row.note)
        for row, new, gone, person in rows
    ]
    return page_of(shown, total, number, {"path": path}, size=PAGE_SIZE)


def _act(*, is_new: bool, is_gone: bool) -> str:
    return "新建" if is_new else "删除" if is_gone else "修改"


def revision(session: Session, actor: Actor, draft_id: UUID, number: int) -> DraftRevision:
    """Return one change of a draft with the texts before and after.

    Raises:
        Missing: If there is none.
    """
    own = draft(session, actor, draft_id)
    found = session.scalar(
        select(DraftRevision)
        .where(DraftRevision.draft_id == own.id, DraftRevision.number == number)
        .options(
            undefer(DraftRevision.before), undefer(DraftRevision.after), joinedload(DraftRevision.person)
        )
    )
    if found is None:
        raise Missing("没有找到这次修改。")
    return found
