"""Pages as an officer gets them, from an office with little in it and from one with a great deal."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from bench import lived, office, procedure, seeding
from bench.measuring import percentile, seconds, undisturbed
from bench.places import POSTGRESQL, SQLITE
from bench.report import Figure, Goal
from tests.factories.accounts import PASSWORD
from webapp.models.account import Person
from webapp.models.case import Case
from webapp.services import sign_in
from webapp.services.events import record
from webapp.uow import read_only, unit_of_work
from webapp.worker import make_worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from flask.testing import FlaskClient

    from bench.office import Office
    from bench.places import Place, Places
    from webapp.queries.actors import Actor

GROWTH = Goal(1.5)
FEW_TASKS, MANY_TASKS = 1_000, 1_000_000
EVENTS, RETURNS = 2_000, 500
_KINDS = ("work_item.signed", "clock.paused", "clock.resumed", "personal.revealed", "document.issued")
_OK = 200


def measure(places: Places, *, quick: bool) -> Iterator[Figure]:
    """Measure on both databases."""
    runs, requests = (3, 20) if quick else (5, 40)
    for database in (SQLITE, POSTGRESQL):
        yield _inbox(places, database, runs, requests, MANY_TASKS // 10 if quick else MANY_TASKS)
        yield from _case_pages(places, database, runs, requests // 4)


def _inbox(places: Places, database: str, runs: int, requests: int, many: int) -> Figure:
    with ExitStack() as opened:
        asks = [
            _opened_inbox(opened.enter_context(places.open(database)), tasks) for tasks in (many, FEW_TASKS)
        ]
        figure = _compared("inbox_growth", asks[0], asks[1], runs=runs, requests=requests)
    return replace(figure, goal=GROWTH, database=database, about=figure.about | {"open_tasks": many})


def _opened_inbox(place: Place, tasks: int) -> Callable[[], float]:
    here = office.furnish()
    position = seeding.populate(here, tasks=tasks, database=place.name)
    browser = signed_in(place, here.clerks[position])
    return lambda: _asked(place, browser, "/inbox")


def _case_pages(places: Places, database: str, runs: int, requests: int) -> Iterator[Figure]:
    with places.open(database) as place:
        here = office.furnish()
        browser = signed_in(place, here.applicant)
        short, eventful = (_half_way(here) for _ in range(2))
        _happen(here, eventful, EVENTS)
        fresh, returned = (office.start(here, procedure.RETURNS) for _ in range(2))
        office.advance(here, fresh, 2)
        lived.returned(here, returned, RETURNS)
        worker = make_worker(place.app)
        worker.run_until_idle()  # walks along the chain, as it does now and then
        upper, lower = (_page_of(place, browser, case_id) for case_id in (eventful, short))
        figure = _compared("case_page_growth", upper, lower, runs=runs, requests=requests)
        yield replace(figure, goal=GROWTH, database=database, part=f"{EVENTS} events")
        # A thousand answered steps are shown, each with its content: told for what it is, and asked seldom.
        upper, lower = (_page_of(place, browser, case_id) for case_id in (returned, fresh))
        figure = _compared("case_page_growth", upper, lower, runs=2, requests=2)
        yield replace(figure, database=database, part=f"{RETURNS} returns")


def _half_way(here: Office) -> UUID:
    case_id = office.start(here, procedure.LONG)
    office.advance(here, case_id, procedure.STEPS_BEFORE_REVIEWS)
    return case_id


def _happen(here: Office, case_id: UUID, count: int) -> None:
    """Let a great many things be noted about a case that its page tells of."""
    with unit_of_work() as session:
        case = session.get_one(Case, case_id)
        item = office.waiting(session, case_id)[0]
        for number in range(count):
            kind = _KINDS[number % len(_KINDS)]
            record(
                session, kind, actor=here.applicant, case=case, work_item=item, data={"reason": "为测量而记"}
            )


def _page_of(place: Place, browser: FlaskClient, case_id: UUID) -> Callable[[], float]:
    with read_only() as session:
        address = f"/cases/{session.get_one(Case, case_id).no}"
    return lambda: _asked(place, browser, address)


def _compared(
    name: str, upper: Callable[[], float], lower: Callable[[], float], *, runs: int, requests: int
) -> Figure:
    """Ask for two pages in turn and return the ratios of their p95."""
    for ask in (upper, lower) * 3:
        ask()
    found: list[float] = []
    slow: list[float] = []
    fast: list[float] = []
    for _ in range(runs):
        with undisturbed():
            pairs = [(upper(), lower()) for _ in range(requests)]
        above, below = zip(*pairs, strict=True)
        found.append(percentile(above, 0.95) / percentile(below, 0.95))
        slow += above
        fast += below
    about = {
        "large_p50_ms": 1000 * percentile(slow, 0.5),
        "large_p95_ms": 1000 * percentile(slow, 0.95),
        "small_p50_ms": 1000 * percentile(fast, 0.5),
        "small_p95_ms": 1000 * percentile(fast, 0.95),
    }
    return Figure(name, found, about=about)


def signed_in(place: Place, actor: Actor) -> FlaskClient:
    """Return a browser in which a clerk is signed in."""
    with place.app.app_context():
        with read_only() as session:
            username = session.get_one(Person, actor.person_id).username
            attempt = sign_in.examine(session, username, PASSWORD, address="bench")
        with unit_of_work() as session:
            token = sign_in.admit(session, attempt).token
    browser = place.app.test_client()
    browser.set_cookie("linggong", token or "")
    return browser


def _asked(place: Place, browser: FlaskClient, address: str) -> float:
    def ask() -> None:
        with place.app.app_context():
            answer = browser.get(address)
        if answer.status_code != _OK:
            raise RuntimeError(f"{address} answered {answer.status_code}.")

    return seconds(ask)
