"""The logic of decisions as read from DMN XML: boxed expressions. Nothing here is evaluated yet.

Where an expression has a `type`, its value is fitted to that type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, eq=False)
class LiteralExpression:
    """A FEEL text."""

    id: str
    text: str
    type: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class InputClause:
    """A column of conditions.

    Attributes:
        label: heading, or the expression when there is none.
        expression: FEEL text of the value that is tested.
        type: name of the value's type, or None.
        allowed: unary tests that the value must pass, or None.
    """

    id: str
    label: str
    expression: str
    type: str | None
    allowed: str | None


@dataclass(frozen=True, slots=True, eq=False)
class OutputClause:
    """A column of results.

    Attributes:
        name: name of the component; may be empty when there is but one.
        label: heading, or the name.
        type: name of the type, or None.
        values: FEEL list of the possible values, most preferred first, or None.
        default: FEEL text of the value when no rule matches, or None.
    """

    id: str
    name: str
    label: str
    type: str | None
    values: str | None
    default: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A row.

    Attributes:
        index: counted from 1.
        tests: unary tests, one for each input.
        outputs: FEEL texts, one for each output.
        annotations: text by heading.
    """

    index: int
    id: str
    tests: tuple[str, ...]
    outputs: tuple[str, ...]
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class DecisionTable:
    """A decision table.

    Attributes:
        hit_policy: UNIQUE, ANY, PRIORITY, FIRST, RULE ORDER, OUTPUT ORDER or COLLECT.
        aggregation: SUM, MIN, MAX or COUNT with COLLECT, or None.
    """

    id: str
    hit_policy: str
    aggregation: str | None
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]
    type: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ContextEntry:
    """A line of a boxed context; the result line has no name."""

    name: str | None
    type: str | None
    value: Expression


@dataclass(frozen=True, slots=True, eq=False)
class ContextExpression:
    """A boxed context."""

    id: str
    entries: tuple[ContextEntry, ...]
    type: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Invocation:
    """A boxed invocation: the function and its arguments by parameter name."""

    id: str
    function: Expression
    bindings: tuple[tuple[str, Expression], ...]
    type: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ListExpression:
    """A boxed list."""

    id: str
    items: tuple[Expression, ...]
    type: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Relation:
    """A boxed relation: rows of cells under column names."""

    id: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Expression, ...], ...]
    type: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FunctionExpression:
    """A boxed function: parameters as (name, type) and the body."""

    id: str
    parameters: tuple[tuple[str, str | None], ...]
    body: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Conditional:
    """A boxed `if`: the first branch when the condition is true, else the second."""

    id: str
    condition: Expression
    yes: Expression
    no: Expression
    type: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FilterExpression:
    """A boxed filter: the items of a list for which the condition is true."""

    id: str
    source: Expression
    condition: Expression
    type: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Iteration:
    """A boxed loop.

    Attributes:
        kind: `for`, `some` or `every`.
        variable: the name that the body has for the item of each turn.
        body: the value of each turn, or the condition.
        wants_partial: the body may use `partial`, the results of the turns before.
    """

    id: str
    kind: str
    variable: str
    source: Expression
    body: Expression
    wants_partial: bool
    type: str | None = None


Expression: TypeAlias = (
    LiteralExpression
    | DecisionTable
    | ContextExpression
    | Invocation
    | ListExpression
    | Relation
    | FunctionExpression
    | Conditional
    | FilterExpression
    | Iteration
)
