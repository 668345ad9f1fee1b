"""Check single FEEL texts: whether they can be read, and whether their names are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.dmn.findings import Finding, Severity
from webapp.feel import Budget, Expression, FeelError, parse, parse_unary

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from webapp.dmn.linking import Linked
    from webapp.dmn.model import Definitions
    from webapp.dmn.typing import Types

_QUOTES = "如果是文本，请加双引号；如果是名称，请在需求图中声明"


@dataclass(frozen=True, slots=True)
class TextChecker:
    """Checks texts that see certain names of a model.

    Attributes:
        linked: the model under check and what it imports.
        names: names that its expressions may use here.
        budget: what the whole check may still use.
    """

    linked: Linked
    names: frozenset[str]
    budget: Budget

    @property
    def model(self) -> Definitions:
        """The model under check."""
        return self.linked.model

    @property
    def types(self) -> Types:
        """The types that it sees."""
        return self.linked.types

    def seeing(self, names: Collection[str]) -> TextChecker:
        """Check texts that see more names."""
        return TextChecker(self.linked, self.names | frozenset(names), self.budget)

    def expression(
        self, element: str, place: str, text: str, *, unknown: Severity = "warning"
    ) -> Iterator[Finding]:
        """Check an expression; `unknown` is how bad an undeclared name is."""
        if not text:
            yield Finding(element, f"{place}是空的", "写上表达式", "error")
            return
        yield from self._checked(element, place, text, parse, unknown)

    def cell(self, element: str, place: str, text: str) -> Iterator[Finding]:
        """Check the unary tests of a condition cell."""
        yield from self._checked(element, place, text, parse_unary, "error")

    def _checked(
        self,
        element: str,
        place: str,
        text: str,
        read: Callable[[str, frozenset[str]], Expression],
        unknown: Severity,
    ) -> Iterator[Finding]:
        try:
            found = read(text, self.names)
        except FeelError as error:
            yield Finding(element, f"{place}写错了：{error}", "按 FEEL 的写法改正", "error")
            return
        for name in found.unknown:
            yield Finding(element, f"{place}用到未声明的名称“{name}”", _QUOTES, unknown)
        for problem, _ in found.problems:
            yield Finding(element, f"{place}：{problem}", "按函数的说明改正参数", "error")
