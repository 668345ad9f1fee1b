"""Faults of structure, of expressions, and of what the platform asks."""

from __future__ import annotations

import pytest

from tests.unit.engine.build import Process, items
from tests.unit.engine.everything import everything
from tests.unit.engine.sound import REFERENCES, found, sound
from webapp import engine


def changed(*replacements: tuple[str, str]) -> bytes:
    source = sound().xml().decode()
    for old, new in replacements:
        assert old in source, old
        source = source.replace(old, new)
    return source.encode()


CONDITION = 'verdict = "pass" and area &gt; 0'


@pytest.mark.parametrize(
    ("old", "new", "element", "reason"),
    [
        (' default="back"', "", "ok", "排他网关的出口“back”没有条件"),
        ('default="back"', 'default="elsewhere"', "ok", "不是它的出口"),
        ('default="back"', 'default="forward"', "ok", "条件不会起作用"),
        ('attachedToRef="police"', 'attachedToRef="join"', "late", "没有挂在任务上"),
        ('messageRef="reply_message"', 'messageRef="other"', "answer", "哪条消息"),
        ('sourceRef="answer"', 'sourceRef="nowhere"', "answer", "没有连线离开"),
        (CONDITION, "verdict ==", "forward", "不是合格的 FEEL"),
        (CONDITION, "${approved}", "forward", "不是合格的 FEEL"),
        (CONDITION, "&quot;yes&quot;", "forward", "得不出所需的结果"),
        (CONDITION, "decision = &quot;pass&quot;", "forward", "“decision”，而没有一个步骤会填写它"),
        (CONDITION, "", "forward", "是空的"),
        ('duration("P3D")', "P3D", "late", "“P3D”"),
        ('duration("P3D")', '"P3D"', "late", "得不出所需的结果"),
        ('duration("P3D")', "3", "late", "得不出所需的结果"),
        ("facts.zones", "zones", "visit", "“zones”"),
        ('case.no + "逾期"', "case.no + ", "remind", "参数“to”"),
        ('name="form" value="check"', 'name="other" value="check"', "check", "没有指定表单"),
        ('name="form" value="check"', 'name="form" value="gone"', "check", "表单“gone”不存在"),
        ('value="verdict"', 'value="verdict, mood"', "check", "“mood”不是表单"),
        ('name="position" value="clerk"', 'name="position" value=""', "file", "没有指定办理岗位"),
        ('name="position" value="clerk"', 'name="position" value="king"', "file", "岗位“king”不存在"),
        ('value="5 workday"', 'value="five days"', "check", "时限“five days”写法不对"),
        ('name="due" value="5 workday"', 'name="dew" value="5 workday"', "check", "没有时限"),
        ('name="signers" value="2"', 'name="signers" value="two"', "check", "签署人数"),
        ('{"opinion": "无意见"}', "无意见", "police", "presume"),
        ('name="signers" value="2"', 'name="not_by" value="file, gone"', "check", "（not_by）“gone”不存在"),
        ('name="signers" value="2"', 'name="not_by" value="check"', "check", "（not_by）“check”不存在"),
        ('name="signers" value="2"', 'name="not_by" value=" , "', "check", "（not_by）“空白”不存在"),
        ('value="本地缺省：先核对再受理"', 'value=""', "ok", "没有写依据"),
        ('value="本地缺省：先核对再受理"', 'value="惯例"', "ok", "依据“惯例”写法不对"),
        ('value="TZ-3.1"', 'value="TZ-9.9"', "file", "条款“TZ-9.9”不存在"),
        ('name="agency" value="hrss"', 'name="agency" value=""', "lane1", "泳道没有指定单位"),
        ('name="agency" value="hrss"', 'name="agency" value="nasa"', "lane1", "单位“nasa”不存在"),
        ("<bpmn:flowNodeRef>police</bpmn:flowNodeRef>", "", "police", "不在任何泳道中"),
        ('<spiffworkflow:serviceTaskOperator id="send">', '<spiffworkflow:serviceTaskOperator id="">', "remind", "没有指定操作"),
        ('<spiffworkflow:serviceTaskOperator id="send">', '<spiffworkflow:serviceTaskOperator id="fax">', "remind", "没有登记"),
        ('id="template"', 'id="templet"', "issue", "缺少参数“template”"),
        ('id="template"', 'id="templet"', "issue", "没有参数“templet”"),
        ('"reply"', '"letter"', "issue", "文书模板“letter”不存在"),
        ('serviceTaskOperator id="send"', 'serviceTaskOperator id="send" resultVariable="x"', "remind", "没有结果"),
        ("rules.dmn#kind", "rules.dmn#other", "rate", "决策“rules.dmn#other”不存在"),
        ("rules.dmn#kind", "rules.dmn", "rate", "没有指定决策"),
        ('calledElement="common_correction"', 'calledElement="gone"', "correct", "流程“gone”不存在"),
        ('calledElement="common_correction"', 'calledElement="recognition"', "correct", "调用了它自己"),
        ('xsi:type="bpmn:tFormalExpression">verdict', 'language="python">verdict', "forward", "表达式语言“python”"),
        ('targetNamespace="urn:test"', 'targetNamespace="urn:test" expressionLanguage="http://www.w3.org/1999/XPath"', "", "表达式语言"),
    ],
)  # fmt: skip
def test_one_fault_is_found_where_it_is(old, new, element, reason):
    source = sound().xml().decode()
    shown = (
        old if old in source else old.replace('"', "&quot;") if old.replace('"', "&quot;") in source else old
    )
    reasons = found(changed((shown, new)))
    assert any(reason in text and (not element or element == where) for where, text in reasons), reasons


