"""Moves in a sandbox, one after another: everything goes through the same services as in the office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

import forms
from webapp.core.clock import BEIJING, utc
from webapp.core.errors import Invalid, Missing, Stale
from webapp.models.case import Case
from webapp.models.clock import Clock
from webapp.models.operation import AwaitedMessage, Timer
from webapp.models.work_item import WorkItem
from webapp.packs.scenarios import (
    DEADLINE,
    HAND_BACK,
    MESSAGE,
    PUBLIC,
    RETURN,
    SIGN,
    SUBMIT,
    TAKE_BACK,
    WAIT,
)
from webapp.queries import calendars
from webapp.queries.actors import Actor
from webapp.queries.help_requests import INTAKE
from webapp.queries.own_items import own_seats
from webapp.queries.releases import current_process, definition_of
from webapp.queries.returning import targets
from webapp.queries.starters import is_about_listed_market
from webapp.queries.work_forms import form_context
from webapp.services import (
    attachments,
    cases,
    demo_hours,
    operations,
    returns,
    sandbox_verbs,
    seats,
    submissions,
    timers,
    work_items,
)
from webapp.services.made_up_files import made_up_file, made_up_name
from webapp.services.sandbox_office import is_for_public, market_of, people_of, whose_turn, written_position
from webapp.services.sandbox_verbs import ASKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from webapp.models.account import Jurisdiction
    from webapp.packs.scenarios import Move

MINUTES_A_MOVE: Final = 30
MINUTES_A_DAY: Final = 420
"""Of office hours."""
MOST_ACTS: Final = 300
"""How many acts of clocks and timers one wait may bring about."""
BEGINS_AT: Final = 9
"""Hour in Beijing."""


@dataclass
class OwnTime:
    """The time of a sandbox: it stands still until it is moved.

    Attributes:
        instant: UTC-aware.
    """

    instant: datetime

    @classmethod
    def morning_of(cls, day: date) -> OwnTime:
        """Return the time at which a trial begins on a Beijing date."""
        return cls(utc(datetime(day.year, day.month, day.day, BEGINS_AT, tzinfo=BEIJING)))

    def __call__(self) -> datetime:
        """Return what the sandbox's clock shows."""
        return self.instant


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a move is made: a session in the sandbox's database, its jurisdiction, its time."""

    session: Session
    jurisdiction: Jurisdiction
    time: OwnTime

    def later(self, minutes: int) -> datetime:
        """Return the instant when so many minutes of office hours have passed."""
        _, calendar = calendars.in_force(self.session, self.jurisdiction.id)
        return demo_hours.later(self.time.instant, minutes, calendar)


def start(stage: Stage, process: str, *, starter: str, market: str = "") -> Case:
    """Start a case.

    Args:
        stage: Where.
        process: Key of the procedure.
        starter: `agency.position` that starts it, or `public` for somebody who asks on the page of a market.
        market: Kind of the listed market, where the procedure is about one.

    Raises:
        DomainError: If it cannot be started so; says why.
    """
    if starter == PUBLIC:
        return _asked_for(stage, process, market)
    actor = people_of(stage.session, stage.jurisdiction, starter)[0]
    version = current_process(stage.session, stage.jurisdiction.id, process)
    listed = is_about_listed_market(definition_of(stage.session, version))
    about = market_of(stage.session, actor, market).no if listed else None
    case = cases.start(stage.session, actor, process, market_no=about)
    stage.time.instant = stage.later(MINUTES_A_MOVE)
    return case


def _asked_for(stage: Stage, process: str, kind: str) -> Case:
    """Begin a case as the public page of a market does, up to the form that is filled in there."""
    version = current_process(stage.session, stage.jurisdiction.id, process)
    if INTAKE not in definition_of(stage.session, version).properties:
        raise Invalid("这项业务不接受公众在线提出。")
    public = Actor.public(stage.jurisdiction.id)
    market = market_of(stage.session, public, kind)
    return cases.begin(stage.session, public, version, agency=market.township, market=market)


def perform(stage: Stage, move: Move) -> None:
    """Make a move.

    Raises:
        DomainError: If it cannot be made; says why.
    """
    _MOVES[move.do](stage, move)
    stage.session.flush()


