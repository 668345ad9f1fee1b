"""Lists on pages: one page of rows, and the filters above it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")
PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows of one page, with where it stands among the others.

    Attributes:
        rows: What is on the page.
        total: How many rows there are in all.
        number: This page, from 1.
        pages: How many pages there are, at least 1.
        query: What was asked for, repeated in the addresses of the other pages.
    """

    rows: list[T]
    total: int
    number: int
    pages: int
    query: Mapping[str, str] = field(default_factory=dict, hash=False)

    def url(self, number: int) -> str:
        """Return the relative address of another page of the same list."""
        return "?" + urlencode({**{k: v for k, v in self.query.items() if v}, "page": number})


def page_of(
    rows: list[T], total: int, number: int, query: Mapping[str, str] | None = None, size: int = PAGE_SIZE
) -> Page[T]:
    """Return a page from its rows and the count of all."""
    return Page(rows, total, number, max(1, -(-total // size)), dict(query or {}))


@dataclass(frozen=True, slots=True)
class FilterField:
    """A choice above a list; `name` is the parameter in the address."""

    name: str
    label: str
    options: list[tuple[str, str]]
    chosen: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Everything that narrows a list; all of it stands in the address of the page."""

    fields: list[FilterField]
    q: str = ""
    sort: str = ""
    sorts: list[tuple[str, str]] = field(default_factory=list)
