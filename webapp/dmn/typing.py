"""Whether values are of the types that a model declares."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Final

from webapp.feel import Budget, FeelError, Function, Value, kind, parse_unary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webapp.dmn.model import FunctionType, ItemType

KINDS: Final[Mapping[str, str]] = {
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "dateTime": "date and time",
    "date and time": "date and time",
    "dayTimeDuration": "days and time duration",
    "days and time duration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "years and months duration": "years and months duration",
    "context": "context",
    "list": "list",
    "range": "range",
    "function": "function",
}
CHINESE: Final[Mapping[str, str]] = {
    "number": "数字",
    "string": "文本",
    "boolean": "是非值",
    "date": "日期",
    "time": "时间",
    "date and time": "日期时间",
    "days and time duration": "天数时长",
    "years and months duration": "年月时长",
    "context": "数据组",
    "list": "列表",
    "range": "区间",
    "function": "函数",
    "null": "空值",
}
_MAX_DEPTH: Final = 20


@dataclass(frozen=True, slots=True)
class Types:
    """The types of a model and of FEEL.

    Attributes:
        items: the types of the model by name.
        imported: the types of imported models, by the names of the imports; they are written `name.type`.
    """

    items: Mapping[str, ItemType]
    imported: Mapping[str, Types] = field(default_factory=dict)

    def find(self, name: str) -> tuple[Types, ItemType] | None:
        """Find a type by name, and where the names inside it are to be looked up."""
        if name in self.items:
            return self, self.items[name]
        for prefix, types in self.imported.items():
            if not prefix or name.startswith(f"{prefix}."):
                found = types.find(name.removeprefix(f"{prefix}.") if prefix else name)
                if found is not None:
                    return found
        return None

    def knows(self, name: str) -> bool:
        """Whether there is such a type, here or in FEEL."""
        return name == "Any" or name in KINDS or self.find(name) is not None

    def result_of(self, name: str | None) -> str | None:
        """Give the type of what a function gives, whose own type, or that of its result, has this name."""
        found = None if name is None else self.find(name)
        if found is None or found[1].function is None:
            return name
        return found[1].function.result

    def misfit(self, value: Value, name: str | None, budget: Budget) -> str | None:
        """Say in Chinese why a value is not of a type; None when it is. Null is of every type."""
        if name is None:
            return None
        return _Fit(budget, constrained=True).misfit(self, value, name, 0)

    def named(self, value: Value, name: str, budget: Budget) -> bool | None:
        """Whether a value is of a type of the model, as `instance of` asks; null when there is none such.

        Constraints of the values play no part.
        """
        if self.find(name) is None:
            return None
        return _Fit(budget, constrained=False).misfit(self, value, name, 0) is None

    def checked(self, value: Value, name: str | None, budget: Budget) -> Value:
        """Coerce a value to a type.

        Raises:
            FeelError: when it is not of that type; the reason is to follow the name of the value.
        """
        fitted = self.coerced(value, name, budget)
        problem = self.misfit(fitted, name, budget)
        if problem is not None:
            raise FeelError(problem)
        return fitted

    def coerced(self, value: Value, name: str | None, budget: Budget) -> Value:
        """Fit a value to a type where the standard says how (DMN 10.3.2.9.4).

        A list of one becomes its item, a value a list of one, a date the beginning of its day in UTC.
        """
        if name is None or value is None or self.misfit(value, name, budget) is None:
            return value
        if type(value) is list and len(value) == 1 and self.misfit(value[0], name, budget) is None:
            return value[0]
        if type(value) is date:
            moment = datetime.combine(value, time(), UTC)
            if self.misfit(moment, name, budget) is None:
                return moment
        return [value] if self.misfit([value], name, budget) is None else value


@dataclass(frozen=True, slots=True)
class _Fit:
    """One look at whether a value is of a type; `constrained` when constraints of its values count."""

    budget: Budget
    constrained: bool

    def misfit(self, types: Types, value: Value, name: str, depth: int) -> str | None:
        if value is None or name == "Any" or depth > _MAX_DEPTH:
            return None
        found = types.find(name)
        if found is not None:
            return self._item(*found, value, depth)
        wanted = KINDS.get(name)
        if wanted is None:
            return f"类型“{name}”没有定义"
        return None if kind(value) == wanted else _other_kind(wanted, value)

    def _item(self, types: Types, item: ItemType, value: Value, depth: int) -> str | None:
        if value is None:
            return None
        look = self._list if item.collection else self._one
        return look(types, item, value, depth) or self._outside(item.whole, value)

    def _list(self, types: Types, item: ItemType, value: Value, depth: int) -> str | None:
        if type(value) is not list:
            return _other_kind("list", value)
        self.budget.tick(len(value))
        problems = (self._one(types, item, each, depth) for each in value)
        return next((problem for problem in problems if problem), None)

    def _one(self, types: Types, item: ItemType, value: Value, depth: int) -> str | None:
        if value is None:
            return None
        problem = self._components(types, item, value, depth) if item.components else None
        if problem is None and item.function is not None:
            problem = _function_misfit(item.function, value)
        if problem is None and item.base is not None:
            problem = self.misfit(types, value, item.base, depth + 1)
        return problem or self._outside(item.allowed, value)

    def _outside(self, tests: str | None, value: Value) -> str | None:
        if tests is None or not self.constrained or parse_unary(tests).test(value, {}, limits=self.budget):
            return None
        return "不在允许的取值之内"

    def _components(self, types: Types, item: ItemType, value: Value, depth: int) -> str | None:
        if type(value) is not dict:
            return _other_kind("context", value)
        self.budget.tick(len(item.components))
        for name, part in item.components.items():
            if name not in value:
                return f"缺少“{name}”"
            problem = self._item(types, part, value[name], depth + 1)
            if problem is not None:
                return f"其中“{name}”{problem}"
        return None


def _other_kind(wanted: str, value: Value) -> str:
    return f"应为{CHINESE[wanted]}，却是{CHINESE[kind(value)]}"


def _function_misfit(wanted: FunctionType, value: Value) -> str | None:
    if not isinstance(value, Function):
        return _other_kind("function", value)
    if len(value.parameters) == len(wanted.parameters):
        return None
    return f"应为有{len(wanted.parameters)}个参数的函数，却有{len(value.parameters)}个"
