"""A decision model as read from DMN XML. Nothing here is evaluated yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from webapp.dmn.errors import DecisionError
from webapp.dmn.logic import DecisionTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webapp.dmn.logic import Expression, FunctionExpression


@dataclass(frozen=True, slots=True, eq=False)
class FunctionType:
    """What functions of a type take and give: names of types, None for any."""

    parameters: tuple[str | None, ...]
    result: str | None


@dataclass(frozen=True, slots=True, eq=False)
class ItemType:
    """A type of the model.

    Attributes:
        base: name of the type that this one narrows, or None when it has components.
        collection: it is a list of that type.
        allowed: unary tests that each value must pass, or None.
        components: types of the entries by name.
        function: what a function of this type takes and gives, or None when it is no function.
        whole: unary tests that a list must pass as a whole, or None (the type constraint of DMN 1.5).
    """

    name: str
    base: str | None
    collection: bool
    allowed: str | None
    components: Mapping[str, ItemType]
    function: FunctionType | None = None
    whole: str | None = None


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
class Service:
    """A decision service: decisions that are called together, as a function, with their own inputs.

    Attributes:
        outputs: the decisions whose values are the result.
        parameters: the input data, then the decisions, whose values the caller gives, in this order.
    """

    id: str
    name: str
    variable: str
    type: str | None
    outputs: tuple[str, ...]
    parameters: tuple[str, ...]


Element: TypeAlias = InputData | Decision | Knowledge | Service


@dataclass(frozen=True, slots=True, eq=False)
class Import:
    """Another model whose elements and types are used under a name; with no name, under their own."""

    name: str
    namespace: str


_Named = TypeVar("_Named", Decision, Service)


@dataclass(frozen=True, slots=True, eq=False)
class Definitions:
    """A decision model.

    An id of another model is written `namespace#id`.

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
    services: tuple[Service, ...]
    imports: tuple[Import, ...]
    types: Mapping[str, ItemType]
    elements: Mapping[str, Element] = field(repr=False)

    def decision(self, key: str) -> Decision:
        """Find a decision by id, else by name, else by the name of its variable.

        Raises:
            DecisionError: when there is none.
        """
        return _named(self.decisions, key, "决策")

    def service(self, key: str) -> Service:
        """Find a decision service by id, else by name, else by the name of its variable.

        Raises:
            DecisionError: when there is none.
        """
        return _named(self.services, key, "决策服务")


def _named(elements: tuple[_Named, ...], key: str, what: str) -> _Named:
    for attribute in ("id", "name", "variable"):
        for element in elements:
            if getattr(element, attribute) == key:
                return element
    raise DecisionError(f"决策模型中没有{what}“{key}”", element=key)
