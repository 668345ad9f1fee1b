"""FEEL values as Python values, and what is true of all kinds of them.

number is Decimal, string str, boolean bool, null None, list list, context dict, date date, time time,
date and time datetime, days and time duration timedelta. The rest is defined here, and in `far` what dates
and times Python's types cannot hold.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from webapp.feel.errors import FeelError, FeelLimitExceeded
from webapp.feel.far import FarDate, FarDateTime, FarTime

if TYPE_CHECKING:
    from webapp.feel.limits import Budget

Value: TypeAlias = Any
"""A FEEL value; the kinds are listed above."""

NUMBERS: Final = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[])
"""IEEE 754 decimal128, as the standard asks: 34 digits. Nothing traps; callers check `is_finite`."""

_MAX_INT_BITS: Final = 20_500
_MAX_DEPTH: Final = 60


@dataclass(frozen=True, slots=True, order=True)
class YearMonthDuration:
    """A years and months duration.

    Attributes:
        months: length in months, negative for the past.
    """

    months: int


@dataclass(frozen=True, slots=True)
class Range:
    """An interval; an end that is None is unbounded.

    Attributes:
        symbol: `=` or `!=` when it is the range `(=x)` of one value or `(!=x)` of all others; else empty.
    """

    start: Value
    end: Value
    start_included: bool = True
    end_included: bool = True
    symbol: str = ""


class Function:
    """A function value. Deliberately not a Python callable: only the evaluator invokes it.

    Attributes:
        parameters: names of the parameters, in order.
    """

    __slots__ = ("parameters",)

    def __init__(self, parameters: tuple[str, ...]) -> None:
        self.parameters = parameters

    @abstractmethod
    def call(self, arguments: list[Value], budget: Budget) -> Value:
        """Evaluate the function with arguments in order; null when they do not fit."""


_KINDS: Final[dict[type, str]] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    list: "list",
    dict: "context",
    date: "date",
    time: "time",
    datetime: "date and time",
    timedelta: "days and time duration",
    YearMonthDuration: "years and months duration",
    Range: "range",
    FarDate: "date",
    FarTime: "time",
    FarDateTime: "date and time",
}


READY: Final = frozenset(_KINDS) - {Decimal, list, dict, Range}
"""Types of values that can be used as a caller hands them over."""


def kind(value: Value) -> str:
    """Name the FEEL type of a value; every subclass of `Function` is a function."""
    return _KINDS.get(type(value), "function")


def number(value: Decimal) -> Decimal | None:
    """Null for what is not a finite number, else the number."""
    return value if value.is_finite() else None


def from_python(value: object, budget: Budget, depth: int = 0) -> Value:
    """Turn what a caller handed over into a FEEL value, all the way down.

    Raises:
        FeelError: for an object that is no FEEL value, a number that is not finite, or too deep nesting.
    """
    if type(value) in READY:
        return value
    if depth > _MAX_DEPTH:
        raise FeelError("数据的嵌套层数超出上限")
    if isinstance(value, Mapping):
        budget.items(len(value))
        return {_key(key): from_python(item, budget, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        budget.items(len(value))
        return [from_python(item, budget, depth + 1) for item in value]
    return _atom(value)


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise FeelError(f"数据的名称必须是文本，不能是{type(key).__name__}")
    return str.__str__(key)


def _atom(value: object) -> Value:
    if type(value) is Decimal:
        return _finite(NUMBERS.plus(value))
    if isinstance(value, Function | Range):
        return value
    if isinstance(value, int | float | Decimal):
        return _number_from(value)
    return _plain(value)


def _number_from(value: float | Decimal) -> Decimal:
    if isinstance(value, int) and value.bit_length() > _MAX_INT_BITS:
        raise FeelError("数字超出范围")
    exact = Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value)
    return _finite(NUMBERS.plus(exact))


def _finite(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise FeelError("数字超出范围")
    return value


def _plain(value: object) -> Value:
    """Reduce a subclass to the plain type, so that its methods are never called later."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, datetime):
        return datetime.combine(date(value.year, value.month, value.day), value.timetz())
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    if isinstance(value, time):
        return time(value.hour, value.minute, value.second, value.microsecond, value.tzinfo)
    if isinstance(value, timedelta):
        return timedelta(value.days, value.seconds, value.microseconds)
    raise FeelError(f"不支持的数据类型：{type(value).__name__}")


def _weight(value: Value) -> int:
    """What a value adds to the size of a result: its items, or its length in pieces of 16 characters."""
    if isinstance(value, list | dict):
        return len(value)
    return len(value) // 16 if isinstance(value, str) else 0


def measure(value: Value, budget: Budget) -> None:
    """Walk a result as a tree, so that shared parts cannot make it explode when it is written down.

    Raises:
        FeelLimitExceeded: when the result holds too many values or nests too deeply.
    """
    room = budget.size
    level: list[Value] = [value]
    for _ in range(_MAX_DEPTH):
        inner: list[Value] = []
        for item in level:
            room -= _weight(item)
            if room < 0:
                raise FeelLimitExceeded("结果的数据量超出上限")
            if isinstance(item, list):
                inner.extend(item)
            elif isinstance(item, dict):
                inner.extend(item.values())
        if not inner:
            return
        level = inner
    raise FeelLimitExceeded("结果的嵌套层数超出上限")
