"""What a decision answered and why: every input, rule and cell with its value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from webapp.feel import Function, Value, text_of


class CellTrace(NamedTuple):
    """One condition of one rule.

    Attributes:
        label: heading of the column.
        test: text of the cell.
        value: the value that was tested.
        matched: whether it passed; null counts as not passed.
    """

    label: str
    test: str
    value: Value
    matched: bool


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """One rule, matched or not.

    Attributes:
        index: counted from 1.
        outputs: values by output name, also of rules that did not match.
    """

    index: int
    id: str
    matched: bool
    cells: tuple[CellTrace, ...]
    outputs: Mapping[str, Value]
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DecisionTrace:
    """One decision.

    Attributes:
        kind: `table`, `literal`, or the name of another boxed expression.
        hit_policy: of a table, with its aggregation; else None.
        inputs: (heading, expression, value) of what the decision looked at.
        rules: all rules of a table, in order.
    """

    id: str
    name: str
    kind: str
    hit_policy: str | None
    inputs: tuple[tuple[str, str, Value], ...]
    rules: tuple[RuleTrace, ...]
    output: Value


@dataclass(frozen=True, slots=True)
class Trace:
    """All decisions that were evaluated, the required ones before those that require them."""

    decisions: tuple[DecisionTrace, ...]

    def as_json(self) -> dict[str, Any]:
        """Give plain JSON values; numbers, dates and durations become text in FEEL's spelling."""
        return {"decisions": [_decision(decision) for decision in self.decisions]}


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a decision.

    Attributes:
        outputs: the decision's value.
        trace: how it came about.
        source_hash: SHA-256 of the model's source, in hexadecimal.
        problems: what went wrong where errors give null, in Chinese; empty when errors are raised.
    """

    outputs: Value
    trace: Trace
    source_hash: str
    problems: tuple[str, ...] = ()


def plain(value: Value) -> Any:
    """Turn a FEEL value into plain JSON; numbers, dates and durations become text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return "函数" if isinstance(value, Function) else text_of(value)


def _decision(decision: DecisionTrace) -> dict[str, Any]:
    return {
        "id": decision.id,
        "name": decision.name,
        "kind": decision.kind,
        "hit_policy": decision.hit_policy,
        "inputs": [
            {"label": label, "expression": expression, "value": plain(value)}
            for label, expression, value in decision.inputs
        ],
        "rules": [_rule(rule) for rule in decision.rules],
        "output": plain(decision.output),
    }


def _rule(rule: RuleTrace) -> dict[str, Any]:
    return {
        "index": rule.index,
        "id": rule.id,
        "matched": rule.matched,
        "cells": [
            {"label": cell.label, "test": cell.test, "value": plain(cell.value), "matched": cell.matched}
            for cell in rule.cells
        ],
        "outputs": plain(rule.outputs),
        "annotations": dict(rule.annotations),
    }
