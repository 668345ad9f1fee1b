from __future__ import annotations

import pytest

from tests.unit.documents.conftest import source
from webapp.documents import check_template

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
        ({"标题": "关于😀的函"}, "模板"),
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
