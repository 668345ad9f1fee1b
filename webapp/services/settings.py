"""Settings of a pack: what the policy leaves open, changed by an administrator with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core.errors import Invalid, Missing
from webapp.models.release import SettingValue
from webapp.queries.settings import pack_in_force, settings_of
from webapp.services.events import record

if TYPE_CHECKING:
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
    before = settings_of(session, actor.jurisdiction_id, pack)[key]
    row = session.scalar(
        select(SettingValue).where(
            SettingValue.jurisdiction_id == actor.jurisdiction_id, SettingValue.key == key
        )
    )
    if row is None:
        row = SettingValue(jurisdiction_id=actor.jurisdiction_id, key=key, value=wanted)
        session.add(row)
    row.value, row.changed_by_id = wanted, actor.person
    record(
        session,
        "setting.changed",
        actor=actor,
        data={"key": key, "before": str(before), "after": str(wanted), "reason": reason.strip()[:200]},
    )


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
    return text.strip()


def _whole_number(spec: SettingSpec, text: str) -> int:
    readable = text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST))
    if not readable or not 1 <= int(text) <= LARGEST:
        raise Invalid(f"“{spec.label}”请填 1 到 {LARGEST} 之间的整数。", field=spec.key)
    return int(text)
