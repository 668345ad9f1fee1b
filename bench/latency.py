"""How many times a completion waits for the database: a relay makes every round trip 20 ms longer."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue
from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from bench import office, procedure
from bench.measuring import seconds
from bench.places import POSTGRESQL
from bench.report import Figure, Goal
from tests.application import test_settings
from webapp.app import create_app
from webapp.extensions import db

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from flask import Flask

    from bench.office import Office
    from bench.places import Place, Places

TRIPS = Goal(8)
ONE_WAY_SECONDS = 0.010
_CHUNK = 65_536


@dataclass
class Relay:
    """Stands between the application and PostgreSQL, delays what passes and counts the turns.

    A round trip is counted when something is asked after something was answered, on the same connection.
    """

    socket_file: str
    trips: int = 0
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    def start(self) -> int:
        """Begin to listen; return the port."""
        threading.Thread(target=self._accept, daemon=True).start()
        return int(self._listener.getsockname()[1])

    def stop(self) -> None:
        """Listen no more; connections end with their peers."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                asking, _ = self._listener.accept()
            except OSError:
                return
            asking.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            answering = socket.socket(socket.AF_UNIX)
            answering.connect(self.socket_file)
            turn = _Turn()
            self._pass(asking, answering, lambda turn=turn: self._asked(turn))
            self._pass(answering, asking, turn.answered)

    def _asked(self, turn: _Turn) -> None:
        if turn.is_answered:
            self.trips += 1
        turn.is_answered = False

    def _pass(self, source: socket.socket, target: socket.socket, note: object) -> None:
        queue: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
        threading.Thread(target=_read, args=(source, queue, note), daemon=True).start()
        threading.Thread(target=_write, args=(target, queue), daemon=True).start()


@dataclass
class _Turn:
    """Whose turn it is on one connection."""

    is_answered: bool = True

    def answered(self) -> None:
        """Note that the server said something."""
        self.is_answered = True


def _read(source: socket.socket, queue: SimpleQueue[tuple[float, bytes]], note: object) -> None:
    content = b"-"
    while content:
        try:
            content = source.recv(_CHUNK)
        except OSError:
            content = b""
        if content and callable(note):
            note()
        queue.put((time.monotonic() + ONE_WAY_SECONDS, content))


def _write(target: socket.socket, queue: SimpleQueue[tuple[float, bytes]]) -> None:
    while True:
        due, content = queue.get()
        time.sleep(max(0.0, due - time.monotonic()))
        if not content:
            with contextlib.suppress(OSError):
                target.shutdown(socket.SHUT_WR)
            return
        try:
            target.sendall(content)
        except OSError:
            return


def measure(places: Places, *, quick: bool) -> Iterator[Figure]:
    """Measure on PostgreSQL: SQLite is in the process itself."""
    runs = 2 if quick else 5
    with places.open(POSTGRESQL) as place:
        here = office.furnish()
        url = make_url(place.url)
        relay = Relay(f"{url.query['host']}/.s.PGSQL.5432")
        port = relay.start()
        far = _application(place, port)
        try:
            yield _trips(here, far, relay, runs)
        finally:
            relay.stop()


def _application(place: Place, port: int) -> Flask:
    """Return the application on the same database, behind the relay."""
    url = make_url(place.url).set(host="127.0.0.1", port=port, query={"sslmode": "disable"})
    return create_app(test_settings(place.folder, url.render_as_string(hide_password=False)))


def _trips(here: Office, far: Flask, relay: Relay, runs: int) -> Figure:
    _played(here, far, relay)  # connections, statements and packs are there from now on
    counted, times = [], []
    for _ in range(runs):
        steps = _played(here, far, relay)
        counted.append(median(trips for trips, _ in steps))
        times += [taken for _, taken in steps]
    with far.app_context():
        db.engine.dispose()
    about = {"seconds_at_20_ms": median(times), "time_over_20_ms": median(times) / (2 * ONE_WAY_SECONDS)}
    return Figure(
        "round_trips_per_completion",
        counted,
        unit="count",
        goal=TRIPS,
        database=POSTGRESQL,
        about=about,
    )


def _played(here: Office, far: Flask, relay: Relay) -> list[tuple[int, float]]:
    """Complete all steps of a case through the relay: round trips and seconds of each."""
    case_id: UUID = office.start(here, procedure.LONG)
    found = []
    while waits := office.next_step(here, case_id):
        with far.app_context():
            before = relay.trips
            taken = seconds(partial(office.complete, *waits))
            found.append((relay.trips - before, taken))
    return found
