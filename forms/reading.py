"""Reading form-js JSON into a :class:`~forms.schema.FormSchema`.

What cannot be understood is never read. What can be understood but is not to be written so is a fault: a new
form is refused for it, a form that a release keeps is read all the same, since its cases have to go on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from forms import expressions
from forms.components import Place, read_component
from forms.schema import Component, FormSchema, SchemaError

PAGE_NAMES = frozenset({"csrf_token", "revision", "declaration", "resume_as", "item", "back", "page"})
"""What pages that show a form send besides the form's own fields; no field may bear these names."""
SCRIPT_NAMES = frozenset({"attributes", "children", "closest", "dataset", "elements", "matches", "style"})
"""What scripts ask of the form element; in a browser a field of that name would answer instead."""
MAX_SOURCE_BYTES = 500_000
MAX_COMPONENTS = 500
_Read = tuple[FormSchema, tuple[SchemaError, ...]]
_FORM_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")


def read(source: bytes | str | Mapping[str, Any]) -> FormSchema:
    """Read a form schema; what was read from a text is cached by the text.

    Args:
        source: form-js 1.23 JSON, as bytes, text or already parsed.

    Raises:
        SchemaError: Naming the component, what is wrong and how to mend it.
    """
    schema, faults = _read_text(source) if isinstance(source, bytes | str) else _read(source)
    if faults:
        raise faults[0].with_traceback(None)  # it may be kept and raised again
    return schema


def read_kept(source: bytes | str) -> FormSchema:
    """Read a form that a release keeps, whatever rules were made since.

    Raises:
        SchemaError: If it cannot be understood.
    """
    return _read_text(source)[0]


@lru_cache(maxsize=256)
def _read_text(source: bytes | str) -> _Read:
    if len(source) > MAX_SOURCE_BYTES:
        raise SchemaError("整个表单", "文件过大。", "请拆成几个表单。")
    try:
        parsed = json.loads(source)
    except (ValueError, RecursionError):
        raise SchemaError("整个表单", "不是有效的 JSON。", "请用表单设计器重新保存。") from None
    return _read(parsed)


def _read(raw: object) -> _Read:
    if not isinstance(raw, Mapping):
        raise SchemaError("整个表单", "不是表单定义。", "最外层应是带 components 的对象。")
    form_id = raw.get("id")
    if not isinstance(form_id, str) or not _FORM_ID.fullmatch(form_id):
        raise SchemaError(
            str(form_id) or "整个表单",
            "表单编号不对。",
            "请用小写字母开头的英文、数字、下划线，最多 40 个字符。",
        )
    title = raw.get("title")
    if not isinstance(title, str) or not title.strip():
        raise SchemaError(form_id, "没有标题。", "请填写 title。")
    faults: list[SchemaError] = []
    reads = _reads(raw.get("reads", []), form_id, faults)
    components = _components(raw, form_id, reads, faults)
    schema = FormSchema(form_id, title.strip(), reads, components)
    _check_unique(schema)
    faults.extend(_wrong_dates(schema))
    return schema, tuple(faults)


def _reads(value: object, form_id: str, faults: list[SchemaError]) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and _FORM_ID.fullmatch(v) for v in value):
        raise SchemaError(form_id, "reads 写法不对。", '应是表单编号的列表，例如 ["filing"]。')
    clash = expressions.RESERVED_NAMES.intersection(value)
    if clash:
        faults.append(SchemaError(form_id, f"reads 中的“{min(clash)}”是保留名称。", "请改用别的表单编号。"))
    return tuple(dict.fromkeys(value))


def _components(
    raw: Mapping[str, Any], form_id: str, reads: tuple[str, ...], faults: list[SchemaError]
) -> tuple[Component, ...]:
    found = raw.get("components")
    if not isinstance(found, list) or not found:
        raise SchemaError(form_id, "没有任何组件。", "请至少放一个字段。")
    _check_size(found, form_id)
    own = frozenset(_top_keys(found))
    clash = own & (expressions.RESERVED_NAMES | set(reads))
    if clash:
        faults.append(
            SchemaError(min(clash), "与表达式中的保留名称或 reads 中的表单同名。", "请换一个 key。")
        )
    if taken := own & (PAGE_NAMES | SCRIPT_NAMES):
        faults.append(SchemaError(min(taken), "是页面自用的保留名称，填写时会出错。", "请换一个 key。"))
    outside = expressions.SCOPE_NAMES | set(reads)
    place = Place(names=own | outside | expressions.LOCAL_NAMES, outside=outside, faults=faults)
    return tuple(read_component(item, place, index) for index, item in enumerate(found))


def _check_size(found: list[Any], form_id: str) -> None:
    """Refuse endless or too deep schemas before anything recursive touches them."""
    level: list[Any] = found
    total = 0
    for _depth in range(6):
        total += len(level)
        if total > MAX_COMPONENTS:
            raise SchemaError(form_id, f"组件超过 {MAX_COMPONENTS} 个。", "请拆成几个表单。")
        level = [
            child
            for item in level
            if isinstance(item, Mapping) and isinstance(item.get("components"), list)
            for child in item["components"]
        ]
        if not level:
            return
    raise SchemaError(form_id, "分组嵌套过深。", "最多嵌套五层，请减少分组。")


def _top_keys(found: list[Any]) -> list[str]:
    """Keys that stand at the top of the data; a group without a path adds no level."""
    keys: list[str] = []
    for item in found:
        if not isinstance(item, Mapping):
            continue
        key = item.get("path") if item.get("type") in ("group", "dynamiclist") else item.get("key")
        if isinstance(key, str) and key:
            keys.append(key)
        elif item.get("type") == "group" and isinstance(item.get("components"), list):
            keys.extend(_top_keys(item["components"]))
    return keys


def _check_unique(schema: FormSchema) -> None:
    seen: set[str] = set()
    for component in schema.walk():
        if component.key is None:
            continue
        if component.path in seen:
            raise SchemaError(component.path, "有两个组件使用同一个 key。", "请给其中一个换名。")
        seen.add(component.path)


def _wrong_dates(schema: FormSchema) -> Iterator[SchemaError]:
    for component in schema.fields:
        other = schema.field(component.after) if component.after else component
        if other is None or (component.after and {component.type, other.type} != {"datetime"}):
            yield SchemaError(
                component.path, f"属性 after 指向的“{component.after}”不是日期。", "请填写日期字段的路径。"
            )
