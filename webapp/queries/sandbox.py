"""What the page of a sandbox shows: who is waited for, where the tokens are, what came of it so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from webapp import engine
from webapp.core.errors import Locked
from webapp.core.recent import Recent
from webapp.models.account import Agency, Appointment, Position
from webapp.models.clock import Clock
from webapp.models.document import Document
from webapp.models.operation import AwaitedMessage, Incident
from webapp.models.work_item import WorkItem
from webapp.packs import APPLICANT, APPLICANT_KIND
from webapp.packs.scenarios import (
    AFTER,
    ASKS,
    BEFORE,
    DEADLINE,
    DELEGATE,
    HAND_BACK,
    MESSAGE,
    PUBLIC,
    RETURN,
    SIGN,
    TAKE_BACK,
    TRANSFER,
    WAIT,
    read_scenario,
)
from webapp.packs.tables import PackError
from webapp.queries.actors import Actor, actor_of
from webapp.queries.calendars import calendar_of
from webapp.queries.case_list import status_view
from webapp.queries.case_page import items_of
from webapp.queries.clock_views import clock_view
from webapp.queries.decision_views import DecisionView, decision_views
from webapp.queries.diagram import StepText, diagram_state, step_texts
from webapp.queries.help_requests import INTAKE
from webapp.queries.officers import officers
from webapp.queries.releases import definition_of, pack_of_case
from webapp.queries.returning import hindrance
from webapp.queries.starters import is_about_listed_market

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.account import Jurisdiction
    from webapp.models.case import Case
    from webapp.packs import Pack
    from webapp.packs.scenarios import Move, Scenario
    from webapp.queries.clock_views import ClockView


@dataclass(frozen=True, slots=True)
class StartChoice:
    """A way to begin a case.

    Attributes:
        process: Key of the procedure.
        starter: Who starts it, as the procedure writes it: `township.clerk`.
        label: Title and who, for people.
        about_market: Whether a listed market is to be named.
        problem: Why it cannot be begun; empty if it can.
    """

    process: str
    starter: str
    label: str
    about_market: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SeatChoice:
    """Somebody whose signature a step waits for (会签)."""

    position: str
    person: str


@dataclass(frozen=True, slots=True)
class AskingChoices:
    """Who can be asked to do something with a step, as `agency.position` with their title.

    Attributes:
        own: In the agency that does it: for 转办 and 委派.
        all: In any: for 加签.
    """

    own: list[tuple[str, str]]
    all: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class WaitingStep:
    """A step that waits for a position."""

    id: UUID
    name: str
    element_id: str
    agency: str
    position: str
    case: int
    case_title: str
    since: datetime
    clock: ClockView | None
    signed: int
    needed: int
    seats: list[SeatChoice]


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A document that the case issued in the sandbox."""

    id: UUID
    title: str
    number: str | None
    agency: str


@dataclass(frozen=True, slots=True)
class FailedStep:
    """An automatic step that failed."""

    element_id: str
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class SandboxCase:
    """One case of a sandbox as its page shows it."""

    title: str
    no: str
    status_label: str
    tone: str
    clock: ClockView | None
    state: dict[str, Any]
    steps: list[StepText]
    decisions: list[DecisionView]
    register: str


@dataclass(frozen=True, slots=True)
class SandboxPage:
    """The page of a sandbox."""

    case: SandboxCase
    waiting: list[WaitingStep]
    papers: list[PaperRow]
    failed: list[FailedStep]
    messages: list[str]
    done: list[str]


_CHOICES: Recent[str, list[StartChoice]] = Recent(8)
_VERBS = {
    TRANSFER: "转办",
    DELEGATE: "委派",
    BEFORE: "前加签",
    AFTER: "后加签",
    HAND_BACK: "交回",
    TAKE_BACK: "拿回",
}
_STATUS = {
    "proposed": "拟认定",
    "recognised": "已列入名录",
    "refused": "未予认定",
    "dropped": "未列入",
    "left": "已退出名录",
}


def start_choices(pack: Pack) -> list[StartChoice]:
    """Return how cases of a pack can be begun by people; a procedure that cannot be read says why."""
    return _CHOICES.of(
        pack.content_hash, lambda: [choice for key in pack.processes for choice in _choices(pack, key)]
    )


