"""What can go wrong with decisions; every message is Chinese."""

from __future__ import annotations


class DmnError(ValueError):
    """A decision model that cannot be read or evaluated.

    Attributes:
        element: id or name of the element to blame, when known.
        reason: what is wrong.
    """

    def __init__(self, reason: str, *, element: str | None = None) -> None:
        self.reason = reason
        self.element = element
        super().__init__(reason)


class DmnSyntaxError(DmnError):
    """A source that is no DMN model, or one that may not be read."""


class DecisionError(DmnError):
    """A decision that gives no answer: a bad input, two rules of a unique table, a faulty cell."""
