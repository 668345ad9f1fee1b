"""The choices in force: what the office set, else the default of its pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core.errors import Missing
from webapp.models.release import ProcessVersion, SettingValue
from webapp.queries.releases import pack_of_release

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.packs import Pack

_CHOSEN = "settings_chosen"


def settings_of(session: Session, jurisdiction_id: UUID, pack: Pack) -> dict[str, str | int | bool]:
    """Return every setting of a pack with the value in force, by key.

    What was chosen is looked up once in a session, so that one transaction or page goes by one choice.
    """
    known = session.info.setdefault(_CHOSEN, {})
    if pack.settings and jurisdiction_id not in known:
        rows = session.execute(
            select(SettingValue.key, SettingValue.value).where(
                SettingValue.jurisdiction_id == jurisdiction_id
            )
        )
        known[jurisdiction_id] = dict(rows.all())
    chosen = known.get(jurisdiction_id, {})
    return {spec.key: chosen.get(spec.key, spec.value) for spec in pack.settings.values()}


def forget(session: Session) -> None:
    """Look the choices up again: one was changed in this session."""
    session.info.pop(_CHOSEN, None)


def pack_in_force(session: Session, jurisdiction_id: UUID) -> Pack:
    """Return the pack under which cases start today.

    Raises:
        Missing: If none is in force.
    """
    release_id = session.scalar(
        select(ProcessVersion.release_id)
        .where(ProcessVersion.jurisdiction_id == jurisdiction_id, ProcessVersion.is_current)
        .limit(1)
    )
    if release_id is None:
        raise Missing("本辖区还没有启用政策包。")
    return pack_of_release(session, release_id)
