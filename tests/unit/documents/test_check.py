from __future__ import annotations

import pytest

from tests.unit.documents.conftest import source
from webapp.documents import check_folder, check_template

GOOD = {"依据": ["TZ-3.1", "本地缺省：办事惯例"], "公开属性": "主动公开", "保管期限": "30年"}


def elements(body="[依据 TZ-3.1]\n正文。", sample=None, **head):
    return [
        finding.element for finding in check_template(source("信函", body, **(GOOD | head)), sample or {})
    ]


def test_a_good_template_has_no_findings():
    assert elements() == []


@pytest.mark.parametrize(
    ("head", "element"),
    [
        ({"依据": ""}, "依据"),
        ({"依据": "惯例"}, "依据"),
        ({"公开属性": ""}, "公开属性"),
        ({"公开属性": "保密"}, "公开属性"),
        ({"保管期限": ""}, "保管期限"),
        ({"标题": "关于{{ 市场.名称 }}的函"}, "市场.名称"),
        ({"标题": "关于😀的函"}, "第 5 行"),
    ],
)
def test_faults_are_named(head, element):
    assert elements(**head) == [element]


def test_unknown_facts_are_named_even_without_a_sample():
    (finding,) = check_template(source("信函", "[依据 TZ-3.1]\n{{ 市场.名称 }}{{ 天气.今天 }}", **GOOD))
    assert finding.element == "天气.今天"
    assert finding.severity == "error"


def test_unreadable_templates_are_findings():
    (finding,) = check_template("没有要素")
    assert "---" in finding.reason


def test_a_folder_is_checked_with_every_sample_and_says_pages(tmp_path):
    (tmp_path / "samples").mkdir()
    head = {**GOOD, "标题": "关于{{ 市场.名称 }}的函"}
    (tmp_path / "letter.md").write_text(source("信函", "[依据 TZ-3.1]\n正文。", **head))
    (tmp_path / "plain.md").write_text(source("信函", "[依据 TZ-3.1]\n{{ 天气.今天 }}", **GOOD))
    samples = {
        "letter.json": '{"市场": {"名称": "演示零工市场"}}',
        "letter.none.json": "{}",
        "letter.rare.json": '{"市场": {"名称": "演示\U000323af市场"}}',
        "letter.torn.json": "{",
    }
    for name, text in samples.items():
        (tmp_path / "samples" / name).write_text(text)
    found = [(r.name, r.pages, [f.element for f in r.findings]) for r in check_folder(tmp_path)]
    assert found == [
        ("letter.md：letter.json", 1, []),
        ("letter.md：letter.none.json", 0, ["市场.名称"]),
        ("letter.md：letter.rare.json", 0, ["市场.名称"]),
        ("letter.md：letter.torn.json", 0, ["示例数据"]),
        ("plain.md", 0, ["天气.今天", "示例数据"]),
    ]
