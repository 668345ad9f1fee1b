"""What other systems report about a market by themselves, as the platform of its operator does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from forms.values import Unreadable, read_number
from webapp import engine
from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Invalid, Missing
from webapp.models.market import Market, MarketRecord
from webapp.queries.settings import pack_in_force
from webapp.queries.starters import markets_for
from webapp.services import market_records
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from sqlalchemy.orm import Session

    from webapp.packs import RecordSpec
    from webapp.queries.actors import Actor

_MONTH = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])")
_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Report:
    """One report to be taken in.

    Attributes:
        kind: Key of a kind of record of the pack that other systems report.
        period: The Beijing month that it is about, such as `2026-10`.
        values: Every figure that the pack names for that kind; numbers, or numbers as text.
    """

    kind: str
    period: str
    values: Mapping[str, int | str]


def take(session: Session, actor: Actor, market_no: str, report: Report) -> bool:
    """Keep a report in the file of a market; it takes the place of an earlier one of the same month.

    The same figures again change nothing, so that a system may send them as often as it likes.

    Returns:
        Whether anything changed.

    Raises:
        Missing: If the actor has no such market, or the pack no such kind.
        Invalid: If the month lies ahead, or a figure is missing, unknown, or no number from 0.

    Policy: TZ-2.3
    """
    spec = pack_in_force(session, actor.jurisdiction_id).records.get(report.kind)
    if spec is None or not spec.reported:
        raise Missing("政策包没有这一类由系统报入的数据，请核对类别。")
    market = session.scalar(markets_for(actor).where(Market.no == market_no).with_for_update())
    if market is None:
        raise Missing("名录中没有这个市场（驿站），或不由本单位报入。")
    values = _figures(spec, report)
    written = engine.encode_all(values)
    if written == _newest(session, market, report):
        return False
    market_records.keep(session, market, kind=report.kind, period=report.period, values=values)
    told = {"market": market_no, "kind": report.kind, "period": report.period}
    record(session, "report.received", actor=actor, data=told)
    return True


def _newest(session: Session, market: Market, report: Report) -> dict[str, object] | None:
    rows = select(MarketRecord.values).where(
        MarketRecord.market_id == market.id,
        MarketRecord.kind == report.kind,
        MarketRecord.period == report.period,
    )
    return session.scalar(rows.order_by(MarketRecord.recorded_at.desc(), MarketRecord.id.desc()).limit(1))


def _figures(spec: RecordSpec, report: Report) -> dict[str, Decimal]:
    errors: dict[str, list[str]] = {}
    if not _MONTH.fullmatch(report.period) or report.period > f"{beijing_date(time.now()):%Y-%m}":
        errors["period"] = ["应为本月或以前的月份，写成 2026-10 的样子。"]
    found = {}
    wanted = {shown.key for shown in spec.shows}
    for key in sorted(wanted | report.values.keys()):
        try:
            found[key] = _figure(key in wanted, report.values.get(key))
        except Unreadable as wrong:
            errors[f"values.{key[:60]}"] = [str(wrong)]
    if errors:
        raise Invalid("报入的数据有误，请按提示修改后重试。", errors=errors)
    return found


def _figure(known: bool, given: int | str | None) -> Decimal:  # noqa: FBT001 - one of two tests of a figure
    if not known:
        raise Unreadable("没有这一项，请删去或核对名称。")
    number = None if given is None else read_number(str(given), decimals=_DECIMALS)
    if number is None:
        raise Unreadable("缺少这一项。")
    if number < 0:
        raise Unreadable("不能小于 0。")
    return number
