"""A form schema bound to what one person enters: for the page and for the API alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from forms import api, builder, codec
from forms.builder import RowsField, SectionField
from forms.expressions import SCOPE_NAMES
from forms.fields import Drawn, Environment, ShownField
from forms.schema import Component, FormSchema, pattern_of
from forms.validators import quotable
from webapp.core.errors import Invalid

if TYPE_CHECKING:
    from wtforms.form import BaseForm

PASSES = 8
"""Rounds of conditions depending on one another; more than any sensible form needs."""


@dataclass
class BoundForm:
    """A form on a page.

    Attributes:
        schema: What it was made from.
        scope: Values from outside that its expressions look at.
        root: The WTForms form.
    """

    schema: FormSchema
    scope: Mapping[str, Any]
    root: BaseForm

    def __post_init__(self) -> None:
        self._late: dict[str, list[str]] = {}
        self._settle()

    @property
    def title(self) -> str:
        """Title of the form."""
        return self.schema.title

    @property
    def fields(self) -> list[Drawn]:
        """Fields of the top level, sections among them, in order of drawing."""
        return builder.fields_of(self.root)

    def __iter__(self) -> Iterator[Drawn]:
        return iter(self.fields)

    def walk(self) -> Iterator[Drawn]:
        """Yield every field, those inside sections and rows included."""
        return builder.walk(self.root)

    def find(self, path: str) -> Drawn | None:
        """Find a field by its path, such as ``site.area`` or ``staff.0.name``."""
        return next((field for field in self.walk() if field.path == path), None)

    @property
    def hidden(self) -> frozenset[str]:
        """Paths of what is not shown at present."""
        return frozenset(field.path for field in self.walk() if field.hidden)

    @property
    def data(self) -> dict[str, Any]:
        """Typed values by key, without hidden fields; see :func:`forms.to_json` for storage."""
        return builder.values_of(self.root)

    @property
    def draft(self) -> dict[str, Any]:
        """What was entered, readable or not, as plain JSON; ``bind(data=…)`` takes it back."""
        return builder.entered_in(self.root)

    @property
    def errors(self) -> dict[str, list[str]]:
        """Messages by path after :meth:`validate`."""
        found = {field.path: [str(e) for e in field.errors] for field in self.walk() if field.errors}
        for path, messages in self._late.items():
            found.setdefault(path, []).extend(messages)
        return found

    def validate(self) -> bool:
        """Run every rule on what is shown and may be changed; hidden fields are not asked for."""
        self._late = {}
        for field in self.walk():
            field.errors = []
            if not (field.hidden or field.readonly or isinstance(field, SectionField)):
                field.validate(self.root)
        self._check_order_of_dates()
        self._check_musts()
        return not self.errors

    def add_errors(self, errors: Mapping[str, Iterable[str]]) -> None:
        """Show messages that a rule outside the form gave, each at its field if it has one here."""
        for path, messages in errors.items():
            field = self.find(path)
            known = field.errors if field is not None else self._late.get(path, [])
            fresh = [message for message in messages if message not in known]
            if field is not None:
                field.errors = [*known, *fresh]
            else:
                self._late[path] = [*known, *fresh]

    def _check_order_of_dates(self) -> None:
        for field in self.walk():
            other = self.find(field.component.after) if field.component.after else None
            if other is None or field.hidden or other.hidden or not field.data or not other.data:
                continue
            if field.data < other.data and not (field.readonly and other.readonly):
                message = f"不能早于“{quotable(other.component.label)}”，请核对。"
                field.errors = [*field.errors, message]

    def _check_musts(self) -> None:
        """Tell of values that contradict others; a locked one too, for its neighbours may change."""
        for field in self.walk():
            if field.breaks_must and not (field.hidden or field.blank or field.errors):
                field.errors = [field.component.must_message]

    def _settle(self) -> None:
        """Decide what is shown and required, and compute, until nothing changes any more."""
        before: list[tuple[bool, object]] = []
        for _round in range(PASSES):
            own = builder.context_of(self.root)
            self._visit(self.root, {**self.scope, **own, "this": own, "i": None}, hidden=False)
            now = [(f.hidden, f.data if isinstance(f, ShownField) else None) for f in self.walk()]
            if now == before:
                return
            before = now

    def _visit(self, form: BaseForm, context: Mapping[str, Any], *, hidden: bool) -> None:
        for field in builder.fields_of(form):
            component = field.component
            field.hidden = hidden or (component.hide is not None and component.hide.holds(context))
            condition = component.required_when
            field.required = component.required or (condition is not None and condition.holds(context))
            field.breaks_must = component.must is not None and not component.must.holds(context)
            if isinstance(field, ShownField):
                field.compute(context)
            elif isinstance(field, SectionField):
                self._visit(field.form, context, hidden=field.hidden)
            elif isinstance(field, RowsField):
                self._visit_rows(field, context)

    def _visit_rows(self, rows: RowsField, context: Mapping[str, Any]) -> None:
        for number, row in enumerate(rows.rows, start=1):
            own = builder.context_of(row.form)
            inner = {**context, **own, "this": own, "i": Decimal(number)}
            self._visit(row.form, inner, hidden=rows.hidden)


def bind(
    schema: FormSchema,
    *,
    data: Mapping[str, Any] | None = None,
    draft: Mapping[str, Any] | None = None,
    formdata: Any = None,
    scope: Mapping[str, Any] | None = None,
    editable: Collection[str] | None = None,
) -> BoundForm:
    """Bind a schema to stored data and, if it was sent, to a page.

    Args:
        schema: The form.
        data: Values entered before: typed, JSON or a draft. Without data and page the form starts
            with its defaults.
        draft: What :attr:`BoundForm.draft` gave earlier; it stands in for ``data`` wherever the value
            may change.
        formdata: What the page sent: anything with ``getlist``, or a mapping of texts or lists of texts.
        scope: ``case``, ``market``, ``facts``, ``settings`` and the values of the forms in ``reads``
            by form id; ``attachments`` maps ids (or is called with one) to ``{"name", "size"}``.
            Attachments that are not there are refused.
        editable: The only paths that may change; others keep ``data``. A field that ``data`` did
            not need, and that a change makes necessary, may be filled in too.
    """
    outside = scope or {}
    context = {name: outside.get(name) for name in (*SCOPE_NAMES, *schema.reads)}
    locked = _locks(schema, data or {}, context, editable)
    environment = Environment(
        scope=context,
        attachment=_finder(outside.get("attachments")),
        locked=locked,
        triggers=schema.triggers,
        fresh=data is None and draft is None and formdata is None,
    )
    stored = data or {}
    if draft is not None:
        stored = _overlay(schema.components, stored, draft, "", locked)
    root = builder.build(schema.components, environment, path="", prefix="")
    builder.process(root, _page(formdata), stored)
    return BoundForm(schema, context, root)


def check(
    schema: FormSchema,
    values: Mapping[str, Any],
    *,
    scope: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    editable: Collection[str] | None = None,
) -> dict[str, Any]:
    """Check values given to the API by the rules of the page, types taken strictly.

    Args:
        schema: The form.
        values: Nested JSON values; computed values in it are ignored.
        scope: As for :func:`bind`.
        data: Values entered before, needed with ``editable``.
        editable: As for :func:`bind`; a different value anywhere else is refused.

    Returns:
        Typed values, as :attr:`BoundForm.data`.

    Raises:
        Invalid: With messages by path.
    """
    sent = api.flatten(schema, values)
    form = bind(schema, data=data, formdata=sent.page, scope=scope, editable=editable)
    form.validate()
    errors = {**form.errors, **sent.wrong}
    if editable is not None:
        free = bind(schema, data=data, formdata=sent.page, scope=scope)
        errors |= _changed_locked(form, free, sent.given)
    if errors:
        raise Invalid(errors=errors)
    return form.data


def _changed_locked(form: BoundForm, free: BoundForm, given: Collection[str]) -> dict[str, list[str]]:
    wanted = {field.path: codec.to_json(field.data) for field in free.walk() if field.path in given}
    return {
        field.path: ["这一项本次不能修改，请保持原样。"]
        for field in form.walk()
        if field.readonly
        and not isinstance(field, ShownField | SectionField)
        and field.path in wanted
        and wanted[field.path] != codec.to_json(field.data)
    }


def _locks(
    schema: FormSchema,
    data: Mapping[str, Any],
    scope: Mapping[str, Any],
    editable: Collection[str] | None,
) -> Callable[[str], bool]:
    if editable is None:
        return _never
    # A list opens as a whole, also when only one of its cells was marked.
    opened = {pattern_of(path).partition(".*")[0] for path in editable}
    opened |= _not_asked_before(schema, data, scope)

    def locked(path: str) -> bool:
        parts = path.split(".")
        return not any(".".join(parts[: size + 1]) in opened for size in range(len(parts)))

    return locked


def _overlay(
    components: Sequence[Component],
    data: Mapping[str, Any],
    draft: Mapping[str, Any],
    path: str,
    locked: Callable[[str], bool],
) -> dict[str, Any]:
    """Take what may change from the draft and everything else from the data."""
    merged: dict[str, Any] = {}
    for component in components:
        key = component.key
        if component.type == "group":
            old, new = (side if key is None else _mapping(side.get(key)) for side in (data, draft))
            inner = _overlay(component.children, old, new, path if key is None else f"{path}{key}.", locked)
            merged |= inner if key is None else {key: inner}
        elif key is not None:
            merged[key] = (data if locked(path + key) else draft).get(key)
    return merged


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _not_asked_before(schema: FormSchema, data: Mapping[str, Any], scope: Mapping[str, Any]) -> set[str]:
    """Paths that were hidden, or empty and required only on a condition."""
    environment = Environment(scope, _unknown, _never, schema.triggers)
    root = builder.build(schema.components, environment, path="", prefix="")
    builder.process(root, None, data)
    form = BoundForm(schema, scope, root)
    return {
        field.path
        for field in form.walk()
        if field.hidden or (field.component.required_when is not None and field.blank)
    }


def _never(_path: str) -> bool:
    return False


def _unknown(_key: str) -> None:
    return None


def _finder(source: object) -> Callable[[str], Mapping[str, Any] | None]:
    if isinstance(source, Mapping):
        return source.get
    return source if callable(source) else _unknown


def _page(formdata: Any) -> Any:
    if formdata is None or hasattr(formdata, "getlist"):
        return formdata
    page = api.Page()
    for name, texts in dict(formdata).items():
        page.add(name, texts if isinstance(texts, Sequence) and not isinstance(texts, str) else [texts])
    return page
