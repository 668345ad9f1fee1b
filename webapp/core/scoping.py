"""What stands in for a part of the process within one context only, such as a sandbox's clock or keys."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextvars import ContextVar

Value = TypeVar("Value")


@contextmanager
def standing_in(part: ContextVar[Value | None], value: Value) -> Iterator[None]:
    """Let a value stand in for what this process installed, in this context and until the block ends.

    Other threads and requests never see it.
    """
    token = part.set(value)
    try:
        yield
    finally:
        part.reset(token)
