"""Filters of pages: times, which are UTC in code and Beijing time for people, and lists under headings."""

from __future__ import annotations

from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from webapp.core.clock import BEIJING, beijing_date, now, official_date
from webapp.core.naming import telling_character

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import Environment

Moment = datetime | date | str | None


def _local(moment: datetime) -> datetime:
    return moment.astimezone(BEIJING)


def instant(moment: Moment) -> str:
    """Write an aware instant as ``2026-11-20 09:14`` Beijing time; a date without the time.

    Text passes unchanged and ``None`` becomes empty, so that a view model may write a time itself.
    """
    if isinstance(moment, datetime):
        return _local(moment).strftime("%Y-%m-%d %H:%M")
    return moment.isoformat() if isinstance(moment, date) else moment or ""


def short(moment: Moment) -> str:
    """Write an aware instant as ``11-20 09:14`` Beijing time, a date as ``11-20``; another year is told."""
    if isinstance(moment, datetime):
        moment = _local(moment)
    if not isinstance(moment, date):
        return moment or ""
    year = "" if moment.year == beijing_date(now()).year else "%Y-"
    return moment.strftime(f"{year}%m-%d %H:%M" if isinstance(moment, datetime) else f"{year}%m-%d")


def day(moment: Moment) -> str:
    """Write the Beijing date as official documents do: ``2026年11月20日``."""
    if isinstance(moment, date):  # a datetime is a date too
        return official_date(moment)
    return moment or ""


def clock(moment: Moment) -> str:
    """Write the time of day of an aware instant: ``09:14`` Beijing time; a date gives nothing."""
    if isinstance(moment, datetime):
        return _local(moment).strftime("%H:%M")
    return moment if isinstance(moment, str) else ""


def weekday(moment: Moment) -> str:
    """Write the Beijing weekday: ``星期五``; nothing for text and ``None``."""
    if isinstance(moment, datetime):
        moment = _local(moment)
    return f"星期{'一二三四五六日'[moment.weekday()]}" if isinstance(moment, date) else ""


def month(moment: Moment) -> str:
    """Write the Beijing month alone, ``11月``; nothing for text and ``None``."""
    if isinstance(moment, datetime):
        moment = _local(moment)
    return f"{moment.month}月" if isinstance(moment, date) else ""


def day_of_month(moment: Moment) -> str:
    """Write the Beijing day of the month alone, ``20``; nothing for text and ``None``."""
    if isinstance(moment, datetime):
        moment = _local(moment)
    return str(moment.day) if isinstance(moment, date) else ""


def machine(moment: Moment) -> str:
    """Write a moment for the ``datetime`` attribute of ``<time>``: ISO 8601."""
    return moment.isoformat() if isinstance(moment, date) else moment or ""


def runs(items: Iterable[object], name: str) -> list[tuple[object, list[object]]]:
    """Put neighbours that share an attribute under it, in the order in which they come."""
    return [(shared, list(several)) for shared, several in groupby(items, attrgetter(name))]


def install(environment: Environment) -> None:
    """Register the filters of this module on a Jinja environment under their own names."""
    for function in (
        instant,
        short,
        day,
        clock,
        weekday,
        month,
        day_of_month,
        machine,
        runs,
        telling_character,
    ):
        environment.filters[function.__name__] = function
