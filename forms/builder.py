"""Sections and repeating rows: fields that hold fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta
from wtforms.utils import unset_value

from forms.choice_fields import ChecklistField, RadioField, SelectField
from forms.fields import (
    AddressField,
    CheckboxField,
    DateField,
    Drawn,
    Environment,
    FilesField,
    NumberField,
    ShownField,
    TextAreaField,
    TextField,
    Value,
)

if TYPE_CHECKING:
    from forms.schema import Component

FIELD_TYPES: dict[str, type[Value]] = {
    "textfield": TextField,
    "textarea": TextAreaField,
    "number": NumberField,
    "datetime": DateField,
    "select": SelectField,
    "radio": RadioField,
    "checklist": ChecklistField,
    "checkbox": CheckboxField,
    "filepicker": FilesField,
    "expression": ShownField,
    "text": ShownField,
    "table": ShownField,
}

TEMPLATE_INDEX = "__index__"
_INDEX = re.compile(r"[0-9]{1,6}")


def build(components: Sequence[Component], environment: Environment, *, path: str, prefix: str) -> BaseForm:
    """Build the WTForms form for some components.

    Args:
        components: What to build, in order.
        environment: Shared by all fields.
        path: Dotted path around them, ending in a dot, or empty.
        prefix: HTML name around them, ending in a hyphen, or empty.
    """
    unbound = []
    for index, component in enumerate(components):
        name = component.key or f"{component.type}_{index}__"
        # Without a form to belong to, WTForms makes an UnboundField of the call.
        unbound.append((name, _field_type(component)(component, environment, path=path + name)))
    return BaseForm(cast("Any", unbound), prefix=prefix, meta=DefaultMeta())


def fields_of(form: BaseForm) -> list[Drawn]:
    """Return the fields of a form in order."""
    return [field for field in form if isinstance(field, Drawn)]


def values_of(form: BaseForm) -> dict[str, Any]:
    """Collect typed values by key, without those of hidden fields."""
    found: dict[str, Any] = {}
    for field in fields_of(form):
        if field.hidden:
            continue
        if isinstance(field, SectionField):
            inner = values_of(field.form)
            found.update({field.component.key: inner} if field.component.key else inner)
        elif isinstance(field, RowsField):
            found[field.short_name] = [values_of(row.form) for row in field.entries]
        elif field.component.key:
            found[field.component.key] = field.data
    return found


def context_of(form: BaseForm, *, hidden: bool = False) -> dict[str, Any]:
    """Collect typed values for expressions: every key is there, those of hidden fields are null."""
    found: dict[str, Any] = {}
    for field in fields_of(form):
        gone = hidden or field.hidden
        if isinstance(field, SectionField):
            inner = context_of(field.form, hidden=gone)
            found.update({field.component.key: inner} if field.component.key else inner)
        elif isinstance(field, RowsField):
            found[field.short_name] = [] if gone else [context_of(row.form) for row in field.entries]
        elif field.component.key:
            found[field.component.key] = None if gone else field.data
    return found


def entered_in(form: BaseForm) -> dict[str, Any]:
    """Collect what was entered, readable or not, for a draft."""
    found: dict[str, Any] = {}
    for field in fields_of(form):
        if isinstance(field, SectionField) and not field.component.key:
            found.update(field.entered)
        elif field.component.key and field.component.type != "expression":
            found[field.component.key] = field.entered
    return found


def walk(form: BaseForm) -> Iterator[Drawn]:
    """Yield every field in document order, a section or list before what is in it."""
    for field in fields_of(form):
        yield field
        for child in field.drawn_children():
            yield child
            yield from _below(child)


def _below(field: Drawn) -> Iterator[Drawn]:
    for child in field.drawn_children():
        yield child
        yield from _below(child)


class SectionField(Drawn):
    """A titled group; with a key its values are nested under it."""

    form: BaseForm

    def __init__(
        self, component: Component, environment: Environment, *, path: str, _prefix: str = "", **kwargs: Any
    ) -> None:
        super().__init__(component, environment, path=path, _prefix=_prefix, **kwargs)
        nested = bool(component.key)
        outer = path.rpartition(".")[0]
        self.form = build(
            component.children,
            environment,
            path=f"{path}." if nested else f"{outer}." * bool(outer),
            prefix=f"{self.name}-" if nested else _prefix,
        )

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:  # noqa: ARG002
        """Hand page and stored data to the fields inside."""
        stored = data if isinstance(data, Mapping) else {}
        self.process_errors = []
        process(self.form, formdata, stored)

    @property
    def data(self) -> dict[str, Any]:
        """Values of what is shown inside."""
        return values_of(self.form)

    @property
    def entered(self) -> dict[str, Any]:
        """What was entered inside."""
        return entered_in(self.form)

    @property
    def blank(self) -> bool:
        """True if nothing was entered inside."""
        return all(child.blank for child in self.drawn_children())

    @property
    def children(self) -> list[Drawn]:
        """Fields to draw inside, in order."""
        return fields_of(self.form)

    def drawn_children(self) -> list[Drawn]:
        """Fields inside."""
        return fields_of(self.form)


class Row:
    """One row of a list.

    Attributes:
        index: Number in the HTML names of its inputs, from 0; gaps are allowed.
        form: Its fields.
    """

    def __init__(self, rows: RowsField, index: int | str, number: int) -> None:
        self.index = index
        self.number = number
        self.form = build(
            rows.component.children,
            rows.environment,
            path=f"{rows.path}.{number}.",
            prefix=f"{rows.name}-{index}-",
        )

    @property
    def fields(self) -> list[Drawn]:
        """Its fields in order."""
        return fields_of(self.form)

    @property
    def blank(self) -> bool:
        """True if nothing was entered; what the server computes does not count."""
        return all(field.blank or field.component.type == "expression" for field in self.fields)


class RowsField(Drawn):
    """A repeating table: ``entries`` are the rows with content, ``rows`` those to draw."""

    def __init__(self, component: Component, environment: Environment, *, path: str, **kwargs: Any) -> None:
        super().__init__(component, environment, path=path, **kwargs)
        self.entries: list[Row] = []
        self.spare: list[Row] = []
        self.too_many = False

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:  # noqa: ARG002
        """Take rows from the page, or from stored data if there is no page or they may not change."""
        self.process_errors = []
        self.too_many = False
        stored = list(data) if isinstance(data, list | tuple) else []
        use_page = formdata is not None and not self.readonly
        numbers = self._indices(formdata) if use_page else list(range(len(stored)))
        if len(numbers) > self.component.max_rows:
            self.too_many = True
            numbers = numbers[: self.component.max_rows]
        self.entries = []
        for number in numbers:
            row = Row(self, number, len(self.entries))
            source = stored[number] if not use_page and isinstance(stored[number], Mapping) else {}
            process(row.form, formdata if use_page else None, source)
            if not row.blank:
                self.entries.append(row)
        self._add_spare(max(numbers, default=-1) + 1)

    def _indices(self, formdata: Any) -> list[int]:
        """Row numbers that the page sent, in order."""
        head = f"{self.name}-"
        found = {name[len(head) :].partition("-")[0] for name in formdata if name.startswith(head)}
        return sorted({int(text) for text in found if text.isascii() and _INDEX.fullmatch(text)})

    def _add_spare(self, start: int) -> None:
        """Add empty rows to draw, so that there is always one to write into."""
        wanted = 0 if self.readonly else max(self.component.min_rows, 1)
        self.spare = []
        for number in range(len(self.entries), wanted):
            row = Row(self, start + len(self.spare), number)
            process(row.form, None, {})
            self.spare.append(row)

    @property
    def rows(self) -> list[Row]:
        """Rows to draw: those with content, then empty ones up to the least number."""
        return [*self.entries, *self.spare]

    @property
    def template(self) -> Row:
        """An empty row; ``__index__`` in its names stands for the number to put in."""
        row = Row(self, TEMPLATE_INDEX, len(self.entries))
        process(row.form, None, {})
        return row

    @property
    def next_index(self) -> int:
        """Number for the next row that is added to the page."""
        return max((row.index for row in self.rows if isinstance(row.index, int)), default=-1) + 1

    @property
    def min_rows(self) -> int:
        """Least number of rows."""
        return self.component.min_rows

    @property
    def max_rows(self) -> int:
        """Greatest number of rows."""
        return self.component.max_rows

    @property
    def columns(self) -> tuple[Component, ...]:
        """What stands in each column."""
        return self.component.children

    @property
    def data(self) -> list[dict[str, Any]]:
        """Values of the rows with content."""
        return [values_of(row.form) for row in self.entries]

    @property
    def entered(self) -> list[dict[str, Any]]:
        """What was entered in the rows with content."""
        return [entered_in(row.form) for row in self.entries]

    @property
    def blank(self) -> bool:
        """True without any row with content."""
        return not self.entries

    def drawn_children(self) -> list[Drawn]:
        """Fields of all rows with content."""
        return [field for row in self.entries for field in row.fields]


def process(form: BaseForm, formdata: Any, stored: Mapping[str, Any]) -> None:
    """Give every field its part of the page and of the stored data."""
    for name, field in form._fields.items():
        inner = isinstance(field, SectionField) and not field.component.key
        field.process(formdata, stored if inner else stored.get(name, unset_value))


def _field_type(component: Component) -> type[Drawn]:
    if component.type == "group":
        return SectionField
    if component.type == "dynamiclist":
        return RowsField
    if component.format == "address":
        return AddressField
    return FIELD_TYPES[component.type]
