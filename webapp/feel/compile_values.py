"""Compile what yields values: literals, names, paths, lists, contexts, ranges and types."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from webapp.feel.compiler import PLACEHOLDER, Binding, Code, Compiler, Rule, Scope
from webapp.feel.errors import FeelError, wide_punctuation_hint
from webapp.feel.nodes import (
    ContextNode,
    InstanceOf,
    ListNode,
    Literal,
    Name,
    Path,
    Placeholder,
    RangeNode,
)
from webapp.feel.operators import compare
from webapp.feel.paths import step
from webapp.feel.types import is_instance
from webapp.feel.values import READY, Range, Value, from_python, kind

_LONGEST_SHOWN: Final = 40


def _literal(_compiler: Compiler, node: Literal) -> Code:
    value = node.value
    return lambda _scope: value


def _placeholder(compiler: Compiler, node: Placeholder) -> Code:
    if compiler.lookup(PLACEHOLDER).local:
        return lambda scope: scope.locals[PLACEHOLDER]
    raise FeelError("“?”只能用在条件单元格里", position=node.at, text=compiler.text)


def unknown(name: str, at: int, text: str) -> FeelError:
    """Make the error for a name that nothing is known about."""
    shown = name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}…"
    hint = wide_punctuation_hint(name) or "（如果是文本，请加双引号）"
    return FeelError(f"未知的名称“{shown}”{hint}", position=at, text=text)


def _name(compiler: Compiler, node: Name) -> Code:
    binding = compiler.lookup(node.name)
    if binding.items:
        return _item_entry(compiler, node, binding)
    return _outer(compiler, node, binding)


def _outer(compiler: Compiler, node: Name, binding: Binding) -> Code:
    name = node.name
    if binding.local:
        return lambda scope: scope.locals[name]
    if name not in compiler.names and name in compiler.builtins:
        function = compiler.builtins[name]
        return lambda _scope: function
    compiler.free(name, node.at)
    at, text = node.at, compiler.text

    def read(scope: Scope) -> Value:
        root = scope.root
        try:
            value = root.given[name]
            return value if type(value) in READY else root.value(name, scope.budget)
        except KeyError:
            raise unknown(name, at, text) from None

    return read


def _item_entry(compiler: Compiler, node: Name, binding: Binding) -> Code:
    """Compile a name inside a filter: an entry of the item, else what the name means outside."""
    name, keys = node.name, binding.items
    if binding.local:
        outer: Code = _outer(compiler, node, binding)
    elif name in compiler.names or name in compiler.builtins:
        outer = _outer(compiler, node, binding)
    else:
        outer = _missing_entry(node, keys, compiler.text)

    def read(scope: Scope) -> Value:
        for key in keys:
            item = scope.locals[key]
            if type(item) is dict and name in item:
                return item[name]
        return outer(scope)

    return read


def _missing_entry(node: Name, keys: tuple[str, ...], text: str) -> Code:
    name, at = node.name, node.at

    def read(scope: Scope) -> Value:
        if name in scope.root.given:
            return scope.root.value(name, scope.budget)
        if any(type(scope.locals[key]) is dict for key in keys):
            return None
        raise unknown(name, at, text)

    return read


def _path(compiler: Compiler, node: Path) -> Code:
    names = [node.name]
    base = node.base
    while isinstance(base, Path):
        names.append(base.name)
        base = base.base
    steps = tuple(reversed(names))
    if isinstance(base, Name):
        binding = compiler.lookup(base.name)
        if not binding.local and not binding.items and base.name not in compiler.builtins:
            return _root_path(compiler, base, steps)
    start = compiler.compile(base)

    def read(scope: Scope) -> Value:
        value = start(scope)
        for name in steps:
            value = step(value, name, scope.budget)
        return value

    return read


def _root_path(compiler: Compiler, base: Name, steps: tuple[str, ...]) -> Code:
    """Compile a path into the caller's data, which is converted only where the path ends."""
    compiler.free(base.name, base.at)
    root, at, text = base.name, base.at, compiler.text

    def read(scope: Scope) -> Value:
        try:
            value = scope.root.given[root]
        except KeyError:
            raise unknown(root, at, text) from None
        for name in steps:
            if type(value) is dict or isinstance(value, Mapping):
                value = value.get(name)
            else:
                value = step(from_python(value, scope.budget), name, scope.budget)
        return value if type(value) in READY else from_python(value, scope.budget)

    return read


def _list(compiler: Compiler, node: ListNode) -> Code:
    codes = tuple(compiler.compile(item) for item in node.items)
    count = len(codes)

    def make(scope: Scope) -> Value:
        scope.budget.items(count)
        return [code(scope) for code in codes]

    return make


def _context(compiler: Compiler, node: ContextNode) -> Code:
    known: set[str] = set()
    entries: list[tuple[str, Code]] = []
    for key, value in node.entries:
        with compiler.binding(known):
            entries.append((key, compiler.compile(value)))
        known.add(key)

    def make(scope: Scope) -> Value:
        scope.budget.items(len(entries))
        inner = scope
        made: dict[str, Value] = {}
        for key, code in entries:
            made[key] = code(inner)
            inner = inner.bind(key, made[key])
        return made

    return make


def _range(compiler: Compiler, node: RangeNode) -> Code:
    low = None if node.low is None else compiler.compile(node.low)
    high = None if node.high is None else compiler.compile(node.high)
    low_closed, high_closed, symbol = node.low_closed, node.high_closed, node.symbol

    def make(scope: Scope) -> Value:
        start = None if low is None else low(scope)
        end = None if high is None else high(scope)
        if (low is not None and start is None) or (high is not None and end is None):
            return None
        if start is not None and end is not None and compare("<=", start, end) is not True:
            return None
        return Range(start, end, low_closed, high_closed, symbol)

    return make


def _instance_of(compiler: Compiler, node: InstanceOf) -> Code:
    value, wanted = compiler.compile(node.value), node.type
    return lambda scope: is_instance(value(scope), wanted, scope.budget, scope.root.named_types)


def number_literal(node: object) -> Decimal | None:
    """The number that a node stands for, if it is a constant one."""
    if isinstance(node, Literal) and kind(node.value) == "number":
        return Decimal(node.value)
    return None


RULES: Final[dict[type, Rule]] = {
    Literal: _literal,
    Placeholder: _placeholder,
    Name: _name,
    Path: _path,
    ListNode: _list,
    ContextNode: _context,
    RangeNode: _range,
    InstanceOf: _instance_of,
}