def open_items(session: Session, jurisdiction: Jurisdiction) -> list[WorkItem]:
    """Return every step that waits for somebody, of all cases, in the order in which they opened."""
    waiting = select(WorkItem).where(WorkItem.jurisdiction_id == jurisdiction.id, WorkItem.status == "open")
    return list(session.scalars(waiting.order_by(WorkItem.id)))


def cases_of(session: Session, jurisdiction: Jurisdiction) -> list[Case]:
    """Return the cases of a sandbox in the order in which they began."""
    here = select(Case).where(Case.jurisdiction_id == jurisdiction.id)
    return list(session.scalars(here.order_by(Case.id)))


def next_instant(
    session: Session, jurisdiction: Jurisdiction, after: datetime | None = None
) -> datetime | None:
    """Return when time next brings something about; `None` if nothing waits for it.

    Args:
        session: A session in the sandbox.
        jurisdiction: Its jurisdiction.
        after: Leave out what was due until then.
    """
    acts = select(func.min(Clock.next_act_at)).where(Clock.jurisdiction_id == jurisdiction.id)
    fires = select(func.min(Timer.due_at)).where(Timer.jurisdiction_id == jurisdiction.id)
    if after is not None:
        acts, fires = acts.where(Clock.next_act_at > after), fires.where(Timer.due_at > after)
    first = (session.scalar(acts), session.scalar(fires))
    return min((instant for instant in first if instant is not None), default=None)


def _submit(stage: Stage, move: Move) -> None:
    item = _item(stage, move)
    actor = whose_turn(stage.session, stage.jurisdiction, item)
    values = with_files(stage, actor, item, move.values)
    if actor.person_id is None:
        stored = form_context(stage.session, item, actor).checked(values)
        submissions.submit(stage.session, actor, item, stored, author=submissions.Author())
    else:
        work_items.complete_now(stage.session, actor, item, values)
    stage.time.instant = stage.later(MINUTES_A_MOVE)


def _hand_back(stage: Stage, move: Move) -> None:
    item = _item(stage, move, by_position=False)
    actor = whose_turn(stage.session, stage.jurisdiction, item)
    values = with_files(stage, actor, item, move.values)
    seats.hand_back(stage.session, actor, item.id, values=values, opinion=move.reason)
    stage.time.instant = stage.later(MINUTES_A_MOVE)


def _ask(stage: Stage, move: Move) -> None:
    item = _item(stage, move)
    ASKING[move.do](stage, whose_turn(stage.session, stage.jurisdiction, item), item, move)
    stage.time.instant = stage.later(MINUTES_A_MOVE)


def _take_back(stage: Stage, move: Move) -> None:
    sandbox_verbs.take_back(stage, _case(stage, move).id, move)
    stage.time.instant = stage.later(MINUTES_A_MOVE)


def _sign(stage: Stage, move: Move) -> None:
    item = _item(stage, move, by_position=False)
    for actor in people_of(stage.session, stage.jurisdiction, move.position):
        if any(seat.waits and seat.role != "delegate" for seat in own_seats(actor, item)):
            seats.sign_seat(
                stage.session,
                actor,
                item.id,
                agrees=move.agrees,
                opinion=move.reason or ("" if move.agrees else "沙箱试办"),
                declares_no_conflict=True,
                revision=item.revision,
            )
            stage.time.instant = stage.later(MINUTES_A_MOVE)
            return
    raise Missing(f"“{item.name}”没有等待岗位“{move.position}”签署。")


def _return(stage: Stage, move: Move) -> None:
    item = _item(stage, move)
    target = next((one for one in targets(stage.session, item) if one.element_id == move.to), None)
    if target is None:
        raise Invalid(f"“{item.name}”不能退回到“{move.to}”。")
    actor = whose_turn(stage.session, stage.jurisdiction, item)
    returns.return_to(
        stage.session, actor, item.id, target_id=target.id, reason=move.reason, marks=move.marks
    )
    stage.time.instant = stage.later(MINUTES_A_MOVE)


def _wait(stage: Stage, move: Move) -> None:
    if move.until == DEADLINE:
        due = next_instant(stage.session, stage.jurisdiction)
        if due is None:
            raise Invalid("目前没有在计时的时限或定时器。")
        until = max(due, stage.time.instant)
    else:
        until = stage.later(MINUTES_A_DAY)
    _pass(stage, until)


