"""What a form consists of: an immutable reading of a form-js schema."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from webapp.core.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from forms.expressions import Expression
    from webapp.core.clauses import Basis

    Scalar = str | bool | Decimal

ROW = "*"
"""Stands for the row number in the path of a column: ``staff.*.name``."""

STATIC = frozenset({"text", "table"})
"""Types that show something and hold no value."""


class SchemaError(DomainError):
    """A form schema cannot be used.

    Attributes:
        component: Path, key or type of the component at fault.
        reason: What is wrong with it.
        mend: How to put it right.
    """

    status = 422
    code = "bad_schema"

    def __init__(self, component: str, reason: str, mend: str) -> None:
        super().__init__(f"表单组件“{component}”：{reason}{mend}", field=component)
        self.component = component
        self.reason = reason
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select, radio or checklist.

    Attributes:
        value: What is stored: text, true/false or a number.
        label: What is shown.
    """

    value: Scalar
    label: str

    @property
    def key(self) -> str:
        """The value as it travels in an HTML form."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits on a value.

    Attributes:
        required: It must be given whenever the field is shown.
        low: Least number, or earliest date as ISO text.
        high: Greatest number, or latest date.
        min_length: Least number of characters.
        max_length: Greatest number of characters.
        pattern: Regular expression that the whole text must match.
        pattern_message: What to tell the person when it does not.
        decimals: Decimal places allowed.
    """

    required: bool = False
    low: Decimal | str | None = None
    high: Decimal | str | None = None
    min_length: int = 0
    max_length: int = 2000
    pattern: str | None = None
    pattern_message: str = ""
    decimals: int = 6


@dataclass(frozen=True, slots=True)
class Component:
    """One component of a form; most are fields, some are sections or only show something.

    Attributes:
        type: form-js type: ``textfield``, ``number``, ``group``, ``dynamiclist`` …
        key: Own key; ``None`` for what has no value of its own.
        path: Dotted path of the value; columns of a list read ``staff.*.name``.
        label: Chinese label.
        basis: 依据, its own or that of the section around it.
        personal: True if it is personal data: encrypted where stored, masked where shown.
        hide: Condition under which it is absent.
        computed: Formula of a computed value, a shown text or a shown table.
        result: Type of a computed value: ``string``, ``number``, ``boolean``, ``date``; empty if undeclared.
        prefill: What an empty form starts with.
        required_when: Condition under which it must be given.
        after: Path of the date that this date may not precede.
        not_future: True if the date may not lie after today.
        must: Condition that must hold whenever a value is there, such as two sums that agree.
        must_message: What to tell the person when it does not.
        children: Components of a section or columns of a list.
    """

    type: str
    key: str | None
    path: str
    label: str
    rules: Rules = field(default_factory=Rules)
    basis: Basis | None = None
    help: str = ""
    format: str = ""
    unit: str = ""
    width: str = "full"
    personal: bool = False
    mask: str = "name"
    readonly: bool = False
    options: tuple[Option, ...] = ()
    options_from: Expression | None = None
    hide: Expression | None = None
    computed: Expression | None = None
    result: str = ""
    prefill: Expression | None = None
    required_when: Expression | None = None
    after: str = ""
    not_future: bool = False
    must: Expression | None = None
    must_message: str = ""
    default: object = None
    accept: tuple[str, ...] = ()
    max_mb: int = 20
    max_files: int = 20
    min_rows: int = 0
    max_rows: int = 200
    columns: tuple[tuple[str, str], ...] = ()
    text: str = ""
    children: tuple[Component, ...] = ()

    @property
    def required(self) -> bool:
        """It must be given whenever it is shown."""
        return self.rules.required

    @property
    def holds_value(self) -> bool:
        """True for what stores something itself: not for sections, texts and shown tables."""
        return self.type != "group" and self.type not in STATIC

    def walk(self) -> Iterator[Component]:
        """Yield this component and everything inside it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class FormSchema:
    """A form as data.

    Attributes:
        id: Key of the form, such as ``filing``.
        title: Chinese title.
        reads: Other forms of the case that its expressions may look at.
        components: The top level, in order.
    """

    id: str
    title: str
    reads: tuple[str, ...]
    components: tuple[Component, ...]

    def walk(self) -> Iterator[Component]:
        """Yield every component in document order."""
        for component in self.components:
            yield from component.walk()

    @cached_property
    def fields(self) -> tuple[Component, ...]:
        """Everything that holds a value, in document order; a list comes before its columns."""
        return tuple(component for component in self.walk() if component.holds_value)

    @cached_property
    def personal_paths(self) -> frozenset[str]:
        """Paths of personal data, with ``*`` for row numbers."""
        return frozenset(component.path for component in self.fields if component.personal)

    @cached_property
    def _by_path(self) -> dict[str, Component]:
        return {component.path: component for component in self.fields}

    def field(self, path: str) -> Component | None:
        """Find a field by its path; ``staff.0.name`` finds the column ``staff.*.name``."""
        return self._by_path.get(pattern_of(path))

    @cached_property
    def triggers(self) -> frozenset[str]:
        """Paths of fields whose change may show, hide, require or compute others."""
        texts = " ".join(expression.text for expression in self.expressions)
        words = frozenset(re.findall(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*", texts))
        return frozenset(
            component.path
            for component in self.fields
            if component.path in words or (ROW in component.path and component.key in words)
        )

    @cached_property
    def expressions(self) -> tuple[Expression, ...]:
        """Every condition and computation, in document order."""
        return tuple(
            expression
            for component in self.walk()
            for expression in (component.hide, component.computed, component.required_when, component.must)
            if expression is not None
        )


def pattern_of(path: str) -> str:
    """Turn the path of a value into that of its field: ``staff.0.name`` into ``staff.*.name``."""
    return ".".join(ROW if part.isdecimal() else part for part in path.split("."))
