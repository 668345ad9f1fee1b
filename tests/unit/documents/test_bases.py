"""依据 of paragraphs: what a tag line holds for, and what is wrong with a template."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.documents.conftest import source
from webapp.core.clauses import Basis
from webapp.documents import SealPlace, TemplateError, check_template, load_template, render

ROOT = Path(__file__).parents[3] / "docs_templates"
TEMPLATES = sorted(path for path in ROOT.glob("*/*.md") if path.name != "README.md")
HEAD = {"依据": "TZ-3.1", "公开属性": "主动公开", "保管期限": "30年"}


def grounds(body, facts=None):
    """What each paragraph rests on, by its text."""
    return {text: bases for (_, text), bases in load_template(source("信函", body)).grounds(facts or {})}


def findings(body):
    return [finding for finding in check_template(source("信函", body, **HEAD)) if finding.element == "依据"]


def test_a_tag_holds_down_to_the_next_one():
    body = "[依据 TZ-3.1]\n# 一、甲\n乙\n[依据 TZ-2.1；本地缺省：办事惯例]\n- 丙\n- 丁\n< 戊"
    assert grounds(body) == {
        "一、甲": ("TZ-3.1",),
        "乙": ("TZ-3.1",),
        "1. 丙": ("TZ-2.1", "本地缺省：办事惯例"),
        "2. 丁": ("TZ-2.1", "本地缺省：办事惯例"),
        "戊": ("TZ-2.1", "本地缺省：办事惯例"),
    }


def test_rows_of_one_table_may_rest_on_different_clauses():
    body = "[依据 TZ-1.2]\n|= h1 l2\n|! 项 | 果\n[依据 TZ-2.1]\n| 场地 | 有\n[依据 TZ-2.2]\n| 标识 | 有\n[附件1] 清单"
    assert grounds(body) == {
        "项\t果": ("TZ-1.2",),
        "场地\t有": ("TZ-2.1",),
        "标识\t有": ("TZ-2.2",),
        "附件1 清单": ("TZ-2.2",),
    }
    assert len(load_template(source("信函", body)).fill({})[1]) == 2, "the table is still one table"


def test_what_counts_is_the_order_in_the_file_and_not_the_way_taken():
    body = "[依据 TZ-1.1]\n{% if 表.a %}\n[依据 TZ-2.1]\n甲\n{% else %}\n[依据 TZ-2.2]\n乙\n{% endif %}\n丙"
    assert grounds(body, {"表": {"a": True}}) == {"甲": ("TZ-2.1",), "丙": ("TZ-2.2",)}
    assert grounds(body, {"表": {"a": False}}) == {"乙": ("TZ-2.2",), "丙": ("TZ-2.2",)}


def test_every_turn_of_a_loop_rests_on_the_same():
    body = "[依据 TZ-1.1]\n{% for x in 表.a %}\n甲{{ x }}\n[依据 TZ-2.1]\n{{ x }}乙\n{% endfor %}"
    assert grounds(body, {"表": {"a": [1, 2]}}) == {
        "甲1": ("TZ-1.1",),
        "1乙": ("TZ-2.1",),
        "甲2": ("TZ-1.1",),
        "2乙": ("TZ-2.1",),
    }


def test_a_run_in_heading_takes_what_its_paragraph_rests_on():
    assert grounds("[依据 TZ-1.1]\n## （一）题。\n[依据 TZ-2.1]\n文。") == {"（一）题。文。": ("TZ-2.1",)}


def test_every_line_of_a_long_value_rests_on_the_same_and_text_of_people_is_no_tag():
    said = "第一行\n[依据 TZ-9.9]\n第三行"
    found = grounds("[依据 TZ-2.1]\n情况：{{ 表.说明 }}", {"表": {"说明": said}})
    assert found == {"情况：第一行": ("TZ-2.1",), "[依据 TZ-9.9]": ("TZ-2.1",), "第三行": ("TZ-2.1",)}


@pytest.mark.parametrize("preview", [False, True])
def test_tags_print_nothing(preview):
    plain = "# 一、甲\n{% if 表.a %}\n乙{{ 表.a }}\n{% endif %}\n|= h1 l2\n| 丙 | 丁\n| 戊 | 己\n- 庚\n- 辛"
    tagged = (
        "[依据 TZ-1.1]\n# 一、甲\n{% if 表.a %}\n  [依据：本地缺省：理由]\n乙{{ 表.a }}\n{% endif %}\n|= h1 l2\n"
        "[依据 TZ-2.1;TZ-2.2]\n| 丙 | 丁\n[依据 TZ-2.1]\n| 戊 | 己\n- 庚\n[依据 TZ-2.3]\n- 辛\n[依据 TZ-9]"
    )
    made = [
        render(
            load_template(source("信函", body)),
            {"表": {"a": "子"}},
            seals=(SealPlace("hrss"),),
            preview=preview,
        )
        for body in (plain, tagged)
    ]
    assert made[0].pdf == made[1].pdf
    assert made[0].outline == made[1].outline


@pytest.mark.parametrize(
    "tag",
    [
        "[依据]",
        "[依据 ]",
        "[依据 见文件]",
        "[依据 TZ-3.1；]",
        "[依据 本地缺省]",
        "[依据 TZ-3.1",
        "【依据 TZ-3.1】",
        "[依据 TZ-3.1] 经审核",
        "经审核 [依据 TZ-3.1]",
        "[依据 {{ 表.a }}]",
        "[依据 TZ-{% if 表.a %}3.1{% endif %}]",
        "{% if 表.a %}[依据 TZ-3.1]{% endif %}",
        "{% set x = 1 -%}\n[依据 TZ-3.1]",
    ],
)
def test_a_badly_written_tag_is_a_finding_that_names_its_line(tag):
    body = f"[依据 TZ-3.1]\n甲\n{tag}\n乙"
    with pytest.raises(TemplateError):
        load_template(source("信函", body))
    (finding,) = findings(body)
    assert finding.severity == "error"
    above = source("信函", body, **HEAD).rpartition("\n乙")[0]
    assert f"第 {above.count(chr(10)) + 1} 行" in finding.reason


def test_each_line_above_the_first_tag_is_a_finding():
    body = "{% set a = 1 %}\n# 一、甲\n{{ 案.编号 }}\n|= h1 l2\n| 乙 | 丙\n[依据 TZ-3.1]\n丁"
    lines = source("信函", body, **HEAD).split("\n")
    wanted = [f"第 {lines.index(text) + 1} 行“{text}”" for text in ("# 一、甲", "{{ 案.编号 }}", "| 乙 | 丙")]
    found = findings(body)
    assert [finding.reason.split("上面")[0] for finding in found] == wanted
    assert {finding.severity for finding in found} == {"error"}


def test_lines_that_print_nothing_need_no_tag():
    assert findings("{# 说明 #}\n{% set a = 1 %}\n\n[依据 TZ-3.1]\n甲") == []


def test_lines_know_their_bases():
    template = load_template(source("信函", "[依据 TZ-3.1；本地缺省：理由]\n甲{{ 案.编号 }}"))
    (line,) = template.lines
    assert line.text == "甲{{ 案.编号 }}"
    assert line.bases == (Basis(clause="TZ-3.1"), Basis(note="理由"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_paragraph_of_every_template_has_its_basis(path):
    template = load_template(path)
    assert template.lines
    assert [line.text for line in template.lines if not line.bases] == []


@pytest.mark.parametrize(
    ("key", "text", "clause"),
    [
        ("application_report", "妥否，请批示。", "TZ-A"),
        ("acceptance_notice", "{{ item }}", "TZ-3.1"),
        ("recognition_reply", "## （二）数据安全。", "TZ-3.2"),
        ("recognition_reply", "## （三）免费服务。", "TZ-1.2"),
        ("recognition_reply", "## （四）考核评价。", "TZ-3.3"),
        ("recognition_reply", "## （三）考核评价。", "TZ-3.3"),
        ("opinion_reply", "# 二、职责范围内的情况", "TZ-6"),
        ("withdrawal_notice", "特此通知。", None),
    ],
)
def test_paragraphs_of_tongzhou_rest_on_what_the_policy_says(key, text, clause):
    """Policy: TZ-A, TZ-1.2, TZ-3.1, TZ-3.2, TZ-3.3, TZ-6."""
    lines = load_template(ROOT / "tongzhou" / f"{key}.md").lines
    (line,) = [line for line in lines if line.text == text]
    assert [basis.clause for basis in line.bases] == [clause]
