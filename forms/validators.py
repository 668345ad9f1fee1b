"""The rules of a field, as WTForms validators; page and API run the same ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from wtforms.validators import StopValidation, ValidationError

from webapp.core import clock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from forms.schema import Component

Validator = Callable[[Any, Any], None]

_MIB = 1024 * 1024
_CHOOSING = frozenset({"select", "radio", "checklist", "datetime"})


def for_component(component: Component) -> list[Validator]:
    """Return the validators of a component, in the order in which they should complain."""
    chain: list[Validator] = [present]
    rules = component.rules
    if component.type in ("textfield", "textarea"):
        chain += [_length, *([_pattern] if rules.pattern else [])]
    if component.type in ("number", "datetime"):
        chain.append(_range)
    if component.not_future:
        chain.append(_not_future)
    if component.type == "filepicker":
        chain.append(_files)
    if component.type == "dynamiclist":
        chain.append(_rows)
    return chain


def present(_form: Any, field: Any) -> None:
    """Ask for a value where one is required; stop where nothing was entered."""
    if field.process_errors:
        raise StopValidation
    if field.component.type == "dynamiclist" or not field.blank:
        return
    if field.required:
        raise StopValidation(missing_message(field.component))
    raise StopValidation


def missing_message(component: Component) -> str:
    """Say what to do about an empty field."""
    name = quotable(component.label)
    if component.type == "checkbox":
        return f"请勾选“{name}”。"
    if component.type == "checklist":
        return f"“{name}”请至少选一项。"
    if component.type == "filepicker":
        return f"请上传“{name}”。"
    return f"请{'选择' if component.type in _CHOOSING else '填写'}“{name}”。"


def quotable(label: str) -> str:
    """Return a label to stand in quotation marks: marks inside become single ones."""
    return label.replace("“", "‘").replace("”", "’")


def _length(_form: Any, field: Any) -> None:
    text = field.data
    low, high = field.component.rules.min_length, field.component.rules.max_length
    if len(text) > high:
        raise ValidationError(f"最多 {high} 字，现有 {len(text)} 字，请精简。")
    if len(text) < low:
        raise ValidationError(f"至少 {low} 字，现有 {len(text)} 字，请补充。")


def _pattern(_form: Any, field: Any) -> None:
    rules = field.component.rules
    if len(field.data) <= rules.max_length and not re.fullmatch(rules.pattern, field.data):
        raise ValidationError(rules.pattern_message or "格式不对，请按说明填写。")


def _range(_form: Any, field: Any) -> None:
    rules = field.component.rules
    low, high = (date.fromisoformat(v) if isinstance(v, str) else v for v in (rules.low, rules.high))
    if low is not None and field.data < low:
        raise ValidationError(f"不能{_less(field.data)} {_plain(low)}{field.unit}，请核对。")
    if high is not None and field.data > high:
        raise ValidationError(f"不能{_more(field.data)} {_plain(high)}{field.unit}，请核对。")


def _less(value: date | Decimal) -> str:
    return "早于" if isinstance(value, date) else "小于"


def _more(value: date | Decimal) -> str:
    return "晚于" if isinstance(value, date) else "大于"


def _plain(value: date | Decimal) -> str:
    return value.isoformat() if isinstance(value, date) else format(value, "f")


def _not_future(_form: Any, field: Any) -> None:
    if field.data > clock.beijing_date(clock.now()):
        raise ValidationError("日期不能晚于今天，请核对。")


def _files(_form: Any, field: Any) -> None:
    if len(field.data) > field.max_files:
        raise ValidationError(f"最多上传 {field.max_files} 个文件，请删去多余的。")
    for _key, info in field.files:
        if info is None:
            raise ValidationError("有附件已失效或不属于本办件，请重新上传。")
        _one_file(field.component, info)


def _one_file(component: Component, info: Mapping[str, Any]) -> None:
    name = str(info.get("name", ""))
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in component.accept:
        raise ValidationError(f"“{name}”的类型不能用，请上传 {'、'.join(component.accept)}。")
    size = info.get("size")
    if isinstance(size, int) and size > component.max_mb * _MIB:
        raise ValidationError(f"“{name}”超过 {component.max_mb} MB，请压缩后重新上传。")


def _rows(_form: Any, field: Any) -> None:
    if field.too_many or len(field.entries) > field.component.max_rows:
        raise ValidationError(
            f"“{quotable(field.component.label)}”最多 {field.component.max_rows} 行，请删去多余的。"
        )
    low = max(field.component.min_rows, 1 if field.required else 0)
    if len(field.entries) < low:
        raise ValidationError(f"“{quotable(field.component.label)}”请至少填写 {low} 行。")
