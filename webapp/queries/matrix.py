"""联审意见矩阵: who has said what, since when who is awaited, and what happens when one is late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.queries.bases import BasisView, basis_views
from webapp.queries.clock_views import clock_view, last_moment
from webapp.queries.names import acting_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from webapp.core.workdays import WorkCalendar
    from webapp.models.clock import Clock
    from webapp.models.work_item import Submission, WorkItem
    from webapp.packs import Pack

TONES = {"同意": "ok", "有条件同意": "warn", "不同意": "bad", "无意见": "neutral"}
ANSWERED = "已反馈"
LATE_RULES = {"presume": "逾期视为无意见", "wait": "逾期继续等待"}


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One body's part in a joint opinion."""

    agency: str
    since: datetime
    waiting_days: int
    due: datetime | None
    clock_label: str
    conclusion: str
    tone: str
    opinion: str
    basis: list[BasisView]
    by: str
    at: datetime | None
    late_rule: str


@dataclass(frozen=True, slots=True)
class MatrixView:
    """The opinions of one round."""

    rows: list[MatrixRow]
    answered: int
    total: int


def opinion_matrix(
    pack: Pack,
    items: Sequence[WorkItem],
    submissions: Mapping[UUID | None, Submission],
    clocks: Sequence[Clock],
    *,
    calendar: WorkCalendar,
    settings: Mapping[str, object],
) -> MatrixView | None:
    """Return the matrix of a case, or `None` where nobody was asked.

    A step belongs to it when it says what the system answers for one who is late (property `presume`).
    Of an answer whose submission is not among those given, because it is not the reader's, it tells only
    that it came.
    """
    asked = [item for item in items if "presume" in item.properties and item.status != "cancelled"]
    if not asked:
        return None
    by_item = {clock.work_item_id: clock for clock in clocks}
    said = submissions.get
    rows = [
        _row(pack, item, said(item.id), by_item.get(item.id), calendar=calendar, settings=settings)
        for item in asked
    ]
    return MatrixView(rows, answered=sum(row.at is not None for row in rows), total=len(rows))


def _row(
    pack: Pack,
    item: WorkItem,
    said: Submission | None,
    clock: Clock | None,
    *,
    calendar: WorkCalendar,
    settings: Mapping[str, object],
) -> MatrixRow:
    conclusion = _conclusion(item, said)
    view = clock_view(clock, calendar) if clock else None
    until = item.done_at or time.now()
    waiting = calendar.count_workdays(beijing_date(item.opened_at), beijing_date(until))
    return MatrixRow(
        agency=item.agency.short,
        since=item.opened_at,
        waiting_days=waiting,
        due=last_moment(clock) if clock else None,
        clock_label=view.label if view and item.status == "open" else "",
        conclusion=conclusion,
        tone=_tone(item, conclusion, view.tone if view else "ok"),
        opinion=_opinion(said),
        basis=basis_views(pack, item.properties.get("basis")),
        by=acting_name(item.done_by, item.done_for, nobody="系统" if item.status == "presumed" else ""),
        at=item.done_at,
        late_rule=LATE_RULES.get(str(settings.get(item.properties.get("overdue", ""))), ""),
    )


def _conclusion(item: WorkItem, said: Submission | None) -> str:
    if item.status == "presumed":
        return "逾期视为无意见"
    if item.status == "open":
        return "待回复"
    return str(said.data.get("conclusion") or ANSWERED) if said else ANSWERED


def _opinion(said: Submission | None) -> str:
    """What a body wrote besides its conclusion: its reason, the conditions it sets, its advice."""
    if said is None:
        return ""
    parts = [said.data.get(key) for key in ("reason", "conditions", "advice")]
    return "；".join(str(part) for part in parts if part)


def _tone(item: WorkItem, conclusion: str, clock_tone: str) -> str:
    if item.status == "open":
        return "late" if clock_tone == "late" else "info"
    return "neutral" if item.status == "presumed" else TONES.get(conclusion, "neutral")
