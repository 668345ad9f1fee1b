"""A year of a working-day calendar as text, CSV or JSON: what people paste, keep and exchange."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from webapp.core.workdays import WorkCalendar

OFF, ON = "放假", "上班"
HEAD: Final = ("日期", "安排")
LONGEST_TEXT: Final = 20_000
FIRST_YEAR, LAST_YEAR = 2000, 2100

_DAY = r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
_RANGE: Final = re.compile(rf"{_DAY}(?:\s*(?:至|到|—+|–|-{{1,2}}|~|～)\s*(?:{_DAY}|(\d{{1,2}})\s*日))?")
_IN_BRACKETS: Final = re.compile(r"[（(][^（()）]*[）)]")
_COUNTS: Final = re.compile(r"共\s*\d+\s*天|放假\s*\d+\s*天|\d{4}\s*年(?!\s*\d)")
_ONE_DAY: Final = timedelta(days=1)
_LONGEST_RUN: Final = 31


@dataclass(frozen=True, slots=True)
class YearDays:
    """The days of one year that depart from the week, or are named as days off.

    Attributes:
        holidays: Days off.
        workdays: Weekend days worked in exchange (调休).
    """

    holidays: frozenset[date]
    workdays: frozenset[date]


def year_of(calendar: WorkCalendar, year: int) -> YearDays:
    """Return the days of one year of a calendar."""
    return YearDays(
        frozenset(day for day in calendar.holidays if day.year == year),
        frozenset(day for day in calendar.workdays if day.year == year),
    )


def read_text(text: str, year: int) -> YearDays:
    """Read days as people write them: a line for each, or the wording of the yearly notice.

    ``2026-10-01 至 2026-10-07 放假``, ``10月10日 上班`` and ``10月1日（周四）至7日（周三）放假调休，共7天。
    9月20日（星期日）、10月10日（星期六）上班。`` all count. What holds neither a date nor a figure is passed
    over.

    Args:
        text: What was typed or pasted.
        year: The year that dates without one belong to; all dates must be in it.

    Raises:
        ValueError: With the place and the mend.
    """
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"内容过长，最多 {LONGEST_TEXT} 个字。")
    found: list[tuple[date, str]] = []
    for sentence in re.split(r"[。；;\n]", _IN_BRACKETS.sub("", text)):
        found += [(day, kind) for day, kind in _sentence(sentence, year)]
    return _year_days(found, year)


def _sentence(sentence: str, year: int) -> Iterator[tuple[date, str]]:
    shown = sentence.strip()[:30]
    ranges = list(_RANGE.finditer(sentence))
    if re.search(r"\d", _COUNTS.sub("", _RANGE.sub("", sentence))) or (ranges and not _kind(sentence)):
        raise ValueError(f"“{shown}”看不懂，请写成“10月1日至7日放假”或“2026-10-10 上班”。")
    for found in ranges:
        for day in _days(found, year, shown):
            yield day, _kind(sentence)


def _kind(sentence: str) -> str:
    return OFF if OFF in sentence else ON if ON in sentence else ""


def _days(found: re.Match[str], year: int, shown: str) -> Iterator[date]:
    y1, m1, d1, y2, m2, d2, only = found.groups()
    try:
        first = date(int(y1 or year), int(m1), int(d1))
        last = first
        if only:
            last = first.replace(day=int(only))
        elif d2:
            last = date(int(y2 or y1 or year), int(m2), int(d2))
    except ValueError:
        raise ValueError(f"“{shown}”中有不存在的日期。") from None
    length = (last - first).days
    if not 0 <= length < _LONGEST_RUN:
        raise ValueError(f"“{shown}”的起止日期不对，后一个日期应在前一个之后一个月内。")
    for offset in range(length + 1):
        yield first + timedelta(days=offset)


def write_text(days: YearDays) -> str:
    """Write days a line for each run, as :func:`read_text` reads them."""
    lines = [(run[0], _line(run, OFF)) for run in _runs(days.holidays)]
    lines += [(day, _line([day], ON)) for day in days.workdays]
    return "\n".join(line for _, line in sorted(lines))


def _line(run: list[date], kind: str) -> str:
    end = f" 至 {run[-1].isoformat()}" if len(run) > 1 else ""
    return f"{run[0].isoformat()}{end} {kind}"


def _runs(days: Iterable[date]) -> list[list[date]]:
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][-1] == _ONE_DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def read_file(content: bytes, name: str, year: int) -> YearDays:
    """Read a file of days: JSON by its ending, otherwise CSV in UTF-8 or GB 18030.

    Raises:
        ValueError: With the place and the mend.
    """
    if len(content) > LONGEST_TEXT * 4:
        raise ValueError("文件过大，一年的日历不会超过 80 KB。")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    return _read_json(text, year) if name.lower().endswith(".json") else _read_csv(text, year)


def _read_json(text: str, year: int) -> YearDays:
    try:
        value = json.loads(text)
        lists = [(OFF, value.get("holidays", [])), (ON, value.get("workdays", []))]
        found = [(date.fromisoformat(day), kind) for kind, days in lists for day in days]
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise ValueError(
            '文件不是日历的 JSON，应如 {"holidays": ["2026-01-01"], "workdays": ["2026-01-04"]}。'
        ) from None
    return _year_days(found, year)


def _read_csv(text: str, year: int) -> YearDays:
    found: list[tuple[date, str]] = []
    try:
        rows = list(csv.reader(io.StringIO(text)))
    except csv.Error:
        raise ValueError("文件不是 CSV，请用表格软件另存为 CSV 后再导入。") from None
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row[:2]]
        if not any(cells) or tuple(cells) == HEAD:
            continue
        try:
            day = date(*map(int, re.split(r"[-/.]", cells[0])))
        except (ValueError, TypeError):
            raise ValueError(f"第 {number} 行的日期“{cells[0][:20]}”看不懂，应如 2026-10-01。") from None
        if len(cells) != len(HEAD) or cells[1] not in {OFF, ON}:
            raise ValueError(f"第 {number} 行第二列应写“{OFF}”或“{ON}”。")
        found.append((day, cells[1]))
    return _year_days(found, year)


def write_csv(days: YearDays) -> bytes:
    """Write days as CSV with the byte order mark that spreadsheets look for."""
    out = io.StringIO()
    rows = sorted([(day, OFF) for day in days.holidays] + [(day, ON) for day in days.workdays])
    csv.writer(out, lineterminator="\r\n").writerows([HEAD, *((day.isoformat(), kind) for day, kind in rows)])
    return out.getvalue().encode("utf-8-sig")


def write_json(days: YearDays, year: int) -> bytes:
    """Write days as JSON."""
    value = {
        "year": year,
        "holidays": [day.isoformat() for day in sorted(days.holidays)],
        "workdays": [day.isoformat() for day in sorted(days.workdays)],
    }
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _year_days(found: Iterable[tuple[date, str]], year: int) -> YearDays:
    kinds: dict[date, str] = {}
    for day, kind in found:
        if day.year != year:
            raise ValueError(f"{day.isoformat()} 不在 {year} 年，请只写这一年的日期。")
        if kinds.setdefault(day, kind) != kind:
            raise ValueError(f"{day.isoformat()} 不能既放假又上班。")
    return YearDays(
        frozenset(day for day, kind in kinds.items() if kind == OFF),
        frozenset(day for day, kind in kinds.items() if kind == ON),
    )
