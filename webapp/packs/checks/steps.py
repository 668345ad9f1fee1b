"""What the steps of a process file say, read straight from its text so that a broken file can be checked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lxml import etree

from webapp.packs.sources import BPMN, SPIFF, parse_xml

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROPERTIES = f"{{{BPMN}}}extensionElements/{{{SPIFF}}}properties/{{{SPIFF}}}property"
_OPERATOR = f"{{{BPMN}}}extensionElements/{{{SPIFF}}}serviceTaskOperator"
_PARAMETERS = f"{{{BPMN}}}extensionElements/{{{SPIFF}}}serviceTaskOperator//{{{SPIFF}}}parameter"


@dataclass(frozen=True, slots=True)
class StepText:
    """One step as it is written.

    Attributes:
        id: Element id.
        label: Name and id, for messages.
        kind: Element name.
        process: Id of its process.
        process_properties: Properties of its process.
        agency: Agency key of its lane; empty outside lanes.
        properties: Its own properties.
        operator: Operator that it names; empty without one.
        parameters: FEEL texts that it hands to its operator, by parameter.
        expressions: All FEEL texts in it, those of the flows that leave it included.
    """

    id: str
    label: str
    kind: str
    process: str
    process_properties: Mapping[str, str]
    agency: str
    properties: Mapping[str, str]
    operator: str
    parameters: Mapping[str, str]
    expressions: tuple[str, ...]

    @property
    def form(self) -> str:
        """Form that it shows; empty without one."""
        return self.properties.get("form", "")

    @property
    def presumed(self) -> Mapping[str, Any]:
        """What the system submits for one who is late; empty if that is badly written."""
        try:
            value = json.loads(self.properties.get("presume", "{}"))
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}


@lru_cache(maxsize=64)
def read_steps(source: bytes) -> tuple[StepText, ...]:
    """Return the steps of a process file in document order; none if it is no XML. Cached by content."""
    root = parse_xml(source)
    if root is None:
        return ()
    found = []
    for process in root.iterchildren(f"{{{BPMN}}}process"):
        agencies = _agencies(process)
        properties = _properties(process)
        conditions = _conditions(process)
        for element in process.iterchildren(tag=etree.Element):
            key = element.get("id", "")
            parameters = {
                entry.get("id", ""): entry.get("value", "") for entry in element.findall(_PARAMETERS)
            }
            found.append(
                StepText(
                    id=key,
                    label=f"{element.get('name') or '未命名'}（{key}）",
                    kind=etree.QName(element).localname,
                    process=process.get("id", ""),
                    process_properties=properties,
                    agency=agencies.get(key, ""),
                    properties=_properties(element),
                    operator=_operator(element),
                    parameters=parameters,
                    expressions=(*parameters.values(), *conditions.get(key, ())),
                )
            )
    return tuple(found)


def _agencies(process: etree._Element) -> dict[str, str]:
    return {
        (reference.text or "").strip(): _properties(lane).get("agency", "")
        for lane in process.iter(f"{{{BPMN}}}lane")
        for reference in lane.findall(f"{{{BPMN}}}flowNodeRef")
    }


def _properties(element: etree._Element) -> dict[str, str]:
    return {entry.get("name", ""): entry.get("value", "") for entry in element.findall(_PROPERTIES)}


def _operator(element: etree._Element) -> str:
    named = element.find(_OPERATOR)
    return "" if named is None else named.get("id", "")


def _conditions(process: etree._Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for flow in process.findall(f"{{{BPMN}}}sequenceFlow"):
        condition = flow.find(f"{{{BPMN}}}conditionExpression")
        if condition is not None:
            found.setdefault(flow.get("sourceRef", ""), []).append(condition.text or "")
    return found
