"""Submitting a step over HTTP: the real server in a process of its own, one officer and fifty at once."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bench import office, pages, procedure
from bench.measuring import percentile
from bench.places import POSTGRESQL, ROOT
from bench.report import Figure
from tests.factories.accounts import make_person
from webapp.config import SETTINGS
from webapp.models.account import Position
from webapp.models.case import Case
from webapp.queries import links
from webapp.queries.actors import Actor, actor_of
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.office import Office
    from bench.places import Place, Places

OFFICERS = 50
SUBMITS = 5
"""How many steps each officer submits in a row."""
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"|csrf-token" content="([^"]+)"')
_START_SECONDS = 30


@dataclass
class Officer:
    """Somebody at a browser.

    Attributes:
        cookies: What the browser keeps.
        address: The page of the step that waits.
        taken: Seconds from sending a form to having the answer.
    """

    cookies: dict[str, str]
    address: str
    token: str = ""
    taken: list[float] = field(default_factory=list)

    def open_page(self, connection: http.client.HTTPConnection) -> None:
        """Open the step's page and keep its form token."""
        connection.request("GET", self.address, headers={"Cookie": self._cookie()})
        answer = connection.getresponse()
        page = answer.read().decode()
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        found = _TOKEN.search(page)
        if found is None:
            raise RuntimeError(f"{self.address} answered {answer.status} and has no form.")
        self.token = found[1] or found[2]

    def submit(self, connection: http.client.HTTPConnection) -> None:
        """Send the form and go on to the step that the answer leads to."""
        values = {"csrf_token": self.token, "revision": "0", **_form()}
        headers = {"Cookie": self._cookie(), "Content-Type": "application/x-www-form-urlencoded"}
        began = time.perf_counter()
        connection.request("POST", self.address, urlencode(values), headers)
        answer = connection.getresponse()
        answer.read()
        self.taken.append(time.perf_counter() - began)
        onward = answer.headers.get("Location", "")
        if answer.status != http.client.FOUND or "/tasks/" not in onward:
            raise RuntimeError(f"{self.address} answered {answer.status}, onward to {onward or 'nowhere'}.")
        self.address = onward

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def _form() -> dict[str, str]:
    return {key: str(value) for key, value in procedure.answers().items() if not isinstance(value, bool)}


def measure(places: Places, *, quick: bool) -> Iterator[Figure]:
    """Measure on both databases."""
    runs = 2 if quick else 3
    for place in places.each():
        here = office.furnish()
        actors = _colleagues(here)
        with _server(place) as port:
            for count in (1, OFFICERS):
                yield from _submits(place, here, actors[:count], port, runs)


def _submits(place: Place, here: Office, actors: list[Actor], port: int, runs: int) -> Iterator[Figure]:
    """Let so many officers submit at the same time, each in a case of their own, again and again."""
    middle, slow, rates = [], [], []
    rounds = 6 if len(actors) == 1 else 1
    for _ in range(runs):
        taken, began = [], time.perf_counter()
        busy = 0.0
        for _ in range(rounds):
            officers = [_at_desk(place, here, actor) for actor in actors]
            began = time.perf_counter()
            _all_at_once(officers, port)
            busy += time.perf_counter() - began
            taken += [each for officer in officers for each in officer.taken]
        middle.append(1000 * percentile(taken, 0.5))
        slow.append(1000 * percentile(taken, 0.95))
        rates.append(len(taken) / busy)
    who = "1 officer" if len(actors) == 1 else f"{len(actors)} officers"
    about = {
        "submits_per_second": median(rates),
        "submits_a_run": len(actors) * SUBMITS * rounds,
    }
    for label, found in (("p50", middle), ("p95", slow)):
        yield Figure(
            "http_submit_ms", found, unit="ms", database=place.name, part=f"{label}, {who}", about=about
        )


def _colleagues(here: Office) -> list[Actor]:
    """Appoint fifty clerks to the bureau's position."""
    with unit_of_work() as session:
        bureau = next(
            session.get_one(Position, key)
            for key in here.clerks
            if session.get_one(Position, key).agency.key == procedure.BUREAU
        )
        people = [make_person(session, bureau, username=f"officer{number}") for number in range(OFFICERS)]
        session.flush()
        return [actor_of(session, person.appointments[0].id) for person in people]


def _at_desk(place: Place, here: Office, actor: Actor) -> Officer:
    """Sign an officer in, with a new case that waits for the bureau."""
    case_id = office.start(here, procedure.LONG)
    office.advance(here, case_id, 1)
    with read_only() as session:
        item = office.waiting(session, case_id)[0]
        address = links.work_item(session.get_one(Case, case_id).no, item.id)
    cookie = pages.signed_in(place, actor).get_cookie("linggong")
    return Officer({"linggong": cookie.value if cookie else ""}, address)


def _all_at_once(officers: list[Officer], port: int) -> None:
    ready = threading.Barrier(len(officers))
    failed: list[Exception] = []
    threads = [
        threading.Thread(target=_sit_down, args=(officer, port, ready, failed)) for officer in officers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise RuntimeError(f"{len(failed)} officers could not work.") from failed[0]


def _sit_down(officer: Officer, port: int, ready: threading.Barrier, failed: list[Exception]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        officer.open_page(connection)
        ready.wait(120)
        for _ in range(SUBMITS):
            officer.submit(connection)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where the officers were sent
        failed.append(error)
        ready.abort()
    finally:
        connection.close()


@contextmanager
def _server(place: Place) -> Iterator[int]:
    """Run the real web server on this database; yield its port."""
    settings = place.app.extensions[SETTINGS]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "LINGGONG_ENV": "test",
        "LINGGONG_VAR": str(place.folder),
        "LINGGONG_DATABASE_URL": place.url,
        "LINGGONG_SECRET_KEY": settings.secret_key.get_secret_value(),
        "LINGGONG_FIELD_KEYS": settings.field_keys.get_secret_value(),
        "LINGGONG_INDEX_KEY": settings.index_key.get_secret_value(),
        "LINGGONG_BIND": f"127.0.0.1:{port}",
        "WEB_CONCURRENCY": "2" if place.name == POSTGRESQL else "1",
    }
    with (place.folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            _wait_for(port)
            yield port
        finally:
            server.terminate()
            server.wait(_START_SECONDS)


def _wait_for(port: int) -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return
