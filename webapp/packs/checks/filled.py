"""Checks that what a step looks at can have been filled in by then.

That it is not filled in on every way is common and meant: an expression then sees null. That it is on none is
a slip. A decision may be asked before and after a form that it looks at, so there only a form that nobody in
the process fills in is told.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from webapp import dmn, documents
from webapp.packs.checks.facts import forms_named
from webapp.packs.checks.findings import Finding
from webapp.packs.sources import BPMN, parse_xml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from webapp.packs.checks.steps import StepText
    from webapp.packs.specs import Pack

_CONSTANT = re.compile(r'"([a-z][a-z0-9_]*)"')
_FORMS, _RULE = "表", "规则"
_SPLITS = frozenset({"parallelGateway", "inclusiveGateway"})
_FLOW_REFS = ("sourceRef", "targetRef")


def check(pack: Pack, steps: Mapping[str, Sequence[StepText]]) -> Iterator[Finding]:
    """Yield steps that look at a form which no way through the process has filled in by then.

    Processes that others call are left out: the caller may have filled the form in.

    Args:
        pack: The pack.
        steps: Steps of its process files, by file.
    """
    decisions, called = _forms_of_decisions(pack), _called(pack)
    for file, source in pack.flows.items():
        root = parse_xml(source)
        if root is None or called & {process.get("id", "") for process in root.iter(f"{{{BPMN}}}process")}:
            continue
        ways = _Ways(root, steps[file])
        for step in steps[file]:
            for form, what in _looked_at(pack, step, decisions):
                if form in pack.forms and not ways.may_be_filled(form, None if what == _RULE else step.id):
                    yield Finding(
                        file,
                        step.label,
                        f"{what}用到表单“{form}”，而走到这一步之前没有一个环节填写它。",
                        "请把填写它的环节放到前面，或改用前面已填写的表单。",
                        element_id=step.id,
                    )


class _Ways:
    """Where a token can go in one file, and which steps fill which form."""

    def __init__(self, root: etree._Element, steps: Collection[StepText]) -> None:
        self._after: dict[str, set[str]] = {}
        for flow in root.iter(f"{{{BPMN}}}sequenceFlow"):
            source, target = (flow.get(end, "") for end in _FLOW_REFS)
            self._after.setdefault(source, set()).add(target)
        for event in root.iter(f"{{{BPMN}}}boundaryEvent"):
            self._after.setdefault(event.get("attachedToRef", ""), set()).add(event.get("id", ""))
        self._splits = [
            element.get("id", "")
            for element in root.iter(tag=etree.Element)
            if etree.QName(element).localname in _SPLITS
        ]
        self._ahead: dict[str, set[str]] = {}
        self._fillers: dict[str, set[str]] = {}
        for step in steps:
            if step.kind == "userTask":
                self._fillers.setdefault(step.form, set()).add(step.id)
            elif step.operator == "make_invitations":
                for form in _CONSTANT.findall(step.parameters.get("groups", "")):
                    self._fillers.setdefault(form, set()).add(step.id)
            elif step.kind == "subProcess":
                # What lies inside is not told apart; it may fill in anything.
                self._fillers.setdefault("", set()).add(step.id)

    def may_be_filled(self, form: str, step: str | None) -> bool:
        """Tell whether some step that fills a form in can come before another, or go on beside it.

        Args:
            form: Key of the form.
            step: Id of the step that looks at it; ``None`` if it does not matter when.
        """
        fillers = self._fillers.get(form, set()) | self._fillers.get("", set())
        if step is None:
            return bool(fillers)
        return any(step in self._reached(filler) or self._beside(filler, step) for filler in fillers)

    def _beside(self, one: str, two: str) -> bool:
        if one in self._reached(two):
            return False
        return any({one, two} <= self._reached(split) for split in self._splits)

    def _reached(self, begin: str) -> set[str]:
        if begin not in self._ahead:
            seen: set[str] = set()
            queue = list(self._after.get(begin, ()))
            while queue:
                at = queue.pop()
                if at not in seen:
                    seen.add(at)
                    queue.extend(self._after.get(at, ()))
            self._ahead[begin] = seen
        return self._ahead[begin]


def _looked_at(
    pack: Pack, step: StepText, decisions: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, str]]:
    """Yield the forms that a step looks at, and what of it does."""
    for form in sorted({form for text in step.expressions for form in forms_named(text)}):
        yield form, "表达式"
    for form in sorted(decisions.get(step.properties.get("decision", ""), ())):
        yield form, _RULE
    for name in dict.fromkeys(_CONSTANT.findall(step.parameters.get("template", ""))):
        template = pack.documents[name].template if name in pack.documents else name
        for form in sorted(_forms_of_template(pack, template)):
            yield form, f"公文“{name}”"


def _forms_of_template(pack: Pack, name: str) -> set[str]:
    try:
        names = documents.load_template(pack.templates.get(name, "")).names
    except documents.DocumentError:
        return set()  # Reported by the check of the template itself, or shared by all packs.
    return {
        parts[1] for parts in (each.split(".") for each in names) if parts[0] == _FORMS and len(parts) > 1
    }


def _forms_of_decisions(pack: Pack) -> dict[str, frozenset[str]]:
    """The forms that each decision looks at, those that it rests on included, by `file.dmn#decision`."""
    found: dict[str, frozenset[str]] = {}
    for file, source in pack.rules.items():
        try:
            decisions = {each.id: each.requires for each in dmn.read(source).decisions}
        except dmn.DmnError:
            continue  # Reported by the check of the file itself.
        texts = _texts(source)
        for key in decisions:
            seen: set[str] = set()
            queue = [key]
            while queue:
                at = queue.pop()
                if at not in seen:
                    seen.add(at)
                    queue.extend(decisions.get(at, ()))
            found[f"{file}#{key}"] = frozenset(
                form for each in seen for form in forms_named(texts.get(each, ""))
            )
    return found


def _texts(source: bytes) -> dict[str, str]:
    root = parse_xml(source)
    return {
        element.get("id", ""): "\n".join(text.text or "" for text in element.iter("{*}text"))
        for element in (() if root is None else root.iterchildren(tag=etree.Element))
    }


def _called(pack: Pack) -> set[str]:
    found = set()
    for source in pack.flows.values():
        root = parse_xml(source)
        if root is not None:
            found |= {call.get("calledElement", "") for call in root.iter(f"{{{BPMN}}}callActivity")}
    return found
