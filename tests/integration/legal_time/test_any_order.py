"""Pauses, resumptions, returns, calendars and looks of the worker in any order, against a plain model.

The model counts day by day on paper, knows no database and no time zone; the machine under test runs in
several zones. What both say must agree after every look of the worker.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from tests.integration.legal_time import office
from tests.integration.recognition import desk
from webapp.core import clock as real_clock
from webapp.core.workdays import WorkCalendar
from webapp.models.case import Case
from webapp.models.clock import Clock
from webapp.models.work_item import WorkItem
from webapp.services import calendars, clocks, timers
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

EIGHT_HOURS = timedelta(hours=8)
REASONS = ("补正", "公示", "听证", "暂停")
LIMITS = ("1 workday", "5 workday", "10 day", "3 day", "30 hour")
OFF = st.sets(st.dates(date(2026, 11, 21), date(2026, 12, 31)), max_size=6)


def beijing(instant: datetime) -> date:
    """The Beijing date, worked out without any table of zones: China has had one offset since 1991."""
    return (instant.astimezone(UTC).replace(tzinfo=None) + EIGHT_HOURS).date()


def start_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - EIGHT_HOURS


@dataclass
class Paper:
    """One clock as somebody would keep it with pencil and a wall calendar."""

    started: datetime
    amount: int
    unit: str
    warn: int
    of_case: bool
    pauses: list[tuple[str, datetime, datetime | None]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    stopped: bool = False

    @property
    def still(self) -> bool:
        return any(end is None for _, _, end in self.pauses)

    def idle(self, day: date) -> bool:
        return any(end and beijing(begin) < day <= beijing(end) for _, begin, end in self.pauses)

    def end(self, amount: int, off: set[date]) -> datetime:
        if self.unit == "hour":
            return self._end_of_hours(amount)

        def worked(day: date) -> bool:
            return day.weekday() < 5 and day not in off

        day = beijing(self.started)
        while amount:
            day += timedelta(days=1)
            if not self.idle(day) and (self.unit == "day" or worked(day)):
                amount -= 1
        while self.unit == "day" and not worked(day):
            day += timedelta(days=1)
        return start_of(day) + timedelta(days=1)

    def _end_of_hours(self, amount: int) -> datetime:
        minute, left = self.started, amount * 60
        stood = [(begin, end) for _, begin, end in self.pauses if end]
        while left:
            if not any(begin <= minute < end for begin, end in stood):
                left -= 1
            minute += timedelta(minutes=1)
        return minute

    def instants(self, off: set[date]) -> dict[str, datetime]:
        one_day = timedelta(days=0 if self.unit == "hour" else 1)
        last = max(0, self.amount - (1 if self.unit == "hour" else 0))
        found = {"warning": self.end(self.amount - self.warn, off) - one_day} if self.warn else {}
        return found | {"due": self.end(last, off) - one_day, "overdue": self.end(self.amount, off)}

    def look(self, now: datetime, off: set[date]) -> None:
        if not self.stopped and not self.still:
            fallen = self.instants(off)
            self.done += [kind for kind, at in fallen.items() if kind not in self.done and at <= now]


class Office(RuleBasedStateMachine):
    """What can happen to the clocks of one case."""

    stages: ClassVar
    frozen: ClassVar

    @initialize()
    def begin(self) -> None:
        self.frozen.instant = datetime(2026, 11, 20, 2, tzinfo=UTC)
        self.case_id: UUID = self.stages.bring("filed", "station")
        calendar = office.in_force()[1]
        self.off = set(calendar.holidays)
        self.papers: dict[UUID, Paper] = {}
        with unit_of_work() as session:
            for row in session.scalars(select(Clock).where(Clock.case_id == self.case_id)):
                self.papers[row.id] = Paper(
                    self.frozen.instant, row.amount, row.unit, row.warn_before, of_case=True
                )
        for limit in LIMITS:
            self.open(limit)

    def open(self, limit: str) -> None:
        with unit_of_work() as session:
            case = session.get_one(Case, self.case_id)
            like = session.scalars(select(WorkItem).where(WorkItem.case_id == case.id).limit(1)).one()
            item = WorkItem(
                jurisdiction_id=case.jurisdiction_id,
                case_id=case.id,
                task_id=f"paper {len(self.papers)}",
                element_id="paper",
                name=limit,
                form_key=like.form_key,
                agency_id=like.agency_id,
                position_id=like.position_id,
                opened_at=self.frozen.instant,
            )
            session.add(item)
            session.flush()
            row = clocks.start(session, case, name=limit, limit=limit, work_item=item)
            session.flush()
            paper = Paper(self.frozen.instant, row.amount, row.unit, row.warn_before, of_case=False)
            self.papers[row.id] = paper

    @rule(minutes=st.integers(1, 4 * 24 * 60))
    def wait(self, minutes: int) -> None:
        self.frozen.move(minutes=minutes)

    @rule(reason=st.sampled_from(REASONS))
    def pause(self, reason: str) -> None:
        office.pause(self.case_id, reason)
        for paper in self.papers.values():
            standing = {why for why, _, end in paper.pauses if end is None}
            if not paper.stopped and (reason == "暂停" or paper.of_case) and reason not in standing:
                paper.pauses.append((reason, self.frozen.instant, None))

    @rule(reason=st.sampled_from((*REASONS, None)))
    def resume(self, reason: str | None) -> None:
        before = {key: self.due(key) for key in self.papers}
        office.resume(self.case_id, reason)
        for key, paper in self.papers.items():
            if paper.stopped:
                continue
            paper.pauses = [
                (why, begin, self.frozen.instant)
                if end is None and (why == reason or (reason is None and why != "暂停"))
                else (why, begin, end)
                for why, begin, end in paper.pauses
            ]
            assert self.due(key) >= before[key], "a pause never brings the end forward"

    @precondition(lambda self: len(self.papers) < 12 and not self.on_hold())
    @rule(limit=st.sampled_from(LIMITS))
    def send_back(self, limit: str) -> None:
        """A step is closed and opens again with a clock of its own."""
        steps = [key for key, paper in self.papers.items() if not paper.of_case and not paper.stopped]
        if not steps:
            return
        with unit_of_work() as session:
            row = session.get_one(Clock, steps[0])
            clocks.stop_for_item(session, session.get_one(WorkItem, row.work_item_id), self.frozen.instant)
        self.papers[steps[0]].stopped = True
        self.open(limit)

    @rule(off=OFF)
    def change_the_calendar(self, off: set[date]) -> None:
        _, present = office.in_force()
        holidays = frozenset(day for day in present.holidays if day.month < 11) | frozenset(off)
        if holidays == present.holidays:
            return
        office.put_in_force(WorkCalendar("测试", holidays, frozenset()))
        with unit_of_work() as session:
            while calendars.recompute_some(session, session.get_one(Case, self.case_id).jurisdiction_id, 3):
                pass
        self.off = set(holidays)
        self.look()

    @rule()
    def look(self) -> None:
        """Two workers look one after the other."""
        for _ in range(2):
            with read_only() as session:
                found = timers.due(session)
            for case_id in found:
                with unit_of_work() as session:
                    timers.handle(session, case_id)
        for paper in self.papers.values():
            paper.look(self.frozen.instant, self.off)
        self.compare()

    def on_hold(self) -> bool:
        return any(why == "暂停" and end is None for p in self.papers.values() for why, _, end in p.pauses)

    def due(self, key: UUID) -> datetime:
        with read_only() as session:
            return session.get_one(Clock, key).due_at

    def compare(self) -> None:
        with read_only() as session:
            for key, paper in self.papers.items():
                row = session.get_one(Clock, key)
                kept = sorted((act.done_at, clocks.ACTS.index(act.kind)) for act in row.acts)
                assert [clocks.ACTS[at] for _, at in kept] == paper.done, row.name
                if not paper.stopped:
                    assert row.due_at == paper.end(paper.amount, self.off), row.name
                    expected = [at for kind, at in paper.instants(self.off).items() if kind not in paper.done]
                    assert row.next_act_at == (None if paper.still else min(expected, default=None))
        told = [event.kind for event in desk.events(self.case_id) if event.kind.startswith("clock.")]
        for kind in clocks.ACTS:
            assert told.count(f"clock.{kind}") == sum(
                paper.done.count(kind) for paper in self.papers.values()
            )


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_whatever_happens_in_whatever_order(app, stages, frozen_clock, zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    Office.stages, Office.frozen = stages, frozen_clock
    try:
        run_state_machine_as_test(
            Office,
            settings=settings(
                max_examples=8,
                stateful_step_count=14,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        os.environ.pop("TZ", None)
        time.tzset()
        real_clock.set_clock(frozen_clock)
