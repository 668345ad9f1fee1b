"""Files that a form names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forms.schema import FormSchema


def attachments_by_field(schema: FormSchema, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the ids of the named files by the path of their field.

    Args:
        schema: The form.
        values: Typed values or stored JSON; what is absent names no file.
    """
    found: dict[str, list[str]] = {}
    for component in schema.fields:
        if component.type == "filepicker":
            ids = [str(entry) for entry in _at(values, component.path.split("."))]
            found.setdefault(component.path, []).extend(ids)
    return {path: ids for path, ids in found.items() if ids}


def _at(value: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        yield from value if isinstance(value, list) else ()
    elif path[0] == "*":
        for row in value if isinstance(value, list) else ():
            yield from _at(row, path[1:])
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _at(value[path[0]], path[1:])
