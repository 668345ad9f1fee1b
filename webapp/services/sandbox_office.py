"""The office of a sandbox: a draft installed as it stands, made-up people in every position, listed markets.

It lies in a database of its own. Nobody signs in there; whoever tries a draft out plays everybody.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Missing
from webapp.models.account import Agency, Appointment, Person, Position
from webapp.models.market import Market, Operator
from webapp.packs import APPLICANT_KIND
from webapp.queries.actors import Actor, actor_of
from webapp.queries.help_requests import INTAKE
from webapp.queries.releases import definition_of
from webapp.queries.verbs import available
from webapp.services import deployments, installation, numbers

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.models.account import Jurisdiction
    from webapp.models.work_item import WorkItem
    from webapp.packs import MarketSpec, Pack

NAMES: Final = ("甲", "乙")
"""Two in each position, for steps that two must sign, and for those that one person may not both do."""
SINCE: Final = date(2000, 1, 1)
RUN_BY: Final = ("演示运营机构", "91110112MA01ABCD17", "经营性人力资源服务机构")
LISTED_FOR: Final = timedelta(days=200)
"""So long the listed markets have been in the directory when a trial begins."""


def furnish(session: Session, pack: Pack) -> Jurisdiction:
    """Install a draft, with its faults, and give it people and, where it has a register, markets."""
    jurisdiction = installation.found_or_founded(session, pack)
    installation.bring_up_to_date(session, jurisdiction, pack)
    release = deployments.prepare(session, jurisdiction, pack)
    deployments.activate(session, jurisdiction, release, pack, Actor.system(jurisdiction.id))
    here = select(Position).where(Position.jurisdiction_id == jurisdiction.id).order_by(Position.id)
    for number, position in enumerate(session.scalars(here), start=1):
        for place, name in enumerate(NAMES, start=1):
            _appoint(session, position, f"p{number}-{place}", f"演示{position.title}{name}")
    session.flush()
    if pack.market is not None:
        _list_markets(session, jurisdiction, pack, pack.market)
    return jurisdiction


def _appoint(session: Session, position: Position, username: str, name: str) -> None:
    person = Person(username=username, name=name, password_hash="", is_demo=True)
    appointment = Appointment(
        jurisdiction_id=position.jurisdiction_id, person=person, position=position, starts_on=SINCE
    )
    session.add_all([person, appointment])


def _list_markets(session: Session, jurisdiction: Jurisdiction, pack: Pack, spec: MarketSpec) -> None:
    """Enter one market of each kind for every township, as if it had been recognised a while ago."""
    today = beijing_date(time.now())
    name, uscc, kind = RUN_BY
    operator = Operator(jurisdiction_id=jurisdiction.id, name=name, uscc=uscc, kind=kind)
    session.add(operator)
    townships = select(Agency).where(Agency.jurisdiction_id == jurisdiction.id, Agency.kind == APPLICANT_KIND)
    for township in session.scalars(townships.order_by(Agency.id)):
        for market_kind in spec.name_suffixes:
            number = numbers.draw(session, jurisdiction.id, "market", today.year)
            market = Market(
                jurisdiction_id=jurisdiction.id,
                no=f"{pack.case_prefix}-{spec.number_series}-{today.year}-{number:03d}",
                name=spec.official_name(pack.jurisdiction_short, f"{township.short}演示", market_kind),
                kind=market_kind,
                status="recognised",
                township=township,
                operator=operator,
                address=f"{township.name}演示路1号",
                recognised_on=today - LISTED_FOR,
                trial_from=today - LISTED_FOR,
                trial_until=today,
                is_demo=True,
            )
            session.add(market)
    session.flush()


def market_of(session: Session, actor: Actor, kind: str) -> Market:
    """Return the listed market of a kind that an actor's agency is to act about; any, for others.

    Raises:
        Missing: If there is none of that kind.
    """
    listed = select(Market).where(
        Market.jurisdiction_id == actor.jurisdiction_id, Market.kind == kind, Market.status == "recognised"
    )
    agency = session.get(Agency, actor.agency_id) if actor.agency_id else None
    if agency is not None and agency.kind == APPLICANT_KIND:
        listed = listed.where(Market.township_id == agency.id)
    market = session.scalar(listed.order_by(Market.id).limit(1))
    if market is None:
        raise Missing(f"沙箱的名录中没有“{kind}”。")
    return market


def people_of(session: Session, jurisdiction: Jurisdiction, written: str) -> list[Actor]:
    """Return the people of a position.

    Args:
        session: A session in the sandbox.
        jurisdiction: Its jurisdiction.
        written: `agency.position`.

    Raises:
        Missing: If the draft has no such position.
    """
    agency, _, key = written.partition(".")
    held = (
        select(Appointment.id)
        .join(Position, Position.id == Appointment.position_id)
        .join(Agency, Agency.id == Position.agency_id)
        .where(Agency.jurisdiction_id == jurisdiction.id, Agency.key == agency, Position.key == key)
        .order_by(Appointment.id)
    )
    found = [actor_of(session, appointment_id) for appointment_id in session.scalars(held).all()]
    if not found:
        raise Missing(f"草稿中没有岗位“{written}”。")
    return found


def whose_turn(session: Session, jurisdiction: Jurisdiction, item: WorkItem) -> Actor:
    """Return who does a step next.

    That is the public, where it was asked; whom it was delegated to; or of the step's position the first whom
    nothing hinders, else the first.
    """
    if is_for_public(session, item):
        return Actor.public(jurisdiction.id)
    for seat in item.signings:
        if seat.role == "delegate" and seat.waits:
            asked = people_of(session, jurisdiction, written_position(seat.position))
            return next(actor for actor in asked if actor.person_id == seat.person_id)
    people = people_of(session, jurisdiction, written_position(item.position))
    for actor in people:
        verbs = {verb.key: verb for verb in available(session, actor, item)}
        signed = any(seat.person_id == actor.person_id and seat.holds for seat in item.signings)
        if "complete" in verbs and verbs["complete"].reason is None and not signed:
            return actor
    return people[0]


def is_for_public(session: Session, item: WorkItem) -> bool:
    """Tell whether a step is answered by somebody without an account, who began its case."""
    definition = definition_of(session, item.case.process_version)
    first = item.case.started_by_id is None and item.case.origin_id is None
    return first and definition.properties.get(INTAKE) == item.element_id


def written_position(position: Position) -> str:
    """Return a position as scenarios write it: `agency.position`."""
    return f"{position.agency.key}.{position.key}"
