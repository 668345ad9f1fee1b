"""PostgreSQL far away: what a flush writes goes out without waiting for each answer.

Every statement of a transaction would otherwise wait for the network once. Here the writes of a flush are
sent one after the other (libpq's pipeline mode), and whatever comes next waits for all of them: the next
read, a savepoint, or the commit. So only reads, and twice the end, cost a round trip.

What the answers say is looked at then: an error of the database comes out of that next statement, and a
row that was to be changed and is not there any more is a `StaleDataError`, as ever.

Connections that were idle for a while are tried before they are used; those just given back are not.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from psycopg import Cursor, Pipeline
    from sqlalchemy import Connection, Engine, UpdateBase
    from sqlalchemy.engine.default import DefaultExecutionContext
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.orm import UOWTransaction
    from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

OPTION = "pipelined"
"""Execution option of a connection whose writes are sent this way."""
_UNOBSERVED = {"unobserved": True}
_TRUSTED_SECONDS = 30
_GIVEN_BACK = "given_back_at"
_UNDER_WAY = "statements_under_way"
_IN_FLUSH = "in_flush"


@dataclass
class _UnderWay:
    """Statements that were sent and whose answers nobody has read yet."""

    pipeline: AbstractContextManager[Pipeline]
    sent: list[Cursor[Any]] = field(default_factory=list)

    def send(
        self, cursor: Cursor[Any], statement: str, parameters: Any, context: DefaultExecutionContext
    ) -> None:
        """Send one more; one that changes or removes is to meet exactly one row, as inserts do anyway."""
        own = cursor.connection.cursor()
        own.execute(statement, parameters)
        if not context.isinsert and not _is_unobserved(context):
            self.sent.append(own)

    def finish(self) -> None:
        """Wait for all answers.

        Raises:
            StaleDataError: If a statement did not change the row that it was to change.
            psycopg.Error: If the database refused one of them.
        """
        self.pipeline.__exit__(None, None, None)
        for cursor in self.sent:
            if cursor.rowcount != 1:
                raise StaleDataError(f"{cursor.rowcount} rows were changed where one was to be.")


def send(session: Session, statement: UpdateBase, parameters: Mapping[str, Any]) -> None:
    """Execute a write of a table whose answer nobody asks for; what waits to be flushed goes on waiting."""
    with session.no_autoflush:
        session.execute(statement, parameters, execution_options=_UNOBSERVED)


def prepare(engine: Engine) -> None:
    """Let connections of an engine with the option :data:`OPTION` work this way; PostgreSQL only."""

    def try_if_idle(
        connection: DBAPIConnection, record: ConnectionPoolEntry, _: PoolProxiedConnection
    ) -> None:
        since = record.info.get(_GIVEN_BACK)
        if since is None or time.monotonic() - since < _TRUSTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise DisconnectionError from error

    event.listen(engine, "checkout", try_if_idle)
    event.listen(engine, "checkin", _note_time)
    event.listen(engine, "do_execute", _execute)
    event.listen(engine, "do_executemany", _execute_many)
    event.listen(engine, "commit", _commit)
    event.listen(engine, "rollback", _give_up)


def _note_time(_: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info[_GIVEN_BACK] = time.monotonic()


def _execute(cursor: Cursor[Any], statement: str, parameters: Any, context: DefaultExecutionContext) -> bool:
    """Send a write of a flush, or read with whatever is under way; tell whether it is done herewith."""
    connection = context.root_connection
    if not _has_option(connection):
        return False
    if _may_wait(connection, context):
        _under_way(connection, cursor).send(cursor, statement, parameters, context)
        context._rowcount = 1  # noqa: SLF001 - proved when the answers are read
        return True
    if _UNDER_WAY not in connection.info:
        return False
    cursor.execute(statement, parameters)
    _read_answers(connection)
    return True


def _execute_many(
    cursor: Cursor[Any], statement: str, parameters: Any, context: DefaultExecutionContext
) -> bool:
    connection = context.root_connection
    if not _has_option(connection):
        return False
    if not _may_wait(connection, context):
        _read_answers(connection)
        return False
    under_way = _under_way(connection, cursor)
    for each in parameters:
        under_way.send(cursor, statement, each, context)
    context._rowcount = len(parameters)  # noqa: SLF001 - proved as above
    return True


def _has_option(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(OPTION))


def _may_wait(connection: Connection, context: DefaultExecutionContext) -> bool:
    """Tell whether a statement only writes, and nobody but the flush, if anybody, looks at its answer.

    Within a savepoint none may: what fails there is to be undone by itself, so it must show there.
    """
    if connection.in_nested_transaction():
        return False
    writes = context.isinsert or context.isupdate or context.isdelete
    returns = context.compiled is not None and bool(getattr(context.compiled, "effective_returning", ()))
    return writes and not returns and bool(_is_unobserved(context) or connection.info.get(_IN_FLUSH))


def _is_unobserved(context: DefaultExecutionContext) -> bool:
    return bool(context.execution_options.get("unobserved"))


def _under_way(connection: Connection, cursor: Cursor[Any]) -> _UnderWay:
    found: _UnderWay | None = connection.info.get(_UNDER_WAY)
    if found is None:
        pipeline = cursor.connection.pipeline()
        pipeline.__enter__()
        found = connection.info[_UNDER_WAY] = _UnderWay(pipeline)
    return found


def _read_answers(connection: Connection) -> None:
    under_way: _UnderWay | None = connection.info.pop(_UNDER_WAY, None)
    if under_way is not None:
        under_way.finish()


def _commit(connection: Connection) -> None:
    """Read what is under way before the commit: were a row refused or gone, nothing may be committed."""
    if _has_option(connection):
        try:
            _read_answers(connection)
        except psycopg.Error as error:
            raise DBAPIError.instance("COMMIT", {}, error, psycopg.Error) from error


def _give_up(connection: Connection) -> None:
    """Leave what is under way unread: the transaction is rolled back."""
    if not _has_option(connection):
        return
    connection.info.pop(_IN_FLUSH, None)
    under_way: _UnderWay | None = connection.info.pop(_UNDER_WAY, None)
    if under_way is not None:
        try:
            under_way.pipeline.__exit__(None, None, None)
        except psycopg.Error:
            return  # it is being rolled back for that very reason, or for one that came before


@event.listens_for(Session, "before_flush")
def _flush_begins(session: Session, _: UOWTransaction, __: Any) -> None:
    if session.get_bind().get_execution_options().get(OPTION):
        session.connection().info[_IN_FLUSH] = True


@event.listens_for(Session, "after_flush")
def _flush_ends(session: Session, _: UOWTransaction) -> None:
    if session.get_bind().get_execution_options().get(OPTION):
        session.connection().info.pop(_IN_FLUSH, None)
