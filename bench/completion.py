"""Completing one step through the services: its overhead, and how it grows with the case."""

from __future__ import annotations

from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from bench import lived, office, procedure
from bench.measuring import percentile, seconds, undisturbed
from bench.plain import Twin
from bench.report import Figure, Goal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from bench.office import Office
    from bench.places import Places

OVERHEAD, GROWTH, MANY_GROWTH = Goal(2.0), Goal(1.5), Goal(3.0)
RETURNS = 2_000
SERVICES = "through services"


def measure(places: Places, *, quick: bool) -> Iterator[Figure]:
    """Measure on both databases."""
    runs = 3 if quick else 5
    for place in places.each():
        here = office.furnish()
        yield _overhead(here, place.name, runs)
        yield _blocks(here, place.name, runs)
        yield _returns(here, place.name, runs)
        yield _many(here, place.name, runs)


def _overhead(here: Office, database: str, runs: int) -> Figure:
    """Move one case through the services and write the same rows about another, step by step in turn."""
    _pair(here)  # once for caches, not counted
    found, ours, plain = [], [], []
    for _ in range(runs):
        moved, written = _pair(here)
        found.append(median(moved) / median(written))
        ours += moved
        plain += written
    about = {
        "services_ms": 1000 * median(ours),
        "services_p95_ms": 1000 * percentile(ours, 0.95),
        "rows_alone_ms": 1000 * median(plain),
    }
    return Figure("completion_overhead", found, goal=OVERHEAD, database=database, about=about)


def _pair(here: Office) -> tuple[list[float], list[float]]:
    twin = Twin(office.start(here, procedure.LONG), office.start(here, procedure.LONG))
    twin.begin()
    moved, written = [], []
    with undisturbed():
        while found := office.next_step(here, twin.model):
            item, actor = found
            moved.append(seconds(partial(office.complete, item, actor)))
            rows = twin.written(item.id)
            written.append(seconds(partial(twin.write, rows, item.id, actor)))
    if different := twin.differences():
        raise RuntimeError(f"The two cases differ in {different}: the ratio would mean nothing.")
    return moved, written


def _blocks(here: Office, database: str, runs: int) -> Figure:
    found = []
    for _ in range(runs):
        many = _reviews(here, procedure.BLOCKS)
        one = [time for _ in range(5) for time in _reviews(here, procedure.ONE_BLOCK)]
        found.append(median(many) / median(one))
    return Figure("blocks_growth", found, goal=GROWTH, database=database, part=SERVICES)


def _reviews(here: Office, process_key: str) -> list[float]:
    """Return how long each review of a new case took, its first step not counted."""
    case_id = office.start(here, process_key)
    office.advance(here, case_id, 1)
    return _each_step(here, case_id)


def _each_step(here: Office, case_id: UUID) -> list[float]:
    taken = []
    with undisturbed():
        while found := office.next_step(here, case_id):
            taken.append(seconds(partial(office.complete, *found)))
    return taken


def _returns(here: Office, database: str, runs: int) -> Figure:
    """Send a case back and file it again, one that was never sent back and one that was 2 000 times."""
    old, fresh = office.start(here, procedure.RETURNS), office.start(here, procedure.RETURNS)
    lived.returned(here, old, RETURNS)
    found, late, early = [], [], []
    for _ in range(runs):
        upper, lower = [], []
        with undisturbed():
            for _ in range(4):
                upper.append(_one_step(here, old))
                lower.append(_one_step(here, fresh))
        fresh = office.start(here, procedure.RETURNS)
        found.append(median(upper) / median(lower))
        late += upper
        early += lower
    about = {"after_ms": 1000 * median(late), "before_ms": 1000 * median(early)}
    return Figure("returns_growth", found, goal=GROWTH, database=database, part=SERVICES, about=about)


def _one_step(here: Office, case_id: UUID) -> float:
    found = office.next_step(here, case_id)
    if found is None:
        raise RuntimeError("The case ended.")
    return seconds(lambda: office.complete(*found, passed=False))


def _many(here: Office, database: str, runs: int) -> Figure:
    """Complete one of a thousand open items, and one of ten."""
    few, many = (procedure.many_key(size) for size in procedure.MANY_SIZES)
    large = office.start(here, many)
    office.advance(here, large, 1)
    found, among_many, among_few = [], [], []
    for _ in range(runs):
        small = office.start(here, few)
        office.advance(here, small, 1)
        upper, lower = [], []
        with undisturbed():
            for _ in range(8):
                upper.append(_one_step(here, large))
                lower.append(_one_step(here, small))
        found.append(median(upper) / median(lower))
        among_many += upper
        among_few += lower
    about = {"of_1000_ms": 1000 * median(among_many), "of_10_ms": 1000 * median(among_few)}
    return Figure(
        "multi_instance_growth", found, goal=MANY_GROWTH, database=database, part=SERVICES, about=about
    )
