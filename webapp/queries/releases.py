"""What a case was started under: its pack, its process, its forms and its templates.

A release never changes, so what was read from it last is kept in the process. Packs that are tried out in
sandboxes come and go: old ones leave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

import forms
from webapp import documents, engine, packs
from webapp.core import clock as time
from webapp.core.errors import Missing
from webapp.core.recent import Recent
from webapp.models.release import ProcessVersion, Release

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.packs import Pack

_HASHES: Recent[UUID, str] = Recent(5000)
_PACKS: Recent[str, Pack] = Recent(30)
_DEFINITIONS: Recent[UUID, engine.Definition] = Recent(400)
_SCHEMAS: Recent[tuple[str, str], forms.FormSchema] = Recent(4000)
_TEMPLATES: Recent[tuple[str, str], documents.Template] = Recent(2000)


def pack_of_release(session: Session, release_id: UUID) -> Pack:
    """Return the pack of a release.

    Raises:
        Missing: If there is no such release.
    """
    content_hash = _HASHES.of(release_id, lambda: _hash_of(session, release_id))
    return _PACKS.of(content_hash, lambda: packs.read_kept(_files_of(session, release_id)))


def _hash_of(session: Session, release_id: UUID) -> str:
    content_hash = session.scalar(select(Release.content_hash).where(Release.id == release_id))
    if content_hash is None:
        raise Missing("没有找到该版本的政策包。")
    return content_hash


def _files_of(session: Session, release_id: UUID) -> dict[str, str]:
    return session.scalar(select(Release.files).where(Release.id == release_id)) or {}


def pack_of_case(session: Session, case: Case) -> Pack:
    """Return the pack that a case was started under."""
    return pack_of_release(session, case.process_version.release_id)


def definition_of(session: Session, version: ProcessVersion) -> engine.Definition:
    """Return the executable definition of a process version."""

    def read() -> engine.Definition:
        process = pack_of_release(session, version.release_id).processes[version.process_key]
        return engine.load(process.sources, process.process_id)

    return _DEFINITIONS.of(version.id, read)


def form_of(pack: Pack, key: str) -> forms.FormSchema:
    """Return a form of a pack.

    Raises:
        Missing: If the pack has no such form.
    """

    def read() -> forms.FormSchema:
        if key not in pack.forms:
            raise Missing(f"没有找到表单“{key}”。")
        return forms.read_kept(pack.forms[key])

    return _SCHEMAS.of((pack.content_hash, key), read)


def template_of(pack: Pack, key: str) -> documents.Template:
    """Return a document template of a pack.

    Raises:
        Missing: If the pack has no such template.
    """

    def read() -> documents.Template:
        if key not in pack.templates:
            raise Missing(f"没有找到公文模板“{key}”。")
        return documents.load_kept_template(pack.templates[key])

    return _TEMPLATES.of((pack.content_hash, key), read)


def template_in(pack: Pack, key: str) -> documents.Template:
    """Return a document template of a pack, or the one of that name that all packs share.

    Raises:
        Missing: If there is neither.
    """
    shared = pack.files.get(f"docs_templates/common/{key}.md")
    if key in pack.templates or shared is None:
        return template_of(pack, key)
    return _TEMPLATES.of((pack.content_hash, f"common/{key}"), lambda: documents.load_kept_template(shared))


def current_process(session: Session, jurisdiction_id: UUID, process_key: str) -> ProcessVersion:
    """Return the version of a process under which cases start today.

    Raises:
        Missing: If the jurisdiction has no such process in force.
    """
    version = session.scalar(
        select(ProcessVersion).where(
            ProcessVersion.jurisdiction_id == jurisdiction_id,
            ProcessVersion.process_key == process_key,
            ProcessVersion.is_current,
        )
    )
    if version is None:
        raise Missing("没有找到这项业务，或它尚未启用。")
    return version


def current_processes(session: Session, jurisdiction_id: UUID) -> list[ProcessVersion]:
    """Return every process in force, by title."""
    return list(
        session.scalars(
            select(ProcessVersion)
            .where(ProcessVersion.jurisdiction_id == jurisdiction_id, ProcessVersion.is_current)
            .options(joinedload(ProcessVersion.release))
            .order_by(ProcessVersion.title)
        )
    )


def release_in_force(session: Session, jurisdiction_id: UUID) -> Release | None:
    """Return the release under which cases start today, if one is in force."""
    return session.scalar(
        select(Release)
        .join(ProcessVersion)
        .where(ProcessVersion.jurisdiction_id == jurisdiction_id, ProcessVersion.is_current)
        .order_by(Release.activated_at.desc(), Release.id.desc())
        .limit(1)
    )


def why_none_starts(session: Session, version: ProcessVersion) -> str:
    """Say why no case starts under a process today; empty if one may.

    A policy that is not in force yet, or has run out, binds nobody: a case begun under it would have no
    ground. Both days are Beijing dates, and the last one counts.
    """
    today = time.beijing_date(time.now())
    pack = pack_of_release(session, version.release_id)
    if today < pack.effective_from:
        return (
            f"“{version.title}”所依据的政策自{time.official_date(pack.effective_from)}起施行，此前不能发起。"
        )
    until = version.release.effective_until
    if until is not None and today > until:
        return f"“{version.title}”所依据的政策有效期至{time.official_date(until)}，现已届满，不能再发起。"
    return ""
