"""What a case was started under: its pack, its process, its forms and its templates.

A release never changes, so what was read from it is kept for the life of the process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

import forms
from webapp import documents, engine, packs
from webapp.core.errors import Missing
from webapp.models.release import ProcessVersion, Release

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.packs import Pack

_HASHES: dict[UUID, str] = {}
_PACKS: dict[str, Pack] = {}
_DEFINITIONS: dict[UUID, engine.Definition] = {}
_SCHEMAS: dict[tuple[str, str], forms.FormSchema] = {}
_TEMPLATES: dict[tuple[str, str], documents.Template] = {}


def pack_of_release(session: Session, release_id: UUID) -> Pack:
    """Return the pack of a release.

    Raises:
        Missing: If there is no such release.
    """
    content_hash = _HASHES.get(release_id)
    if content_hash is None:
        content_hash = session.scalar(select(Release.content_hash).where(Release.id == release_id))
        if content_hash is None:
            raise Missing("没有找到该版本的政策包。")
        _HASHES[release_id] = content_hash
    if content_hash not in _PACKS:
        files = session.scalar(select(Release.files).where(Release.id == release_id)) or {}
        _PACKS[content_hash] = packs.read(files)
    return _PACKS[content_hash]


def pack_of_case(session: Session, case: Case) -> Pack:
    """Return the pack that a case was started under."""
    return pack_of_release(session, case.process_version.release_id)


def definition_of(session: Session, version: ProcessVersion) -> engine.Definition:
    """Return the executable definition of a process version."""
    if version.id not in _DEFINITIONS:
        process = pack_of_release(session, version.release_id).processes[version.process_key]
        _DEFINITIONS[version.id] = engine.load(process.sources, process.process_id)
    return _DEFINITIONS[version.id]


def form_of(pack: Pack, key: str) -> forms.FormSchema:
    """Return a form of a pack.

    Raises:
        Missing: If the pack has no such form.
    """
    cached = _SCHEMAS.get((pack.content_hash, key))
    if cached is None:
        if key not in pack.forms:
            raise Missing(f"没有找到表单“{key}”。")
        cached = _SCHEMAS[pack.content_hash, key] = forms.read(pack.forms[key])
    return cached


def template_of(pack: Pack, key: str) -> documents.Template:
    """Return a document template of a pack.

    Raises:
        Missing: If the pack has no such template.
    """
    cached = _TEMPLATES.get((pack.content_hash, key))
    if cached is None:
        if key not in pack.templates:
            raise Missing(f"没有找到公文模板“{key}”。")
        cached = _TEMPLATES[pack.content_hash, key] = documents.load_template(pack.templates[key])
    return cached


def template_in(pack: Pack, key: str) -> documents.Template:
    """Return a document template of a pack, or the one of that name that all packs share.

    Raises:
        Missing: If there is neither.
    """
    shared = pack.files.get(f"docs_templates/common/{key}.md")
    if key in pack.templates or shared is None:
        return template_of(pack, key)
    cached = _TEMPLATES.get((pack.content_hash, f"common/{key}"))
    if cached is None:
        cached = _TEMPLATES[pack.content_hash, f"common/{key}"] = documents.load_template(shared)
    return cached


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
            .order_by(ProcessVersion.title)
        )
    )
