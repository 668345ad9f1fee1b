"""Functions that a model defines: business knowledge, boxed functions and decision services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webapp.feel import Budget, Function, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from webapp.dmn.typing import Types

LEVELS: Final = 12
"""What a call of a boxed function takes from the depth."""
SERVICE_LEVELS: Final = 24
"""What a call of a decision service takes from the depth."""


class ModelFunction(Function):
    """A function of a model: it fits its arguments to the types of its parameters, and its result to its own.

    A call with the wrong number of arguments, or with one that does not fit, is null and runs nothing.
    """

    __slots__ = ("_body", "_levels", "_parameters", "_result", "_types")

    def __init__(
        self,
        parameters: tuple[tuple[str, str | None], ...],
        result: str | None,
        types: Types,
        body: Callable[[Mapping[str, Value], Budget], Value],
        *,
        levels: int = LEVELS,
    ) -> None:
        super().__init__(tuple(name for name, _ in parameters))
        self._parameters = parameters
        self._result = result
        self._types = types
        self._body = body
        self._levels = levels

    def call(self, arguments: list[Value], budget: Budget) -> Value:
        """Evaluate the body; null when the number or types of the arguments are wrong."""
        if len(arguments) != len(self._parameters):
            return None
        types = self._types
        values: dict[str, Value] = {}
        for (name, wanted), argument in zip(self._parameters, arguments, strict=True):
            values[name] = types.coerced(argument, wanted, budget)
            if types.misfit(values[name], wanted, budget) is not None:
                return None
        budget.tick(self._levels)
        budget.enter(self._levels)
        result = self._body(values, budget)
        budget.leave(self._levels)
        fitted = types.coerced(result, self._result, budget)
        return fitted if types.misfit(fitted, self._result, budget) is None else None
