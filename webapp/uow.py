"""The unit of work: the one commit and the one rollback of the whole system.

Pages, API, command line and worker open it; services work inside it and never commit.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from webapp import pipelining
from webapp.core.errors import Locked
from webapp.extensions import db

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.orm import UOWTransaction
    from sqlalchemy.pool import ConnectionPoolEntry

SQLITE_WAIT_SECONDS = 30
_READ_ONLY = "read_only"
_HOLDS_LOCK = "holds_write_lock"
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    f"busy_timeout={SQLITE_WAIT_SECONDS * 1000}",
    "foreign_keys=ON",
    "recursive_triggers=ON",  # otherwise REPLACE slips past the append-only triggers
    "cache_size=-16384",  # KiB; lists of a large office would read page after page with the usual 2 MB
)


@dataclass(frozen=True)
class _Open:
    session: Session
    writes: bool


_current: ContextVar[_Open | None] = ContextVar("unit_of_work", default=None)


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Open a session that commits at the end, or rolls back if anything is raised.

    Raises:
        RuntimeError: If one is open already: there is one commit, and it is the outer one.
    """
    if _current.get() is not None:
        raise RuntimeError("A unit of work is open already; pass its session on.")
    writer = db.engine.execution_options(**{pipelining.OPTION: db.engine.dialect.name != "sqlite"})
    with work_in(writer) as session:
        token = _current.set(_Open(session, writes=True))
        try:
            yield session
        finally:
            _current.reset(token)


@contextmanager
def work_in(engine: Engine) -> Iterator[Session]:
    """Open a session in a database of its own, such as a sandbox's; it commits at the end, or rolls back.

    It may be open beside a unit of work: what is done in it has nothing to do with that.
    """
    with Session(engine, expire_on_commit=False) as session:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def read_only() -> Iterator[Session]:
    """Open a session that only reads; within an open unit of work, it is that one's session.

    On SQLite it never waits for a writer. A change made in it is refused when it is flushed,
    or, at the latest, when the block ends.

    Raises:
        RuntimeError: If something was changed in it.
    """
    outer = _current.get()
    if outer is not None:
        yield outer.session
        return
    reader = db.engine.execution_options(ro=True, postgresql_readonly=True)
    with Session(reader, expire_on_commit=False, info={_READ_ONLY: True}) as session:
        token = _current.set(_Open(session, writes=False))
        try:
            yield session
            _refuse_changes(session)
        finally:
            _current.reset(token)


def is_open() -> bool:
    """Tell whether this context is inside a unit of work or a reading session."""
    return _current.get() is not None


def prepare_engine(engine: Engine) -> None:
    """Make an engine ready for units of work.

    SQLite takes its write lock when a transaction begins, not half-way. Writers of one process also
    queue on a lock of their own: waiting there is fair and short, waiting in SQLite's busy handler is
    neither. PostgreSQL needs none of this; there, writes are sent without waiting for each answer.
    """
    if engine.dialect.name != "sqlite":
        pipelining.prepare(engine)
        return
    writers = _WriterQueue()
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", writers.begin)
    event.listen(engine, "checkin", writers.checked_in)
    event.listen(engine, "invalidate", writers.invalidated)


def _configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver then leaves BEGIN to us, and DDL is transactional
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class _WriterQueue:
    """One writer at a time in this process; the lock goes with the connection back to the pool."""

    def __init__(self) -> None:
        self._lock = Lock()

    def begin(self, connection: Connection) -> None:
        if connection.get_execution_options().get("ro"):
            connection.exec_driver_sql("BEGIN")
            return
        if not connection.info.get(_HOLDS_LOCK):
            if not self._lock.acquire(timeout=SQLITE_WAIT_SECONDS):
                raise Locked("数据库正忙，请稍后再试。")
            connection.info[_HOLDS_LOCK] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def checked_in(self, _: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        self._release(entry)

    def invalidated(self, _: DBAPIConnection, entry: ConnectionPoolEntry, __: BaseException | None) -> None:
        self._release(entry)

    def _release(self, entry: ConnectionPoolEntry) -> None:
        if entry.info.pop(_HOLDS_LOCK, None):
            self._lock.release()


@event.listens_for(Session, "before_flush")
def _refuse_flush(session: Session, _: UOWTransaction, __: Any) -> None:
    if session.info.get(_READ_ONLY):
        _refuse_changes(session)


def _refuse_changes(session: Session) -> None:
    if session.new or session.deleted or any(session.is_modified(changed) for changed in session.dirty):
        raise RuntimeError("A reading session was changed; open unit_of_work() to write.")
