"""Whether values are of the types that a model declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from webapp.feel import Budget, FeelError, Value, kind, parse_unary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webapp.dmn.model import ItemType

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
    """The types of a model and of FEEL."""

    items: Mapping[str, ItemType]

    def misfit(self, value: Value, name: str | None, budget: Budget) -> str | None:
        """Say in Chinese why a value is not of a type; None when it is. Null is of every type."""
        if name is None:
            return None
        return self._misfit(value, name, budget, 0)

    def _misfit(self, value: Value, name: str, budget: Budget, depth: int) -> str | None:
        if value is None or name == "Any" or depth > _MAX_DEPTH:
            return None
        if name in self.items:
            return self._item_misfit(value, self.items[name], budget, depth)
        wanted = KINDS.get(name)
        if wanted is None:
            return f"类型“{name}”没有定义"
        found = kind(value)
        return None if found == wanted else f"应为{CHINESE[wanted]}，却是{CHINESE[found]}"

    def _item_misfit(self, value: Value, item: ItemType, budget: Budget, depth: int) -> str | None:
        if value is None:
            return None
        if not item.collection:
            return self._one_misfit(value, item, budget, depth)
        if type(value) is not list:
            return f"应为列表，却是{CHINESE[kind(value)]}"
        budget.tick(len(value))
        problems = (self._one_misfit(each, item, budget, depth) for each in value)
        return next((problem for problem in problems if problem), None)

    def _one_misfit(self, value: Value, item: ItemType, budget: Budget, depth: int) -> str | None:
        if value is None:
            return None
        problem = self._components_misfit(value, item, budget, depth) if item.components else None
        if problem is None and item.base is not None:
            problem = self._misfit(value, item.base, budget, depth + 1)
        if problem is None and item.allowed is not None:
            passes = parse_unary(item.allowed).test(value, {}, limits=budget)
            problem = None if passes else "不在允许的取值之内"
        return problem

    def _components_misfit(self, value: Value, item: ItemType, budget: Budget, depth: int) -> str | None:
        if type(value) is not dict:
            return f"应为数据组，却是{CHINESE[kind(value)]}"
        budget.tick(len(item.components))
        for name, part in item.components.items():
            if name not in value:
                return f"缺少“{name}”"
            problem = self._item_misfit(value[name], part, budget, depth + 1)
            if problem is not None:
                return f"其中“{name}”{problem}"
        return None

    def named(self, value: Value, name: str, budget: Budget) -> bool | None:
        """Whether a value is of a type of the model; null when there is no such type."""
        return self.misfit(value, name, budget) is None if name in self.items else None

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
        """Make a list of one for a value, or the reverse, where the type asks for it (DMN 10.3.2.9.4)."""
        if name is None or value is None or self.misfit(value, name, budget) is None:
            return value
        if type(value) is list and len(value) == 1 and self.misfit(value[0], name, budget) is None:
            return value[0]
        return [value] if self.misfit([value], name, budget) is None else value
