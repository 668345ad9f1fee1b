"""What a built-in function is, and how arguments are matched to its parameters."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeAlias

from webapp.feel.far import FarDate, FarDateTime, FarTime, combined
from webapp.feel.values import Function, Range, Value, YearMonthDuration

if TYPE_CHECKING:
    from webapp.feel.limits import Budget

Run: TypeAlias = Callable[..., Value]

_TYPES: Final[dict[str, frozenset[type]]] = {
    "number": frozenset({Decimal}),
    "string": frozenset({str}),
    "boolean": frozenset({bool}),
    "list": frozenset({list}),
    "context": frozenset({dict}),
    "date": frozenset({date, FarDate}),
    "time": frozenset({time, FarTime}),
    "datetime": frozenset({datetime, FarDateTime}),
    "days": frozenset({timedelta}),
    "months": frozenset({YearMonthDuration}),
    "range": frozenset({Range}),
    "null": frozenset({type(None)}),
}
_PARAMETER: Final = re.compile(r"([^:?]+)(\??):([\w|]+)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name, the Python types it takes (empty for any), and whether it may be left out."""

    name: str
    types: frozenset[type]
    optional: bool
    function: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a built-in.

    Attributes:
        parameters: in order.
        variadic: the arguments themselves make up the one list parameter.
        run: the function; it takes the budget and then the arguments.
    """

    parameters: tuple[Parameter, ...]
    variadic: bool
    run: Run

    def accepts(self, count: int) -> bool:
        """Whether that many arguments can be given."""
        if self.variadic:
            return count > 0
        least = sum(not parameter.optional for parameter in self.parameters)
        return least <= count <= len(self.parameters)

    def fit(self, arguments: list[Value]) -> list[Value] | None:
        """Convert the arguments to what the parameters ask for; null when one does not fit."""
        if self.variadic:
            arguments = [arguments]
        fitted = []
        for parameter, argument in zip(self.parameters, arguments, strict=False):
            fits, value = _fit(parameter, argument)
            if not fits:
                return None
            fitted.append(value)
        return fitted


class Builtin(Function):
    """A built-in function: one name, one or more ways to call it."""

    __slots__ = ("name", "signatures")

    def __init__(self, name: str, signatures: tuple[Signature, ...]) -> None:
        super().__init__(tuple(parameter.name for parameter in signatures[0].parameters))
        self.name = name
        self.signatures = signatures

    def accepts(self, count: int) -> bool:
        """Whether that many arguments can be given in any way."""
        return any(signature.accepts(count) for signature in self.signatures)

    def order(self, names: tuple[str, ...]) -> tuple[Signature, tuple[int | None, ...]] | None:
        """Find the way to call it with these argument names, and for each parameter the argument's place.

        A parameter that takes anything may be left out, and is then null.
        """
        for signature in self.signatures:
            parameters = signature.parameters
            known = {parameter.name for parameter in parameters}
            required = [parameter for parameter in parameters if not parameter.optional]
            needed = {parameter.name for parameter in required if parameter.types}
            if set(names) <= known and needed <= set(names):
                wanted = {*names, *(parameter.name for parameter in required)}
                last = max(index for index, parameter in enumerate(parameters) if parameter.name in wanted)
                places = tuple(
                    names.index(parameter.name) if parameter.name in names else None
                    for parameter in parameters[: last + 1]
                )
                return signature, places
        return None

    def call(self, arguments: list[Value], budget: Budget) -> Value:
        """Call with arguments in order; null when they fit no signature."""
        count = len(arguments)
        for signature in self.signatures:
            if signature.accepts(count):
                fitted = signature.fit(arguments)
                if fitted is not None:
                    return signature.run(budget, *fitted)
        return None


def _fit(parameter: Parameter, value: Value) -> tuple[bool, Value]:
    types = parameter.types
    kind = type(value)
    if not types or kind in types:
        return True, value
    if parameter.function:
        return isinstance(value, Function), value
    if kind is list and len(value) == 1 and type(value[0]) in types:
        return True, value[0]
    if list in types and value is not None:
        return True, [value]
    if kind in {date, FarDate} and datetime in types:
        return True, combined(value, time(tzinfo=UTC))
    return False, None


class Registry(dict[str, Builtin]):
    """Built-ins by name, filled by decorators."""

    def add(
        self, name: str, parameters: str = "", *, variadic: bool = False, spread: bool = False
    ) -> Callable[[Run], Run]:
        """Register a function under a FEEL name.

        Args:
            name: the FEEL name.
            parameters: `name: type|type, name?: type`; the types are those of FEEL in short form, or any.
            variadic: the arguments may also be given one by one instead of as a list.
            spread: the arguments are always given one by one.
        """

        def register(run: Run) -> Run:
            ways = (True,) if spread else ((False, True) if variadic else (False,))
            signatures = [Signature(_parameters(parameters), variadic=way, run=run) for way in ways]
            present = self.get(name)
            self[name] = Builtin(name, (*(present.signatures if present else ()), *signatures))
            return run

        return register


def _parameters(text: str) -> tuple[Parameter, ...]:
    parsed = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = _PARAMETER.fullmatch(part.replace(": ", ":"))
        if found is None:
            raise ValueError(part)
        kinds = found[3].split("|")
        types: frozenset[type] = frozenset()
        if "any" not in kinds:
            types = frozenset().union(*(_TYPES.get(kind, frozenset({Function})) for kind in kinds))
        parsed.append(Parameter(found[1], types, optional=bool(found[2]), function="function" in kinds))
    return tuple(parsed)


REGISTRY: Final = Registry()
