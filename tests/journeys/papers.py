"""What people of a journey hand in."""

from __future__ import annotations

from typing import Any, TypedDict

from tests.factories.filings import PDF, PNG, content


class Paper(TypedDict):
    """A file as the browser's file chooser gives it to the page."""

    name: str
    mimeType: str
    buffer: bytes


def paper(name: str, content: bytes | None = None) -> Paper:
    """Return a small file of the kind that its name says."""
    if name.endswith(".png"):
        return {"name": name, "mimeType": "image/png", "buffer": content or PNG}
    return {"name": name, "mimeType": "application/pdf", "buffer": content or PDF}


def filing_of_a_station() -> dict[str, Any]:
    """Return the station's filing of the demonstration without what a station is not asked for."""
    filing: dict[str, Any] = content("station")["filing"]
    for path in (
        "need.demand",
        "need.demand_note",
        "need.trades",
        "need.similar",
        "need.transport",
        "site.fixed",
        "facilities.basic",
        "rules.kinds",
    ):
        group, field = path.split(".")
        filing[group].pop(field, None)
    return filing