def test_a_condition_on_a_flow_that_leaves_a_task_is_found():
    process = sound()
    process.parts = [part.replace('sourceRef="issue" targetRef="answer">', 'sourceRef="issue" targetRef="answer"><bpmn:conditionExpression>1 = 1</bpmn:conditionExpression>') for part in process.parts]  # fmt: skip
    assert any("引擎会忽略它" in reason for _, reason in found(process.xml()))


def plain(*nodes: tuple[str, str]) -> Process:
    """Nodes to be joined by flows; the gateways `x` and `o` choose, with default exits `x_default`, `o_default`."""
    process = Process("whole", basis="TZ-3.1")
    for kind, name in nodes:
        if kind in {"exclusive", "parallel", "inclusive"}:
            process.gateway(name, kind, default=f"{name}_default" if name in {"x", "o"} else "")
        elif kind == "user":
            process.user(name)
        else:
            process.node(kind, name)
    return process


def structural(process: Process) -> list[tuple[str, str]]:
    return [
        (f.element_id, f.reason)
        for f in engine.lint(process.xml())
        if "指定" not in f.reason and "依据" not in f.reason
    ]


def test_a_step_that_cannot_be_reached_is_found():
    process = plain(("startEvent", "s"), ("user", "a"), ("user", "island"), ("endEvent", "e"))
    process.chain("s", "a", "e")
    process.flow("island", "e")
    assert ("island", "没有连线进入，永远不会办理") in structural(process)


def test_a_ring_that_cannot_be_reached_is_found():
    process = plain(("startEvent", "s"), ("user", "a"), ("user", "r1"), ("user", "r2"), ("endEvent", "e"))
    process.chain("s", "a", "e")
    process.chain("r1", "r2", "r1")
    assert {where for where, reason in structural(process) if "走不到这一步" in reason} == {"r1", "r2"}


def test_a_ring_without_a_way_out_is_found():
    process = plain(("startEvent", "s"), ("exclusive", "m"), ("user", "a"), ("endEvent", "e"))
    process.chain("s", "m", "a", "m")
    assert any(where == "a" and "走不到结束事件" in reason for where, reason in structural(process))


def test_an_automatic_loop_is_found_and_one_with_a_person_is_not():
    process = plain(
        ("startEvent", "s"), ("exclusive", "m"), ("exclusive", "x"), ("user", "a"), ("endEvent", "e")
    )
    process.chain("s", "m", "x")
    process.flow("x", "m", "1 = 1")
    process.flow("x", "a", "1 = 2")
    process.flow("x", "e", id="x_default")
    process.flow("a", "m")
    assert any("一直自动运行" in reason for _, reason in structural(process))
    process.parts = [part for part in process.parts if "1 = 1" not in part]
    assert not any("一直自动运行" in reason for _, reason in structural(process))


def test_a_choice_whose_ways_meet_in_a_parallel_join_is_found():
    process = plain(
        ("startEvent", "s"),
        ("exclusive", "x"),
        ("user", "a"),
        ("user", "b"),
        ("parallel", "j"),
        ("endEvent", "e"),
    )
    process.flow("s", "x")
    process.flow("x", "a", "1 = 1")
    process.flow("x", "b", id="x_default")
    process.chain("a", "j", "e")
    process.flow("b", "j")
    assert any(where == "j" and "等不齐" in reason for where, reason in structural(process))


def test_a_branch_that_may_leave_before_the_join_is_found():
    process = plain(
        ("startEvent", "s"), ("parallel", "p"), ("user", "a"), ("user", "b"), ("exclusive", "x"),
        ("parallel", "j"), ("endEvent", "e"), ("endEvent", "out"),
    )  # fmt: skip
    process.chain("s", "p", "a", "j", "e")
    process.chain("p", "b", "x")
    process.flow("x", "out", "1 = 1")
    process.flow("x", "j", id="x_default")
    assert any(where == "j" and "等不齐" in reason for where, reason in structural(process))


