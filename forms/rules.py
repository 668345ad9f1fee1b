"""Reading the limits and the choices of a form-js component."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from forms.schema import Option, Rules, SchemaError
from forms.values import MAX_TEXT, read_number

DEFAULT_LENGTH = 2000
MAX_OPTIONS = 300
MAX_DECIMALS = 6
_PATTERN_LENGTH = 200
_PATTERN_INPUT = 200
_UNBOUNDED_ALLOWED = 2
_OPTION_TEXT = 200


def read_rules(raw: Mapping[str, Any], kind: str, properties: Mapping[str, Any], path: str) -> Rules:
    """Read ``validate`` and what belongs to it.

    Raises:
        SchemaError: If a limit cannot be used.
    """
    found = raw.get("validate") or {}
    if not isinstance(found, Mapping):
        raise SchemaError(path, "validate 写法不对。", "请用表单设计器重新保存。")
    pattern = _pattern(found.get("pattern"), path)
    longest = _length(found, "maxLength", DEFAULT_LENGTH, path)
    money = properties.get("format") == "money"
    return Rules(
        required=found.get("required") is True,
        low=_limit(found.get("min"), kind, path),
        high=_limit(found.get("max"), kind, path),
        min_length=_length(found, "minLength", 0, path),
        max_length=min(longest, _PATTERN_INPUT) if pattern else longest,
        pattern=pattern,
        pattern_message=str(properties.get("pattern_message") or ""),
        decimals=_decimals(raw.get("decimalDigits"), default=2 if money else MAX_DECIMALS, path=path),
    )


def read_options(values: object, path: str) -> tuple[Option, ...]:
    """Read ``values``; a plain text stands for a value that is its own label.

    Raises:
        SchemaError: If there is none, too many, or two are the same.
    """
    if not isinstance(values, list) or not 0 < len(values) <= MAX_OPTIONS:
        raise SchemaError(path, "没有选项，或选项过多。", f"请填写 1 到 {MAX_OPTIONS} 个选项。")
    options = tuple(_option(value, path) for value in values)
    if len({option.key for option in options}) != len(options):
        raise SchemaError(path, "有相同的选项。", "请删去重复的选项。")
    return options


def _option(value: object, path: str) -> Option:
    entry = value if isinstance(value, Mapping) else {"value": value, "label": value}
    stored, label = entry.get("value"), entry.get("label")
    if isinstance(stored, int) and not isinstance(stored, bool):
        stored = Decimal(stored)
    usable = isinstance(stored, str | bool | Decimal) and stored != ""
    if usable and isinstance(label, str) and len(str(stored)) <= _OPTION_TEXT and len(label) <= _OPTION_TEXT:
        return Option(stored, label)  # type: ignore[arg-type]
    raise SchemaError(path, "选项写法不对。", "每个选项应有 value（文字、整数或真假）和 label（文字）。")


def _limit(value: object, kind: str, path: str) -> Decimal | str | None:
    if value is None or value == "":
        return None
    try:
        if kind == "datetime":
            return date.fromisoformat(str(value)).isoformat()
        return None if isinstance(value, bool) else read_number(str(value))
    except ValueError:
        raise SchemaError(path, f"上下限“{value}”写法不对。", "请填写数字；日期请写 2026-11-20。") from None


def _length(found: Mapping[str, Any], name: str, default: int, path: str) -> int:
    value = found.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_TEXT:
        raise SchemaError(path, f"{name} 写法不对。", f"请填写 0 到 {MAX_TEXT} 的整数。")
    return value


def _decimals(value: object, *, default: int, path: str) -> int:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_DECIMALS:
        raise SchemaError(path, "decimalDigits 写法不对。", "请填写 0 到 6 的整数。")
    return value


def _pattern(value: object, path: str) -> str | None:
    """Accept only patterns whose matching time cannot explode."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > _PATTERN_LENGTH:
        raise SchemaError(path, "pattern 过长。", f"最多 {_PATTERN_LENGTH} 个字符。")
    bare = re.sub(r"\\.|\[(?:\\.|[^\]\\])*\]", "x", value)
    if re.search(r"\)[*+{]|\(\?(?!:)", bare) or len(re.findall(r"[*+]|\{\d*,\}", bare)) > _UNBOUNDED_ALLOWED:
        raise SchemaError(path, "pattern 过于复杂。", "请去掉对括号的重复、前后查看，且最多两处 * 或 +。")
    try:
        re.compile(value)
    except (re.error, RecursionError, OverflowError):
        raise SchemaError(path, "pattern 不是有效的正则表达式。", "请修改后保存。") from None
    return value
