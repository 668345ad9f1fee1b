"""What the expressions of one decision see, and the errors that name the place."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.dmn.errors import DecisionError
from webapp.feel import Budget, FeelError, FeelLimitExceeded, Root, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from webapp.dmn.typing import Types


@dataclass(frozen=True, slots=True)
class Frame:
    """Names with values, the types of the model, and what may still be spent."""

    root: Root
    names: frozenset[str]
    types: Types
    budget: Budget

    def with_names(self, values: Mapping[str, Value]) -> Frame:
        """Make the frame that sees more FEEL values."""
        root = Root({**self.root.given, **values})
        root.known.update(self.root.known)
        root.known.update(values)
        root.named_types = self.types.named
        return Frame(root, self.names | frozenset(values), self.types, self.budget)


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
