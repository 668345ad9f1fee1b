"""Values that may travel with the token, and how they are written in a stored state.

A written value is plain JSON for what JSON knows, and a pair `[tag, text]` for the rest. No key of the
data is ever looked at, so nothing that people enter can be taken for a tag. (Items that are only counted
are a range from 1. It is written like a value, but never travels.)
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from webapp.engine.errors import InvalidValue, StateError
from webapp.feel import YearMonthDuration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RESERVED: Final = frozenset({"case", "market", "facts", "settings"})
"""Names that every expression sees and no token key may take."""

_MAX_TEXT: Final = 10_000
_MAX_KEY: Final = 100
_MAX_LIST: Final = 1_000
_MAX_INT_BITS: Final = 1_000
_JSON_INT: Final = 1 << 63
_AS_THEY_ARE: Final = frozenset({type(None), bool, str})
"""What JSON knows just as it is; asked for by the very type, because a thousand results are common."""


def checked(data: Mapping[str, Any], *, lists: bool = False) -> dict[str, Any]:
    """Return the data with plain types, or say which key cannot travel with the token.

    Args:
        data: flat keys with bool, int, str, Decimal, date, datetime or None.
        lists: whether a value may also be a list of those.

    Raises:
        InvalidValue: for a key or value that is not allowed.
    """
    return {_key(key): checked_value(key, value, lists=lists) for key, value in data.items()}


def checked_value(key: str, value: object, *, lists: bool = False) -> Any:
    """Return one value as its plain type.

    Raises:
        InvalidValue: if it may not travel with the token.
    """
    if lists and isinstance(value, list | tuple):
        if len(value) > _MAX_LIST:
            raise InvalidValue(f"“{key}”的列表超过 {_MAX_LIST} 项，不能随流程流转。", field=key)
        return [checked_value(key, item) for item in value]
    if value is None or isinstance(value, bool):
        return value
    for kind, plain in _PLAIN.items():
        if isinstance(value, kind):
            return plain(key, value)
    raise InvalidValue(f"“{key}”的类型（{type(value).__name__}）不能随流程流转。", field=key)


def _key(key: object) -> str:
    if not isinstance(key, str) or not key or len(key) > _MAX_KEY:
        raise InvalidValue(f"流程数据的名称“{str(key)[:_MAX_KEY]}”不合规。")
    if key in RESERVED:
        raise InvalidValue(f"“{key}”是保留名称，不能用作流程数据的名称。", field=key)
    return _text(key, key)


def _text(key: str, value: str) -> str:
    plain = str.__str__(value)
    if len(plain) > _MAX_TEXT:
        raise InvalidValue(
            f"“{key[:_MAX_KEY]}”的文字超过 {_MAX_TEXT} 字，不能随流程流转。", field=key[:_MAX_KEY]
        )
    try:
        plain.encode()
    except UnicodeEncodeError:
        raise InvalidValue("流程数据中有无法保存的字符。") from None
    return plain


def _integer(key: str, value: int) -> int:
    plain = int(value)
    if plain.bit_length() > _MAX_INT_BITS:
        raise InvalidValue(f"“{key}”的数字过大。", field=key)
    return plain


def _decimal(key: str, value: Decimal) -> Decimal:
    plain = Decimal(value)
    if not plain.is_finite():
        raise InvalidValue(f"“{key}”不是有限的数字。", field=key)
    return plain


def _moment(_key: str, value: datetime) -> datetime:
    return datetime.combine(date(value.year, value.month, value.day), value.timetz())


def _day(_key: str, value: date) -> date:
    return date(value.year, value.month, value.day)


_PLAIN: Final[dict[type, Callable[[str, Any], Any]]] = {
    int: _integer,
    str: _text,
    Decimal: _decimal,
    datetime: _moment,
    date: _day,
}
"""How each kind is reduced to its plain type; a datetime is a date too, so it stands before."""


def same(left: object, right: object) -> bool:
    """Tell whether two values are one and the same; 1, True and Decimal("1") are three values."""
    if type(left) is not type(right):
        return False
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left.as_tuple() == right.as_tuple()
    return left == right


def encode(value: object) -> Any:
    """Write a value as JSON; see the module's text for the form."""
    if type(value) in _AS_THEY_ARE or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if -_JSON_INT <= value < _JSON_INT else ["i", str(value)]
    if isinstance(value, list):
        return ["l", [encode(item) for item in value]]
    for kind, tag, write, _ in _CODES:
        if isinstance(value, kind):
            return [tag, write(value)]
    raise StateError(f"状态中有不能保存的数据（{type(value).__name__}）。")


def encode_all(data: Mapping[str, object]) -> dict[str, Any]:
    """Write every value of a mapping."""
    return {key: value if type(value) in _AS_THEY_ARE else encode(value) for key, value in data.items()}


def decode_all(written: Mapping[str, object]) -> dict[str, Any]:
    """Read what `encode_all` wrote.

    Raises:
        StateError: for anything else.
    """
    return {key: decode(value) if isinstance(value, list) else value for key, value in written.items()}


def decode(written: object) -> Any:
    """Read what `encode` wrote.

    Raises:
        StateError: for anything else.
    """
    if not isinstance(written, list):
        return written
    tag, content = written
    if tag == "l":
        return [decode(item) for item in content]
    if tag == "i":
        return int(content)
    for _, known, _, read in _CODES:
        if tag == known:
            return read(content)
    raise StateError(f"状态中有不认识的数据标记“{tag}”。")


def _write_moment(value: datetime) -> str:
    zone = value.tzinfo
    if isinstance(zone, ZoneInfo) and zone.key:
        return f"{value.replace(tzinfo=None).isoformat()}|{value.fold}|{zone.key}"
    return value.isoformat()


def _read_moment(text: str) -> datetime:
    local, _, rest = text.partition("|")
    if not rest:
        return datetime.fromisoformat(local)
    fold, _, key = rest.partition("|")
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(key), fold=int(fold))


def _write_span(value: timedelta) -> list[int]:
    return [value.days, value.seconds, value.microseconds]


def _read_span(parts: list[int]) -> timedelta:
    days, seconds, microseconds = parts
    return timedelta(days, seconds, microseconds)


def _write_months(value: YearMonthDuration) -> int:
    return value.months


def _read_range(length: int) -> range:
    return range(1, length + 1)


_CODES: Final[tuple[tuple[type, str, Callable[[Any], Any], Callable[[Any], Any]], ...]] = (
    (Decimal, "n", str, Decimal),
    (datetime, "t", _write_moment, _read_moment),
    (date, "d", date.isoformat, date.fromisoformat),
    (timedelta, "s", _write_span, _read_span),
    (YearMonthDuration, "m", _write_months, YearMonthDuration),
    (range, "r", len, _read_range),
)
