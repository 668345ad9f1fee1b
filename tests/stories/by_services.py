"""Plays steps of stories through the services, as their people, each act in a transaction of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from tests.factories import filings
from webapp.core.identifiers import public_token
from webapp.models.account import Agency, Appointment, Person, Position
from webapp.models.case import Case
from webapp.models.document import Document
from webapp.models.release import SettingValue
from webapp.models.survey import Invitation, Survey
from webapp.models.work_item import WorkItem
from webapp.queries.actors import actor_of
from webapp.queries.jurisdictions import home_jurisdiction
from webapp.services import accounts, cases, demo, help_requests, seats, surveys, work_items
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sqlalchemy.orm import Session

    from tests.stories import Step
    from webapp.queries.actors import Actor


@dataclass
class Telling:
    """How far a story has come.

    Attributes:
        markets: Numbers of the markets that there are, by what stories call them.
        case: Number of the case that the story is about just now.
        code: With which somebody looks up what became of their request.
    """

    markets: dict[str, str] = field(default_factory=dict)
    case: str = ""
    code: str = ""


def open_item(no: str, name: str, username: str) -> UUID:
    """Return the id of an open step of a case that has this name and belongs to somebody's agency."""
    with read_only() as session:
        return _open_item(session, no, name, username).id


def waiting(no: str) -> set[str]:
    """Return the names of the steps of a case that wait."""
    with read_only() as session:
        query = select(WorkItem.name).join(Case).where(Case.no == no, WorkItem.status == "open")
        return set(session.scalars(query))


def continued(no: str, process: str) -> str:
    """Return the number of the case of a procedure that a case opened."""
    with read_only() as session:
        opened = select(Case.id).where(Case.no == no).scalar_subquery()
        found = select(Case.no).where(Case.origin_id == opened, Case.process_key == process)
        return session.scalars(found).one()


def market_of(no: str) -> str:
    """Return the number of the market that a case is about."""
    with read_only() as session:
        market = session.scalars(select(Case).where(Case.no == no)).one().market
        assert market is not None
        assert market.no is not None
        return market.no


def state_of(no: str) -> tuple[str, list[str]]:
    """Return the status of a case and the ids of the elements and flows that it passed."""
    with read_only() as session:
        case = session.scalars(select(Case).where(Case.no == no)).one()
        return case.status, list(case.trail)


def printed(no: str, template: str) -> str:
    """Return what the newest document of a kind says, line by line."""
    with read_only() as session:
        query = select(Document).join(Case).where(Case.no == no, Document.template_key == template)
        paper = session.scalars(query.options(undefer(Document.outline)).order_by(Document.id)).all()[-1]
        return "\n".join(text for _, text in paper.outline)


def invitations(no: str, group: str) -> list[str]:
    """Return the tokens of the invitations of a survey to one group of people, by number."""
    with read_only() as session:
        query = select(Invitation).join(Survey, Survey.id == Invitation.survey_id).join(Case)
        rows = session.scalars(
            query.where(Case.no == no, Invitation.group_key == group).order_by(Invitation.serial)
        )
        return [surveys.token_of(row.id) for row in rows]


def arrange(step: Step) -> bool:
    """Do what no page is needed for: settings, one more position. Tell whether the step is such."""
    with unit_of_work() as session:
        if "settings" in step:
            here = filings.agency(session, "hrss").jurisdiction_id
            for key, value in step["settings"].items():
                _choose(session, here, key, value)
            return True
        if "appoint" in step:
            _appoint(session, step["appoint"], *step["as"].split("."))
            return True
    return False


def play(step: Step, telling: Telling, pass_time: Callable[[str], None]) -> None:
    """Do one step; `pass_time` lets it be a day and everything be done that is due by then."""
    if arrange(step):
        return
    if "on" in step:
        pass_time(step["on"])
    elif "continues" in step:
        telling.case = continued(telling.case, step["continues"])
    elif "starts" in step:
        telling.case = _start(step, telling)
    elif "asks" in step:
        telling.case, telling.code = _ask(step, telling)
    elif "answers" in step:
        _answer(step, telling.case)
    elif "refused" not in step and "hindered" not in step:
        _act(step, telling.case)


