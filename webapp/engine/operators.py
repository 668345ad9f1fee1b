"""Operators that service tasks name.

An operator is an *effect* unless it is registered here as pure: a function of its parameters alone,
without any reading or writing, which runs inside the engine's step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from webapp.engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

_pure: dict[str, Callable[..., Any]] = {}


@dataclass(frozen=True, slots=True)
class OperatorSignature:
    """What a service task may hand to an operator.

    Attributes:
        required: names of the parameters it cannot do without.
        optional: names of the parameters it may be given.
        open_ended: whether any other parameters are taken too (facts for a document template).
        returns: whether it gives a result that a step may name.
    """

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    open_ended: bool = False
    returns: bool = True


def pure_operator(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as the pure operator of that name. It gets its parameters by keyword.

    Raises:
        EngineError: if the name is taken by another function.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        if _pure.setdefault(name, function) is not function:
            raise EngineError(f"操作“{name}”已经登记过。")
        return function

    return register


def is_pure(name: str) -> bool:
    """Tell whether the operator runs inside the engine's step."""
    return name in _pure


def pure(name: str) -> Callable[..., Any]:
    """Return the function of a pure operator.

    Raises:
        EngineError: if none is registered.
    """
    found = _pure.get(name)
    if found is None:
        raise EngineError(f"没有登记过操作“{name}”。")
    return found