def test_a_timer_that_takes_a_branch_past_its_join_is_found():
    process = plain(
        ("startEvent", "s"), ("parallel", "p"), ("user", "a"), ("user", "b"), ("parallel", "j"),
        ("endEvent", "e"), ("endEvent", "out"),
    )  # fmt: skip
    process.boundary("late", "b", 'duration("P1D")')
    process.flow("late", "out")
    process.chain("s", "p", "a", "j", "e")
    process.chain("p", "b", "j")
    assert any(where == "j" and "等不齐" in reason for where, reason in structural(process))


def test_a_timer_that_leads_back_into_its_branch_is_sound():
    process = plain(
        ("startEvent", "s"), ("parallel", "p"), ("user", "a"), ("user", "b"), ("exclusive", "m"),
        ("parallel", "j"), ("endEvent", "e"),
    )  # fmt: skip
    process.boundary("late", "b", 'duration("P1D")')
    process.chain("s", "p", "a", "j", "e")
    process.chain("p", "b", "m", "j")
    process.flow("late", "m")
    assert structural(process) == []


def test_an_inclusive_join_is_never_stuck():
    process = plain(
        ("startEvent", "s"), ("inclusive", "o"), ("user", "a"), ("user", "b"), ("inclusive", "j"), ("endEvent", "e")
    )  # fmt: skip
    process.flow("s", "o")
    process.flow("o", "a", "1 = 1")
    process.flow("o", "b", id="o_default")
    process.chain("a", "j", "e")
    process.flow("b", "j")
    assert structural(process) == []


def test_branches_that_run_together_without_a_join_may_not_come_into_force_but_run_where_they_are():
    process = plain(
        ("startEvent", "s"), ("parallel", "p"), ("user", "a"), ("user", "b"), ("exclusive", "m"), ("user", "c"), ("endEvent", "e")
    )  # fmt: skip
    process.chain("s", "p", "a", "m", "c", "e")
    process.chain("p", "b", "m")
    (finding,) = [f for f in engine.lint(process.xml()) if "重复办理" in f.reason]
    assert finding.severity == "error"
    assert engine.load({"p.bpmn": process.xml()}, "whole").id == "whole"


def test_a_return_loop_around_a_block_is_sound():
    process = plain(
        ("startEvent", "s"), ("user", "ask"), ("parallel", "p"), ("user", "a"), ("user", "b"), ("parallel", "j"),
        ("user", "lead"), ("exclusive", "x"), ("endEvent", "e"),
    )  # fmt: skip
    process.chain("s", "ask", "p", "a", "j", "lead", "x")
    process.chain("p", "b", "j")
    process.flow("x", "ask", "1 = 1")
    process.flow("x", "e", id="x_default")
    assert structural(process) == []


def test_five_blocks_are_judged_quickly():
    from tests.unit.engine.test_growth import blocks

    assert not [finding for finding in engine.lint(blocks().xml()) if "等不齐" in finding.reason]


def test_completion_conditions_may_use_the_counts():
    loop = items(cardinality="3", until="nrOfCompletedInstances >= 2", output="o", output_item="oi")
    process = Process(basis="TZ-3.1")
    process.start()
    process.user("a", loop)
    process.end()
    process.chain("start", "a", "end")
    assert not any("没有一个步骤会填写" in reason for _, reason in found(process.xml()))


def test_without_references_nothing_is_looked_up():
    assert found(changed(("rules.dmn#kind", "rules.dmn#other")), None) == []
    assert found(changed(("rules.dmn#kind", "rules.dmn#other")), engine.References()) == []


def test_forms_may_be_given_as_names_alone():
    names = engine.References(forms=set(REFERENCES.forms or ()))
    assert found(sound().xml(), names) == []


def test_a_diagram_with_every_kind_of_join_and_event_is_sound():
    reasons = [finding.reason for finding in engine.lint(everything().xml())]
    assert not [reason for reason in reasons if "等不齐" in reason or "重复办理" in reason]


def test_an_inclusive_join_after_a_parallel_join_inside_a_branch_is_sound():
    process = plain(
        ("startEvent", "s"), ("inclusive", "o"), ("user", "a"), ("user", "b"), ("parallel", "w"), ("user", "c"),
        ("parallel", "k"), ("inclusive", "j"), ("endEvent", "e"),
    )  # fmt: skip
    process.flow("s", "o")
    process.flow("o", "a", "1 = 1")
    process.flow("o", "w", id="o_default")
    process.chain("a", "j", "e")
    process.chain("w", "b", "k", "j")
    process.chain("w", "c", "k")
    assert structural(process) == []
