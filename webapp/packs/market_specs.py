"""What a pack says of its markets: how they are registered and named, what is kept and put out about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webapp.core.clauses import Basis

LATEST, SERIES = BOARDS = ("latest", "series")
"""How a kind of record stands on a market's board: its newest entry, or those of the last periods."""

SHORT_NAME = "XX"
"""Stands for a market's short name in a whole name."""

MONEY = "money"
"""Format of a value that is an amount in 元."""


@dataclass(frozen=True, slots=True)
class MarketSpec:
    """What a pack says of its register of markets.

    Attributes:
        filing_form: Form from which the register is filled in; it has :data:`FILING_FIELDS`.
        opinion_form: Form in which the section settles the name and the disclosure; it has
            :data:`OPINION_FIELDS`.
        number_series: Letters between the prefix of the jurisdiction and the year in a market's number.
        name_suffixes: End of the official name by kind of market, after the jurisdiction and the short name;
            one with :data:`SHORT_NAME` in it is the whole name.
        goal: What the directory's counts by kind rest on.
        basis: What the number and the names rest on.
    """

    filing_form: str
    opinion_form: str
    number_series: str
    name_suffixes: Mapping[str, str]
    goal: Basis
    basis: Basis

    def official_name(self, place: str, short: str, kind: str) -> str:
        """Return the name of a market: jurisdiction, short name and end, unless the pack has it whole."""
        suffix = self.name_suffixes[kind]
        return suffix.replace(SHORT_NAME, short) if SHORT_NAME in suffix else f"{place}{short}{suffix}"


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A value of an entry that is shown: its name, its label, and `money` if it is an amount in 元."""

    key: str
    label: str
    format: str = ""


@dataclass(frozen=True, slots=True)
class RecordSpec:
    """A kind of entry that procedures make in a market's file.

    Attributes:
        key: Name used by the operator ``enter_record`` and in FEEL.
        title: Title shown to people.
        public: Whether the directory shows it to everybody.
        shows: The values that are shown, in order.
        basis: What the entry rests on.
        reported: Whether other systems report it by the API; its values are then numbers.
        board: How it stands on the market's board: `latest` (the first value of the newest entry), `series`
            (the figures of the last periods), or not at all.
    """

    key: str
    title: str
    public: bool
    shows: tuple[ShownValue, ...]
    basis: Basis
    reported: bool = False
    board: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """Something to read about work and social insurance: a law, or what explains a policy.

    Attributes:
        title: Its full title.
        kind: Under which heading it stands, such as ``法律法规``.
        url: Its official address, with ``https``; empty for the policy of the pack itself.
        basis: What its being listed rests on.
    """

    title: str
    kind: str
    url: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class ZoneSpec:
    """What the public page 零工服务专区 puts out.

    Attributes:
        records: Kinds of entries that stand there until their last day; each is public.
        readings: What there is to read, in the order of the page.
        basis: What the page rests on.
    """

    records: tuple[str, ...]
    readings: tuple[Reading, ...]
    basis: Basis


FILING_FIELDS = (
    *("kind", "short_name", "site.address", "site.area", "site.hours", "contact.public_phone"),
    *("services.offered", "trial.start", "trial.end"),
    *("operator.uscc", "operator.name", "operator.kind", "operator.licence_no"),
)
"""Fields of the filing that the register of markets is filled in from."""

OPINION_FIELDS = ("market_short_name", "disclosure")
"""Fields of the section's opinion that the register and the archive read."""
