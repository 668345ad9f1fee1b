"""Parse what operators join: literals, names, lists, contexts, ranges, forms that begin with a word."""

from __future__ import annotations

from abc import abstractmethod
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeVar

from webapp.feel.cursor import Cursor
from webapp.feel.nodes import (
    ContextNode,
    For,
    FunctionNode,
    If,
    Iterator,
    ListNode,
    Literal,
    Name,
    Node,
    Placeholder,
    Quantified,
    RangeNode,
    TypeNode,
)
from webapp.feel.temporal import parse_literal
from webapp.feel.values import NUMBERS, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from webapp.feel.lexer import Token

_CONSTANTS: Final[dict[str, Value]] = {"true": True, "false": False, "null": None}
_T = TypeVar("_T")


class PrimaryParser(Cursor):
    """The part of the parser below the operators.

    Attributes:
        in_endpoint: the end of a range is being read, so `[` closes it and does not filter.
    """

    in_endpoint = False

    @abstractmethod
    def expression(self) -> Node:
        """Parse an expression of any kind."""

    @abstractmethod
    def operand(self) -> Node:
        """Parse what may stand on either side of a comparison."""

    @abstractmethod
    def type(self) -> TypeNode:
        """Parse a type."""

    @staticmethod
    def is_number(value: Value) -> bool:
        """Whether a value is a FEEL number."""
        return type(value) is Decimal

    def inside(self, parse: Callable[[], _T]) -> _T:
        """Parse between brackets, where `[` filters again."""
        before, self.in_endpoint = self.in_endpoint, False
        result = parse()
        self.in_endpoint = before
        return result

    def primary(self) -> Node:
        """Parse one operand without what follows it.

        Raises:
            FeelSyntaxError: when no operand stands here.
        """
        token = self.token
        if token.kind == "number":
            return Literal(self._number(self.advance()))
        if token.kind == "string":
            return Literal(self.advance().value)
        if token.kind == "name":
            return self._named(self.advance())
        if token.kind == "keyword":
            return self._worded()
        return self._bracketed()

    def _number(self, token: Token) -> Decimal:
        value = NUMBERS.create_decimal(token.value)
        if not value.is_finite():
            raise self.error("数字超出范围", token.start)
        return value

    def _named(self, token: Token) -> Node:
        if token.value == "function" and self.at("("):
            return self._function()
        return Name(token.value, token.start)

    def _worded(self) -> Node:
        token = self.advance()
        if token.value in _CONSTANTS:
            return Literal(_CONSTANTS[token.value])
        if token.value == "if":
            return self._if()
        if token.value == "for":
            return self._for()
        if token.value in {"some", "every"}:
            return self._quantified(token.value)
        self.back_to(token)
        raise self.unexpected("此处应为值")

    def _bracketed(self) -> Node:
        token = self.token
        if self.take("?"):
            return Placeholder(token.start)
        if self.take("@"):
            return self._at_literal()
        if self.take("("):
            return self.inside(lambda: self._parenthesis(token.start))
        if self.take("["):
            return self.inside(lambda: self._list(token.start))
        if self.take("]"):
            return self.inside(lambda: self.range_from(self.operand(), low_closed=False, at=token.start))
        if self.take("{"):
            return self.inside(self._context)
        raise self.unexpected("此处应为值")

    def _at_literal(self) -> Node:
        token = self.token
        if token.kind != "string":
            raise self.unexpected("“@”之后应为带引号的日期、时间或时长")
        self.advance()
        value = parse_literal(token.value)
        if value is None:
            raise self.error(f"“{token.value[:40]}”不是日期、时间或时长", token.start)
        return Literal(value)

    def _parenthesis(self, at: int) -> Node:
        if self.at("<", "<=", ">", ">=", "=", "!="):
            return self._unbounded()
        node = self.expression()
        if self.at(".."):
            return self.range_from(node, low_closed=False, at=at)
        self.expect(")")
        return node

    def _unbounded(self) -> Node:
        op = self.advance().value
        bound = self.operand()
        self.expect(")")
        if op in {"=", "!="}:
            closed = op == "="
            return RangeNode(bound, bound, low_closed=closed, high_closed=closed, symbol=op)
        if op.startswith("<"):
            return RangeNode(None, bound, low_closed=False, high_closed=op == "<=")
        return RangeNode(bound, None, low_closed=op == ">=", high_closed=False)

    def range_from(self, low: Node, *, low_closed: bool, at: int) -> RangeNode:
        """Parse the rest of a range from its two dots on; `at` is where it began."""
        self.expect("..")
        self.in_endpoint = True
        high = self.operand()
        self.in_endpoint = False
        if self.at("]", ")", "["):
            return RangeNode(low, high, low_closed=low_closed, high_closed=self.advance().value == "]")
        raise self.error("区间缺少结尾的括号", at)

    def _list(self, at: int) -> Node:
        items: list[Node] = []
        if self.take("]"):
            return ListNode(())
        while True:
            items.append(self.expression())
            if len(items) == 1 and self.at(".."):
                return self.range_from(items[0], low_closed=True, at=at)
            if not self.take(","):
                break
        self.expect("]")
        return ListNode(tuple(items))

    def _context(self) -> Node:
        entries: dict[str, Node] = {}
        if self.take("}"):
            return ContextNode(())
        while True:
            at = self.token.start
            key = self._entry_key()
            if key in entries:
                raise self.error(f"名称“{key}”重复", at)
            entries[key] = self.expression()
            self.declare(key)
            if not self.take(","):
                break
        self.expect("}")
        return ContextNode(tuple(entries.items()))

    def _entry_key(self) -> str:
        if self.token.kind == "string":
            key = self.advance().value
            self.expect(":")
            return key
        name = self.key()
        if name is None:
            raise self.unexpected("此处应为“名称: 值”")
        return name

    def _if(self) -> Node:
        condition = self.expression()
        self.expect_word("then")
        yes = self.expression()
        self.expect_word("else")
        return If(condition, yes, self.expression())

    def _for(self) -> Node:
        iterators = self._iterators()
        self.expect_word("return")
        self.declare("partial")
        return For(iterators, self.expression())

    def _quantified(self, op: str) -> Node:
        iterators = self._iterators()
        self.expect_word("satisfies")
        return Quantified(op, iterators, self.expression())

    def _iterators(self) -> tuple[Iterator, ...]:
        iterators: list[Iterator] = []
        while True:
            name = self.expect_name()
            self.expect_word("in")
            source = self.expression()
            end = self.expression() if self.take("..") else None
            iterators.append(Iterator(name, source, end))
            self.declare(name)
            if not self.take(","):
                return tuple(iterators)

    def _function(self) -> Node:
        self.expect("(")
        parameters: list[tuple[str, TypeNode | None]] = []
        while not self.take(")"):
            if parameters:
                self.expect(",")
            name = self.key()
            if name is None:
                parameters.append((self.expect_name(), None))
            else:
                parameters.append((name, self.type()))
        if self.token.kind == "name" and self.token.value == "external":
            raise self.error("不支持外部函数")
        for name, _ in parameters:
            self.declare(name)
        return FunctionNode(tuple(parameters), self.expression())
