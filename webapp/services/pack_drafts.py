"""Drafts of packs: opened, changed file by file, taken back, always with their history."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select
from sqlalchemy.orm import undefer

from webapp.core import clock as time
from webapp.core.errors import Invalid, Locked, Missing, Stale
from webapp.models.account import Person
from webapp.models.pack_draft import DraftFile, DraftLock, DraftRevision, PackDraft
from webapp.packs import paths
from webapp.queries import pack_drafts as queries
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.release import Release
    from webapp.queries.actors import Actor
    from webapp.queries.pack_drafts import LockView

ONE_GO = timedelta(minutes=10)
"""Saves of one file by one person within this time of the last one are one entry of the history."""
HELD_FOR = timedelta(minutes=2)
LONGEST_TITLE = 80


class FileChanged(Stale):
    """The file was changed since it was opened.

    Attributes:
        by: Who changed it.
        text: The text as it is now.
    """

    def __init__(self, by: str, text: str, revision: int) -> None:
        super().__init__(f"{by}已修改并保存了这个文件，请核对后再保存。", current_revision=revision)
        self.by = by
        self.text = text


def open_draft(
    session: Session,
    actor: Actor,
    *,
    title: str,
    pack_key: str,
    files: Mapping[str, str],
    base: Release | None = None,
) -> PackDraft:
    """Begin a draft.

    Args:
        session: The open unit of work.
        actor: Who will edit it.
        title: What it is to become, in the editor's words.
        pack_key: Name of the pack's folder.
        files: Path below the project to text.
        base: The release that the files are of, with which the draft is then compared.

    Raises:
        Invalid: If a path or a size is not allowed; each is named.
    """
    title = title.strip()
    if not 1 <= len(title) <= LONGEST_TITLE:
        raise Invalid(f"请填写草稿名称，不超过 {LONGEST_TITLE} 个字。", field="title")
    check_files(files, pack_key)
    draft = PackDraft(
        jurisdiction_id=actor.jurisdiction_id,
        pack_key=pack_key,
        title=title,
        base_release_id=base.id if base else None,
        made_by_id=actor.person,
        updated_by_id=actor.person,
        updated_at=time.now(),
    )
    session.add(draft)
    session.flush()
    session.add_all(
        DraftFile(draft_id=draft.id, path=path, text=text, size=len(text.encode()), revision=0)
        for path, text in files.items()
    )
    session.flush()
    record(session, "pack_draft.opened", actor=actor, data=_told(draft))
    return draft


def check_files(files: Mapping[str, str], pack_key: str) -> None:
    """Refuse files that cannot be a pack.

    Raises:
        Invalid: If there are too many, or one has no fit path, text or size; each is named.
    """
    if len(files) > paths.MAX_FILES:
        raise Invalid(f"一个政策包不超过 {paths.MAX_FILES} 个文件。")
    faults = {
        path: [fault]
        for path, text in files.items()
        if (fault := paths.path_fault(path, pack_key) or paths.text_fault(text))
    }
    if faults:
        raise Invalid("有文件不能放进政策包。", errors=faults)
    if sum(len(text.encode()) for text in files.values()) > paths.MAX_TOTAL_BYTES:
        raise Invalid(f"一个政策包合计不超过 {paths.MAX_TOTAL_BYTES // 1_000_000} MB。")


def save_file(
    session: Session,
    actor: Actor,
    draft_id: UUID,
    path: str,
    text: str,
    *,
    expected_revision: int,
    note: str = "",
) -> int:
    """Keep a file's text; a file that was not there is made.

    Args:
        session: The open unit of work.
        actor: Who edits.
        draft_id: Which draft.
        path: Path below the project.
        text: The whole text.
        expected_revision: The file's revision that the editor began with; 0 for one that is new.
        note: Why, for the history.

    Returns:
        The file's revision now; the same as before if the text is the same.

    Raises:
        FileChanged: If somebody changed the file since.
        Invalid: If path, suffix or size is not allowed.
        Locked: If the draft is not being edited any more.
    """
    draft = _locked(session, actor, draft_id)
    row = queries.file_row(session, draft.id, path)
    if row is not None and row.text == text:
        return row.revision
    if (row.revision if row is not None else 0) != expected_revision:
        raise _overtaken(session, draft, row, path)
    _check_one(session, draft, path, text, row)
    return _put(session, actor, draft, path, text=text, note=note)


def delete_file(session: Session, actor: Actor, draft_id: UUID, path: str) -> None:
    """Remove a file.

    Raises:
        Missing: If there is no such file.
        Locked: If the draft is not being edited any more, or somebody else has the file open.
    """
    draft = _locked(session, actor, draft_id)
    _not_held(session, actor, draft, path)
    _existing(session, draft, path)
    _put(session, actor, draft, path, text=None)


def rename_file(session: Session, actor: Actor, draft_id: UUID, path: str, new_path: str) -> None:
    """Give a file another path; what names it elsewhere is not changed, and the check tells.

    Raises:
        Missing: If there is no such file.
        Invalid: If the new path is not allowed or taken.
        Locked: If the draft is not being edited any more, or somebody else has the file open.
    """
    draft = _locked(session, actor, draft_id)
    _not_held(session, actor, draft, path)
    text = _existing(session, draft, path).text
    if queries.file_row(session, draft.id, new_path) is not None:
        raise Invalid("已有同名文件。", field="path")
    _check_one(session, draft, new_path, text, None)
    _put(session, actor, draft, path, text=None, note=f"改名为 {paths.name_of(new_path)}")
    _put(session, actor, draft, new_path, text=text, note=f"由 {paths.name_of(path)} 改名")


def restore(session: Session, actor: Actor, draft_id: UUID, revision_no: int) -> str:
    """Bring a file back to what it was right after one entry of the history; that is an entry itself.

    Returns:
        The path of the file.

    Raises:
        Missing: If there is no such entry.
        Locked: If the draft is not being edited any more, or somebody else has the file open.
    """
    draft = _locked(session, actor, draft_id)
    wanted = queries.revision(session, actor, draft_id, revision_no)
    _not_held(session, actor, draft, wanted.path)
    row = queries.file_row(session, draft.id, wanted.path)
    if (row.text if row is not None else None) != wanted.after:
        _put(session, actor, draft, wanted.path, text=wanted.after, note=f"恢复到第 {revision_no} 次修改后")
    return wanted.path


def replace_files(session: Session, actor: Actor, draft_id: UUID, files: Mapping[str, str], note: str) -> int:
    """Make a draft hold exactly these files; returns how many changed.

    Raises:
        Invalid: If a path or a size is not allowed; each is named.
        Locked: If the draft is not being edited any more.
    """
    draft = _locked(session, actor, draft_id)
    check_files(files, draft.pack_key)
    now = queries.files_of(session, draft.id)
    changed = sorted(path for path in now.keys() | files.keys() if now.get(path) != files.get(path))
    for path in changed:
        _put(session, actor, draft, path, text=files.get(path), note=note)
    return len(changed)


def hold(session: Session, actor: Actor, draft_id: UUID, path: str, *, take_over: bool = False) -> LockView:
    """Tell others that one has a file open; to be renewed while it is.

    Args:
        session: The open unit of work.
        actor: Who has it open.
        draft_id: Which draft.
        path: Which file.
        take_over: Take it from somebody else who has it open; they are told when they next renew.

    Returns:
        Who has it now; somebody else's hold stays unless it is taken over.

    Raises:
        Missing: If there is no such draft or file.
    """
    draft = _locked(session, actor, draft_id)
    _existing(session, draft, path)
    now = time.now()
    held = session.scalar(select(DraftLock).where(DraftLock.draft_id == draft.id, DraftLock.path == path))
    if held is None:
        held = DraftLock(draft_id=draft.id, path=path, person_id=actor.person, until=now)
        session.add(held)
    if held.person_id == actor.person or held.until <= now or take_over:
        held.person_id, held.until = actor.person, now + HELD_FOR
        session.flush()
    return queries.lock_of(session, actor, draft.id, path)


def locked_draft(session: Session, actor: Actor, draft_id: UUID) -> PackDraft:
    """Return a draft with its row locked, whatever its state.

    Raises:
        Missing: If there is none here.
    """
    found = session.scalar(
        select(PackDraft)
        .where(PackDraft.id == draft_id, PackDraft.jurisdiction_id == actor.jurisdiction_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise Missing("没有找到这份草稿。")
    return found


def _locked(session: Session, actor: Actor, draft_id: UUID) -> PackDraft:
    draft = locked_draft(session, actor, draft_id)
    if draft.status != queries.EDITING:
        raise Locked(f"这份草稿{queries.STATES[draft.status]}，不能修改。")
    return draft


def _existing(session: Session, draft: PackDraft, path: str) -> DraftFile:
    row = queries.file_row(session, draft.id, path)
    if row is None:
        raise Missing("草稿中没有这个文件。")
    return row


def _not_held(session: Session, actor: Actor, draft: PackDraft, path: str) -> None:
    held = queries.lock_of(session, actor, draft.id, path)
    if held.held_by and not held.mine:
        raise Locked(f"{held.held_by}正在编辑这个文件，请稍后再试。")


def _overtaken(session: Session, draft: PackDraft, row: DraftFile | None, path: str) -> FileChanged:
    by = session.scalar(
        select(Person)
        .join(DraftRevision, DraftRevision.person_id == Person.id)
        .where(DraftRevision.draft_id == draft.id, DraftRevision.path == path)
        .order_by(DraftRevision.number.desc())
        .limit(1)
    )
    now = (row.text, row.revision) if row is not None else ("", 0)
    return FileChanged(by.name if by is not None else "他人", *now)


def _check_one(session: Session, draft: PackDraft, path: str, text: str, row: DraftFile | None) -> None:
    fault = paths.path_fault(path, draft.pack_key) or paths.text_fault(text)
    if fault:
        raise Invalid(fault, field="path")
    count, total = session.execute(
        select(func.count(DraftFile.id), func.coalesce(func.sum(DraftFile.size), 0)).where(
            DraftFile.draft_id == draft.id
        )
    ).one()
    if row is None and count >= paths.MAX_FILES:
        raise Invalid(f"一个政策包不超过 {paths.MAX_FILES} 个文件。", field="path")
    if total - (row.size if row is not None else 0) + len(text.encode()) > paths.MAX_TOTAL_BYTES:
        raise Invalid(f"一个政策包合计不超过 {paths.MAX_TOTAL_BYTES // 1_000_000} MB。", field="path")


def _put(
    session: Session, actor: Actor, draft: PackDraft, path: str, *, text: str | None, note: str = ""
) -> int:
    """Write a file's new text, or remove it, with its entry in the history; return the new revision."""
    row = queries.file_row(session, draft.id, path)
    before = row.text if row is not None else None
    draft.revision += 1
    draft.updated_at, draft.updated_by_id = time.now(), actor.person
    if text is None:
        session.execute(delete(DraftLock).where(DraftLock.draft_id == draft.id, DraftLock.path == path))
        session.delete(row)
    elif row is None:
        size = len(text.encode())
        session.add(DraftFile(draft_id=draft.id, path=path, text=text, size=size, revision=draft.revision))
    else:
        row.text, row.size, row.revision = text, len(text.encode()), draft.revision
    _note(
        session,
        DraftRevision(
            draft_id=draft.id,
            number=draft.revision,
            path=path,
            before=before,
            after=text,
            note=note,
            person_id=actor.person,
            at=draft.updated_at,
        ),
    )
    session.flush()
    return draft.revision


def _note(session: Session, entry: DraftRevision) -> None:
    """Add an entry to the history, or let the last one of the file go on."""
    last = session.scalar(
        select(DraftRevision)
        .where(DraftRevision.draft_id == entry.draft_id, DraftRevision.path == entry.path)
        .order_by(DraftRevision.number.desc())
        .limit(1)
        .options(undefer(DraftRevision.after))
    )
    if last is not None and _goes_on(last, entry):
        last.number, last.after, last.at = entry.number, entry.after, entry.at
    else:
        session.add(entry)


def _goes_on(last: DraftRevision, entry: DraftRevision) -> bool:
    """Tell whether a save goes on with the same person's last one, rather than being a change of its own."""
    return (
        entry.before is not None
        and entry.after is not None
        and not (last.note or entry.note)
        and last.person_id == entry.person_id
        and entry.at - last.at < ONE_GO
    )


def _told(draft: PackDraft) -> dict[str, str]:
    return {"draft": str(draft.id), "pack": draft.pack_key}
