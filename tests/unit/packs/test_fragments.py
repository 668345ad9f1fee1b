"""The usual fragments, each in the middle of a whole process: none brings a fault of its own."""

from __future__ import annotations

import re

import pytest

from webapp import engine
from webapp.packs.fragments import fragments
from webapp.packs.operators import OPERATORS

OWN = """<bpmn:extensionElements><spiffworkflow:properties>
<spiffworkflow:property name="basis" value="本地缺省：办事惯例"/>{more}
</spiffworkflow:properties></bpmn:extensionElements>"""
FILING = OWN.format(
    more='<spiffworkflow:property name="form" value="filing"/>'
    '<spiffworkflow:property name="position" value="clerk"/>'
)
FLOW = '<bpmn:sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}"/>'


def put_in(text: str) -> str:
    """Return a whole process with a fragment between its filing and its archiving, as one would draw it."""
    process = re.sub(r"<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>", "", text, flags=re.DOTALL)
    process = re.sub(r'<bpmn:process id="\w+"', '<bpmn:process id="host"', process)
    process = process.replace("</bpmn:documentation>", "</bpmn:documentation>" + OWN.format(more=""), 1)
    process = process.replace('sourceRef="begin"', 'sourceRef="host_filing"')
    filing = f'<bpmn:userTask id="host_filing" name="提出">{FILING}</bpmn:userTask>'
    first = FLOW.format(id="host_first", source="begin", target="host_filing")
    return process.replace("</bpmn:process>", f"{filing}{first}</bpmn:process>")


def findings(text: str) -> list[tuple[str, str]]:
    found = engine.lint(text, engine.References(operators=OPERATORS))
    return [(finding.element, finding.reason) for finding in found]


@pytest.mark.parametrize("fragment", fragments(), ids=lambda each: each["key"])
def test_a_fragment_brings_no_fault_into_a_whole_process(fragment) -> None:
    assert findings(put_in(fragment["text"])) == []


def test_a_fault_in_a_fragment_would_be_found() -> None:
    text = next(each["text"] for each in fragments() if each["key"] == "joint_opinions")
    spoilt = text.replace('parallelGateway id="opinions_join"', 'exclusiveGateway id="opinions_join"')
    assert any("没有汇合" in reason for _, reason in findings(put_in(spoilt)))
