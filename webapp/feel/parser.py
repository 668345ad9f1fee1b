"""Parse FEEL expressions and unary tests: the operators, weakest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webapp.feel.limits import MAX_NESTING
from webapp.feel.nodes import (
    Arithmetic,
    Between,
    Call,
    Compare,
    Filter,
    In,
    InstanceOf,
    Literal,
    Logic,
    Name,
    Negate,
    Node,
    Path,
    Test,
    Tests,
    TypeNode,
)
from webapp.feel.primary import PrimaryParser

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

COMPARISONS: Final = ("=", "!=", "<=", ">=", "<", ">")
_ALWAYS_KNOWN: Final = ("date and time", "days and time duration", "years and months duration")


def parse_expression(text: str, names: Collection[str]) -> Node:
    """Parse one expression.

    Raises:
        FeelSyntaxError: when the text is not FEEL.
        FeelLimitExceeded: when it is too long or nests too deeply.
    """
    parser = Parser(text, (*_ALWAYS_KNOWN, *names))
    node = parser.expression()
    parser.expect_end()
    return node


def parse_tests(text: str, names: Collection[str]) -> Tests:
    """Parse the unary tests of a decision table cell.

    Raises:
        FeelSyntaxError: when the text is not a unary test.
        FeelLimitExceeded: when it is too long or nests too deeply.
    """
    return Parser(text, (*_ALWAYS_KNOWN, *names)).cell()


class Parser(PrimaryParser):
    """Precedence, from `or` down to calls and filters."""

    def expression(self) -> Node:
        """Parse an expression of any kind."""
        self.deeper()
        node = self._logic("or", self._conjunction)
        self.shallower()
        return node

    def _conjunction(self) -> Node:
        return self._logic("and", self._comparison)

    def _logic(self, word: str, operand: Callable[[], Node]) -> Node:
        operands = [operand()]
        while self.at_word(word):
            self.advance()
            operands.append(operand())
        return operands[0] if len(operands) == 1 else Logic(word, tuple(operands))

    def _comparison(self) -> Node:
        left = self.operand()
        for _ in range(MAX_NESTING):
            following = self._compared(left)
            if following is None:
                return left
            left = following
        raise self.error("连续的比较过多")

    def _compared(self, left: Node) -> Node | None:
        if self.at(*COMPARISONS):
            return Compare(self.advance().value, left, self.operand())
        if self.at_word("between"):
            self.advance()
            low = self.operand()
            self.expect_word("and")
            return Between(left, low, self.operand())
        if self.at_word("in"):
            self.advance()
            return In(left, self._in_tests())
        if self.at_word("instance of"):
            self.advance()
            return InstanceOf(left, self.type())
        return None

    def operand(self) -> Node:
        """Parse what may stand on either side of a comparison."""
        return self._arithmetic(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._arithmetic(("*", "/"), self._power)

    def _power(self) -> Node:
        return self._arithmetic(("**",), self._signed)

    def _arithmetic(self, symbols: tuple[str, ...], operand: Callable[[], Node]) -> Node:
        first = operand()
        rest = []
        while self.at(*symbols):
            symbol = self.advance().value
            rest.append((symbol, operand()))
        return Arithmetic(first, tuple(rest)) if rest else first

    def _signed(self) -> Node:
        if not self.at("-"):
            return self._postfix()
        self.deeper()
        self.advance()
        node = self._signed()
        self.shallower()
        if isinstance(node, Literal) and self.is_number(node.value):
            return Literal(-node.value)
        return Negate(node)

    def _postfix(self) -> Node:
        node = self.primary()
        for _ in range(2 * MAX_NESTING):
            following = self._followed(node)
            if following is None:
                return node
            node = following
        raise self.error("连续的取值、筛选或调用过多")

    def _followed(self, node: Node) -> Node | None:
        at = self.token.start
        if self.take("."):
            return Path(node, self._member())
        if self.at("[") and not self.in_endpoint:
            self.advance()
            condition = self.inside(self.expression)
            self.expect("]")
            return Filter(node, condition)
        if self.take("("):
            arguments, names = self.inside(self._arguments)
            return Call(node, arguments, names, node.at if isinstance(node, Name) else at)
        return None

    def _member(self) -> str:
        if self.token.kind not in {"name", "keyword"}:
            raise self.unexpected("“.”之后应为名称")
        return self.advance().value

    def _arguments(self) -> tuple[tuple[Node, ...], tuple[str, ...] | None]:
        if self.take(")"):
            return (), None
        names: list[str] = []
        values: list[Node] = []
        while True:
            name = self.key()
            if name is not None:
                names.append(name)
            values.append(self.expression())
            if not self.take(","):
                break
        self.expect(")")
        if names and len(names) != len(values):
            raise self.error("同一次调用的参数，要么都写名称，要么都不写")
        if len(set(names)) != len(names):
            raise self.error("参数名称重复")
        return tuple(values), tuple(names) or None

    def _in_tests(self) -> tuple[Node, ...]:
        if not self.at("("):
            return (self._test(),)
        start = self.token
        self.advance()
        return self.inside(lambda: self._tests_or_range(start.start))

    def _tests_or_range(self, at: int) -> tuple[Node, ...]:
        tests = [self._test()]
        if self.at(".."):
            return (self.range_from(tests[0], low_closed=False, at=at),)
        while self.take(","):
            tests.append(self._test())
        self.expect(")")
        return tuple(tests)

    def _test(self) -> Node:
        if self.at(*COMPARISONS):
            return Test(self.advance().value, self.operand())
        return self.expression()

    def cell(self) -> Tests:
        """Parse the whole content of a decision table cell."""
        if self.token.kind == "end":
            return Tests((), negated=False)
        if self.at("-"):
            dash = self.advance()
            if self.token.kind == "end":
                return Tests((), negated=False)
            self.back_to(dash)
        negated = self._negated_cell()
        if negated is not None:
            return negated
        tests = self._cell_tests()
        if self.at_word("and", "or"):
            raise self.error("条件单元格里不能直接用 and / or；请写成区间如 [1..5]，或用 ? 写成完整条件")
        if self.at(".."):
            raise self.error("区间两端要有括号，如 [1..5]")
        self.expect_end()
        return Tests(tests, negated=False)

    def _negated_cell(self) -> Tests | None:
        start = self.token
        if start.kind != "name" or start.value != "not":
            return None
        self.advance()
        if self.take("("):
            tests = self.inside(self._cell_tests)
            if self.take(")") and self.token.kind == "end":
                return Tests(tests, negated=True)
        self.back_to(start)
        return None

    def _cell_tests(self) -> tuple[Node, ...]:
        tests = [self._test()]
        while self.take(","):
            tests.append(self._test())
        return tuple(tests)

    def type(self) -> TypeNode:
        """Parse a type, such as `number`, `list<context<a: string>>` or `import.type`."""
        self.deeper()
        name = self.expect_name()
        while self.take("."):
            name = f"{name}.{self._member()}"
        inner: list[TypeNode] = []
        keys: list[str] = []
        if self.take("<") and not self.take(">"):
            while True:
                key = self.key()
                if key is not None:
                    keys.append(key)
                inner.append(self.type())
                if not self.take(","):
                    break
            self.expect(">")
        if self.take("->"):
            inner.append(self.type())
        self.shallower()
        return TypeNode(name, tuple(inner), tuple(keys))
