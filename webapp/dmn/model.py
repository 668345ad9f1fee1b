"""A decision model as read from DMN XML. Nothing here is evaluated yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from webapp.dmn.errors import DecisionError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, eq=False)
class LiteralExpression:
    """A FEEL text."""

    id: str
    text: str


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


@dataclass(frozen=True, slots=True, eq=False)
class Invocation:
    """A boxed invocation: the function and its arguments by parameter name."""

    id: str
    function: Expression
    bindings: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True, eq=False)
class ListExpression:
    """A boxed list."""

    id: str
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Relation:
    """A boxed relation: rows of cells under column names."""

    id: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class FunctionExpression:
    """A boxed function: parameters as (name, type) and the body."""

    id: str
    parameters: tuple[tuple[str, str | None], ...]
    body: Expression


Expression: TypeAlias = (
    LiteralExpression
    | DecisionTable
    | ContextExpression
    | Invocation
    | ListExpression
    | Relation
    | FunctionExpression
)


@dataclass(frozen=True, slots=True, eq=False)
class ItemType:
    """A type of the model.

    Attributes:
        base: name of the type that this one narrows, or None when it has components.
        collection: it is a list of that type.
        allowed: unary tests that each value must pass, or None.
        components: types of the entries by name.
    """

    name: str
    base: str | None
    collection: bool
    allowed: str | None
    components: Mapping[str, ItemType]


@dataclass(frozen=True, slots=True, eq=False)
class InputData:
    """A value that the caller supplies.

    Attributes:
        variable: the name by which expressions use it; the caller supplies it under this name.
    """

    id: str
    name: str
    variable: str
    type: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """A decision.

    Attributes:
        variable: the name by which other decisions use its result.
        type: name of the result's type, or None.
        requires: ids of the inputs, decisions and knowledge that it needs.
        expression: its logic, or None.
    """

    id: str
    name: str
    variable: str
    type: str | None
    requires: tuple[str, ...]
    expression: Expression | None

    @property
    def table(self) -> DecisionTable | None:
        """The decision table, if that is the logic."""
        return self.expression if isinstance(self.expression, DecisionTable) else None


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """A business knowledge model: a function that decisions call by the name of its variable."""

    id: str
    name: str
    variable: str
    type: str | None
    requires: tuple[str, ...]
    function: FunctionExpression | None


@dataclass(frozen=True, slots=True, eq=False)
class Definitions:
    """A decision model.

    Attributes:
        content_hash: SHA-256 of the source, in hexadecimal.
        types: types of the model by name.
    """

    id: str
    name: str
    namespace: str
    content_hash: str
    inputs: tuple[InputData, ...]
    decisions: tuple[Decision, ...]
    knowledge: tuple[Knowledge, ...]
    types: Mapping[str, ItemType]
    elements: Mapping[str, InputData | Decision | Knowledge] = field(repr=False)

    def decision(self, key: str) -> Decision:
        """Find a decision by id, else by name, else by the name of its variable.

        Raises:
            DecisionError: when there is none.
        """
        for attribute in ("id", "name", "variable"):
            for decision in self.decisions:
                if getattr(decision, attribute) == key:
                    return decision
        raise DecisionError(f"决策模型中没有决策“{key}”", element=key)
