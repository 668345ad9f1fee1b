"""Cases with a long life behind them, written in bulk where playing them would take too long."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, inspect, select
from sqlalchemy.orm import undefer

from bench import office
from webapp import engine
from webapp.core import clock as time
from webapp.core.identifiers import uuid7
from webapp.models.case import Case
from webapp.models.work_item import Signing, Submission, WorkItem
from webapp.queries.releases import definition_of
from webapp.services.events import record
from webapp.uow import unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from bench.office import Office


def returned(here: Office, case_id: UUID, times: int) -> None:
    """Give a case of the return procedure the life of one that was sent back so many times.

    One round is played through the services. The engine plays all of them, so that the state is the real
    one; the rows of the played round are repeated, each round with its history.
    """
    for _ in range(2):
        found = office.next_step(here, case_id)
        if found is not None:
            office.complete(*found, passed=False)
    with unit_of_work() as session:
        case = session.get_one(Case, case_id, options=[undefer(Case.engine_state)])
        open_item, *_ = office.waiting(session, case_id)
        played = session.scalars(
            select(WorkItem).where(WorkItem.case_id == case_id, WorkItem.status == "done")
        ).all()
        case.engine_state, open_item.task_id = _played(session, case, times - 1)
        for number in range(times - 1):
            for item in played:
                _repeat(session, here, case, item, number)
        session.flush()


def _played(session: Session, case: Case, times: int) -> tuple[bytes, str]:
    definition = definition_of(session, case.process_version)
    run = engine.resume(definition, case.engine_state or b"", {})
    for _ in range(times):
        for _ in range(2):
            run.complete(run.tasks[0].task_id, {"passed": False})
    state = run.state()
    return state, engine.resume(definition, state, {}).tasks[0].task_id


def _repeat(session: Session, here: Office, case: Case, item: WorkItem, number: int) -> None:
    later = timedelta(milliseconds=number)
    again = WorkItem(
        **_copied(item)
        | {"id": uuid7(), "task_id": f"{item.task_id}-{number}", "opened_at": item.opened_at + later}
    )
    session.execute(insert(WorkItem), _copied(again))
    kinds: tuple[type[Signing | Submission], ...] = (Signing, Submission)
    for kind in kinds:
        for row in session.scalars(select(kind).where(kind.work_item_id == item.id)):
            values = _copied(row) | {"id": uuid7(), "work_item_id": again.id}
            if isinstance(row, Submission):
                values["submitted_at"] = row.submitted_at + later
            session.execute(insert(kind), values)
    actor = here.clerks[item.position_id]
    for happened in ("work_item.completed", "work_item.opened"):
        record(session, happened, actor=actor, case=case, work_item=again, data={"element": item.element_id})


def _copied(row: Any) -> dict[str, Any]:
    return {
        c.key: getattr(row, c.key) for c in inspect(type(row)).column_attrs if getattr(row, c.key) is not None
    } | {"created_at": time.now()}
