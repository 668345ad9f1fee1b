"""The rows of a completed step, written again with no engine, no form and no rule in between."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, select

from webapp.core import clock as time
from webapp.models.case import Case, CaseParty
from webapp.models.clock import Clock
from webapp.models.event import Event
from webapp.models.work_item import Signing, Submission, WorkItem
from webapp.services.events import record
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.base import Base
    from webapp.queries.actors import Actor

_NEW = (WorkItem, CaseParty, Clock, Submission)
_OWN = frozenset({"id", "created_at", "case_id", "work_item_id"})
"""Columns that are not copied: each case has its own."""


def _values(row: Base) -> dict[str, Any]:
    """Return the columns of a row as they were loaded."""
    loaded = vars(row)
    return {
        column.key: loaded[column.key]
        for column in inspect(type(row)).column_attrs
        if column.key in loaded and column.key not in _OWN
    }


@dataclass
class Written:
    """What one completion wrote about a case, read back from the database."""

    rows: list[Base]
    signings: list[Signing]
    events: list[Event]
    stopped: bool
    state: bytes | None
    trail: list[str]
    finished: bool


@dataclass
class Twin:
    """A case that gets the same rows as another one, step by step.

    Attributes:
        model: The case that the services move.
        case_id: The case that is written to.
        items: For each step of the model its counterpart here.
        seen: Keys of the model's rows that are copied already.
    """

    model: UUID
    case_id: UUID
    items: dict[UUID, UUID] = field(default_factory=dict)
    seen: set[UUID] = field(default_factory=set)

    def begin(self) -> None:
        """Pair the steps that both cases opened when they started."""
        with read_only() as session:
            for ours, theirs in zip(
                session.scalars(_of(WorkItem, self.case_id)),
                session.scalars(_of(WorkItem, self.model)),
                strict=True,
            ):
                self.items[theirs.id] = ours.id
        self.written(None)

    def written(self, item_id: UUID | None) -> Written:
        """Read what the model's last completion wrote."""
        with read_only() as session:
            case = session.get_one(Case, self.model)
            rows = [row for kind in _NEW for row in session.scalars(_of(kind, self.model))]
            signings = session.scalars(select(Signing).where(Signing.work_item_id == item_id))
            events = session.scalars(select(Event).where(Event.case_id == self.model).order_by(Event.seq))
            stopped = select(Clock.id).where(Clock.work_item_id == item_id, Clock.stopped_at.is_not(None))
            return Written(
                rows=[row for row in rows if self._is_new(row)],
                signings=list(signings),
                events=[row for row in events if self._is_new(row)],
                stopped=item_id is not None and session.scalar(stopped) is not None,
                state=case.engine_state,
                trail=case.trail,
                finished=case.status == "finished",
            )

    def _is_new(self, row: Any) -> bool:
        known = row.id in self.seen
        self.seen.add(row.id)
        return not known

    def write(self, written: Written, item_id: UUID, actor: Actor) -> None:
        """Write the same rows about this case: one unit of work, the case locked, the events chained."""
        with unit_of_work() as session:
            case = session.scalars(select(Case).where(Case.id == self.case_id).with_for_update()).one()
            item = session.get_one(WorkItem, self.items[item_id])
            item.status, item.done_at, item.done_by_id = "done", time.now(), actor.person_id
            item.revision += 1
            session.add_all(Signing(**_values(signing), work_item_id=item.id) for signing in written.signings)
            opened = self._add(session, written, item)
            if written.stopped:
                clock = session.scalars(select(Clock).where(Clock.work_item_id == item.id)).one()
                clock.stopped_at = time.now()
            case.engine_state, case.trail = written.state, list(written.trail)
            case.revision += 1
            if written.finished:
                case.status, case.finished_at = "finished", time.now()
            for happened in written.events:
                about = opened.get(happened.work_item_id, item) if happened.work_item_id else None
                record(session, happened.kind, actor=actor, case=case, work_item=about, data=happened.data)

    def _add(self, session: Session, written: Written, item: WorkItem) -> dict[UUID | None, WorkItem]:
        """Add the new rows; return the new steps by the id of their model."""
        opened: dict[UUID | None, WorkItem] = {}
        for row in written.rows:
            if isinstance(row, WorkItem):
                opened[row.id] = WorkItem(**_values(row), case_id=self.case_id)
        session.add_all(opened.values())
        session.flush()
        self.items |= {key: twin.id for key, twin in opened.items() if key}
        for row in written.rows:
            if isinstance(row, Submission):
                session.add(Submission(**_values(row), case_id=self.case_id, work_item_id=item.id))
            elif isinstance(row, Clock):
                about = opened.get(row.work_item_id)
                session.add(
                    Clock(**_values(row), case_id=self.case_id, work_item_id=about.id if about else None)
                )
            elif isinstance(row, CaseParty):
                session.add(CaseParty(**_values(row), case_id=self.case_id))
        return opened

    def differences(self) -> list[str]:
        """Return the tables in which the two cases do not have equally many rows."""
        with read_only() as session:
            return [
                kind.__tablename__
                for kind in (*_NEW, Event)
                if len(session.scalars(_of(kind, self.case_id)).all())
                != len(session.scalars(_of(kind, self.model)).all())
            ]


def _of(kind: Any, case_id: UUID) -> Any:
    return select(kind).where(kind.case_id == case_id).order_by(kind.id)
