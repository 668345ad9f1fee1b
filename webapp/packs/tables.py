"""Typed reading of TOML tables, so that a slip in a pack is named with its place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from webapp.core.clauses import Basis
from webapp.core.errors import DomainError


class PackError(DomainError):
    """A pack cannot be read. The message names the file, the place and the mend."""

    status = 422
    code = "pack"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a TOML file that knows where it stands.

    Attributes:
        place: Where it is, for messages, such as ``pack.toml [[agencies]] 第3项``.
        values: The table itself.
        faults: What can be understood, but is not to be written so; all tables of a pack add to it.
    """

    place: str
    values: Mapping[str, Any]
    faults: list[str] = field(default_factory=list)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text.

        Raises:
            PackError: If it is missing (and has no default), empty without a default, or no text.
        """
        value = self.values.get(key, default)
        if not isinstance(value, str) or (not value.strip() and default is None):
            raise PackError(f"{self.place}：请填写“{key}”（文字）。")
        return value.strip()

    def optional_text(self, key: str) -> str | None:
        """Return a text, or ``None`` where there is none."""
        return self.text(key) if key in self.values else None

    def number(self, key: str) -> int:
        """Return a whole number.

        Raises:
            PackError: If it is missing or no whole number.
        """
        value = self.values.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise PackError(f"{self.place}：请填写“{key}”（整数）。")
        return value

    def optional_number(self, key: str) -> int | None:
        """Return a whole number, or ``None`` where there is none."""
        return self.number(key) if key in self.values else None

    def flag(self, key: str) -> bool:
        """Return true or false.

        Raises:
            PackError: If it is missing or neither.
        """
        value = self.values.get(key)
        if not isinstance(value, bool):
            raise PackError(f"{self.place}：请填写“{key}”（true 或 false）。")
        return value

    def day(self, key: str) -> date:
        """Return a date.

        Raises:
            PackError: If it is missing or no date.
        """
        return self._as_day(key, self.values.get(key))

    def days(self, key: str) -> frozenset[date]:
        """Return a list of dates; an absent list is empty.

        Raises:
            PackError: If an entry is no date.
        """
        return frozenset(self._as_day(key, value) for value in self._list(key))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return one text or a list of texts as a tuple.

        Raises:
            PackError: If it is missing or holds anything but text.
        """
        value = self.values.get(key)
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not found or not all(isinstance(item, str) for item in found):
            raise PackError(f"{self.place}：请填写“{key}”（文字或文字列表）。")
        return tuple(found)

    def basis(self, key: str = "basis", default: Basis | None = None) -> Basis:
        """Return a 依据.

        Raises:
            PackError: If it is missing (and has no default). One that is badly written is a fault.
        """
        if key not in self.values and default is not None:
            return default
        try:
            return Basis.parse(self.text(key))
        except ValueError as error:
            self.faults.append(f"{self.place}：{error}")
            return Basis(note=self.text(key))

    def table(self, key: str) -> Table:
        """Return a table inside this one; an absent one is empty.

        Raises:
            PackError: If it is no table.
        """
        value = self.values.get(key, {})
        if not isinstance(value, Mapping):
            raise PackError(f"{self.place}：“{key}”应当是一个表。")
        return Table(f"{self.place} [{key}]", value, self.faults)

    def tables(self, key: str) -> Iterator[Table]:
        """Yield the tables of an array; an absent array is empty.

        Raises:
            PackError: If an entry is no table.
        """
        for number, value in enumerate(self._list(key), start=1):
            if not isinstance(value, Mapping):
                raise PackError(f"{self.place} [[{key}]] 第{number}项：应当是一个表。")
            yield Table(f"{self.place} [[{key}]] 第{number}项", value, self.faults)

    def _list(self, key: str) -> list[Any]:
        value = self.values.get(key, [])
        if not isinstance(value, list):
            raise PackError(f"{self.place}：“{key}”应当是一个列表。")
        return value

    def _as_day(self, key: str, value: object) -> date:
        if not isinstance(value, date) or isinstance(value, datetime):
            raise PackError(f"{self.place}：“{key}”应当是日期，如 2026-01-01。")
        return value


def read_toml(files: Mapping[str, str], path: str, faults: list[str]) -> Table:
    """Read one TOML file of a pack.

    Args:
        files: Path to text.
        path: Which file.
        faults: Where its tables add what can be understood, but is not to be written so.

    Raises:
        PackError: If it is missing or no TOML.
    """
    name = path.rpartition("/")[2]
    if path not in files:
        raise PackError(f"缺少文件 {path}。")
    try:
        return Table(name, tomllib.loads(files[path]), faults)
    except ValueError as error:  # TOMLDecodeError, or a number with too many digits
        raise PackError(f"{name} 不是正确的 TOML：{error}") from error
    except RecursionError as error:
        raise PackError(f"{name} 嵌套过深，请减少列表和表的层数。") from error
