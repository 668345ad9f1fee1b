"""What the expressions of one decision see, and the errors that name the place."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from webapp.dmn.errors import DecisionError
from webapp.feel import Budget, FeelError, FeelLimitExceeded, Root, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from webapp.dmn.typing import Types

_MOST_PROBLEMS: Final = 100


class Problems:
    """What becomes of errors: they are raised, or noted while the value in question is null.

    Attributes:
        noted: the reasons, at most the first hundred.
    """

    __slots__ = ("noted", "strict")

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.noted: list[str] = []

    def attempt(self, work: Callable[[], Value]) -> Value:
        """Do something that may fail.

        Raises:
            DecisionError: when it fails and errors are not to give null.
        """
        if self.strict:
            return work()
        try:
            return work()
        except DecisionError as error:
            self.note(error.reason)
            return None

    def note(self, reason: str) -> None:
        """Keep a reason."""
        if len(self.noted) < _MOST_PROBLEMS:
            self.noted.append(reason)


@dataclass(frozen=True, slots=True)
class Frame:
    """Names with values, the types of the model, what may still be spent, and what becomes of errors."""

    root: Root
    names: frozenset[str]
    types: Types
    budget: Budget
    problems: Problems

    def with_names(self, values: Mapping[str, Value]) -> Frame:
        """Make the frame that sees more FEEL values."""
        self.budget.tick(1 + len(self.root.given) // 16)
        root = Root({**self.root.given, **values})
        root.known.update(self.root.known)
        root.known.update(values)
        root.named_types = self.types.named
        return Frame(root, self.names | frozenset(values), self.types, self.budget, self.problems)

    def spending(self, budget: Budget) -> Frame:
        """Make the frame that spends another budget."""
        return Frame(self.root, self.names, self.types, budget, self.problems)


@contextmanager
def blaming(element: str, place: str | Callable[[], str]) -> Iterator[None]:
    """Turn an error of an expression into one that says where the expression stands.

    Raises:
        DecisionError: in place of a FEEL error.
    """
    try:
        yield
    except FeelLimitExceeded:
        raise
    except FeelError as error:
        where = place if isinstance(place, str) else place()
        raise DecisionError(f"{where}：{error}", element=element) from error
