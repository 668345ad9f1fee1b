"""Procedures that open by themselves once a year, for every market that is not left out by a rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from webapp import feel
from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.models.account import Agency, Jurisdiction
from webapp.models.market import Market, YearlyRound
from webapp.packs import APPLICANT
from webapp.queries.actors import Actor
from webapp.queries.facts import market_scope
from webapp.queries.officers import officers
from webapp.queries.releases import current_processes, definition_of
from webapp.queries.settings import pack_in_force, settings_of
from webapp.queries.starters import first_starter, is_about_listed_market, may_start
from webapp.services import cases
from webapp.services.events import record

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy.orm import Session

    from webapp.models.release import ProcessVersion

JOB = "round.open"
CATCHES_UP = timedelta(days=30)
"""So long after its day a round is still opened, as after a failure; later it is for people to decide."""
_LONGEST_TOLD = 400


@dataclass(frozen=True, slots=True)
class _Due:
    """A round that is to be opened now."""

    version: ProcessVersion
    settings: dict[str, Any]
    year: int


def due(session: Session) -> list[str]:
    """Return the rounds whose day has come and that were not opened yet: jurisdiction, procedure, year."""
    today = beijing_date(time.now())
    found = []
    for jurisdiction_id in session.scalars(select(Jurisdiction.id).order_by(Jurisdiction.id)):
        opened = {
            (row.process_key, row.year)
            for row in session.scalars(
                select(YearlyRound).where(YearlyRound.jurisdiction_id == jurisdiction_id)
            )
        }
        found += [
            f"{jurisdiction_id}/{one.version.process_key}/{one.year}"
            for one in _due_on(session, jurisdiction_id, today)
            if (one.version.process_key, one.year) not in opened
        ]
    return found


def jurisdiction_of(_session: Session, found: str) -> UUID:
    """Return whose round it is."""
    return UUID(found.partition("/")[0])


def open_round(session: Session, found: str) -> YearlyRound | None:
    """Open a round: a case for every listed market, but for those that the pack's rule leaves out.

    Everything happens in one transaction, with a row that there can be only one of: a round is opened once,
    however many workers there are, and not at all or as a whole after a crash. The officers who could start
    the procedure themselves are told how many were opened, and which markets were left out and why.

    Returns:
        The round; `None` if it was opened already, or the setting was changed since it was found.

    Policy: TZ-3.3
    """
    head, key, year = found.split("/")
    jurisdiction_id = UUID(head)
    wanted = _due_on(session, jurisdiction_id, beijing_date(time.now()))
    one = next((one for one in wanted if (one.version.process_key, str(one.year)) == (key, year)), None)
    if one is None or not _claim(session, jurisdiction_id, one):
        return None
    started, left_out = _open_all(session, jurisdiction_id, one)
    row = session.scalars(
        select(YearlyRound).where(
            YearlyRound.jurisdiction_id == jurisdiction_id,
            YearlyRound.process_key == key,
            YearlyRound.year == one.year,
        )
    ).one()
    row.started, row.left_out = started, left_out
    _tell(session, jurisdiction_id, one, row)
    return row


def _due_on(session: Session, jurisdiction_id: UUID, today: date) -> list[_Due]:
    found = []
    for version in current_processes(session, jurisdiction_id):
        properties = definition_of(session, version).properties
        if "opens_on" not in properties or not is_about_listed_market(definition_of(session, version)):
            continue
        settings = settings_of(session, jurisdiction_id, pack_in_force(session, jurisdiction_id))
        text = str(settings.get(properties["opens_on"]) or "")
        for year in (today.year - 1, today.year):  # a day of December may be caught up in January
            day = _day_in(year, text)
            if day is not None and timedelta(0) <= today - day <= CATCHES_UP:
                found.append(_Due(version, settings, year))
    return found


def _day_in(year: int, text: str) -> date | None:
    """Return the day that a setting such as `11-01` names in a year; `None` if it names none."""
    try:
        return date.fromisoformat(f"{year}-{text}")
    except ValueError:  # nothing is opened by itself, or 29 February of another year
        return None


def _claim(session: Session, jurisdiction_id: UUID, one: _Due) -> bool:
    """Take a round; whoever comes second waits here for the first, and then has not got it."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = insert(YearlyRound).values(
        jurisdiction_id=jurisdiction_id,
        process_key=one.version.process_key,
        year=one.year,
        opened_at=time.now(),
        started=0,
        left_out=[],
    )
    index = ["jurisdiction_id", "process_key", "year"]
    claimed = row.on_conflict_do_nothing(index_elements=index).returning(YearlyRound.id)
    return session.scalar(claimed) is not None


def _open_all(session: Session, jurisdiction_id: UUID, one: _Due) -> tuple[int, list[str]]:
    definition = definition_of(session, one.version)
    rule, owner = definition.properties.get("left_out", "null"), first_starter(definition)
    keyed = select(Agency).where(Agency.jurisdiction_id == jurisdiction_id, Agency.key == owner)
    own = None if owner == APPLICANT else session.scalars(keyed).one()
    system, started, left_out = Actor.system(jurisdiction_id), 0, []
    listed = select(Market).where(Market.jurisdiction_id == jurisdiction_id, Market.status == "recognised")
    rows = listed.options(joinedload(Market.township)).order_by(Market.no).with_for_update(of=Market)
    for market in session.scalars(rows).all():
        reason = _reason(session, one, market, rule)
        if reason is None:
            cases.begin(session, system, one.version, agency=own or market.township, market=market)
            started += 1
        else:
            left_out.append(f"{market.name}：{reason}")
    return started, left_out


def _reason(session: Session, one: _Due, market: Market, rule: str) -> str | None:
    """Return why a market is left out; the rule gives the reason, or null."""
    other = cases.under_way(session, one.version, market)
    if other is not None:
        return f"“{other.process_version.title}”（{other.no}）正在办理"
    scope = {"market": market_scope(session, market), "settings": one.settings, "year": Decimal(one.year)}
    said = feel.evaluate(rule, scope)
    return None if said is None else str(said)


def _tell(session: Session, jurisdiction_id: UUID, one: _Due, row: YearlyRound) -> None:
    definition = definition_of(session, one.version)
    people = {
        held.person_id for held in officers(session, jurisdiction_id) if may_start(definition, held.position)
    }
    data = {
        "process": row.process_key,
        "year": row.year,
        "count": row.started,
        "reason": row.told(one.version.title)[:_LONGEST_TOLD],
        "persons": sorted(map(str, people)),
    }
    record(session, "round.opened", actor=Actor.system(jurisdiction_id), data=data)
