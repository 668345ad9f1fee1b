"""Agencies as an administrator changes them: how their office is reached. The rest comes from the pack."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from webapp.core.errors import Invalid, Missing
from webapp.core.identifiers import check_phone
from webapp.models.account import Agency
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

LABELS = {"phone": "联系电话", "contact_office": "联系科室", "address": "地址", "postcode": "邮编"}
LONGEST = {"phone": 30, "contact_office": 40, "address": 100, "postcode": 6}
_POSTCODE = re.compile(r"[0-9]{6}")


def change_contact(session: Session, actor: Actor, *, agency_id: UUID, entered: Mapping[str, str]) -> bool:
    """Change how the office of an agency is reached; documents issued from now on say so.

    Args:
        session: The open unit of work.
        actor: The administrator.
        agency_id: The agency.
        entered: Texts by key of `LABELS`; an empty one takes what was there away.

    Returns:
        Whether anything is different now.

    Raises:
        Missing: If the agency is not of this jurisdiction.
        Invalid: With the message of each text that cannot stand.
    """
    agency = session.get(Agency, agency_id)
    if agency is None or agency.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这个单位。")
    wanted = _checked(entered)
    changed = [key for key, value in wanted.items() if getattr(agency, key) != value]
    for key in changed:
        setattr(agency, key, wanted[key])
    if changed:
        record(
            session,
            "agency.contact_changed",
            actor=actor,
            data={"agency": agency.key, "changed": changed},
        )
    return bool(changed)


def _checked(entered: Mapping[str, str]) -> dict[str, str | None]:
    errors: dict[str, list[str]] = {}
    wanted: dict[str, str | None] = {}
    for key, label in LABELS.items():
        text = unicodedata.normalize("NFC", entered.get(key, "")).strip()
        try:
            wanted[key] = _read(key, text) if text else None
        except ValueError as refused:
            errors[key] = [f"“{label}”：{refused}"]
    if errors:
        raise Invalid(errors=errors)
    return wanted


def _read(key: str, text: str) -> str:
    if key == "phone":
        return check_phone(text)
    if key == "postcode":
        digits = unicodedata.normalize("NFKC", text)
        if not _POSTCODE.fullmatch(digits):
            raise ValueError("应为 6 位数字。")
        return digits
    if len(text) > LONGEST[key]:
        raise ValueError(f"最多 {LONGEST[key]} 个字。")
    if any(unicodedata.category(sign)[0] == "C" for sign in text):
        raise ValueError("含有看不见的字符，请重新输入。")
    return text
