"""Turn a syntax tree into nested Python closures.

A closure takes a `Scope` and gives a value. What can be known from the text alone is worked out here, once:
which names are local, which are built in, what a loop turn costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from webapp.feel.errors import FeelLimitExceeded
from webapp.feel.limits import MAX_TREE, Budget
from webapp.feel.values import Value, from_python

if TYPE_CHECKING:
    from webapp.feel.builtin import Builtin
    from webapp.feel.nodes import Node


NamedTypes: TypeAlias = Callable[[Value, str, Budget], bool | None]
"""Whether a value is of a type of that name; null when there is no such type."""


class Root:
    """The caller's names and values; each is converted at most once.

    Attributes:
        given: values by name, as handed over.
        known: those already converted to FEEL values.
        named_types: says whether a value is of a type that is not FEEL's own, by the type's name.
    """

    __slots__ = ("given", "known", "named_types")

    def __init__(self, given: Mapping[str, object]) -> None:
        self.given = given
        self.known: dict[str, Value] = {}
        self.named_types: NamedTypes | None = None

    def value(self, name: str, budget: Budget) -> Value:
        """Give a value as a FEEL value.

        Raises:
            KeyError: when there is no such name.
            FeelError: when the value is of no FEEL type.
        """
        if name in self.known:
            return self.known[name]
        value = self.known[name] = from_python(self.given[name], budget)
        return value


class Scope:
    """What an expression sees while it is evaluated.

    Attributes:
        root: the caller's names.
        locals: names bound inside the expression.
        budget: what may still be spent.
    """

    __slots__ = ("budget", "locals", "root")

    def __init__(self, root: Root, local: dict[str, Value], budget: Budget) -> None:
        self.root = root
        self.locals = local
        self.budget = budget

    def bind(self, name: str, value: Value) -> Scope:
        """Make the scope that has one more local name."""
        self.budget.tick(1 + len(self.locals) // _NAMES_PER_STEP)
        return Scope(self.root, {**self.locals, name: value}, self.budget)


Code: TypeAlias = Callable[[Scope], Value]
Rule: TypeAlias = Callable[["Compiler", Any], Code]


@dataclass(frozen=True, slots=True)
class Binding:
    """What a name means at its place.

    Attributes:
        local: it is bound inside the expression.
        items: locals that hold the filtered items whose entries come first, innermost first.
    """

    local: bool
    items: tuple[str, ...]


@dataclass(slots=True)
class Compiler:
    """One compilation.

    Attributes:
        rules: how each kind of node is compiled.
        builtins: the built-in functions by name.
        names: names that the caller declares; they hide built-ins.
        text: the source, for messages.
        used: free names that were met.
        unknown: free names that were not declared, with their offsets.
        problems: calls that can only give null, as (what is wrong, offset).
        nodes: nodes compiled so far; the difference over a body is the body's cost.
    """

    rules: Mapping[type, Rule]
    builtins: Mapping[str, Builtin]
    names: frozenset[str]
    text: str
    used: set[str] = field(default_factory=set)
    unknown: dict[str, int] = field(default_factory=dict)
    problems: list[tuple[str, int]] = field(default_factory=list)
    nodes: int = 0
    _depth: int = 0
    _deepest: int = 0
    _frames: list[frozenset[str] | str] = field(default_factory=list)

    def compile(self, node: Node) -> Code:
        """Compile one node and what is below it.

        Raises:
            FeelLimitExceeded: when the tree is too deep.
        """
        self.nodes += 1
        self._depth += 1
        self._deepest = max(self._deepest, self._depth)
        if self._depth > MAX_TREE:
            raise FeelLimitExceeded("表达式的嵌套层数超出上限", text=self.text)
        code = self.rules[type(node)](self, node)
        self._depth -= 1
        return code

    def weighed(self, node: Node) -> tuple[Code, int]:
        """Compile a body that may run many times; gives its cost as well."""
        before = self.nodes
        code = self.compile(node)
        return code, self.nodes - before

    def measured(self, node: Node) -> tuple[Code, int, int]:
        """Compile a function body; gives its cost and its depth as well."""
        outer, self._deepest = self._deepest, self._depth
        code, weight = self.weighed(node)
        depth = self._deepest - self._depth
        self._deepest = max(outer, self._deepest)
        return code, weight, depth

    @contextmanager
    def binding(self, names: Iterable[str]) -> Iterator[None]:
        """Compile with more local names."""
        self._frames.append(frozenset(names))
        yield
        self._frames.pop()

    @contextmanager
    def filtering(self) -> Iterator[str]:
        """Compile a filter condition, where the entries of the item are names; gives the item's local."""
        key = f"{ITEM} {len(self._frames)}"
        self._frames.append(key)
        yield key
        self._frames.pop()

    def lookup(self, name: str) -> Binding:
        """Find out what a name means here."""
        items = []
        for frame in reversed(self._frames):
            if isinstance(frame, str):
                items.append(frame)
                if name == ITEM:
                    return Binding(local=True, items=tuple(items))
            elif name in frame:
                return Binding(local=True, items=tuple(items))
        return Binding(local=False, items=tuple(items))

    def free(self, name: str, at: int) -> None:
        """Note that a free name is used."""
        self.used.add(name)
        if name not in self.names:
            self.unknown.setdefault(name, at)


_NAMES_PER_STEP: Final = 16
ITEM: Final = "item"
"""The item under test in a filter."""
PLACEHOLDER: Final = "?"
"""The value under test in a unary test."""
