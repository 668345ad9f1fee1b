"""What decisions changed in the register of markets, in words that the public may read (Policy: TZ-3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from webapp.core import clock as time
from webapp.core.clock import beijing_date, official_date
from webapp.models.market import MarketChange

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.market import Market

LABELS = {
    "address": "地址",
    "opening_hours": "开放时间",
    "public_phone": "服务电话",
    "services": "服务内容",
    "area_m2": "场地面积",
    "operator": "运营机构",
    "closing": "暂停营业",
}
"""Names of the fields that can change."""
ON_PAGE = ("recognised", "left")
"""Markets that have a page: those in the directory and those that left it."""
SELF_OPERATED = "属地自行运营"
_NOTHING = "未登记"


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One field that changed: the words of before and after; nothing of the case but that it was decided."""

    at: datetime
    case_id: UUID
    title: str
    text: str


def changes_of(session: Session, market: Market) -> list[ChangeView]:
    """Return what changed in a market's entry, the newest first."""
    rows = session.scalars(
        select(MarketChange)
        .where(MarketChange.market_id == market.id)
        .order_by(MarketChange.changed_at.desc(), MarketChange.id.desc())
    )
    return [_view(row) for row in rows]


def closing_in_words(market: Market) -> str:
    """Return `暂停营业` with its days if a market is closed today or will be, else an empty text."""
    today = beijing_date(time.now())
    until = market.closed_until
    if market.closed_from is None or (until is not None and until < today):
        return ""
    return _closing({"from": market.closed_from.isoformat(), "until": until.isoformat() if until else None})


def is_closed(market: Market) -> bool:
    """Tell whether a market is closed today."""
    today = beijing_date(time.now())
    begun = market.closed_from is not None and market.closed_from <= today
    return begun and (market.closed_until is None or today <= market.closed_until)


def _view(row: MarketChange) -> ChangeView:
    if row.field == "closing":
        title, text = ("暂停营业", _closing(row.after)) if row.after else ("恢复营业", "")
        return ChangeView(row.changed_at, row.case_id, title, text)
    label = LABELS.get(row.field, row.field)
    text = f"由“{_words(row.field, row.before)}”变更为“{_words(row.field, row.after)}”"
    return ChangeView(row.changed_at, row.case_id, f"{label}变更", text)


def _words(field: str, value: Any) -> str:
    """Return a value of the register as people read it."""
    if field == "operator":
        return str(value["name"]) if value else SELF_OPERATED
    if field == "address":
        return str((value or {}).get("text") or _NOTHING)
    if isinstance(value, list):
        return "、".join(str(one) for one in value) or _NOTHING
    if not value:
        return _NOTHING
    return f"{value} ㎡" if field == "area_m2" else str(value)


def _closing(value: dict[str, Any]) -> str:
    first = _day(value["from"])
    return f"{first}至{_day(value['until'])}" if value.get("until") else f"自{first}起，恢复时间另行公布"


def _day(text: str) -> str:
    return official_date(date.fromisoformat(text))
