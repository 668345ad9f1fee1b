"""Values between Python, JSON storage and HTML forms.

In Python a number is ``Decimal`` and a date is ``date``; in JSON both are text, so that nothing is
rounded on the way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from forms import values
from forms.values import Unreadable

if TYPE_CHECKING:
    from forms.schema import Component

ADDRESS_PARTS = ("text", "lng", "lat")
MAX_ENTRIES = 300
_MAX_DIGITS = 40


def to_json(value: Any) -> Any:
    """Turn typed values into plain JSON types: numbers and dates become text."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: to_json(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(entry) for entry in value]
    return value


def from_json_value(component: Component, value: Any) -> Any:
    """Turn one stored value back into its typed form.

    Raises:
        Unreadable: If it is not what such a field stores.
    """
    if component.type == "expression":
        return computed_value(component, value)
    if component.type in ("select", "radio"):
        return _choice(value)
    if component.type == "checklist":
        return [_choice(entry) for entry in _list(value)]
    if component.type == "checkbox":
        return value is True
    texts = to_texts(component, value)
    if component.format == "address":
        return _address(texts)
    if component.type == "filepicker":
        return texts
    return _read(component, texts[0]) if texts else None


def computed_value(component: Component, value: Any) -> Any:
    """Return a computed value in the type that its field declares; what does not fit it stays as it is.

    Storage and decisions keep numbers and dates as text. What was stored before the field declared its
    type, or by another formula, can still be read.
    """
    if isinstance(value, str) and component.result in _COMPUTED:
        try:
            return _COMPUTED[component.result](value)
        except (ValueError, ArithmeticError):
            return value
    return value if isinstance(value, str | bool | Decimal | date) else None


def to_texts(component: Component, value: Any) -> list[str]:
    """Turn a JSON value into the texts that a page would send for it, types taken strictly.

    Raises:
        Unreadable: If the type is wrong, with a Chinese sentence.
    """
    if value is None:
        return []
    if component.format == "address":
        return _address_texts(value)
    return _ENCODERS[component.type](component, value)


def as_texts(value: Any) -> list[str]:
    """Turn anything into texts to show, for values that could not be read."""
    if isinstance(value, Mapping):
        return [_show(value.get(part)) for part in ADDRESS_PARTS]
    if isinstance(value, list | tuple):
        return [_show(entry) for entry in value[:MAX_ENTRIES]]
    return [] if value is None else [_show(value)]


def _show(value: Any) -> str:
    return str(value)[: values.MAX_TEXT] if isinstance(value, str | bool | Decimal | date) else ""


def _text(_component: Component, value: Any) -> list[str]:
    if not isinstance(value, str):
        raise Unreadable("应为文字。")
    return [value]


def _number(_component: Component, value: Any) -> list[str]:
    return [_number_text(value)]


def _number_text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise Unreadable("应为数字。")
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Unreadable("应为数字。")
        value = Decimal(repr(value))
    if isinstance(value, int):
        if abs(value) >= 10**_MAX_DIGITS:
            raise Unreadable("数字过大。")
        return str(value)
    if not value.is_finite() or abs(value.adjusted()) > _MAX_DIGITS:
        raise Unreadable("数字过大。")
    return format(value, "f")


def _date(_component: Component, value: Any) -> list[str]:
    if isinstance(value, datetime) or not isinstance(value, date | str):
        raise Unreadable("应为日期，写成 2026-11-20 的样子。")
    return [value if isinstance(value, str) else value.isoformat()]


def _option(component: Component, value: Any) -> list[str]:
    chosen = _choice(value)
    for option in component.options:
        if option.value == chosen and isinstance(option.value, bool) == isinstance(chosen, bool):
            return [option.key]
    if component.options or chosen is None:
        raise Unreadable("请从列出的选项中选择。")
    return [{True: "true", False: "false"}[chosen] if isinstance(chosen, bool) else str(chosen)]


def _options(component: Component, value: Any) -> list[str]:
    return [text for entry in _list(value) for text in _option(component, entry)]


def _tick(_component: Component, value: Any) -> list[str]:
    if not isinstance(value, bool):
        raise Unreadable("应为 true 或 false。")
    return ["true"] if value else []


def _keys(_component: Component, value: Any) -> list[str]:
    entries = _list(value)
    if not all(isinstance(entry, str) for entry in entries):
        raise Unreadable("应为附件编号的列表。")
    return entries


def _nothing(_component: Component, _value: Any) -> list[str]:
    return []


def _choice(value: Any) -> str | bool | Decimal | None:
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int | Decimal):
        return values.plain_number(Decimal(_number_text(value)))
    raise Unreadable("请从列出的选项中选择。")


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list | tuple) or len(value) > MAX_ENTRIES:
        raise Unreadable(f"应为不超过 {MAX_ENTRIES} 项的列表。")
    return list(value)


def _address_texts(value: Any) -> list[str]:
    if not isinstance(value, Mapping) or not set(value) <= set(ADDRESS_PARTS):
        raise Unreadable("地址应写成 text（门牌地址）、lng（经度）、lat（纬度）三项。")
    text = value.get("text")
    if text is not None and not isinstance(text, str):
        raise Unreadable("门牌地址应为文字。")
    place = [value.get(part) for part in ADDRESS_PARTS[1:]]
    return [text or "", *("" if part is None else _number_text(part) for part in place)]


def _address(texts: Sequence[str]) -> dict[str, Any] | None:
    if not any(texts):
        return None
    if not texts[0]:
        raise Unreadable("请填写门牌地址，地图位置不能代替地址。")
    lng, lat = values.read_position(texts[1], texts[2])
    return {"text": texts[0], "lng": lng, "lat": lat}


def _read(component: Component, text: str) -> Any:
    if component.type == "number":
        return values.read_number(text, decimals=12)
    if component.type == "datetime":
        return values.read_date(text)
    return text or None


def _finite(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise Unreadable("应为数字。")
    return number


_COMPUTED: dict[str, Callable[[str], Any]] = {"number": _finite, "date": date.fromisoformat}

_ENCODERS: dict[str, Callable[[Component, Any], list[str]]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "datetime": _date,
    "select": _option,
    "radio": _option,
    "checklist": _options,
    "checkbox": _tick,
    "filepicker": _keys,
    "expression": _nothing,
}
