"""The points of an assessment, for tests of its rules and of its procedure alike; everything says 演示."""

from __future__ import annotations

from decimal import Decimal

INDICATORS = {
    "hrss": (
        *("site", "platform", "rules", "free", "data", "matching", "posts", "rights", "reports"),
        *("innovation", "feature"),
    ),
    "police": ("order",),
    "traffic": ("traffic",),
    "union": ("care", "mediation"),
    "cac": ("sentiment",),
}
"""What each agency scores."""

MERITED = ("innovation", "feature")
"""Begin at nothing; every other indicator begins at 100 points."""

GOOD: dict[str, dict[str, str]] = {
    "hrss": {
        "site": "5",
        "platform": "10",
        "rules": "7.5",
        "matching": "12.5",
        "posts": "10",
        "rights": "5",
    },
    "police": {"order": "5"},
    "traffic": {},
    "union": {"care": "10"},
    "cac": {"sentiment": "9.5"},
}
"""Points taken off by agency and indicator: 91.82 in all, with the points of merit below."""

MERIT = {"innovation": "80", "feature": "85"}

BAD: dict[str, dict[str, str]] = {
    "hrss": {
        "site": "40",
        "platform": "50",
        "rules": "45",
        "data": "40",
        "matching": "60",
        "posts": "50",
        "rights": "55",
        "reports": "100",
    },
    "police": {"order": "37.5"},
    "traffic": {"traffic": "40"},
    "union": {"care": "30", "mediation": "20"},
    "cac": {"sentiment": "9.5"},
}
"""51.75 in all, with the points of merit below."""

LITTLE_MERIT = {"innovation": "20", "feature": "30"}


def scores(off: dict[str, dict[str, str]], merit: dict[str, str]) -> dict[str, dict[str, Decimal]]:
    """Return what the forms make of points taken off and points of merit, by agency and indicator."""
    return {
        agency: {
            key: Decimal(merit[key]) if key in MERITED else 100 - Decimal(off[agency].get(key, 0))
            for key in keys
        }
        for agency, keys in INDICATORS.items()
    }
