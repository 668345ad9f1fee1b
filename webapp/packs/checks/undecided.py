"""Checks that conditions can be told true from false also where what they look at was not filled in.

A condition that gives null stops a case: ``facts.extension.days > 5`` does where nobody filled in
the extension, ``facts.extension.granted = true`` does not. Told are conditions that give no answer on some
way, with the way.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from webapp import feel
from webapp.packs.checks.facts import forms_named
from webapp.packs.checks.findings import Finding
from webapp.packs.sources import BPMN, parse_xml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from lxml import etree

    from webapp.packs.checks.steps import StepText
    from webapp.packs.specs import Pack

_FACTS = "facts"
_JOINS = ("parallelGateway", "inclusiveGateway")


def check(pack: Pack, steps: Mapping[str, Sequence[StepText]]) -> Iterator[Finding]:
    """Yield conditions that give neither true nor false on some way through their process.

    Only those are judged that look at nothing but forms and results of steps, all missing on that way.

    Args:
        pack: The pack.
        steps: Steps of its process files, by file.
    """
    for file, source in pack.flows.items():
        root = parse_xml(source)
        for process in () if root is None else root.iterchildren(f"{{{BPMN}}}process"):
            drawing = _Drawing(process, steps[file])
            for flow in process.iterchildren(f"{{{BPMN}}}sequenceFlow"):
                condition = flow.find(f"{{{BPMN}}}conditionExpression")
                text = "" if condition is None else (condition.text or "").strip()
                way = drawing.way_without(flow.get("sourceRef", ""), text) if text else ()
                if way:
                    yield Finding(
                        file,
                        flow.get("name") or flow.get("id") or "",
                        f"条件“{text}”在没有填写所用内容的走法上得不出真假，办件会停在这里。",
                        "请先判断有没有填写，例如 if … = null then false else …。",
                        "warning",
                        element_id=flow.get("id", ""),
                        trace=(*way, flow.get("id", "")),
                    )


class _Drawing:
    """The flows of one process, and which steps fill in what."""

    def __init__(self, process: etree._Element, steps: Sequence[StepText]) -> None:
        self._after: dict[str, list[tuple[str, str]]] = {}
        self._starts = [each.get("id", "") for each in process.iterchildren(f"{{{BPMN}}}startEvent")]
        for flow in process.iterchildren(f"{{{BPMN}}}sequenceFlow"):
            way = (flow.get("id", ""), flow.get("targetRef", ""))
            self._after.setdefault(flow.get("sourceRef", ""), []).append(way)
        for event in process.iterchildren(f"{{{BPMN}}}boundaryEvent"):
            self._after.setdefault(event.get("attachedToRef", ""), []).append(("", event.get("id", "")))
        self._joins = {
            each.get("id", ""): {
                way for ways in self._after.values() for way, end in ways if end == each.get("id")
            }
            for kind in _JOINS
            for each in process.iterchildren(f"{{{BPMN}}}{kind}")
        }
        self._fillers: dict[str, set[str]] = {}
        for step in steps:
            results = [key.strip() for key in step.properties.get("result", "").replace("，", ",").split(",")]
            for key in (*filter(None, results), *([f"{_FACTS}.{step.form}"] if step.form else ())):
                self._fillers.setdefault(key, set()).add(step.id)

    def way_without(self, gateway: str, text: str) -> tuple[str, ...]:
        """Return the shortest way to a gateway on which a condition gives no answer; none if all do."""
        wanted = self._looked_at(text)
        if not wanted or any(key not in self._fillers for key in wanted) or _is_answered(text, wanted):
            return ()
        return self._way(gateway, {step for key in wanted for step in self._fillers[key]})

    def _looked_at(self, text: str) -> set[str]:
        """Return the forms and results that a condition looks at; none if it looks at anything else."""
        try:
            names = feel.parse(text, frozenset({_FACTS, *self._fillers})).names
        except feel.FeelError:
            return set()  # Reported by the engine's own check.
        keys = {name for name in names if name != _FACTS}
        return keys | {f"{_FACTS}.{form}" for form in forms_named(text)}

    def _way(self, end: str, without: Collection[str]) -> tuple[str, ...]:
        """Return the shortest way to a step that passes none of others; a join needs one on each way in."""
        ways: dict[str, tuple[str, ...]] = {start: (start,) for start in self._starts}
        queue = deque(self._starts)
        awaited = {join: set(flows) for join, flows in self._joins.items()}
        while queue:
            at = queue.popleft()
            if at == end:
                return ways[at]
            if at in without:
                continue
            for flow, target in self._after.get(at, ()):
                awaited.get(target, set()).discard(flow)
                if target not in ways and not awaited.get(target):
                    ways[target] = (*ways[at], *filter(None, (flow, target)))
                    queue.append(target)
        return ()


def _is_answered(text: str, wanted: Collection[str]) -> bool:
    """Tell whether a condition is true or false when everything that it looks at is missing."""
    forms = {key.removeprefix(f"{_FACTS}."): None for key in wanted if key.startswith(f"{_FACTS}.")}
    context = {key: None for key in wanted if not key.startswith(f"{_FACTS}.")} | {_FACTS: forms}
    try:
        return isinstance(feel.parse(text, frozenset(context)).evaluate(context), bool)
    except feel.FeelError:
        return False
