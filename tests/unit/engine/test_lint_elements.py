"""The list of what may be used, and the promise never to raise."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engine.sound import REFERENCES, found, sound
from webapp import engine


def spoilt(element: str) -> bytes:
    """The sound process with one more element in it."""
    return sound().xml().replace(b"</bpmn:process>", element.encode() + b"</bpmn:process>")


def test_a_sound_process_has_no_findings():
    assert engine.lint(sound().xml(), REFERENCES) == []
    assert engine.lint(sound().xml().decode()) == []


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        ('<bpmn:scriptTask id="x"><bpmn:script>1</bpmn:script></bpmn:scriptTask>', "脚本"),
        ('<bpmn:task id="x"/>', "任务类型"),
        ('<bpmn:manualTask id="x"/>', "手工任务"),
        ('<bpmn:sendTask id="x"/>', "发送任务"),
        ('<bpmn:complexGateway id="x"/>', "复杂网关"),
        ('<bpmn:eventBasedGateway id="x"/>', "事件网关"),
        ('<bpmn:transaction id="x"/>', "事务"),
        ('<bpmn:adHocSubProcess id="x"/>', "自由子流程"),
        ('<bpmn:subProcess id="x" triggeredByEvent="true"/>', "事件子流程"),
        ('<bpmn:endEvent id="x"><bpmn:signalEventDefinition/></bpmn:endEvent>', "信号"),
        (
            '<bpmn:intermediateThrowEvent id="x"><bpmn:linkEventDefinition name="l"/></bpmn:intermediateThrowEvent>',
            "链接",
        ),
        (
            '<bpmn:intermediateThrowEvent id="x"><bpmn:compensateEventDefinition/></bpmn:intermediateThrowEvent>',
            "补偿",
        ),
        ('<bpmn:endEvent id="x"><bpmn:errorEventDefinition/></bpmn:endEvent>', "错误事件"),
        ('<bpmn:endEvent id="x"><bpmn:escalationEventDefinition/></bpmn:endEvent>', "升级事件"),
        ('<bpmn:endEvent id="x"><bpmn:cancelEventDefinition/></bpmn:endEvent>', "取消事件"),
        (
            '<bpmn:endEvent id="x"><bpmn:messageEventDefinition messageRef="reply_message"/></bpmn:endEvent>',
            "位置",
        ),
        ('<bpmn:startEvent id="x"><bpmn:timerEventDefinition/></bpmn:startEvent>', "位置"),
        ('<bpmn:intermediateCatchEvent id="x"/>', "等待什么"),
        (
            '<bpmn:intermediateCatchEvent id="x"><bpmn:conditionalEventDefinition/></bpmn:intermediateCatchEvent>',
            "条件事件",
        ),
        ('<bpmn:userTask id="x"><bpmn:standardLoopCharacteristics/></bpmn:userTask>', "标准循环"),
        ('<bpmn:userTask id="x"><bpmn:ioSpecification/></bpmn:userTask>', "输入输出"),
        ('<bpmn:userTask id="x" isForCompensation="true"/>', "isForCompensation"),
        ('<bpmn:userTask id="x" xmlns:camunda="urn:c" camunda:assignee="a"/>', "assignee"),
        ('<bpmn:dataObject id="x"/>', "数据对象"),
        ('<bpmn:dataStoreReference id="x"/>', "数据存储"),
        ('<bpmn:choreographyTask id="x"/>', "choreographyTask"),
        (
            (
                '<bpmn:userTask id="x"><bpmn:extensionElements><spiffworkflow:preScript>import os</spiffworkflow:preScript>'
                "</bpmn:extensionElements></bpmn:userTask>"
            ),
            "前置脚本",
        ),
        (
            (
                '<bpmn:userTask id="x"><bpmn:extensionElements><spiffworkflow:postScript>1</spiffworkflow:postScript>'
                "</bpmn:extensionElements></bpmn:userTask>"
            ),
            "后置脚本",
        ),
        (
            (
                '<bpmn:userTask id="x"><bpmn:extensionElements><z:form xmlns:z="urn:z"/>'
                "</bpmn:extensionElements></bpmn:userTask>"
            ),
            "其他工具",
        ),
        (
            (
                '<bpmn:receiveTask id="x" messageRef="reply_message"><bpmn:multiInstanceLoopCharacteristics/>'
                "</bpmn:receiveTask>"
            ),
            "逐项",
        ),
        ('<bpmn:endEvent id="check"/>', "重复"),
        ("<bpmn:userTask/>", "没有编号"),
        ('<bpmn:userTask id="x.BoundaryEventSplit"/>', "结尾"),
    ],
)
def test_what_is_not_on_the_list_is_named_with_its_reason(element, reason):
    reasons = [text for _, text in found(spoilt(element))]
    assert any(reason in text for text in reasons), reasons


@pytest.mark.parametrize("tag", ["timeCycle"])
def test_cycles_of_time_are_refused(tag):
    source = sound().xml().replace(b"timeDuration", tag.encode())
    assert ("late", "循环定时不能使用") in found(source)


def test_a_finding_names_element_reason_and_mend_for_people():
    (finding, *_) = engine.lint(spoilt('<bpmn:scriptTask id="x" name="算费用"/>'))
    assert finding.element == "算费用（x）"
    assert "脚本" in finding.reason
    assert "服务任务" in finding.mend
    assert finding.severity == "error"


def test_decoration_and_drawing_are_left_alone():
    extra = (
        '<bpmn:textAnnotation id="note"><bpmn:text>说明</bpmn:text></bpmn:textAnnotation>'
        '<bpmn:association id="assoc" sourceRef="check" targetRef="note"/>'
    )
    drawing = (
        '<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" id="diagram">'
        '<di:BPMNPlane id="plane" bpmnElement="recognition"/></di:BPMNDiagram>'
    )
    source = spoilt(extra).replace(b"</bpmn:definitions>", drawing.encode() + b"</bpmn:definitions>")
    assert found(source) == []


def test_the_schema_is_applied():
    source = sound().xml().replace(b'isExecutable="true"', b'isExecutable="perhaps"')
    assert found(source)
    misplaced = (
        sound().xml().replace(b"<bpmn:startEvent", b"<bpmn:incoming>f1</bpmn:incoming><bpmn:startEvent", 1)
    )
    assert any("BPMN 规范" in reason for _, reason in found(misplaced))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_the_lint_raise(content):
    assert engine.lint(content)


SOURCE = sound().xml()
WORDS = [
    b"userTask",
    b"serviceTask",
    b"exclusiveGateway",
    b"boundaryEvent",
    b"subProcess",
    b"end",
    b"check",
    b"",
    b"ok",
]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_no_damage_to_a_file_makes_the_lint_raise(seed, cuts):
    rng = random.Random(seed)  # noqa: S311 - chosen damage, no secret
    content = SOURCE
    for _ in range(cuts):
        if rng.random() < 0.5:
            old, new = rng.choice(WORDS[:-2]), rng.choice(WORDS)
            content = content.replace(old, new, rng.choice([1, 2, -1])) if old else content
        else:
            start = rng.randrange(max(1, len(content)))
            content = content[:start] + content[start + rng.randrange(30) :]
    for finding in engine.lint(content, REFERENCES):
        assert finding.element
        assert finding.reason
        assert finding.mend


@pytest.mark.parametrize("content", ["\ud800", "<a>" * 5_000, "", "<?xml version='1.0'?>", b"\x00" * 10])
def test_odd_texts_are_found_wanting(content):
    assert engine.lint(content)


def test_a_flood_of_faults_is_cut_off():
    findings = engine.lint(spoilt('<bpmn:task id="x"/>' * 1_000))
    assert len(findings) == 301
    assert "其余未列出" in findings[-1].reason


def test_deep_nesting_is_judged_quickly():
    nested = "".join(f'<bpmn:subProcess id="n{place}">' for place in range(80)) + "</bpmn:subProcess>" * 80
    assert engine.lint(spoilt(nested))
