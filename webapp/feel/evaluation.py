"""The door to FEEL: parse once, evaluate often, always within bounds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from webapp.feel import compile_calls, compile_iteration, compile_operators, compile_values
from webapp.feel.analysis import Profile, profile
from webapp.feel.builtins import BUILTINS
from webapp.feel.compiler import PLACEHOLDER, Code, Compiler, Root, Rule, Scope
from webapp.feel.errors import FeelError, FeelLimitExceeded
from webapp.feel.lexer import normal
from webapp.feel.limits import DEFAULT, Budget, Limits
from webapp.feel.nodes import Tests, references
from webapp.feel.parser import parse_expression, parse_tests
from webapp.feel.values import Value, from_python, measure

if TYPE_CHECKING:
    from webapp.feel.nodes import Node

_RULES: Final[dict[type, Rule]] = {
    **compile_values.RULES,
    **compile_operators.RULES,
    **compile_iteration.RULES,
    **compile_calls.RULES,
}
_SHORT: Final = 1_000
"""Longer texts are cached apart, so that a few cannot fill the memory."""


class Expression:
    """A parsed expression, safe to share between threads.

    Attributes:
        text: the source.
        names: free names that it uses, without built-ins.
        unknown: those of them that were not declared to `parse`, with their offsets.
        references: the free names with the path behind each, such as `case.area`, in order of appearance.
        problems: calls that can only give null, as (what is wrong in Chinese, offset).
        node: the syntax tree.
        always: it is the unary test `-`, which every value passes.
    """

    __slots__ = ("_code", "always", "names", "node", "problems", "references", "text", "unknown")

    def __init__(self, text: str, node: Node, compiler: Compiler, code: Code) -> None:
        self.text = text
        self.node = node
        self.names = frozenset(compiler.used)
        self.unknown: Mapping[str, int] = compiler.unknown
        self.problems = tuple(compiler.problems)
        self.references = tuple(dict.fromkeys(references(node, self.names)))
        self.always = isinstance(node, Tests) and not node.tests
        self._code = code

    def evaluate(self, context: Mapping[str, object] | Root, *, limits: Limits | Budget = DEFAULT) -> Value:
        """Evaluate with the names of a context.

        Args:
            context: values by name; ints and floats become numbers, tuples lists.
            limits: what the evaluation may use, or what is left of it for several in a row.

        Raises:
            FeelError: for an unknown name or a context value that FEEL does not know.
            FeelLimitExceeded: when a limit is reached.
        """
        budget = limits if isinstance(limits, Budget) else Budget(limits)
        return self._run(Scope(_root(context), {}, budget))

    def test(
        self, value: object, context: Mapping[str, object] | Root, *, limits: Limits | Budget = DEFAULT
    ) -> bool | None:
        """Evaluate unary tests on a value.

        Raises:
            FeelError: for an unknown name or a value that FEEL does not know.
            FeelLimitExceeded: when a limit is reached.
        """
        budget = limits if isinstance(limits, Budget) else Budget(limits)
        return self.test_value(from_python(value, budget), _root(context), budget)

    def test_value(self, value: Value, root: Root, budget: Budget) -> bool | None:
        """Evaluate unary tests on what already is a FEEL value; see `test`."""
        result = self._run(Scope(root, {PLACEHOLDER: value}, budget))
        return result if isinstance(result, bool) else None

    def profile(self) -> Profile:
        """Describe unary tests: their constants, and whether the outcome changes only at these.

        Raises:
            FeelError: when a constant part cannot be evaluated.
        """
        try:
            return profile(self.node, lambda part: _compiled_node(part, self.text).evaluate({}))
        except RecursionError:
            raise FeelLimitExceeded("表达式的嵌套层数超出上限", text=self.text) from None

    def _run(self, scope: Scope) -> Value:
        try:
            value = self._code(scope)
        except RecursionError:
            raise FeelLimitExceeded("表达式的嵌套层数超出上限", text=self.text) from None
        if type(value) is list or type(value) is dict:
            measure(value, scope.budget)
        return value


def _root(context: Mapping[str, object] | Root) -> Root:
    return context if isinstance(context, Root) else Root(context)


def parse(expression: str, names: Collection[str] = ()) -> Expression:
    """Parse an expression; the result is cached by text and names.

    Args:
        expression: FEEL text.
        names: the names that the context will have; they may hold spaces, operators and Chinese. Names of
            entries further down need to be given only if they hold operators.

    Raises:
        FeelSyntaxError: when the text is not FEEL.
        FeelLimitExceeded: when it is too long or nests too deeply.
    """
    return _cached(expression, names, _SHORT_EXPRESSIONS, _LONG_EXPRESSIONS)


def parse_unary(tests: str, names: Collection[str] = ()) -> Expression:
    """Parse the unary tests of a decision table cell; use `Expression.test` to evaluate them.

    Raises:
        FeelSyntaxError: when the text is not a unary test.
        FeelLimitExceeded: when it is too long or nests too deeply.
    """
    return _cached(tests, names, _SHORT_TESTS, _LONG_TESTS)


def evaluate(expression: str, context: Mapping[str, object], *, limits: Limits = DEFAULT) -> Value:
    """Evaluate an expression with the names of a context.

    Raises:
        FeelSyntaxError: when the text is not FEEL.
        FeelError: for an unknown name or a context value that FEEL does not know.
        FeelLimitExceeded: when a limit is reached.
    """
    return parse(expression, context.keys()).evaluate(context, limits=limits)


def evaluate_unary(
    tests: str, value: object, context: Mapping[str, object], *, limits: Limits = DEFAULT
) -> bool | None:
    """Evaluate unary tests on a value: whether it passes, or null when that cannot be said.

    Raises:
        FeelSyntaxError: when the text is not a unary test.
        FeelError: for an unknown name or a value that FEEL does not know.
        FeelLimitExceeded: when a limit is reached.
    """
    return parse_unary(tests, context.keys()).test(value, context, limits=limits)


_Reader = Callable[[str, frozenset[str]], Expression]


def _cached(text: object, names: Collection[str], short: _Reader, long: _Reader) -> Expression:
    if not isinstance(text, str):
        raise FeelError("表达式必须是文本")
    return (short if len(text) <= _SHORT else long)(text, frozenset(names))


def _read_expression(text: str, names: frozenset[str]) -> Expression:
    return _compiled(text, names, parse_expression, ())


def _read_tests(text: str, names: frozenset[str]) -> Expression:
    return _compiled(text, names, parse_tests, (PLACEHOLDER,))


def _compiled(
    text: str,
    names: frozenset[str],
    read: Callable[[str, frozenset[str]], Node],
    bound: tuple[str, ...],
) -> Expression:
    names = frozenset(normal(name) for name in names if isinstance(name, str))
    try:
        return _compiled_node(read(text, names), text, names, bound)
    except RecursionError:
        raise FeelLimitExceeded("表达式的嵌套层数超出上限", text=text) from None


def _compiled_node(
    node: Node, text: str, names: frozenset[str] = frozenset(), bound: tuple[str, ...] = ()
) -> Expression:
    compiler = Compiler(_RULES, BUILTINS, names, text)
    with compiler.binding(bound):
        code = compiler.compile(node)
    return Expression(text, node, compiler, code)


_SHORT_EXPRESSIONS: Final = lru_cache(maxsize=4096)(_read_expression)
_LONG_EXPRESSIONS: Final = lru_cache(maxsize=64)(_read_expression)
_SHORT_TESTS: Final = lru_cache(maxsize=4096)(_read_tests)
_LONG_TESTS: Final = lru_cache(maxsize=64)(_read_tests)
