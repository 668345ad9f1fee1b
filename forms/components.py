"""Reading one form-js component."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from forms import expressions, rules
from forms.kinds import FORMATS, KINDS, MASKS, VALUE_TYPES, WIDTHS
from forms.schema import ROW, Component, SchemaError
from webapp import feel
from webapp.core.clauses import Basis

RESULTS = frozenset({"string", "number", "boolean", "date"})
MAPPING_METHODS = frozenset(name for name in dir(dict) if not name.startswith("_"))
"""Document templates write ``表.filing.zones``; a key named ``items`` would find the method instead."""
MAX_ROWS = 200
MAX_COLUMNS = 20
MAX_WORDS = 5000
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class Place:
    """Where in the form a component stands.

    Attributes:
        names: Names that its conditions and computations may use.
        outside: Names from outside the form, for choices and values filled in beforehand.
        prefix: Dotted path of what is around it, ending in a dot, or empty.
        basis: 依据 of the section around it.
        in_list: True for columns of a list.
        faults: What is found that can be understood, but is not to be written so; it is added to.
    """

    names: frozenset[str]
    outside: frozenset[str]
    faults: list[SchemaError]
    prefix: str = ""
    basis: Basis | None = None
    in_list: bool = False


def read_component(raw: object, place: Place, index: int) -> Component:
    """Read one component and everything inside it.

    Raises:
        SchemaError: If it is of an unknown type or holds anything that cannot be used.
    """
    where = f"{place.prefix}第 {index + 1} 个组件"
    if not isinstance(raw, Mapping):
        raise SchemaError(where, "不是组件。", "请用表单设计器重新保存。")
    kind = raw.get("type")
    if not isinstance(kind, str) or kind not in KINDS:
        raise SchemaError(where, f"不支持类型“{kind}”。", f"请改用：{'、'.join(sorted(KINDS))}。")
    key = _key(raw, kind, where, place)
    path = place.prefix + key if key else f"{place.prefix}{kind}-{index}"
    properties = _properties(raw, path)
    basis = _basis(properties, path, place) or place.basis
    component = Component(
        type=kind,
        key=key,
        path=path,
        label=_label(raw, kind, path, place),
        rules=rules.read_rules(raw, kind, properties, path),
        basis=basis,
        help=_text(properties, "help", path) or _text(raw, "description", path),
        format=_one_of(properties, "format", FORMATS, path),
        unit=_text(properties, "unit", path),
        width=_one_of(properties, "width", WIDTHS, path) or "full",
        personal=flag(properties, "personal", path),
        mask=_mask(properties, path),
        readonly=raw.get("readonly") is True or raw.get("disabled") is True,
        hide=_hide(raw, place, path),
        prefill=_expression(properties.get("prefill"), place.outside, path, place),
        required_when=_expression(properties.get("required_when"), place.names, path, place),
        after=_text(properties, "after", path),
        not_future=flag(properties, "not_future", path),
        must=_expression(properties.get("must"), place.names, path, place),
        must_message=_must_message(properties, path, place),
        default=raw.get("defaultValue"),
    )
    return _READERS.get(kind, _plain)(component, raw, properties, place)


def flag(properties: Mapping[str, Any], name: str, path: str) -> bool:
    """Read a yes/no property; form-js keeps properties as text.

    Raises:
        SchemaError: If it is neither true nor false.
    """
    value = properties.get(name, False)
    if value not in (True, False, "true", "false", ""):
        raise SchemaError(path, f"属性 {name} 写法不对。", "请写 true 或 false。")
    return value in (True, "true")


def whole(properties: Mapping[str, Any], name: str, default: int, high: int, path: str) -> int:
    """Read a whole number from 0 to ``high``.

    Raises:
        SchemaError: If it is none, or out of range.
    """
    value = properties.get(name, default)
    text = "" if isinstance(value, bool) else str(value)
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) > high:
        raise SchemaError(path, f"属性 {name} 写法不对。", f"请写 0 到 {high} 的整数。")
    return int(text)


def _plain(
    component: Component, raw: Mapping[str, Any], _props: Mapping[str, Any], place: Place
) -> Component:
    if component.type == "datetime" and raw.get("subtype", "date") != "date":
        raise SchemaError(component.path, "只支持日期。", "请把 subtype 设为 date。")
    if component.format == "address" and place.in_list:
        raise SchemaError(component.path, "列表里不能放地图位置。", "请去掉 format。")
    return component


def _choice(
    component: Component, raw: Mapping[str, Any], _props: Mapping[str, Any], place: Place
) -> Component:
    # With an expression, `values` are the labels of all that can ever be stored; the expression offers some.
    source, listed = raw.get("valuesExpression"), raw.get("values")
    if source is not None:
        component = replace(component, options_from=_expression(source, place.outside, component.path, place))
    if source is not None and listed is None:
        return component
    return replace(component, options=rules.read_options(listed, component.path))


def _files(
    component: Component, raw: Mapping[str, Any], props: Mapping[str, Any], _place: Place
) -> Component:
    accept = _text(props, "accept", component.path) or _text(raw, "accept", component.path)
    kinds = tuple(part.strip().lower().removeprefix(".") for part in accept.split(",") if part.strip())
    if not kinds or not all(re.fullmatch(r"[a-z0-9]{1,8}", part) for part in kinds):
        raise SchemaError(component.path, "没有写明可上传的文件类型。", "请写 accept，例如 pdf,jpg,png。")
    several = raw.get("multiple") is True or flag(props, "multiple", component.path)
    return replace(
        component,
        accept=kinds,
        max_mb=whole(props, "max_mb", 20, 200, component.path),
        max_files=whole(props, "max_files", 20, 100, component.path) if several else 1,
    )


def _computed(
    component: Component, raw: Mapping[str, Any], props: Mapping[str, Any], place: Place
) -> Component:
    expression = _expression(raw.get("expression"), place.names, component.path, place)
    if expression is None:
        raise SchemaError(component.path, "没有计算公式。", "请填写 expression。")
    return replace(component, computed=expression, result=_one_of(props, "type", RESULTS, component.path))


def _static(
    component: Component, raw: Mapping[str, Any], _props: Mapping[str, Any], place: Place
) -> Component:
    text = _text(raw, "text", component.path)
    if text.startswith("="):
        return replace(component, computed=_expression(text, place.names, component.path, place))
    return replace(component, text=text)


def _table(
    component: Component, raw: Mapping[str, Any], _props: Mapping[str, Any], place: Place
) -> Component:
    source = raw.get("dataSource")
    columns = raw.get("columns")
    if not isinstance(columns, list) or not columns or len(columns) > MAX_COLUMNS:
        raise SchemaError(component.path, f"没有列，或超过 {MAX_COLUMNS} 列。", "请填写 columns。")
    pairs = tuple(_column(column, component.path) for column in columns)
    computed = _expression(source, place.names, component.path, place)
    return replace(component, computed=computed, columns=pairs)


def _column(column: object, path: str) -> tuple[str, str]:
    if isinstance(column, Mapping):
        key, label = column.get("key"), column.get("label")
        if isinstance(key, str) and key and isinstance(label, str):
            return key, label
    raise SchemaError(path, "列的写法不对。", "每列应有 key 和 label。")


def _section(
    component: Component, raw: Mapping[str, Any], _props: Mapping[str, Any], place: Place
) -> Component:
    prefix = f"{component.path}." if component.key else place.prefix
    inner = replace(place, prefix=prefix, basis=component.basis)
    return replace(component, children=_children(raw, inner, component.path))


def _rows(component: Component, raw: Mapping[str, Any], props: Mapping[str, Any], place: Place) -> Component:
    if place.in_list:
        raise SchemaError(component.path, "列表里不能再放列表。", "请改成两个并列的列表。")
    found = raw.get("components")
    cells = [cell for cell in found if isinstance(cell, Mapping)] if isinstance(found, list) else []
    keys = {cell["key"] for cell in cells if isinstance(cell.get("key"), str)}
    inner = replace(
        place,
        names=place.names | keys,
        prefix=f"{component.path}.{ROW}.",
        basis=component.basis,
        in_list=True,
    )
    children = _children(raw, inner, component.path)
    if not all(child.type in VALUE_TYPES for child in children):
        raise SchemaError(component.path, "列表的列只能是字段。", "请把分组和说明文字移到列表外面。")
    low = whole(props, "min_rows", 1 if component.required else 0, MAX_ROWS, component.path)
    high = whole(props, "max_rows", MAX_ROWS, MAX_ROWS, component.path)
    if low > high or not high:
        raise SchemaError(component.path, "行数上下限矛盾。", "请让 min_rows 不大于 max_rows。")
    return replace(component, children=children, min_rows=low, max_rows=high)


def _children(raw: Mapping[str, Any], place: Place, path: str) -> tuple[Component, ...]:
    found = raw.get("components")
    if not isinstance(found, list) or not found:
        raise SchemaError(path, "里面没有组件。", "请放入字段或删去它。")
    return tuple(read_component(item, place, index) for index, item in enumerate(found))


def _key(raw: Mapping[str, Any], kind: str, where: str, place: Place) -> str | None:
    if kind in ("text", "table"):
        return None
    key = raw.get("path") if kind in ("group", "dynamiclist") else raw.get("key")
    if kind == "group" and key in (None, ""):
        return None
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        name = raw.get("label")
        called = name if isinstance(name, str) and name else where
        raise SchemaError(
            called, f"key“{key}”不能用。", "请用小写字母开头的英文、数字、下划线，最多 40 个字符。"
        )
    if key in expressions.LOCAL_NAMES or key in MAPPING_METHODS:
        place.faults.append(SchemaError(where, f"key“{key}”是保留名称。", "请换一个 key。"))
    return key


def _label(raw: Mapping[str, Any], kind: str, path: str, place: Place) -> str:
    label = _text(raw, "label", path) or _text(raw, "dateLabel", path)
    if not label and kind not in ("text", "table", "group"):
        place.faults.append(SchemaError(path, "没有名称。", "请填写 label。"))
    return label


def _properties(raw: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    found = raw.get("properties", {})
    if not isinstance(found, Mapping):
        raise SchemaError(path, "properties 写法不对。", "应是名称和值的对应表。")
    return found


def _text(source: Mapping[str, Any], name: str, path: str) -> str:
    value = source.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > MAX_WORDS:
        raise SchemaError(path, f"{name} 应是 {MAX_WORDS} 字以内的文字。", "请修改后保存。")
    return value.strip()


def _one_of(properties: Mapping[str, Any], name: str, allowed: Collection[str], path: str) -> str:
    value = _text(properties, name, path)
    if value and value not in allowed:
        raise SchemaError(
            path, f"属性 {name} 的值“{value}”不认识。", f"请改为：{'、'.join(sorted(allowed))}。"
        )
    return value


def _basis(properties: Mapping[str, Any], path: str, place: Place) -> Basis | None:
    text = _text(properties, "basis", path)
    if not text:
        return None
    try:
        return Basis.parse(text)
    except ValueError as error:
        place.faults.append(SchemaError(path, str(error), ""))
        return None


def _mask(properties: Mapping[str, Any], path: str) -> str:
    named = _one_of(properties, "mask", MASKS, path)
    style = _text(properties, "format", path)
    return named or (style if style in ("phone", "resident_id") else "name")


def _must_message(properties: Mapping[str, Any], path: str, place: Place) -> str:
    message = _text(properties, "must_message", path)
    if properties.get("must") and not message:
        fault = SchemaError(path, "写了 must 却没有说明。", "请在 must_message 中写明哪里不对、怎样改。")
        place.faults.append(fault)
        return "这里填的与其他内容不一致，请核对。"
    return message


def _hide(raw: Mapping[str, Any], place: Place, path: str) -> expressions.Expression | None:
    conditional = raw.get("conditional")
    if conditional is None:
        return None
    if not isinstance(conditional, Mapping):
        raise SchemaError(path, "conditional 写法不对。", '应写成 {"hide": "=条件"}。')
    return _expression(conditional.get("hide"), place.names, path, place)


def _expression(
    source: object, names: frozenset[str], path: str, place: Place
) -> expressions.Expression | None:
    if source is None or source == "":
        return None
    if not isinstance(source, str):
        raise SchemaError(path, "表达式应是文字。", "请写成 =表达式。")
    try:
        expression, unknown = expressions.read(source, names)
    except feel.FeelError as error:
        raise SchemaError(path, f"表达式“{source}”有误：{error}", "请修改表达式。") from None
    if unknown:
        reason = f"表达式“{source}”有误：用到了不认识的名称“{min(unknown)}”。"
        place.faults.append(SchemaError(path, reason, "请修改表达式。"))
    return expression


_Reader = Callable[[Component, Mapping[str, Any], Mapping[str, Any], Place], Component]

_READERS: dict[str, _Reader] = {
    "select": _choice,
    "radio": _choice,
    "checklist": _choice,
    "filepicker": _files,
    "expression": _computed,
    "text": _static,
    "table": _table,
    "group": _section,
    "dynamiclist": _rows,
}
