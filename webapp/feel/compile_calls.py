"""Compile function definitions and calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webapp.feel.compiler import Code, Compiler, Rule, Scope
from webapp.feel.nodes import Call, FunctionNode, Name, TypeNode
from webapp.feel.types import coerced
from webapp.feel.values import Function, Value

if TYPE_CHECKING:
    from webapp.feel.builtin import Builtin
    from webapp.feel.limits import Budget


class Lambda(Function):
    """A function defined in FEEL, with what its body sees where it was defined."""

    __slots__ = ("_body", "_cost", "_depth", "_locals", "_root", "_types")

    def __init__(
        self,
        parameters: tuple[tuple[str, TypeNode | None], ...],
        body: tuple[Code, int, int],
        scope: Scope,
    ) -> None:
        super().__init__(tuple(name for name, _ in parameters))
        self._types = tuple(wanted for _, wanted in parameters)
        self._body, self._cost, self._depth = body
        self._root = scope.root
        self._locals = scope.locals

    def call(self, arguments: list[Value], budget: Budget) -> Value:
        """Call with arguments in order; null when their number or types are wrong."""
        if len(arguments) != len(self.parameters):
            return None
        values = dict(self._locals)
        for name, wanted, argument in zip(self.parameters, self._types, arguments, strict=True):
            values[name] = (
                argument if wanted is None else coerced(argument, wanted, budget, self._root.named_types)
            )
            if values[name] is None and argument is not None:
                return None
        budget.tick(self._cost + 1)
        budget.enter(self._depth)
        result = self._body(Scope(self._root, values, budget))
        budget.leave(self._depth)
        return result


def invoke(function: Value, arguments: list[Value], budget: Budget) -> Value:
    """Call a function value with arguments in order; null when it is no function."""
    return function.call(arguments, budget) if isinstance(function, Function) else None


def _function(compiler: Compiler, node: FunctionNode) -> Code:
    with compiler.binding(name for name, _ in node.parameters):
        body = compiler.measured(node.body)
    parameters = node.parameters
    return lambda scope: Lambda(parameters, body, scope)


def _call(compiler: Compiler, node: Call) -> Code:
    codes = tuple(compiler.compile(argument) for argument in node.arguments)
    builtin = _builtin(compiler, node)
    if builtin is not None:
        return _builtin_call(compiler, node, builtin, codes)
    function = compiler.compile(node.function)
    if node.names is None:
        return lambda scope: invoke(function(scope), [code(scope) for code in codes], scope.budget)
    return _named_call(function, node.names, codes)


def _builtin(compiler: Compiler, node: Call) -> Builtin | None:
    """The built-in that is called for certain, if any."""
    if not isinstance(node.function, Name):
        return None
    name = node.function.name
    binding = compiler.lookup(name)
    if binding.local or name in compiler.names:
        return None
    return compiler.builtins.get(name)


def _builtin_call(compiler: Compiler, node: Call, builtin: Builtin, codes: tuple[Code, ...]) -> Code:
    if node.names is not None:
        return _named_builtin_call(compiler, node, builtin, codes)
    if not builtin.accepts(len(codes)):
        compiler.problems.append((f"函数“{builtin.name}”不能有{len(codes)}个参数", node.at))
        return lambda _scope: None
    call = builtin.call
    return lambda scope: call([code(scope) for code in codes], scope.budget)


def _named_builtin_call(compiler: Compiler, node: Call, builtin: Builtin, codes: tuple[Code, ...]) -> Code:
    found = builtin.order(node.names or ())
    if found is None:
        compiler.problems.append((f"函数“{builtin.name}”没有这样的参数名称", node.at))
        return lambda _scope: None
    signature, places = found

    def run(scope: Scope) -> Value:
        given = [code(scope) for code in codes]
        fitted = signature.fit([None if place is None else given[place] for place in places])
        return None if fitted is None else signature.run(scope.budget, *fitted)

    return run


def _named_call(function: Code, names: tuple[str, ...], codes: tuple[Code, ...]) -> Code:
    def run(scope: Scope) -> Value:
        called = function(scope)
        if not isinstance(called, Function) or set(called.parameters) != set(names):
            return None
        given = dict(zip(names, (code(scope) for code in codes), strict=True))
        return invoke(called, [given[name] for name in called.parameters], scope.budget)

    return run


RULES: Final[dict[type, Rule]] = {
    FunctionNode: _function,
    Call: _call,
}
