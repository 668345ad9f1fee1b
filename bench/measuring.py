"""Taking times: interleaved, so that what else the machine does falls on both sides of a ratio."""

from __future__ import annotations

import gc
import time
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Do something and return how many seconds it took, and its result."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def seconds(work: Callable[[], object]) -> float:
    """Return how many seconds something takes."""
    return timed(work)[0]


def processor_seconds(work: Callable[[], object]) -> float:
    """Return how many seconds of the processor something takes that waits for nothing.

    What else the machine does falls on long pieces of work more than on short ones, which are over before
    their turn is; the processor's own time is free of that.
    """
    began = time.thread_time()
    work()
    return time.thread_time() - began


@contextmanager
def undisturbed() -> Iterator[None]:
    """Collect garbage before, not during, what is measured."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def ratios(one: Callable[[], float], other: Callable[[], float], *, runs: int, samples: int) -> list[float]:
    """Return for each run the ratio of two medians, whose samples were taken in turn.

    Args:
        one: Takes one sample of the upper side, in seconds.
        other: Takes one sample of the lower side.
        runs: How many ratios.
        samples: How many samples on each side of one ratio.
    """
    found = []
    for _ in range(runs):
        upper, lower = [], []
        with undisturbed():
            for _ in range(samples):
                upper.append(one())
                lower.append(other())
        found.append(median(upper) / median(lower))
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which so much of the values lies (0.95 for p95), the nearest of them."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]