def _choices(pack: Pack, key: str) -> list[StartChoice]:
    process = pack.processes[key]
    try:
        definition = engine.load(process.sources, process.process_id)
    except engine.EngineError as error:
        return [StartChoice(key, "", process.title, about_market=False, problem=error.message)]
    starters = [part.strip() for part in definition.properties.get("starters", "").split(",") if part.strip()]
    about = is_about_listed_market(definition)
    if INTAKE in definition.properties:
        starters.append(PUBLIC)
    return [StartChoice(key, one, f"{process.title}（{_who(pack, one)}）", about) for one in starters]


def _who(pack: Pack, starter: str) -> str:
    if starter == PUBLIC:
        return "公众在线提出"
    agency, _, key = starter.partition(".")
    held = [spec for spec in pack.positions if spec.key == key]
    own = next((spec for spec in held if agency == APPLICANT or agency in spec.agencies), None)
    body = pack.agencies.get(agency)
    whose = "街道乡镇" if agency == APPLICANT else body.short if body else agency
    return f"{whose}{own.name if own else key}"


def townships(pack: Pack) -> list[tuple[str, str]]:
    """Return key and name of the agencies that can apply."""
    return [(key, spec.short) for key, spec in pack.agencies.items() if spec.kind == APPLICANT_KIND]


def scenarios_of(pack: Pack) -> list[Scenario]:
    """Return the scenarios of a pack that can be understood, by title."""
    found = []
    for name, text in pack.scenarios.items():
        try:
            found.append(read_scenario(name, text))
        except PackError:
            continue  # the check of the draft says so
    return sorted(found, key=lambda scenario: scenario.title)


def sandbox_page(
    session: Session, jurisdiction: Jurisdiction, cases: Sequence[Case], chosen: Case, moves: Sequence[Move]
) -> SandboxPage:
    """Return the page of a sandbox.

    Args:
        session: A session in it.
        jurisdiction: Its jurisdiction.
        cases: Its cases in the order in which they began.
        chosen: The case whose diagram is shown.
        moves: What was done.
    """
    open_ = select(Incident).where(Incident.jurisdiction_id == jurisdiction.id, Incident.status == "open")
    failed = [FailedStep(row.element_id, row.name, row.message) for row in session.scalars(open_)]
    awaited = select(AwaitedMessage.name).where(AwaitedMessage.jurisdiction_id == jurisdiction.id)
    papers = select(Document).where(Document.jurisdiction_id == jurisdiction.id).order_by(Document.id)
    return SandboxPage(
        case=_case(session, chosen, [step.element_id for step in failed]),
        waiting=[
            _waiting(session, item, number)
            for number, case in enumerate(cases, start=1)
            for item in items_of(session, case)
            if item.status == "open"
        ],
        papers=[PaperRow(row.id, row.title, row.number, row.agency.short) for row in session.scalars(papers)],
        failed=failed,
        messages=list(dict.fromkeys(session.scalars(awaited.order_by(AwaitedMessage.id)))),
        done=[_told(session, cases, move) for move in moves],
    )


def _case(session: Session, case: Case, failed: list[str]) -> SandboxCase:
    pack, definition = pack_of_case(session, case), definition_of(session, case.process_version)
    items, calendar = items_of(session, case), calendar_of(session, case)
    rows = session.scalars(
        select(Clock).where(Clock.case_id == case.id).options(selectinload(Clock.pauses)).order_by(Clock.id)
    ).all()
    views = {row.work_item_id: clock_view(row, calendar) for row in rows if row.work_item_id}
    label, tone = status_view(case)
    market, state = case.market, diagram_state(definition, case.trail, items, views)
    state |= {"late": [*state["late"], *failed], "active": [*state["active"], *failed]}
    return SandboxCase(
        title=case.title,
        no=case.no,
        status_label=label,
        tone=tone,
        clock=next((clock_view(row, calendar) for row in rows if row.work_item_id is None), None),
        state=state,
        steps=step_texts(pack, definition, case.trail, items),
        decisions=decision_views(session, case),
        register=f"{market.name}：{_STATUS.get(market.status, market.status)}" if market else "",
    )


