"""`python -m bench [names…] [--quick]`: take figures, print them, keep them in `var/bench.json`."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from bench import background, completion, documents, engine, latency, pages, submits
from bench.places import VAR, Places, quiet
from bench.report import Figure, table, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FILE = VAR / "bench.json"


def _subjects(places: Places, *, quick: bool) -> dict[str, Callable[[], Iterator[Figure]]]:
    """What can be measured, by name."""
    return {
        "engine": lambda: engine.measure(quick=quick),
        "completion": lambda: completion.measure(places, quick=quick),
        "latency": lambda: latency.measure(places, quick=quick),
        "pages": lambda: pages.measure(places, quick=quick),
        "submits": lambda: submits.measure(places, quick=quick),
        "background": lambda: background.measure(places, quick=quick),
        "documents": lambda: documents.measure(places, quick=quick),
    }


def main() -> int:
    """Measure what is asked for, or everything; return 0 whether goals are met or not."""
    places = Places()
    names = list(_subjects(places, quick=True))
    reader = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    reader.add_argument("names", nargs="*", help=f"any of {', '.join(names)}")
    reader.add_argument("--quick", action="store_true", help="fewer runs and a tenth of the rows")
    asked = reader.parse_args()
    unknown = set(asked.names) - set(names)
    if unknown:
        reader.error(f"unknown: {', '.join(sorted(unknown))}")
    quiet()
    figures: list[Figure] = []
    try:
        for name, measure in _subjects(places, quick=asked.quick).items():
            if not asked.names or name in asked.names:
                print(f"measuring {name} …", flush=True)
                found = list(measure())
                write(FILE, found, quick=asked.quick)
                figures += found
    finally:
        places.close()
    print(table(figures))
    print(f"\n{FILE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
