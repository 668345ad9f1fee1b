"""An office with a great many cases, written by the database itself from the rows of one real case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, inspect, select, text

from bench import office, procedure
from bench.places import POSTGRESQL
from webapp.core.identifiers import uuid7
from webapp.extensions import db
from webapp.models.account import Agency, Position
from webapp.models.case import Case, CaseParty
from webapp.models.clock import Clock
from webapp.models.work_item import WorkItem
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

    from bench.office import Office

POSITIONS = 2_000
TASKS_PER_CASE = 5
OWN_TASKS = 500
"""How many steps wait for the measured officer, however many wait for others."""
_FINISHED_SHARE = 10
"""One finished case for so many running ones."""
_DAY = 86_400
_OPENED = f"-((i * 104729) % {90 * _DAY})"
"""Seconds from now: some time in the last ninety days."""
_DUE = f"((i * 15485863) % {35 * _DAY}) - {5 * _DAY}"
"""Seconds from now: from five days ago to thirty days ahead."""
_CASE, _ITEM, _ITEM_CLOCK, _CASE_CLOCK, _PARTY, _ENDED = range(0xB1, 0xB7)
_MIDDLE = "00007000a000"
_SERIES = {
    False: "WITH RECURSIVE series(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM series WHERE i < {last})",
    True: "WITH series(i) AS (SELECT generate_series(0::bigint, {last}))",
}
"""Numbers from 0 on, as SQLite and as PostgreSQL count."""


class _Writer:
    """Writes rows by the database's own means; knows what the two databases write differently."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._is_postgresql = session.get_bind().dialect.name == POSTGRESQL

    def key(self, kind: int, number: str) -> str:
        """Return a key of a kind of row, by number."""
        if self._is_postgresql:
            parts = (f"lpad(to_hex({kind}), 8, '0')", f"'{_MIDDLE}'", f"lpad(to_hex({number}), 12, '0')")
            return f"({' || '.join(parts)})::uuid"
        return f"printf('%08x{_MIDDLE}%012x', {kind}, {number})"

    def instant(self, seconds: str) -> str:
        """Return an instant so many seconds from now."""
        if self._is_postgresql:
            return f"now() + ({seconds}) * interval '1 second'"
        return f"strftime('%Y-%m-%d %H:%M:%f', 'now', ({seconds}) || ' seconds') || '000'"

    def constant(self, value: UUID) -> str:
        """Return a key that is known."""
        return f"'{value}'::uuid" if self._is_postgresql else f"'{value.hex}'"

    def place(self, column: str, number: str) -> str:
        """Return a key from the table of places."""
        cast = "::uuid" if self._is_postgresql else ""
        return f"(SELECT {column} FROM place WHERE number = {number}){cast}"

    def digits(self, number: str) -> str:
        """Return a number as text of eight digits."""
        return f"lpad(({number})::text, 8, '0')" if self._is_postgresql else f"printf('%08d', {number})"

    def bare(self, key: UUID) -> str:
        """Return a key as the table of places keeps it."""
        return str(key) if self._is_postgresql else key.hex

    def clone(self, kind: Any, template: UUID, count: int, changed: Mapping[str, str]) -> None:
        """Insert so many copies of a row, some columns by an expression over `i`, the copy's number."""
        table = inspect(kind).local_table
        columns = [column.name for column in table.columns]
        chosen = ", ".join(changed.get(name, f'model."{name}"') for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        series = _SERIES[self._is_postgresql].format(last=count - 1)
        model = f'"{table.name}" AS model, series WHERE model.id = {self.constant(template)}'
        into = f'INSERT INTO "{table.name}" ({names}) {series}'
        self._session.execute(text(f"{into} SELECT {chosen} FROM {model}"))


@dataclass(frozen=True)
class _Template:
    """Rows of the real case that the others are made from."""

    case: UUID
    item: UUID
    clock: UUID
    party: UUID
    own: Position


def populate(here: Office, *, tasks: int, database: str) -> UUID:
    """Fill the database with running cases of five open steps each.

    The steps lie evenly over 2 000 positions, except that the measured officer has 500 whatever their
    number. Every case and every other step has a clock; they run out from five days ago to thirty days
    ahead. There is one finished case for ten running ones.

    Args:
        here: The office, with nothing in it yet.
        tasks: How many open steps.
        database: `sqlite` or `postgresql`.

    Returns:
        The position of the measured officer.
    """
    template = _template(here)
    with unit_of_work() as session:
        writer = _Writer(session)
        _positions(session, writer, here)
        _cases(writer, template, tasks // TASKS_PER_CASE)
        _steps(writer, template, tasks)
    if database == POSTGRESQL:  # the server does it by itself before long; SQLite never does
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    return template.own.id


def _template(here: Office) -> _Template:
    case_id = office.start(here, procedure.LONG)
    office.advance(here, case_id, procedure.STEPS_BEFORE_REVIEWS)
    with read_only() as session:
        item = office.waiting(session, case_id)[0]
        clock = session.scalars(select(Clock).where(Clock.work_item_id == item.id)).one()
        party = session.scalars(select(CaseParty).where(CaseParty.case_id == case_id)).first()
        if party is None:
            raise RuntimeError("The case has no party.")
        own = session.get_one(Position, item.position_id)
        return _Template(case_id, item.id, clock.id, party.id, own)


def _positions(session: Session, writer: _Writer, here: Office) -> None:
    """Add agencies with five positions each, numbered in a table of their own."""
    columns = "number integer PRIMARY KEY, position_id text, agency_id text"
    session.execute(text(f"CREATE TEMPORARY TABLE place ({columns})"))
    keys = {"jurisdiction_id": here.jurisdiction.id}
    agencies: list[dict[str, Any]] = [
        {"id": uuid7(), "key": f"a{n}", "name": f"测量用单位{n}", "short": f"单位{n}", "kind": "机关", **keys}
        for n in range(POSITIONS // 5)
    ]
    positions: list[dict[str, Any]] = [
        {
            "id": uuid7(),
            "key": f"p{n % 5}",
            "title": f"岗位{n % 5}",
            "agency_id": agencies[n // 5]["id"],
            "rights": [],
            **keys,
        }
        for n in range(POSITIONS)
    ]
    session.execute(insert(Agency), agencies)
    session.execute(insert(Position), positions)
    numbered = [
        {"number": n, "position_id": writer.bare(row["id"]), "agency_id": writer.bare(row["agency_id"])}
        for n, row in enumerate(positions)
    ]
    session.execute(text("INSERT INTO place VALUES (:number, :position_id, :agency_id)"), numbered)


def _cases(writer: _Writer, template: _Template, count: int) -> None:
    """Add running cases, their clocks, who has a part in them, and finished cases."""
    case_id = writer.key(_CASE, "i")
    began = {"started_at": writer.instant(_OPENED)}
    writer.clone(Case, template.case, count, {"id": case_id, "no": f"'BM-' || {writer.digits('i')}"} | began)
    ended = {"status": "'finished'", "finished_at": writer.instant("-86400")}
    writer.clone(
        Case,
        template.case,
        count // _FINISHED_SHARE,
        {"id": writer.key(_ENDED, "i"), "no": f"'BE-' || {writer.digits('i')}"} | began | ended,
    )
    writer.clone(CaseParty, template.party, count, {"id": writer.key(_PARTY, "i"), "case_id": case_id})
    writer.clone(
        Clock,
        template.clock,
        count,
        {
            "id": writer.key(_CASE_CLOCK, "i"),
            "work_item_id": "NULL",
            "case_id": case_id,
            "due_at": writer.instant(_DUE),
        },
    )


def _steps(writer: _Writer, template: _Template, count: int) -> None:
    """Add open steps: the officer's own one time in so many, some other position's the rest."""
    own = f"i % {count // OWN_TASKS} = 0"
    other = f"(i * 7919) % {POSITIONS}"

    def whose(column: str, key: UUID) -> str:
        return f"CASE WHEN {own} THEN {writer.constant(key)} ELSE {writer.place(column, other)} END"

    writer.clone(
        WorkItem,
        template.item,
        count,
        {
            "id": writer.key(_ITEM, "i"),
            "case_id": writer.key(_CASE, f"i / {TASKS_PER_CASE}"),
            "task_id": f"'t' || {writer.digits('i')}",
            "opened_at": writer.instant(_OPENED),
            "position_id": whose("position_id", template.own.id),
            "agency_id": whose("agency_id", template.own.agency_id),
            "name": f"'环节' || {writer.digits('i % 25')}",
        },
    )
    writer.clone(
        Clock,
        template.clock,
        count // 2,
        {
            "id": writer.key(_ITEM_CLOCK, "i"),
            "work_item_id": writer.key(_ITEM, "i * 2"),
            "case_id": writer.key(_CASE, f"i * 2 / {TASKS_PER_CASE}"),
            "due_at": writer.instant(_DUE),
        },
    )
