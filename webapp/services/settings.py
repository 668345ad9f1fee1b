"""Settings of a pack: what the policy leaves open, changed by an administrator with a reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.core.errors import Invalid, Missing
from webapp.models.release import SettingValue
from webapp.queries.settings import forget, pack_in_force
from webapp.services.events import record

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.packs import SettingSpec
    from webapp.queries.actors import Actor

SHORTEST_REASON = 4
LARGEST = 10_000
LONGEST_TEXT = 200


def change(session: Session, actor: Actor, *, key: str, value: str, reason: str) -> None:
    """Change one setting; cases look at it when they come to the step that it is about.

    Raises:
        Missing: If the pack has no such setting.
        Invalid: If the value is not one of the choices, or there is no reason.
    """
    pack = pack_in_force(session, actor.jurisdiction_id)
    spec = pack.settings.get(key)
    if spec is None:
        raise Missing("没有找到这项设置。")
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(f"请写明修改理由，至少 {SHORTEST_REASON} 个字。", field=key)
    wanted = _read(spec, value)
    row = _held(session, actor.jurisdiction_id, spec)
    before, row.value, row.changed_by_id = row.value, wanted, actor.person
    forget(session)
    record(
        session,
        "setting.changed",
        actor=actor,
        data={"key": key, "before": str(before), "after": str(wanted), "reason": reason.strip()[:200]},
    )


def _held(session: Session, jurisdiction_id: UUID, spec: SettingSpec) -> SettingValue:
    """Return the row of a setting, locked, with the pack's default if there was none.

    Of two who change it at once, the second waits here and then sees what the first one chose.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    first = insert(SettingValue).values(jurisdiction_id=jurisdiction_id, key=spec.key, value=spec.value)
    session.execute(first.on_conflict_do_nothing(index_elements=["jurisdiction_id", "key"]))
    return session.scalars(
        select(SettingValue)
        .where(SettingValue.jurisdiction_id == jurisdiction_id, SettingValue.key == spec.key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _read(spec: SettingSpec, text: str) -> str | int | bool:
    if spec.choices:
        for value, _ in spec.choices:
            if str(value).lower() == text.strip().lower():
                return value
        raise Invalid(f"“{spec.label}”请从给出的选项中选择。", field=spec.key)
    if isinstance(spec.value, bool):
        return text.strip().lower() == "true"
    if isinstance(spec.value, int):
        return _whole_number(spec, text.strip())
    if len(text.strip()) > LONGEST_TEXT:
        raise Invalid(f"“{spec.label}”最多 {LONGEST_TEXT} 字。", field=spec.key)
    if spec.pattern and not re.fullmatch(spec.pattern, text.strip()):
        raise Invalid(spec.pattern_message, field=spec.key)
    return text.strip()


def _whole_number(spec: SettingSpec, text: str) -> int:
    readable = text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST))
    if not readable or not 1 <= int(text) <= LARGEST:
        raise Invalid(f"“{spec.label}”请填 1 到 {LARGEST} 之间的整数。", field=spec.key)
    return int(text)