def _pass(stage: Stage, until: datetime) -> None:
    """Let time pass; what falls due on the way is done then, in order."""
    held_up: datetime | None = None
    for _ in range(MOST_ACTS):
        due = next_instant(stage.session, stage.jurisdiction, held_up)
        if due is None or due > until:
            stage.time.instant = until
            return
        stage.time.instant = max(stage.time.instant, due)
        held_up = None if _act(stage.session) else stage.time.instant
    raise Invalid(f"时间推进中触发了超过 {MOST_ACTS} 次时限事项，流程可能在反复计时，请检查。")


def _act(session: Session) -> int:
    done = sum(timers.handle(session, case_id) for case_id in timers.due(session))
    fired = [operations.fire_timer(session, timer_id) for timer_id in operations.due_timers(session)]
    session.flush()
    return done + sum(fired)


def _message(stage: Stage, move: Move) -> None:
    awaited = select(AwaitedMessage.id).where(
        AwaitedMessage.jurisdiction_id == stage.jurisdiction.id, AwaitedMessage.name == move.name
    )
    found = stage.session.scalar(awaited.order_by(AwaitedMessage.id).limit(1))
    if found is None:
        raise Missing(f"没有办件在等待消息“{move.name}”。")
    operations.deliver_message(stage.session, found)
    stage.time.instant = stage.later(MINUTES_A_MOVE)


def _item(stage: Stage, move: Move, *, by_position: bool = True) -> WorkItem:
    """Return the step that a move is about: the one of its name that has waited longest.

    Raises:
        Stale: If it does not wait.
        Invalid: If another position does it.
    """
    case = _case(stage, move)
    waiting = [
        item
        for item in open_items(stage.session, stage.jurisdiction)
        if item.case_id == case.id and item.element_id == move.step
    ]
    if not waiting:
        raise Stale(f"环节“{move.step}”没有在等待办理。")
    if by_position and move.position == PUBLIC and is_for_public(stage.session, waiting[0]):
        return waiting[0]
    own = [item for item in waiting if written_position(item.position) == move.position]
    if by_position and not own:
        raise Invalid(f"“{waiting[0].name}”由{waiting[0].position.full_title}办理，不是“{move.position}”。")
    return (own or waiting)[0]


def _case(stage: Stage, move: Move) -> Case:
    begun = cases_of(stage.session, stage.jurisdiction)
    if move.case > len(begun):
        raise Stale(f"还没有第 {move.case} 件办件。")
    return begun[move.case - 1]


def with_files(stage: Stage, actor: Actor, item: WorkItem, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with a file for each name of one: that which is there already, or a made-up one."""
    context = form_context(stage.session, item, actor)
    there = forms.attachments_by_field(context.schema, context.current or {})
    known = context.scope["attachments"]

    def file_of(path: str, name: str) -> str:
        same = (key for key in there.get(path, ()) if key in known and known[key]["name"] == name)
        return next(same, None) or _upload(stage.session, actor, name)

    named = forms.attachments_by_field(context.schema, values)
    ids = {path: {name: file_of(path, name) for name in names} for path, names in named.items()}
    swapped: dict[str, Any] = replaced_files(dict(values), ids)
    return swapped


def _upload(session: Session, actor: Actor, name: str) -> str:
    return str(attachments.upload(session, actor, made_up_name(name), made_up_file(name)).id)


def replaced_files(values: Any, by_path: Mapping[str, Mapping[str, str]], path: str = "") -> Any:
    """Return values whose file fields name other files.

    Args:
        values: A form's values, or a part of them.
        by_path: For each file field, what takes the place of each of its entries.
        path: Where the part lies.
    """
    if path in by_path and isinstance(values, list):
        return [by_path[path].get(str(entry), entry) for entry in values]
    if isinstance(values, dict):
        return {
            key: replaced_files(value, by_path, f"{path}.{key}".lstrip(".")) for key, value in values.items()
        }
    if isinstance(values, list):
        return [replaced_files(entry, by_path, f"{path}.*") for entry in values]
    return values


_MOVES: dict[str, Callable[[Stage, Move], None]] = {
    SUBMIT: _submit,
    SIGN: _sign,
    RETURN: _return,
    WAIT: _wait,
    MESSAGE: _message,
    HAND_BACK: _hand_back,
    TAKE_BACK: _take_back,
    **dict.fromkeys(ASKING, _ask),
}
