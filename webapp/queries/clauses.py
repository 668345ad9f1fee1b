"""条款溯源: a clause with its wording, and every step, field, paragraph and setting that rests on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.models.release import Release
from webapp.queries.releases import (
    current_processes,
    definition_of,
    form_of,
    pack_of_release,
    template_of,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.models.account import Jurisdiction
    from webapp.packs import Pack

_FILLED_IN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")


@dataclass(frozen=True, slots=True)
class Use:
    """A place that rests on a clause."""

    kind: str
    name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class ClausePage:
    """A clause and its uses."""

    id: str
    title: str
    text: str
    source: str
    pack_title: str
    document_title: str
    used_by: list[Use]


def clause_page(
    session: Session, jurisdiction: Jurisdiction, pack_key: str, clause_id: str
) -> ClausePage | None:
    """Return a clause of the pack in force, or `None` if it has no such clause."""
    release_id = session.scalar(
        select(Release.id)
        .where(
            Release.jurisdiction_id == jurisdiction.id,
            Release.pack_key == pack_key,
            Release.activated_at.is_not(None),
        )
        .order_by(Release.activated_at.desc())
        .limit(1)
    )
    if release_id is None:
        return None
    pack = pack_of_release(session, release_id)
    clause = pack.clauses.get(clause_id)
    if clause is None:
        return None
    return ClausePage(
        id=clause.id,
        title=clause.title,
        text=clause.text,
        source=clause.source,
        pack_title=pack.name,
        document_title=pack.source_title,
        used_by=[
            *_steps(session, jurisdiction, clause_id),
            *_fields(pack, clause_id),
            *_paragraphs(pack, clause_id),
            *_settings(pack, clause_id),
        ],
    )


def _steps(session: Session, jurisdiction: Jurisdiction, clause_id: str) -> list[Use]:
    return [
        Use("环节", f"{version.title}：{step.name}", None)
        for version in current_processes(session, jurisdiction.id)
        for step in definition_of(session, version).steps
        if step.properties.get("basis") == clause_id and step.name
    ]


def _fields(pack: Pack, clause_id: str) -> list[Use]:
    schemas = [form_of(pack, key) for key in pack.forms]
    return [
        Use("填报项", f"{schema.title}：{component.label}", None)
        for schema in schemas
        for component in schema.fields
        if component.basis is not None and component.basis.clause == clause_id
    ]


def _paragraphs(pack: Pack, clause_id: str) -> list[Use]:
    return [
        Use("公文段落", f"{spec.title}：{_FILLED_IN.sub('…', line.text).strip()}", None)
        for spec in pack.documents.values()
        for line in template_of(pack, spec.template).lines
        if any(basis.clause == clause_id for basis in line.bases)
    ]


def _settings(pack: Pack, clause_id: str) -> list[Use]:
    return [
        Use("参数", spec.label, None) for spec in pack.settings.values() if spec.basis.clause == clause_id
    ]
