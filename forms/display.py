"""Values of a form for reading: as text, personal data masked unless revealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from forms import storage
from webapp.core import clock, identifiers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from forms.schema import Component, FormSchema
    from webapp.core.clauses import Basis

EMPTY = "—"
MAX_STARS = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One value to read.

    Attributes:
        label: Name of the field.
        text: The value as text; ``—`` where nothing was entered.
        path: Concrete path, such as ``staff.0.name``.
        personal: True for personal data; the text is then masked unless revealed.
        basis: 依据 of the field.
        files: Ids of attachments.
    """

    label: str
    text: str
    path: str
    personal: bool = False
    basis: Basis | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Values under one heading.

    Attributes:
        title: The heading.
        rows: Values in order.
        columns: Headings of a list; empty for anything else.
        records: Lines of a list, each with one value per heading.
    """

    title: str
    rows: tuple[Row, ...] = ()
    columns: tuple[str, ...] = ()
    records: tuple[tuple[Row, ...], ...] = ()


def display(schema: FormSchema, values: Mapping[str, Any], *, reveal: bool = False) -> list[Section]:
    """Lay out values for reading, in the order of the form; what was hidden is left out.

    Args:
        schema: The form.
        values: Typed or stored values.
        reveal: True to show personal data in full; the caller has asked for a reason and logs it.

    Raises:
        Invalid: If a stored value does not fit the schema.
    """
    return _laid_out(schema, storage.from_json(schema, values), reveal=reveal)


def display_draft(schema: FormSchema, entered: Mapping[str, Any]) -> list[Section]:
    """Lay out a draft for the person who typed it: in full, the unreadable as typed, the empty left out.

    Args:
        schema: The form.
        entered: What :attr:`forms.BoundForm.draft` gave.
    """
    found = []
    for section in _laid_out(schema, storage.from_draft(schema, entered), reveal=True):
        rows = tuple(row for row in section.rows if row.text != EMPTY)
        records = tuple(record for record in section.records if any(cell.text != EMPTY for cell in record))
        if rows or records:
            found.append(replace(section, rows=rows, records=records))
    return found


def _laid_out(schema: FormSchema, typed: Mapping[str, Any], *, reveal: bool) -> list[Section]:
    sections: list[Section] = []
    for section in _sections(schema.components, typed, schema.title, "", reveal=reveal):
        if sections and not section.columns and sections[-1].title == section.title:
            sections[-1] = replace(sections[-1], rows=sections[-1].rows + section.rows)
        else:
            sections.append(section)
    return sections


def text_of(component: Component, value: Any, *, reveal: bool = False) -> str:
    """Write one typed value for people, masked if it is personal and not revealed."""
    text = _text(component, value)
    return masked(component, text) if component.personal and not reveal and text != EMPTY else text


def masked(component: Component, text: str) -> str:
    """Hide personal data as its field asks."""
    if component.mask == "phone":
        return identifiers.mask_phone(text)
    if component.mask == "resident_id":
        return identifiers.mask_resident_id(text)
    if component.mask == "name":
        return identifiers.mask_name(text)[:MAX_STARS]
    return "*" * MAX_STARS


def _sections(
    components: Sequence[Component], values: Mapping[str, Any], title: str, path: str, *, reveal: bool
) -> Iterator[Section]:
    for component in components:
        if component.type == "group":
            inner = values if component.key is None else values.get(component.key)
            place = path if component.key is None else f"{path}{component.key}."
            if inner is not None:
                yield from _sections(
                    component.children, inner, component.label or title, place, reveal=reveal
                )
        elif component.key is None or component.key not in values:
            continue
        elif component.type == "dynamiclist":
            yield _list(component, values[component.key], f"{path}{component.key}", reveal=reveal)
        else:
            row = _row(component, values[component.key], path + component.key, reveal=reveal)
            yield Section(title, rows=(row,))


def _list(component: Component, rows: Sequence[Mapping[str, Any]], path: str, *, reveal: bool) -> Section:
    return Section(
        component.label,
        columns=tuple(column.label for column in component.children),
        records=tuple(
            tuple(
                _row(column, row.get(str(column.key)), f"{path}.{number}.{column.key}", reveal=reveal)
                for column in component.children
            )
            for number, row in enumerate(rows)
        ),
    )


def _row(component: Component, value: Any, path: str, *, reveal: bool) -> Row:
    return Row(
        label=component.label,
        text=text_of(component, value, reveal=reveal),
        path=path,
        personal=component.personal,
        basis=component.basis,
        files=tuple(value or ()) if component.type == "filepicker" else (),
    )


def _text(component: Component, value: Any) -> str:
    if component.type == "checkbox":
        return "是" if value is True else "否"
    if value is None or value in ("", []):
        return EMPTY
    if component.type == "filepicker":
        return f"{len(value)} 个文件"
    if isinstance(value, list | tuple):
        return "、".join(_chosen(component, entry) for entry in value)
    if component.format == "address" and isinstance(value, Mapping):
        return str(value["text"])
    return _chosen(component, value)


def _chosen(component: Component, value: Any) -> str:
    for option in component.options:
        if option.value == value and isinstance(option.value, bool) == isinstance(value, bool):
            return option.label
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return _number(component, value)
    return clock.official_date(value) if isinstance(value, date) else str(value)


def _number(component: Component, value: Decimal) -> str:
    money = component.format == "money"
    text = format(value, ",.2f" if money else ",f")
    unit = component.unit or ("元" if money else "")
    return f"{text} {unit}" if unit else text
