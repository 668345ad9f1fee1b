"""Clauses of policy documents, and what a step, field, rule or paragraph rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

CLAUSE_ID = re.compile(r"[A-Z]{2,8}-(?=[A-Z0-9])[A-Z]?[0-9]*[a-z]?(?:\.[0-9]+)*")
_LOCAL = re.compile(r"本地缺省\s*[：:]\s*(?P<note>\S.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a policy document, quoted and never invented.

    Attributes:
        id: Name used everywhere, such as ``TZ-3.1``.
        title: Heading for lists.
        text: The wording as published.
        source: Document it stands in.
        line: Line in the published text, if recorded.
        asks_nothing: Why no part of the system carries it, for a clause that asks nothing of one.
    """

    id: str
    title: str
    text: str
    source: str
    line: int | None = None
    asks_nothing: str | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """依据: a clause, or 本地缺省 with its reason. Exactly one of the two is given.

    Attributes:
        clause: Clause id, where the text itself demands it.
        note: Reason of a local default.
    """

    clause: str | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        if bool(self.clause) == bool(self.note):
            raise ValueError("依据只能是一个条款号，或者“本地缺省：理由”。")

    @classmethod
    def parse(cls, text: str) -> Basis:
        """Read ``TZ-3.1`` or ``本地缺省：理由``.

        Raises:
            ValueError: If the text is neither.
        """
        stripped = text.strip()
        if CLAUSE_ID.fullmatch(stripped):
            return cls(clause=stripped)
        local = _LOCAL.fullmatch(stripped)
        if local is None:
            raise ValueError(f"依据“{text}”写法不对：请写条款号（如 TZ-3.1）或“本地缺省：理由”。")
        return cls(note=local["note"].strip())

    @classmethod
    def parse_all(cls, text: str) -> tuple[Basis, ...]:
        """Read one or several, parted by semicolons: ``TZ-5.1; TZ-5.2``; an empty text has none.

        Raises:
            ValueError: If a part is neither a clause id nor a local default.
        """
        return tuple(cls.parse(part) for part in cls.parts(text))

    @staticmethod
    def parts(text: str) -> list[str]:
        """Split a text that names several, each still as it is written."""
        return [part.strip() for part in text.replace("；", ";").split(";") if part.strip()]

    @property
    def is_local(self) -> bool:
        """True for 本地缺省."""
        return self.clause is None

    def __str__(self) -> str:
        return self.clause or f"本地缺省：{self.note}"


class ClauseCatalogue(Mapping[str, Clause]):
    """The clauses of a pack by id."""

    def __init__(self, clauses: Iterable[Clause]) -> None:
        self._by_id: dict[str, Clause] = {}
        for clause in clauses:
            if clause.id in self._by_id:
                raise ValueError(f"条款 {clause.id} 重复。")
            if not CLAUSE_ID.fullmatch(clause.id):
                raise ValueError(f"条款号“{clause.id}”写法不对，应如 TZ-3.1。")
            self._by_id[clause.id] = clause

    def __getitem__(self, clause_id: str) -> Clause:
        return self._by_id[clause_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def knows(self, basis: Basis) -> bool:
        """Tell whether a basis can be shown: a local default always, a clause if it is here."""
        return basis.clause is None or basis.clause in self._by_id
