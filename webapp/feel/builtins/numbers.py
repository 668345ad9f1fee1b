"""Numeric functions."""

from __future__ import annotations

from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from typing import TYPE_CHECKING, Final

from webapp.feel.builtin import REGISTRY
from webapp.feel.values import NUMBERS, Value, YearMonthDuration, number

if TYPE_CHECKING:
    from webapp.feel.limits import Budget

_LEAST_SCALE: Final = -6111
_MOST_SCALE: Final = 6176
_WIDE: Final = Context(prec=12_400, Emin=-20_000, Emax=20_000, traps=[])
"""Wide enough to round any number to any scale before it is cut to 34 digits."""


def rounded(value: Decimal, scale: Decimal, mode: str) -> Decimal | None:
    """Round to a number of decimal places; null when the scale is out of range."""
    places = int(scale) if scale.adjusted() < 6 else _MOST_SCALE + 1  # noqa: PLR2004 digits of any scale
    if not _LEAST_SCALE <= places <= _MOST_SCALE:
        return None
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -places:
        return value
    return number(NUMBERS.plus(value.quantize(Decimal((0, (1,), -places)), mode, _WIDE)))


@REGISTRY.add("decimal", "n: number, scale: number")
def _decimal(_budget: Budget, value: Decimal, scale: Decimal) -> Value:
    return rounded(value, scale, ROUND_HALF_EVEN)


@REGISTRY.add("floor", "n: number, scale?: number")
def _floor(_budget: Budget, value: Decimal, scale: Decimal = Decimal(0)) -> Value:
    return rounded(value, scale, ROUND_FLOOR)


@REGISTRY.add("ceiling", "n: number, scale?: number")
def _ceiling(_budget: Budget, value: Decimal, scale: Decimal = Decimal(0)) -> Value:
    return rounded(value, scale, ROUND_CEILING)


@REGISTRY.add("round up", "n: number, scale: number")
def _round_up(_budget: Budget, value: Decimal, scale: Decimal) -> Value:
    return rounded(value, scale, ROUND_UP)


@REGISTRY.add("round down", "n: number, scale: number")
def _round_down(_budget: Budget, value: Decimal, scale: Decimal) -> Value:
    return rounded(value, scale, ROUND_DOWN)


@REGISTRY.add("round half up", "n: number, scale: number")
def _round_half_up(_budget: Budget, value: Decimal, scale: Decimal) -> Value:
    return rounded(value, scale, ROUND_HALF_UP)


@REGISTRY.add("round half down", "n: number, scale: number")
def _round_half_down(_budget: Budget, value: Decimal, scale: Decimal) -> Value:
    return rounded(value, scale, ROUND_HALF_DOWN)


@REGISTRY.add("abs", "n: number|days|months")
def _abs(_budget: Budget, value: Value) -> Value:
    if isinstance(value, YearMonthDuration):
        return YearMonthDuration(abs(value.months))
    return abs(value) if isinstance(value, timedelta) else value.copy_abs()


@REGISTRY.add("modulo", "dividend: number, divisor: number")
def _modulo(_budget: Budget, dividend: Decimal, divisor: Decimal) -> Value:
    """Give the remainder that has the sign of the divisor, as the standard defines it."""
    if not divisor:
        return None
    rest = NUMBERS.remainder(dividend, divisor)
    if rest.is_finite() and rest and (rest < 0) is not (divisor < 0):
        rest = NUMBERS.add(rest, divisor)
    return number(rest)


@REGISTRY.add("sqrt", "number: number")
def _sqrt(_budget: Budget, value: Decimal) -> Value:
    return number(NUMBERS.sqrt(value))


@REGISTRY.add("log", "number: number")
def _log(_budget: Budget, value: Decimal) -> Value:
    return number(NUMBERS.ln(value))


@REGISTRY.add("exp", "number: number")
def _exp(_budget: Budget, value: Decimal) -> Value:
    return number(NUMBERS.exp(value))


@REGISTRY.add("odd", "number: number")
def _odd(_budget: Budget, value: Decimal) -> Value:
    return _parity(value) == 1


@REGISTRY.add("even", "number: number")
def _even(_budget: Budget, value: Decimal) -> Value:
    return _parity(value) == 0


def _parity(value: Decimal) -> Decimal:
    """The remainder by two; a number of more than 34 digits ends in zeros and is even."""
    if value.adjusted() >= NUMBERS.prec:
        return Decimal(0)
    return NUMBERS.remainder(value, Decimal(2)).copy_abs()
