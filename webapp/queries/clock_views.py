"""Clocks as pages show them: 第 7 个工作日 / 共 20 个，已暂停 3 日（补正）."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from webapp.core import clock as time
from webapp.core.clock import BEIJING, beijing_date
from webapp.core.workdays import Pause, WorkCalendar, elapsed_workdays

if TYPE_CHECKING:
    from webapp.models.clock import Clock

WARN_WORKDAYS = 2
_UNITS = {"workday": "个工作日", "day": "日", "hour": "小时"}


@dataclass(frozen=True, slots=True)
class ClockView:
    """A time limit at this moment.

    Attributes:
        label: What matters first: `剩 3 个工作日`, `已超期 1 个工作日`, `暂停计时`.
        tone: `ok`, `warn`, `late`, or `paused`.
        used: Units used so far, at most `total`.
        total: Units in all.
        text: The whole sentence, with pauses and their reasons.
        due_at: Last instant that still counts.
        paused: Whether it stands still.
        percent: How much of it is used, 0 to 100.
    """

    label: str
    tone: str
    used: int
    total: int
    text: str
    due_at: datetime
    paused: bool
    percent: int


def clock_view(clock: Clock, calendar: WorkCalendar) -> ClockView:
    """Return a clock as it stands now, or as it stood when it stopped."""
    now = clock.stopped_at or time.now()
    pauses = [Pause(p.paused_at, p.resumed_at) for p in clock.pauses]
    used = _used(clock, calendar, pauses, now)
    paused = clock.stopped_at is None and any(p.resumed_at is None for p in clock.pauses)
    left = max(0, clock.amount - used)
    late = not paused and now >= clock.due_at
    return ClockView(
        label=_label(clock, calendar, left, now, late=late, paused=paused),
        tone=_tone(clock, left, late=late, paused=paused),
        used=min(used, clock.amount),
        total=clock.amount,
        text=_sentence(clock, calendar, used, now),
        due_at=last_moment(clock),
        paused=paused,
        percent=100 if late else min(100, round(100 * used / max(1, clock.amount))),
    )


def _used(clock: Clock, calendar: WorkCalendar, pauses: list[Pause], now: datetime) -> int:
    if clock.unit == "workday":
        return elapsed_workdays(clock.started_at, now, calendar, pauses)
    passed = now - clock.started_at - sum(((p.end or now) - p.start for p in pauses), timedelta())
    seconds_per_unit = 3600 if clock.unit == "hour" else 86400
    return int(passed.total_seconds() // seconds_per_unit)


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
    return "warn" if clock.unit == "workday" and left <= WARN_WORKDAYS else "ok"


def _sentence(clock: Clock, calendar: WorkCalendar, used: int, now: datetime) -> str:
    unit = _UNITS[clock.unit]
    text = f"第 {min(used, clock.amount)} {unit} / 共 {clock.amount} 个"
    if used == 0:
        text = "起算前已办结" if clock.stopped_at is not None else "自下一个工作日起算"
        text += f"，共 {clock.amount} {unit}"
    if clock.unit != "workday":
        text = f"已用 {used} {unit} / 共 {clock.amount} {unit}"
    days: dict[str, int] = defaultdict(int)
    for pause in clock.pauses:
        days[pause.reason] += calendar.count_workdays(
            beijing_date(pause.paused_at), beijing_date(pause.resumed_at or now)
        )
    paused = [f"已暂停 {count} 个工作日（{reason}）" for reason, count in days.items() if count]
    return "，".join([text, *paused])


def last_moment(clock: Clock) -> datetime:
    """Return the last instant of a period: one of days ends at 24:00, which is the next day's 0:00."""
    return clock.due_at - timedelta(seconds=1)


def last_day(clock: Clock) -> date:
    """Return the Beijing date on which a clock runs out."""
    return last_moment(clock).astimezone(BEIJING).date()
