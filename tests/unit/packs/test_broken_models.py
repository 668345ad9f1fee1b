"""Every broken model is refused for its one true reason, whoever drew it; and nothing ever raises."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import forms
from tests.unit.engine.sound import REFERENCES
from webapp import dmn, documents, engine, packs

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPES = Path(__file__).parents[2] / "shapes"

BROKEN = {
    "automatic_loop.bpmn": ("m", "一直自动运行"),
    "branch_leaves_before_join.bpmn": (
        "j",
        "可能永远等不齐：前面的分支不一定都会走到这里，“x”没有来（走法：s → a → b → out）",
    ),
    "branches_end_apart.bpmn": ("out", "几条分支各自结束，没有汇合"),
    "branches_merge_without_join.bpmn": ("m", "从这里起会重复办理（走法：s → a → b）"),
    "calls_itself.bpmn": ("again", "流程调用了它自己"),
    "choice_without_condition.bpmn": ("x", "出口“x_c”没有条件"),
    "condition_in_another_language.bpmn": ("x_c", "不是合格的 FEEL 表达式"),
    "condition_on_unknown_name.bpmn": ("x_c", "没有一个步骤会填写它"),
    "cut_off.bpmn": ("", "不是合格的 XML"),
    "entities.bpmn": ("", "文档类型声明"),
    "no_process.bpmn": ("", "不是 BPMN 流程文件"),
    "parallel_join_after_choice.bpmn": ("j", "永远等不齐"),
    "script.bpmn": ("run", "脚本"),
    "step_nobody_reaches.bpmn": ("island", "没有连线进入"),
    "step_without_basis.bpmn": ("a", "没有写依据"),
    "step_without_exit.bpmn": ("b", "没有连线离开"),
    "timer_leaves_before_join.bpmn": ("j", "“b（b）”没有来（走法：s → a → b → late → out）"),
    "two_starts.bpmn": ("whole", "现有 2 个"),
    "wrong_time_limit.bpmn": ("a", "时限“五天”写法不对"),
    "endless_requirement.dmn": ("grade", "依赖成环"),
    "entities.dmn": ("definitions", "DOCTYPE"),
    "gap.dmn": ("grades", "没有规则覆盖：“面积”为100（例：面积=100）"),
    "overlap.dmn": ("rule2", "第1条与第2条规则重叠（例：面积=100）"),
    "rule_never_counts.dmn": ("rule3", "总被前面的规则抢先，永远不会生效（例：面积=501，由第1条决定）"),
    "rule_never_matches.dmn": ("rule1", "永远不会命中"),
    "text_in_number_column.dmn": ("rule1", "应为数字，却写了文本"),
    "wrong_cell.dmn": ("rule1", "第1条规则“面积”列写错了"),
    "wrong_result_type.dmn": ("rule1", "应为文本，却是数字"),
    "bad_condition.json": ("other", "“= name =”有误"),
    "bad_pattern.json": ("name", "不是有效的正则表达式"),
    "condition_on_unknown_field.json": ("other", "不认识的名称“gone”"),
    "cut_off.json": ("整个表单", "不是有效的 JSON"),
    "no_form.json": ("整个表单", "不是表单定义"),
    "reserved_key.json": ("csrf_token", "保留名称"),
    "same_key_twice.json": ("name", "同一个 key"),
    "slow_pattern.json": ("name", "过于复杂"),
    "too_deep.json": ("too_deep", "嵌套过深"),
    "unknown_component.json": ("第 1 个组件", "不支持类型“html”"),
    "endless_range.md": ("正文", "第 11 行：不能使用调用函数"),
    "huge_number.md": ("正文", "第 11 行：不能使用乘方"),
    "huge_text.md": ("正文", "第 11 行：不能使用乘法"),
    "includes_file.md": ("正文", "引用其他模板"),
    "nested_loops.md": ("正文", "最多 3 层"),
    "reaches_python.md": ("正文", "调用函数"),
    "unclosed.md": ("正文", "第 11 行：语法有误"),
    "unknown_fact.md": ("天气.温度", "不认识的数据"),
    "unknown_glyph.md": ("第 11 行", "U+1F600"),
    "unknown_head.md": ("题目", "不认识的要素“题目”"),
    "without_basis.md": ("依据", "第 10 行“演示。”上面没有依据标记"),
    "agencies_in_a_circle.toml": ("", "绕成了圈（hall、guest、hall）"),
    "basis_of_no_kind.toml": ("", "依据“惯例”写法不对"),
    "date_as_text.toml": ("", "“effective_from”应当是日期"),
    "key_of_another_folder.toml": ("", "与文件夹名“shapes”一致"),
    "position_of_no_agency.toml": ("", "“village”既不是单位"),
    "process_without_file.toml": ("", "没有流程文件 workflows/shapes/gone.bpmn"),
    "too_deep.toml": ("", "嵌套过深"),
    "unclosed_text.toml": ("", "不是正确的 TOML"),
}
"""File to the element that is to be mended, and why."""

MAY_STAND = {"gap.dmn", "rule_never_counts.dmn", "rule_never_matches.dmn"}
"""What is told but may stand: the table gives a defined answer, if perhaps none."""

TWICE = {"calls_itself.bpmn", "script.bpmn"}
"""What breaks two rules with one fault: a process that calls itself is none that may be called, a script lies in a
script task."""


def of_flow(source: str) -> list[tuple[str, str, str]]:
    return [(each.element_id, each.reason, each.severity) for each in engine.lint(source, REFERENCES)]


def of_rules(source: str) -> list[tuple[str, str, str]]:
    return [(each.element, each.reason, each.severity) for each in dmn.check(source)]


def of_form(source: str) -> list[tuple[str, str, str]]:
    try:
        forms.read(source)
    except forms.SchemaError as error:
        return [(error.component, error.reason, "error")]
    return []


def of_template(source: str) -> list[tuple[str, str, str]]:
    return [(each.element, each.reason, each.severity) for each in documents.check_template(source)]


def of_pack(source: str) -> list[tuple[str, str, str]]:
    files = {
        f"{room}/shapes/{path.name}": path.read_text(encoding="utf-8")
        for room in ("workflows", "forms")
        for path in (SHAPES / room / "shapes").iterdir()
        if path.is_file()
    }
    try:
        packs.read({**files, "workflows/shapes/pack.toml": source})
    except packs.PackError as error:
        return [("", error.message, "error")]
    return []


CHECKS: dict[str, Callable[[str], list[tuple[str, str, str]]]] = {
    ".bpmn": of_flow,
    ".dmn": of_rules,
    ".json": of_form,
    ".md": of_template,
    ".toml": of_pack,
}


def found(path: Path) -> list[tuple[str, str, str]]:
    return CHECKS[path.suffix](path.read_text(encoding="utf-8"))


def test_every_broken_model_is_in_the_table():
    files = {path.name for path in (SHAPES / "broken").iterdir()} - {"README.md"}
    assert files == set(BROKEN)


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_model_is_refused_for_its_true_reason_and_no_other(name):
    element, reason = BROKEN[name]
    findings = found(SHAPES / "broken" / name)
    assert {where for where, _, _ in findings} == {element}
    assert reason in findings[0][1]
    assert len(findings) == (2 if name in TWICE else 1)
    assert findings[0][2] == ("warning" if name in MAY_STAND else "error")


FOREIGN = {
    "camunda.bpmn": {
        *(
            ("invoice", "historyTimeToLive"),
            ("start", "formKey"),
            ("approve", "assignee"),
            ("approve", "formKey"),
        ),
        *(
            ("approve", "taskListener"),
            ("approve", "formDefinition"),
            ("archive", "class"),
            ("notify", "发送任务"),
        ),
        *(("failed", "错误事件"), ("Error_1", "“error”"), ("f3", "${approved}")),
    },
    "signavio.bpmn": {
        *(("sid-c", "signavioDiagramMetaData"), ("sid-m", "消息流"), ("sid-process", "可执行")),
        *(("sid-lane", "signavioMetaData"), ("sid-task", "任务类型"), ("sid-manual", "手工任务")),
        *(
            ("sid-data", "数据对象"),
            ("sid-object", "数据对象"),
            ("sid-store", "数据存储"),
            ("sid-1", "XPath"),
        ),
    },
    "bpmn_io.bpmn": {
        *(("Process_1", "可执行"), ("Ad", "自由子流程"), ("Inner", "任务类型"), ("Wait", "事件网关")),
        *(("Signal", "信号事件"), ("Cycle", "循环定时"), ("Link", "链接事件"), ("End", "升级事件")),
    },
    "spiffarena.bpmn": {
        *(("calc", "脚本任务"), ("ask", "前置脚本"), ("ask", "后置脚本"), ("ask", "脚本测试")),
        ("call", "操作“http/GetRequest”没有登记"),
    },
    "flowable.bpmn": {
        *(
            ("holiday", "candidateStarterGroups"),
            ("startEvent1", "formFieldValidation"),
            ("decide", "candidateGroups"),
        ),
        *(
            ("decide", "formKey"),
            ("decide", "formProperty"),
            ("decide", "collection"),
            ("decide", "elementVariable"),
        ),
        *(
            ("decide", "${nrOfCompletedInstances"),
            ("mail", "“type”"),
            ("mail", "“field”"),
            ("java", "delegateExpression"),
        ),
        *(
            ("cancelled", "事件子流程"),
            ("caught", "信号事件"),
            ("pay", "事务"),
            ("pe", "取消事件"),
            ("stop", "signal"),
        ),
    },
    "jbpm.bpmn": {
        *(
            ("_x", "itemDefinition"),
            ("hire", "packageName"),
            ("hire", "adHoc"),
            ("hire", "import"),
            ("text", "property"),
        ),
        *(
            ("interview", "输入输出定义"),
            ("interview", "数据关联"),
            ("owner", "potentialOwner"),
            ("interview", "标准循环"),
        ),
        *(("rules", "ruleFlowGroup"), ("split", "复杂网关"), ("fin", "补偿事件"), ("when", "条件事件")),
    },
}
"""Models as other tools write them, with everything in them that cannot be used here."""


@pytest.mark.parametrize("name", sorted(FOREIGN))
def test_a_model_of_another_tool_is_refused_with_each_unsupported_element_named(name):
    findings = found(SHAPES / "foreign" / name)
    for element, word in FOREIGN[name]:
        assert any(element == where and word in reason for where, reason, _ in findings), (element, word)
    assert all(reason for _, reason, _ in findings)


@pytest.mark.parametrize("name", sorted(FOREIGN))
def test_steps_that_hang_on_a_refused_one_are_not_blamed_for_it(name):
    reasons = Counter(reason for _, reason, _ in found(SHAPES / "foreign" / name))
    assert not [reason for reason in reasons if "不在同一层流程中" in reason or "走不到" in reason]


def test_every_foreign_model_is_in_the_table():
    assert {path.name for path in (SHAPES / "foreign").iterdir()} == set(FOREIGN)
