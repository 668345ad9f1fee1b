"""What the platforms of operators report about their markets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.api.answers import Answer
from webapp.api.blueprint import api
from webapp.api.describing import REPORTS, Operation, described
from webapp.api.reading import read_body
from webapp.api.rendering import answered
from webapp.api.requests import MarketReport
from webapp.services import market_reports
from webapp.uow import unit_of_work
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from flask import Response


class Reported(Answer):
    """What came of a report."""

    market: str
    kind: str
    period: str
    changed: bool


@api.post("/markets/<market_no>/records/<kind>/<period>")
@right("market.report")
@described(
    Operation(
        REPORTS,
        "线上零工服务平台按月报入数据。同一月份再次报入的以后一次为准；内容相同的不重复记录",
        Reported,
        body=MarketReport,
        problems=(400, 404, 413, 415, 422),
    )
)
def report_figures(market_no: str, kind: str, period: str) -> Response:
    """Take in the figures of a month (Policy: TZ-2.3)."""
    report = market_reports.Report(kind, period, read_body(MarketReport).values)
    with unit_of_work() as session:
        changed = market_reports.take(session, current_actor(), market_no, report)
    return answered(Reported(market=market_no, kind=kind, period=period, changed=changed))