def _waiting(session: Session, item: WorkItem, number: int) -> WaitingStep:
    row = session.scalar(select(Clock).where(Clock.work_item_id == item.id))
    return WaitingStep(
        id=item.id,
        name=item.name,
        element_id=item.element_id,
        agency=item.agency.short,
        position=item.position.title,
        case=number,
        case_title=item.case.title,
        since=item.opened_at,
        clock=clock_view(row, calendar_of(session, item.case)) if row else None,
        signed=sum(seat.role == "sign" and seat.holds for seat in item.signings),
        needed=item.signers_needed,
        seats=[
            SeatChoice(
                f"{seat.position.agency.key}.{seat.position.key}",
                f"{seat.position.full_title} {seat.person.name}",
            )
            for seat in item.signings
            if seat.waits and (item.awaiting is not None or seat.role == "before") and seat.role != "delegate"
        ],
    )


def drawing_of(session: Session, case: Case) -> bytes:
    """Return the BPMN of the process that a case follows."""
    process = pack_of_case(session, case).processes[case.process_key]
    return process.sources[process.file]


def moves_ahead(pack: Pack, name: str, moves: Sequence[Move]) -> list[Move]:
    """Return the moves of a scenario that are left after those that were made.

    Raises:
        Locked: If the trial went another way than the scenario, or is at its end.
    """
    scenario = next((one for one in scenarios_of(pack) if one.name == name), None)
    if scenario is None:
        raise Locked("草稿中已没有这个场景。")
    if tuple(moves) != scenario.moves[: len(moves)]:
        raise Locked("试办已经走了与场景不同的步骤，不能再照场景走；可以从头再来。")
    if len(moves) == len(scenario.moves):
        raise Locked("场景的步骤已经走完。")
    return list(scenario.moves[len(moves) :])


def asking_choices(session: Session, item: WorkItem) -> AskingChoices:
    """Return who can be asked to do something with an open step."""
    held = officers(session, item.jurisdiction_id)
    written = {
        f"{one.position.agency.key}.{one.position.key}": one.position
        for one in held
        if one.position.agency.jurisdiction_id == item.jurisdiction_id
    }
    own = {key for key, position in written.items() if position.agency_id == item.agency_id}
    return AskingChoices(
        own=[(key, written[key].full_title) for key in sorted(own)],
        all=[(key, position.full_title) for key, position in written.items()],
    )


def take_back_choices(session: Session, case: Case) -> list[tuple[str, str, str]]:
    """Return the steps of a case that whoever did them may still take back: element id, position, name."""
    done = select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.status == "done")
    found = []
    for item in session.scalars(done.order_by(WorkItem.done_at.desc(), WorkItem.id.desc())):
        doer = _doer(session, item)
        if doer is not None and hindrance(session, doer, item) is None:
            found.append((item.element_id, f"{item.position.agency.key}.{item.position.key}", item.name))
    return found


def _doer(session: Session, item: WorkItem) -> Actor | None:
    held = select(Appointment.id).where(
        Appointment.person_id == item.done_by_id, Appointment.position_id == item.position_id
    )
    found = session.scalar(held.limit(1))
    return actor_of(session, found) if found else None


def _told(session: Session, cases: Sequence[Case], move: Move) -> str:
    """Return a move in words, such as `受理审查（区人力社保局）提交`."""
    if move.do == WAIT:
        return "时间推进到下一时限" if move.until == DEADLINE else "时间推进 1 个工作日"
    if move.do == MESSAGE:
        return f"消息“{move.name}”送达"
    definition = definition_of(session, cases[move.case - 1].process_version)
    names = {key: step.name for key in (move.step, move.to) if (step := definition.find(key)) is not None}
    step = definition.find(move.step)
    name = f"{step.name}（{step.lane}）" if step and step.lane else names.get(move.step, move.step)
    if move.do == RETURN:
        return f"{name}退回到“{names.get(move.to, move.to)}”"
    if move.do == SIGN:
        verdict = "弃权" if move.agrees is None else "同意" if move.agrees else "不同意"
        return f"{name}会签：{verdict}"
    if move.do in ASKS:
        return f"{name}{_VERBS[move.do]}（{_title(session, cases[0], move.to)}）"
    return f"{name}{_VERBS.get(move.do, '提交')}"


def _title(session: Session, case: Case, written: str) -> str:
    agency, _, key = written.partition(".")
    position = session.scalar(
        select(Position)
        .join(Agency)
        .where(Agency.key == agency, Position.key == key, Position.jurisdiction_id == case.jurisdiction_id)
    )
    return position.full_title if position else written
