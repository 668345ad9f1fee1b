"""What the FEEL operators do with values at run time. An operation that makes no sense gives null."""

from __future__ import annotations

import operator
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeAlias
from zoneinfo import ZoneInfo

from webapp.feel.far import FAR, SECOND, TEMPORAL, between, parts, related, shifted, shifted_months
from webapp.feel.temporal import duration_of, instant, seconds_of, seconds_of_day
from webapp.feel.values import NUMBERS, Function, Range, Value, YearMonthDuration, kind, number

if TYPE_CHECKING:
    from webapp.feel.limits import Budget

_COMPARED: Final[dict[str, Callable[[Value, Value], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ORDERED: Final = frozenset({Decimal, str, date, timedelta, YearMonthDuration})
_DAY_SECONDS: Final = 86_400
_MONTHS: Final = 12
Operation: TypeAlias = Callable[[Value, Value], Value]


def equal(left: Value, right: Value, budget: Budget) -> bool | None:
    """Compare for equality; null when the kinds differ and neither is null."""
    if left is None or right is None:
        return left is right
    if type(left) is not type(right) or type(left) in FAR:
        return _equal_far(left, right)
    if type(left) is list:
        return _equal_lists(left, right, budget)
    if type(left) is dict:
        if left.keys() != right.keys():
            return False
        return _equal_lists(list(left.values()), [right[key] for key in left], budget)
    if type(left) is Range:
        return _equal_ranges(left, right, budget)
    return None if isinstance(left, Function) else _equal_atoms(left, right)


def _equal_atoms(left: Value, right: Value) -> bool:
    if isinstance(left, datetime | time):
        return bool(_to_the_second(left) == _to_the_second(right))
    return bool(left == right)


def _equal_far(left: Value, right: Value) -> bool | None:
    """Compare values of different Python types; they may be dates or times all the same."""
    if FAR.isdisjoint({type(left), type(right)}) or kind(left) != kind(right):
        return None
    return both(compare("<=", left, right), compare(">=", left, right)) is True


def _to_the_second(value: Value) -> Value:
    """Drop a fraction of a second, which the standard leaves out when it compares."""
    return value.replace(microsecond=0)


def _equal_lists(left: list[Value], right: list[Value], budget: Budget) -> bool | None:
    if len(left) != len(right):
        return False
    budget.tick(len(left))
    result: bool | None = True
    for one, other in zip(left, right, strict=True):
        same = equal(one, other, budget)
        if same is False:
            return False
        if same is None:
            result = None
    return result


def _equal_ranges(left: Range, right: Range, budget: Budget) -> bool | None:
    shape, other = ((one.start_included, one.end_included, one.symbol) for one in (left, right))
    if shape != other:
        return False
    return _equal_lists([left.start, left.end], [right.start, right.end], budget)


def compare(op: str, left: Value, right: Value) -> bool | None:
    """Order two values with < <= > or >=; null when they have no order."""
    one = type(left)
    if one in FAR or type(right) in FAR:
        return _compare_far(op, left, right)
    if one is not type(right):
        return None
    if one in _ORDERED:
        return _COMPARED[op](left, right)
    if one not in {datetime, time} or not _same_clock(left, right):
        return None
    return _COMPARED[op](_measured(left), _measured(right))


def _compare_far(op: str, left: Value, right: Value) -> bool | None:
    if type(left) not in TEMPORAL or type(right) not in TEMPORAL:
        return None
    one, two = parts(left), parts(right)
    return _COMPARED[op](one.instant() // SECOND, two.instant() // SECOND) if related(one, two) else None


def _measured(value: datetime | time) -> Decimal:
    """Whole seconds since the year 1, or of the day."""
    whole = _to_the_second(value)
    return instant(whole) if isinstance(value, datetime) else seconds_of_day(whole)


def _same_clock(left: datetime | time, right: datetime | time) -> bool:
    """Whether two times can be related: both with an offset, or both without."""
    return (left.utcoffset() is None) == (right.utcoffset() is None)


def contains(interval: Range, value: Value) -> bool | None:
    """Whether a value lies in a range; null when that cannot be said."""
    if interval.symbol == "!=":
        same = both(compare("<=", value, interval.start), compare(">=", value, interval.start))
        return None if same is None else not same
    above: bool | None = True
    below: bool | None = True
    if interval.start is not None:
        above = compare(">=" if interval.start_included else ">", value, interval.start)
    if interval.end is not None:
        below = compare("<=" if interval.end_included else "<", value, interval.end)
    return both(above, below)


def both(left: bool | None, right: bool | None) -> bool | None:  # noqa: FBT001 three-valued logic
    """Three-valued `and`."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def arithmetic(op: str, left: Value, right: Value, budget: Budget) -> Value:
    """Apply + - * / or ** to any two values."""
    kinds = (type(left), type(right))
    if kinds == (Decimal, Decimal):
        return number(DECIMAL[op](left, right))
    if kinds == (str, str) and op == "+":
        budget.characters(len(left) + len(right))
        return left + right
    if FAR.isdisjoint(kinds):
        operation = _MIXED.get((op, *kinds))
        try:
            result = None if operation is None else operation(left, right)
        except OverflowError:
            result = None
        if result is not None:
            return result
    return _far_arithmetic(op, left, right)


def _far_arithmetic(op: str, left: Value, right: Value) -> Value:
    """Add and subtract where Python's types do not hold an operand or the result."""
    if op == "+" and type(right) in TEMPORAL:
        left, right = right, left
    if op not in {"+", "-"} or type(left) not in TEMPORAL:
        return None
    if type(right) in TEMPORAL:
        return between(left, right) if op == "-" else None
    try:
        length = negate(right) if op == "-" else right
    except OverflowError:
        return None
    if type(length) is YearMonthDuration:
        return shifted_months(left, length.months)
    return shifted(left, length) if type(length) is timedelta else None


DECIMAL: Final[dict[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "+": NUMBERS.add,
    "-": NUMBERS.subtract,
    "*": NUMBERS.multiply,
    "/": NUMBERS.divide,
    "**": NUMBERS.power,
}


def negate(value: Value) -> Value:
    """Turn a number or duration round."""
    if type(value) is Decimal:
        return NUMBERS.minus(value)
    if type(value) is timedelta:
        return -value
    if type(value) is YearMonthDuration:
        return YearMonthDuration(-value.months)
    return None


def _shift(moment: datetime, length: timedelta) -> datetime:
    if isinstance(moment.tzinfo, ZoneInfo):
        return (moment.astimezone(UTC) + length).astimezone(moment.tzinfo)
    return moment + length


def _shift_day(day: date, length: timedelta) -> date:
    return (datetime.combine(day, time()) + length).date()


def _shift_clock(clock: time, length: timedelta) -> time:
    midnight = datetime.combine(date(2000, 1, 1), clock.replace(tzinfo=None))
    return (
        (midnight + timedelta(seconds=length.seconds, microseconds=length.microseconds))
        .time()
        .replace(tzinfo=clock.tzinfo)
    )


def _shift_months(day: date, length: YearMonthDuration) -> Value:
    """Move by months; a day that the month lacks becomes its last day."""
    year, month = divmod(day.year * _MONTHS + day.month - 1 + length.months, _MONTHS)
    if not date.min.year <= year <= date.max.year:
        return None
    last = monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def _between_moments(left: datetime, right: datetime) -> timedelta | None:
    return duration_of(instant(left) - instant(right)) if _same_clock(left, right) else None


def _between_clocks(left: time, right: time) -> timedelta | None:
    same = _same_clock(left, right)
    return duration_of(seconds_of_day(left) - seconds_of_day(right)) if same else None


def _midnight(day: date) -> datetime:
    """The moment that a day stands for beside a date and time: its beginning in UTC (DMN 10.3.2.3.6)."""
    return datetime.combine(day, time(), UTC)


def _scaled_months(months: Decimal) -> YearMonthDuration | None:
    whole = months.to_integral_value(rounding="ROUND_DOWN", context=NUMBERS)
    return YearMonthDuration(int(whole)) if whole.is_finite() and whole.adjusted() < 15 else None  # noqa: PLR2004


def _times(length: timedelta, factor: Decimal) -> timedelta | None:
    return duration_of(NUMBERS.multiply(seconds_of(length), factor))


def _months_times(length: YearMonthDuration, factor: Decimal) -> YearMonthDuration | None:
    return _scaled_months(NUMBERS.multiply(Decimal(length.months), factor))


def _over(length: timedelta, divisor: Decimal) -> timedelta | None:
    return duration_of(NUMBERS.divide(seconds_of(length), divisor)) if divisor else None


def _months_over(length: YearMonthDuration, divisor: Decimal) -> YearMonthDuration | None:
    return _scaled_months(NUMBERS.divide(Decimal(length.months), divisor)) if divisor else None


def _swapped(operation: Operation) -> Operation:
    return lambda left, right: operation(right, left)


_MIXED: Final[dict[tuple[str, type, type], Operation]] = {
    ("+", datetime, timedelta): _shift,
    ("+", timedelta, datetime): _swapped(_shift),
    ("-", datetime, timedelta): lambda moment, length: _shift(moment, -length),
    ("+", date, timedelta): _shift_day,
    ("+", timedelta, date): _swapped(_shift_day),
    ("-", date, timedelta): lambda day, length: _shift_day(day, -length),
    ("+", time, timedelta): _shift_clock,
    ("+", timedelta, time): _swapped(_shift_clock),
    ("-", time, timedelta): lambda clock, length: _shift_clock(clock, -length),
    ("+", datetime, YearMonthDuration): _shift_months,
    ("+", YearMonthDuration, datetime): _swapped(_shift_months),
    ("-", datetime, YearMonthDuration): lambda moment, length: _shift_months(moment, negate(length)),
    ("+", date, YearMonthDuration): _shift_months,
    ("+", YearMonthDuration, date): _swapped(_shift_months),
    ("-", date, YearMonthDuration): lambda day, length: _shift_months(day, negate(length)),
    ("-", datetime, datetime): _between_moments,
    ("-", date, date): operator.sub,
    ("-", date, datetime): lambda day, moment: _between_moments(_midnight(day), moment),
    ("-", datetime, date): lambda moment, day: _between_moments(moment, _midnight(day)),
    ("-", time, time): _between_clocks,
    ("+", timedelta, timedelta): operator.add,
    ("-", timedelta, timedelta): operator.sub,
    ("+", YearMonthDuration, YearMonthDuration): lambda a, b: _scaled_months(Decimal(a.months + b.months)),
    ("-", YearMonthDuration, YearMonthDuration): lambda a, b: _scaled_months(Decimal(a.months - b.months)),
    ("*", timedelta, Decimal): _times,
    ("*", Decimal, timedelta): _swapped(_times),
    ("*", YearMonthDuration, Decimal): _months_times,
    ("*", Decimal, YearMonthDuration): _swapped(_months_times),
    ("/", timedelta, Decimal): _over,
    ("/", YearMonthDuration, Decimal): _months_over,
    ("/", timedelta, timedelta): lambda a, b: number(NUMBERS.divide(seconds_of(a), seconds_of(b))),
    ("/", YearMonthDuration, YearMonthDuration): lambda a, b: number(
        NUMBERS.divide(Decimal(a.months), Decimal(b.months))
    ),
}
