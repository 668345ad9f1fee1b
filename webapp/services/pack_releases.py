"""From draft to release: submitted by one person, released by another, undone in one act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core import clock as time
from webapp.core.clock import beijing_date, official_date
from webapp.core.errors import Forbidden, Invalid, Locked, Missing
from webapp.models.account import Jurisdiction
from webapp.models.pack_draft import PackDraft
from webapp.models.release import Release
from webapp.queries import draft_checks
from webapp.queries import pack_drafts as drafts
from webapp.queries.actors import Actor
from webapp.queries.releases import pack_of_release, release_in_force
from webapp.services import deployments, installation
from webapp.services.events import record
from webapp.services.pack_drafts import locked_draft

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.packs import Pack

JOB = "release.activate"
SHORTEST_NOTE, LONGEST_NOTE = 4, 2000


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """Who is to add everybody else in a jurisdiction that a release sets up.

    Attributes:
        username: What is typed to sign in.
        name: The person's name.
    """

    username: str
    name: str


@dataclass(frozen=True, slots=True)
class Released:
    """What came of an approval.

    Attributes:
        release: The release.
        planned_for: Beijing date on which it will be put in force; `None` if it is.
        jurisdiction: Where it holds.
        password: First password of the first administrator of a new jurisdiction, else empty.
    """

    release: Release
    planned_for: date | None
    jurisdiction: Jurisdiction
    password: str


def submit(
    session: Session,
    actor: Actor,
    draft_id: UUID,
    *,
    note: str,
    effective_from: date | None = None,
    effective_until: date | None = None,
) -> None:
    """Hand a draft to whoever may release it; until then it rests.

    Args:
        session: The open unit of work.
        actor: Who submits it; another person has to release it.
        draft_id: Which draft.
        note: 发布说明: what changed and why.
        effective_from: Beijing date from which cases start under it; `None`: from its approval on.
        effective_until: Last Beijing date on which they do; `None`: without an end.

    Raises:
        Locked: If it is not being edited, or what it began as is not in force any more.
        Invalid: If the check finds an error, the note is missing, or the dates make no sense.
    """
    draft = locked_draft(session, actor, draft_id)
    if draft.status != drafts.EDITING:
        raise Locked(f"这份草稿{drafts.STATES[draft.status]}，不能提交。")
    draft.note = _words(note, "发布说明", "note")
    _check_dates(effective_from, effective_until)
    draft.effective_from, draft.effective_until = effective_from, effective_until
    _require_fit(session, actor, draft)
    draft.status, draft.returned_note = drafts.SUBMITTED, ""
    draft.submitted_by_id, draft.submitted_at = actor.person, time.now()
    record(session, "pack_draft.submitted", actor=actor, data=_told(draft))


def withdraw(session: Session, actor: Actor, draft_id: UUID) -> None:
    """Take a submitted draft back, to go on editing.

    Raises:
        Locked: If it does not wait for its release.
    """
    draft = _submitted(session, actor, draft_id)
    draft.status = drafts.EDITING
    record(session, "pack_draft.withdrawn", actor=actor, data=_told(draft))


def give_back(session: Session, actor: Actor, draft_id: UUID, *, reason: str) -> None:
    """Give a submitted draft back to its editors instead of releasing it.

    Raises:
        Locked: If it does not wait for its release.
        Invalid: If no reason is given.
    """
    draft = _submitted(session, actor, draft_id)
    draft.returned_note = _words(reason, "退回的理由", "reason")
    draft.status = drafts.EDITING
    told = _told(draft) | {"reason": draft.returned_note} | _submitter(draft)
    record(session, "pack_draft.returned", actor=actor, data=told)


def abandon(session: Session, actor: Actor, draft_id: UUID) -> None:
    """Close a draft that is not to be released; it and its history stay.

    Raises:
        Locked: If it is not being edited.
    """
    draft = locked_draft(session, actor, draft_id)
    if draft.status != drafts.EDITING:
        raise Locked(f"这份草稿{drafts.STATES[draft.status]}，不能放弃。")
    draft.status = drafts.ABANDONED
    record(session, "pack_draft.abandoned", actor=actor, data=_told(draft))


def approve(
    session: Session, actor: Actor, draft_id: UUID, *, first: FirstAdministrator | None = None
) -> Released:
    """Release a submitted draft: put it in force, or plan it for its day.

    Args:
        session: The open unit of work.
        actor: Somebody else than who submitted it.
        draft_id: Which draft.
        first: The first administrator, where the release sets a jurisdiction up.

    Raises:
        Forbidden: If the actor submitted it, or the pack is another jurisdiction's.
        Locked: If it does not wait for its release, or what it began as is not in force any more.
        Invalid: If the check finds an error, or the first administrator is missing or cannot be added.
    """
    draft = _submitted(session, actor, draft_id)
    if draft.submitted_by_id in {actor.person, actor.for_person_id}:
        raise Forbidden("提交人不能核准自己提交的发布，请由另一名有核准权限的人员办理。")
    pack = _require_fit(session, actor, draft)
    found = installation.jurisdiction_of(session, pack)
    jurisdiction = found or installation.found_or_founded(session, pack)
    release = deployments.prepare(session, jurisdiction, pack)
    release.note, release.approved_by_id = draft.note, actor.person
    release.effective_until = draft.effective_until
    today = beijing_date(time.now())
    planned = draft.effective_from if draft.effective_from and draft.effective_from > today else None
    if planned is not None:
        release.planned_for = planned
        told = {"pack": pack.key, "content": pack.content_hash, "on": planned.isoformat()}
        record(session, "release.planned", actor=actor, data=told)
    else:
        _put_in_force(session, jurisdiction, release, pack, actor)
    password = "" if found else _first(session, jurisdiction, first)
    draft.status, draft.release_id = drafts.RELEASED, release.id
    record(session, "pack_draft.released", actor=actor, data=_told(draft) | _submitter(draft))
    return Released(release, planned, jurisdiction, password)


def roll_back(session: Session, actor: Actor, release_id: UUID, *, reason: str) -> Release:
    """Put a former release in force again, as it was; running cases stay where they are.

    A version that is planned rests on the one that is undone, so the plan is cancelled.

    Raises:
        Missing: If there is no such release here.
        Locked: If it is in force, was never in force, or has run out.
        Invalid: If no reason is given.
    """
    release = _own(session, actor, release_id)
    why = _words(reason, "恢复的理由", "reason")
    present = release_in_force(session, actor.jurisdiction_id)
    if present is not None and present.id == release.id:
        raise Locked("这一版正在施行。")
    if release.activated_at is None:
        raise Locked("这一版从未启用，不能恢复。")
    until = release.effective_until
    if until is not None and until < beijing_date(time.now()):
        raise Locked(f"这一版的有效期至{official_date(until)}，已届满；请以它新建草稿，另定期限后发布。")
    jurisdiction = session.get_one(Jurisdiction, release.jurisdiction_id)
    pack = pack_of_release(session, release.id)
    _put_in_force(session, jurisdiction, release, pack, actor)
    for planned in _planned(session, jurisdiction.id):
        _cancel(session, actor, planned)
    told = {"pack": pack.key, "content": pack.content_hash, "reason": why}
    if present is not None:
        told["instead_of"] = present.content_hash
    record(session, "release.rolled_back", actor=actor, data=told)
    return release


def cancel_plan(session: Session, actor: Actor, release_id: UUID) -> None:
    """Do not put a planned release in force after all.

    Raises:
        Missing: If there is no such release here.
        Locked: If it is not planned.
    """
    release = _own(session, actor, release_id)
    if release.planned_for is None:
        raise Locked("这一版没有待启用的计划。")
    _cancel(session, actor, release)


def _cancel(session: Session, actor: Actor, release: Release) -> None:
    release.planned_for = None
    told = {"pack": release.pack_key, "content": release.content_hash}
    record(session, "release.plan_cancelled", actor=actor, data=told)


def due(session: Session) -> list[UUID]:
    """Return the planned releases whose day has come in Beijing, the earliest first."""
    today = beijing_date(time.now())
    query = select(Release.id).where(Release.planned_for <= today)
    return list(session.scalars(query.order_by(Release.planned_for, Release.id)))


def owner_of(session: Session, release_id: UUID) -> UUID | None:
    """Return whose release it is."""
    return session.scalar(select(Release.jurisdiction_id).where(Release.id == release_id))


def activate_planned(session: Session, release_id: UUID) -> None:
    """Put a planned release in force on its day. Safe to call twice."""
    release = session.get_one(Release, release_id, with_for_update=True)
    if release.planned_for is None or release.planned_for > beijing_date(time.now()):
        return
    jurisdiction = session.get_one(Jurisdiction, release.jurisdiction_id)
    pack = pack_of_release(session, release.id)
    draft = session.scalar(select(PackDraft).where(PackDraft.release_id == release.id).limit(1))
    tells = _told(draft) | _submitter(draft) if draft else {}
    _put_in_force(session, jurisdiction, release, pack, Actor.system(jurisdiction.id), tells=tells)


def _planned(session: Session, jurisdiction_id: UUID) -> list[Release]:
    query = select(Release).where(
        Release.jurisdiction_id == jurisdiction_id, Release.planned_for.is_not(None)
    )
    return list(session.scalars(query.order_by(Release.planned_for, Release.id)))


def _put_in_force(
    session: Session,
    jurisdiction: Jurisdiction,
    release: Release,
    pack: Pack,
    actor: Actor,
    *,
    tells: Mapping[str, str] | None = None,
) -> None:
    installation.bring_up_to_date(session, jurisdiction, pack)
    by = Actor.system(jurisdiction.id) if actor.jurisdiction_id != jurisdiction.id else actor
    deployments.activate(session, jurisdiction, release, pack, by, tells=tells)


def _require_fit(session: Session, actor: Actor, draft: PackDraft) -> Pack:
    """Return the pack of a draft that may be released as it is.

    Raises:
        Forbidden: If the pack is another jurisdiction's.
        Locked: If what the draft began as is not in force any more.
        Invalid: If the check finds an error, or nothing would change.
    """
    present = release_in_force(session, actor.jurisdiction_id)
    found = draft_checks.checked(drafts.files_of(session, draft.id))
    if found.pack is None or found.errors:
        raise Invalid(f"检查发现 {len(found.errors)} 处错误，改正后才能提交发布。", field="check")
    pack = found.pack
    jurisdiction = installation.jurisdiction_of(session, pack)
    _require_own_prefix(session, jurisdiction, pack)
    if jurisdiction is None:
        _require_free(session, draft, pack)
        return pack
    if jurisdiction.id != actor.jurisdiction_id:
        raise Forbidden(f"政策包是{jurisdiction.name}的，由该辖区的人员发布。")
    if present is not None and present.pack_key != pack.key:
        raise Invalid(f"本辖区的政策包是“{present.pack_key}”，key 不能改成“{pack.key}”。", field="check")
    if present is not None and draft.base_release_id != present.id:
        raise Locked("草稿打开之后，本辖区又发布了新的版本。请先把新版本的修改并入草稿。")
    days = [planned.planned_for for planned in _planned(session, jurisdiction.id) if planned.planned_for]
    if days:
        day = official_date(days[0])
        raise Locked(f"已有一版定于{day}启用，它不含这份草稿的修改。请等它启用后并入，或先取消它。")
    if (
        present is not None
        and present.content_hash == pack.content_hash
        and present.effective_until == draft.effective_until
    ):
        raise Invalid("草稿与现行版本完全相同，没有可以发布的修改。", field="check")
    return pack


def _require_free(session: Session, draft: PackDraft, pack: Pack) -> None:
    """Refuse a new jurisdiction whose names are taken, or whose release is put off."""
    others = session.scalars(select(Release.pack_key).where(Release.pack_key == pack.key).limit(1)).all()
    if others:
        raise Invalid(f"政策包的 key“{pack.key}”已由另一辖区使用，请换一个。", field="check")
    if draft.effective_from is not None and draft.effective_from > beijing_date(time.now()):
        raise Invalid(
            "新辖区的政策包核准后即设置单位和岗位，不能定期启用；请把基本信息“政策包”中的“施行日期”改为那一天，"
            "此前不能发起办件。",
            field="effective_from",
        )


def _require_own_prefix(session: Session, jurisdiction: Jurisdiction | None, pack: Pack) -> None:
    """Refuse a prefix of numbers that another jurisdiction has: a public address holds the number alone."""
    for other in session.scalars(select(Jurisdiction)):
        release = release_in_force(session, other.id) if other is not jurisdiction else None
        if release and pack_of_release(session, release.id).case_prefix == pack.case_prefix:
            text = f"办件编号前缀“{pack.case_prefix}”已由{other.name}使用，请换一个。"
            raise Invalid(text, field="check")


def _first(session: Session, jurisdiction: Jurisdiction, first: FirstAdministrator | None) -> str:
    if first is None or not first.username.strip():
        raise Invalid("请填写新辖区第一位系统管理员的用户名和姓名。", field="username")
    return installation.first_administrator(session, jurisdiction, username=first.username, name=first.name)


def _check_dates(effective_from: date | None, effective_until: date | None) -> None:
    today = beijing_date(time.now())
    if effective_until is not None and effective_until < (effective_from or today):
        raise Invalid("有效期的截止日应当在启用日之后。", field="effective_until")
    if effective_from is not None and effective_from < today:
        raise Invalid("启用日不能早于今天；核准后立即启用的，不填启用日。", field="effective_from")


def _submitted(session: Session, actor: Actor, draft_id: UUID) -> PackDraft:
    draft = locked_draft(session, actor, draft_id)
    if draft.status != drafts.SUBMITTED:
        raise Locked(f"这份草稿{drafts.STATES[draft.status]}，不在等待核准发布。")
    return draft


def _own(session: Session, actor: Actor, release_id: UUID) -> Release:
    release = session.get(Release, release_id, with_for_update=True)
    if release is None or release.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这个版本。")
    return release


def _words(text: str, what: str, field: str) -> str:
    words = text.strip()
    if not SHORTEST_NOTE <= len(words) <= LONGEST_NOTE:
        raise Invalid(f"请写明{what}，{SHORTEST_NOTE} 至 {LONGEST_NOTE} 个字。", field=field)
    return words


def _submitter(draft: PackDraft) -> dict[str, str]:
    """Return whom an event names, who is told of it: whoever submitted the draft."""
    return {"person": str(draft.submitted_by_id)} if draft.submitted_by_id else {}


def _told(draft: PackDraft) -> dict[str, str]:
    return {"draft": str(draft.id), "pack": draft.pack_key}
