"""Clocks as pages show them: 第 7 个工作日 / 共 20 个，已暂停 3 日（补正）."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, cast

from webapp.core import clock as time
from webapp.core.clock import BEIJING, beijing_date
from webapp.core.workdays import Pause, Unit, WorkCalendar, due_instant, elapsed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from webapp.models.clock import Clock, ClockPause

WARN_UNITS = 2
"""Units before the end from which a clock that has no warning of its own is shown as pressing."""
_UNITS = {"workday": "个工作日", "day": "日", "hour": "小时"}


@dataclass(frozen=True, slots=True)
class PauseView:
    """A stretch in which a clock stood still.

    Attributes:
        reason: Why, such as 补正.
        began_at: When it began, UTC-aware.
        ended_at: When it ended; `None` while it lasts.
        days: Days that do not count because of it: all after the first, up to the last.
        workdays: How many of them are working days.
        document: Title and number of the document that it rests on, if there is one.
        url: Page of that document.
    """

    reason: str
    began_at: datetime
    ended_at: datetime | None
    days: int
    workdays: int
    document: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ClockView:
    """A time limit at this moment.

    Attributes:
        label: What matters first: `剩 3 个工作日`, `已超期 1 个工作日`, `暂停计时`.
        tone: `ok`, `warn`, `late`, or `paused`.
        used: Units used so far, at most `total`.
        total: Units in all.
        text: The whole sentence, with pauses and their reasons.
        due_at: Last instant that still counts; of a clock that stands still, the earliest that it can be.
        paused: Whether it stands still.
        percent: How much of it is used, 0 to 100.
        pauses: Each stretch in which it stood still, the oldest first.
    """

    label: str
    tone: str
    used: int
    total: int
    text: str
    due_at: datetime
    paused: bool
    percent: int
    pauses: list[PauseView]


def clock_view(clock: Clock, calendar: WorkCalendar) -> ClockView:
    """Return a clock as it stands now, or as it stood when it stopped."""
    now = clock.stopped_at or time.now()
    pauses = [Pause(p.paused_at, p.resumed_at) for p in clock.pauses]
    used = elapsed(clock.started_at, now, cast("Unit", clock.unit), calendar, pauses)
    paused = clock.stands_still
    left = max(0, clock.amount - used)
    late = not paused and now >= clock.due_at
    views = [_pause_view(pause, calendar, now) for pause in clock.pauses]
    return ClockView(
        label=_label(clock, calendar, left, now, late=late, paused=paused),
        tone=_tone(clock, left, late=late, paused=paused),
        used=min(used, clock.amount),
        total=clock.amount,
        text=_sentence(clock, used, views),
        due_at=_earliest_end(clock, calendar, pauses, now) if paused else last_moment(clock),
        paused=paused,
        percent=100 if late else min(100, round(100 * used / max(1, clock.amount))),
        pauses=views,
    )


def with_documents(view: ClockView, clock: Clock, documents: Mapping[UUID, tuple[str, str]]) -> ClockView:
    """Return a clock's view whose pauses name their documents.

    Args:
        view: The view of the clock.
        clock: The clock.
        documents: Title and address by document, of those that the reader may see.
    """
    named = [
        _named(pause, documents.get(row.document_id) if row.document_id else None)
        for pause, row in zip(view.pauses, clock.pauses, strict=True)
    ]
    return replace(view, pauses=named)


def _named(pause: PauseView, document: tuple[str, str] | None) -> PauseView:
    return pause if document is None else replace(pause, document=document[0], url=document[1])


def _pause_view(pause: ClockPause, calendar: WorkCalendar, now: datetime) -> PauseView:
    first, last = beijing_date(pause.paused_at), beijing_date(pause.resumed_at or now)
    return PauseView(
        pause.reason,
        pause.paused_at,
        pause.resumed_at,
        (last - first).days,
        calendar.count_workdays(first, last),
    )


def _earliest_end(clock: Clock, calendar: WorkCalendar, pauses: list[Pause], now: datetime) -> datetime:
    unit = cast("Unit", clock.unit)
    end = due_instant(clock.started_at, clock.amount, unit, calendar, pauses, as_of=now)
    return end - timedelta(seconds=1)


def _label(
    clock: Clock, calendar: WorkCalendar, left: int, now: datetime, *, late: bool, paused: bool
) -> str:
    if clock.stopped_at is not None:
        return "按期办结" if not late else "超期办结"
    if paused:
        return "暂停计时"
    if late:
        days = calendar.count_workdays(last_day(clock), beijing_date(now))
        return f"已超期 {days} 个工作日" if days > 0 else "已超期"
    if last_day(clock) == beijing_date(now):
        return "今日到期"
    return f"剩 {left} {_UNITS[clock.unit]}"


def _tone(clock: Clock, left: int, *, late: bool, paused: bool) -> str:
    if clock.stopped_at is not None:
        return "late" if late else "ok"
    if paused:
        return "paused"
    if late:
        return "late"
    return "warn" if left <= (clock.warn_before or WARN_UNITS) else "ok"


def _sentence(clock: Clock, used: int, pauses: list[PauseView]) -> str:
    unit = _UNITS[clock.unit]
    days: dict[str, int] = {}
    for pause in pauses:
        days[pause.reason] = days.get(pause.reason, 0) + pause.days
    paused = [f"已暂停 {count} 日（{reason}）" for reason, count in days.items() if count]
    return "，".join([_progress(clock, used, unit), *paused])


def _progress(clock: Clock, used: int, unit: str) -> str:
    if clock.unit == "hour":
        return f"已用 {min(used, clock.amount)} 小时 / 共 {clock.amount} 小时"
    if used == 0:
        begun = "自下一个工作日起算" if clock.unit == "workday" else "自次日起算"
        return f"{'起算前已办结' if clock.stopped_at is not None else begun}，共 {clock.amount} {unit}"
    total = "个" if clock.unit == "workday" else "日"
    return f"第 {min(used, clock.amount)} {unit} / 共 {clock.amount} {total}"


def last_moment(clock: Clock) -> datetime:
    """Return the last instant of a period: one of days ends at 24:00, which is the next day's 0:00."""
    return clock.due_at - timedelta(seconds=1)


def last_day(clock: Clock) -> date:
    """Return the Beijing date on which a clock runs out."""
    return last_moment(clock).astimezone(BEIJING).date()