def _start(step: Step, telling: Telling) -> str:
    with unit_of_work() as session:
        who = filings.actor(session, step["by"], step.get("position"))
        about = telling.markets[step["about"]] if step.get("about") else None
        return cases.start(session, who, step["starts"], market_no=about).no


def _ask(step: Step, telling: Telling) -> tuple[str, str]:
    with unit_of_work() as session:
        here, page = home_jurisdiction(session), public_token()
        market = telling.markets[step["asks"]]
        receipt = help_requests.request_help(session, here.id, market, step["data"], page=page)
        return receipt.no, receipt.code


def _answer(step: Step, no: str) -> None:
    for token in invitations(no, step["answers"])[: step.get("people")]:
        with unit_of_work() as session:
            found = surveys.standing(session, token, lock=True)
            assert isinstance(found, Invitation), found
            surveys.answer(session, found, step["data"])


def _act(step: Step, no: str) -> None:
    if "withdraws" in step:
        with unit_of_work() as session:
            case = session.scalars(select(Case).where(Case.no == no)).one()
            cases.withdraw(session, filings.actor(session, step["by"]), case, reason=step["withdraws"])
        return
    people = step["by"] if isinstance(step["by"], list) else [step["by"]]
    with unit_of_work() as session:
        values = _uploaded(session, filings.actor(session, people[0]), _values(step))
    for username in people:
        with unit_of_work() as session:
            item = _open_item(session, no, step["step"], username)
            who = _holder(session, username, item.position_id)
            if "vote" in step:
                seats.sign_seat(
                    session, who, item.id, agrees=step["vote"], opinion="（演示）", revision=item.revision
                )
                continue
            declares = {"declares_no_conflict": True} if len(people) > 1 else {}
            work_items.complete(session, who, item.id, revision=item.revision, values=values, **declares)


def _values(step: Step) -> dict[str, Any]:
    files = {path: [{"file": name} for name in names] for path, names in step.get("files", {}).items()}
    return step.get("data", {}) | files


def _open_item(session: Session, no: str, name: str, username: str) -> WorkItem:
    """Return the step; of several with one name, that of the person's own agency."""
    query = select(WorkItem).join(Case).where(Case.no == no, WorkItem.status == "open", WorkItem.name == name)
    found = list(session.scalars(query))
    if len(found) > 1:
        own = set(session.scalars(_held(username).with_only_columns(Position.agency_id)))
        found = [item for item in found if item.position.agency_id in own]
    assert len(found) == 1, f"{no}: {name} ({len(found)})"
    return found[0]


def _held(username: str) -> Any:
    return select(Appointment).join(Person).join(Position).where(Person.username == username)


def _holder(session: Session, username: str, position_id: UUID) -> Actor:
    """Return somebody in the position that a step is for, or in their first where it is for another's."""
    held = list(session.scalars(_held(username).order_by(Appointment.id)))
    fitting = [one for one in held if one.position_id == position_id]
    return actor_of(session, (fitting or held)[0].id)


def _uploaded(session: Session, who: Actor, value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"file"}:
        return filings.files(session, who, {"file": [value["file"]]})["file"][0]
    if isinstance(value, dict):
        return {key: _uploaded(session, who, entry) for key, entry in value.items()}
    return [_uploaded(session, who, entry) for entry in value] if isinstance(value, list) else value


def _choose(session: Session, jurisdiction_id: UUID, key: str, value: Any) -> None:
    query = select(SettingValue).where(
        SettingValue.jurisdiction_id == jurisdiction_id, SettingValue.key == key
    )
    chosen = session.scalar(query)
    if chosen is None:
        session.add(SettingValue(jurisdiction_id=jurisdiction_id, key=key, value=value))
    else:
        chosen.value = value


def _appoint(session: Session, username: str, agency: str, position: str) -> None:
    held = session.scalars(
        select(Position)
        .join(Agency)
        .where(Agency.key == agency, Position.key == position)
        .order_by(Position.id)  # of the jurisdiction that was set up first
        .limit(1)
    ).one()
    someone = session.scalars(select(Person).where(Person.username == username)).one()
    accounts.appoint(session, someone, held, starts_on=demo.SINCE)
