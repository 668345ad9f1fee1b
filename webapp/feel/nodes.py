"""The syntax tree of FEEL. `at` is the offset in the text, for messages."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Iterator as Walk

    from webapp.feel.values import Value


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    value: Value


@dataclass(frozen=True, slots=True)
class Name:
    """A variable or built-in, by name."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Placeholder:
    """The `?` of a unary test: the value that is tested."""

    at: int


@dataclass(frozen=True, slots=True)
class Path:
    """`base.name`."""

    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter:
    """`base[condition]`."""

    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call:
    """`function(arguments)`; `names` has one name for each argument when they are given by name."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None
    at: int


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`first op operand op operand …`, from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Negate:
    """`-operand`."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Compare:
    """`left op right`, op one of = != < <= > >=."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic:
    """`and` or `or` over two or more operands."""

    op: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """`value between low and high`."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In:
    """`value in (tests)`."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Test:
    """A unary test with an operator, such as `< 10`."""

    op: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Tests:
    """The content of a decision table cell: any of the tests, or none of them; no tests is `-`."""

    tests: tuple[Node, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class RangeNode:
    """`[low..high]` with open or closed ends; a missing end is unbounded. `symbol` is = or != in `(=x)`."""

    low: Node | None
    high: Node | None
    low_closed: bool
    high_closed: bool
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class If:
    """`if condition then yes else no`."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Iterator:
    """`name in source`, or `name in source..end`."""

    name: str
    source: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For:
    """`for iterators return body`."""

    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified:
    """`some` or `every` iterators `satisfies` condition."""

    op: str
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class ListNode:
    """`[items]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextNode:
    """`{key: value, …}`; every value sees the keys before it."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class FunctionNode:
    """`function(parameters) body`; each parameter has a type or None."""

    parameters: tuple[tuple[str, TypeNode | None], ...]
    body: Node


@dataclass(frozen=True, slots=True)
class TypeNode:
    """A type: its name, the types inside it, and for a context the names of the parts."""

    name: str
    inner: tuple[TypeNode, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceOf:
    """`value instance of type`."""

    value: Node
    type: TypeNode


Node: TypeAlias = (
    Literal | Name | Placeholder | Path | Filter | Call | Arithmetic | Negate | Compare | Logic
    | Between | In | Test | Tests | RangeNode | If | For | Quantified | ListNode | ContextNode
    | FunctionNode | InstanceOf
)  # fmt: skip


def children(part: object) -> Walk[object]:
    """Give what a node, or a tuple of nodes, is made of."""
    if isinstance(part, tuple):
        yield from part
    elif is_dataclass(part):
        for each in fields(part):
            yield getattr(part, each.name)


def mentions(part: object, kind: type, name: str | None = None) -> bool:
    """Whether a node of that kind (and name) is anywhere in a tree."""
    if isinstance(part, kind) and (name is None or getattr(part, "name", None) == name):
        return True
    return any(mentions(child, kind, name) for child in children(part))


def references(part: object, names: Collection[str]) -> Walk[str]:
    """Give the paths into the caller's names, such as `case.area`."""
    if isinstance(part, Name | Path):
        steps: list[str] = []
        base: object = part
        while isinstance(base, Path):
            steps.append(base.name)
            base = base.base
        if isinstance(base, Name):
            if base.name in names:
                yield ".".join([base.name, *reversed(steps)])
            return
        yield from references(base, names)
        return
    for child in children(part):
        yield from references(child, names)
