from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.unit.documents.conftest import source
from webapp.documents import DocumentError, TemplateError, load_template
from webapp.documents.markup import Paragraph, Table

HOSTILE = "甲\n署名: 冒名局\n# 一、伪造\n## 二\n| 假 | 表\n- 项\n[附件1] 假附件\n{{ 7*7 }}{% if %} ---\n---"


def fill(body, facts, **head):
    return load_template(source("信函", body, **head)).fill(facts)


def text_of(block):
    return block.text


def test_user_text_never_becomes_markup():
    _, blocks = fill("情况：{{ 表.说明 }}", {"表": {"说明": HOSTILE}})
    assert all(isinstance(block, Paragraph) and block.role == "paragraph" for block in blocks)
    assert [text_of(block) for block in blocks] == [
        "情况：甲",
        "署名: 冒名局",
        "# 一、伪造",
        "## 二",
        "| 假 | 表",
        "- 项",
        "[附件1] 假附件",
        "{{ 7*7 }}{% if %} ---",
        "---",
    ]


def test_user_text_never_becomes_a_head_key():
    head, _ = fill("正文", {"市场": {"名称": HOSTILE}}, 标题="关于认定{{ 市场.名称 }}的函")
    assert head.one("署名") == "北京市通州区人力资源和社会保障局"
    assert "署名: 冒名局" in head.one("标题")
    assert "\n" not in head.one("标题")


def test_user_text_stays_in_its_table_cell():
    _, blocks = fill("|= h1 l2\n| 名称 | {{ 表.说明 }}", {"表": {"说明": "甲 | 乙\n|! 丙 | 丁"}})
    (table,) = blocks
    assert isinstance(table, Table)
    assert [row.cells for row in table.rows] == [("名称", "甲 | 乙\n|! 丙 | 丁")]
    assert not table.rows[0].heading


@pytest.mark.parametrize("facts", [{}, {"表": {}}, {"表": {"filing": {"site": None}}}])
def test_a_missing_fact_is_an_error_that_names_it(facts):
    with pytest.raises(DocumentError) as caught:
        fill("地址：{{ 表.filing.site }}", facts)
    assert "表.filing.site" in caught.value.message
    assert caught.value.field == "表.filing.site"


def test_an_empty_fact_is_missing_too():
    with pytest.raises(DocumentError, match=r"市场\.名称"):
        fill("正文", {"市场": {"名称": "  "}}, 标题="关于{{ 市场.名称 }}的函")


def test_a_missing_fact_can_be_tested_and_replaced():
    _, blocks = fill("{% if 表.a.b %}有{% else %}无{% endif %}{{ 表.a.b | 或('，不详') }}。", {"表": {}})
    assert text_of(blocks[0]) == "无，不详。"


def test_dictionary_methods_are_out_of_reach():
    with pytest.raises(DocumentError, match=r"表\.items"):
        fill("{{ 表.items }}", {"表": {"a": 1}})
    _, blocks = fill("{{ 表.items }}", {"表": {"items": "三项"}})
    assert text_of(blocks[0]) == "三项"


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__ }}",
        "{{ 表.__class__.__mro__ }}",
        "{{ ().__class__.__base__.__subclasses__() }}",
        "{% for x in range(10 ** 9) %}{% endfor %}",
        "{{ lipsum.__globals__ }}",
    ],
)
def test_templates_cannot_leave_the_sandbox(attack):
    with pytest.raises(DocumentError):
        fill(attack, {"表": {"a": 1}})


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("表.日 | 日期", "2026年3月5日"),
        ("'2026-11-20' | 日期", "2026年11月20日"),
        ("表.刻 | 日期", "2026年3月6日"),  # 2026-03-05 20:30 UTC is the next day in Beijing
        ("表.刻 | 时刻", "2026年3月6日4时30分"),
        ("表.钱 | 金额大写", "人民币伍拾万元整"),
        ("表.面积 | 数", "5200.5"),
        ("表.面积", "5200.5"),
        ("表.真", "是"),
        ("表.项 | 列", "甲、乙"),
        ("表.项 | 列('，')", "甲，乙"),
        ("'已落实；' | 句", "已落实。"),
        ("'已落实。' | 句", "已落实。"),
        ("'每日五时。' | 短语", "每日五时"),
        ("'租赁' | 名称(租赁='为租赁')", "为租赁"),
    ],
)
def test_filters(expression, printed):
    facts = {
        "表": {
            "日": date(2026, 3, 5),
            "刻": datetime(2026, 3, 5, 20, 30, tzinfo=UTC),
            "钱": Decimal("500000.00"),
            "面积": Decimal("5200.50"),
            "真": True,
            "项": ["甲", "乙"],
        }
    }
    _, blocks = fill("{{ " + expression + " }}", facts)
    assert text_of(blocks[0]) == printed


@pytest.mark.parametrize(
    "expression", ["表.日", "表.项", "表.项 | 日期", "'x' | 名称(y='z')", "'一' | 数", "表.日 | 时刻"]
)
def test_what_has_no_printed_form_is_refused(expression):
    with pytest.raises(DocumentError):
        fill("{{ " + expression + " }}", {"表": {"日": date(2026, 3, 5), "项": ["甲"]}})


def test_control_characters_are_refused_and_invisible_ones_dropped():
    with pytest.raises(DocumentError, match=r"U\+0007"):
        fill("{{ 表.a }}", {"表": {"a": "铃\x07"}})
    _, blocks = fill("{{ 表.a }}", {"表": {"a": "零\u200b工\ufeff市场\u202e"}})
    assert text_of(blocks[0]) == "零工市场"


def test_names_of_facts_are_listed_with_short_names_resolved():
    template = load_template(
        source(
            "信函", "{% set f = 表.filing %}{{ f.site.area }}{% for m in 参数.材料 %}{{ m.名称 }}{% endfor %}"
        )
    )
    assert template.names == ("参数.材料", "表.filing.site.area")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("正文", "---"),
        ("---\n版式: 海报\n---\n", "版式"),
        ("---\n版式: 表\n标题: 甲\n版本: 1\n---\n", "版本"),
        ("---\n版式: 表\n标题: {{ x }}\n---\n", "引号"),
        ("---\n版式: 信函\n标题: 甲\n---\n", "发文机关标志"),
        ("---\n版式: 表\n标题: 甲\n---\n{% if %}\n", "正文"),
        ("---\n版式: 表\n标题: 甲\n主送: [甲, 乙]\n---\n", "主送"),
        ("---\n- 甲\n---\n", "名称: 内容"),
    ],
)
def test_a_wrong_template_says_what_is_wrong(text, word):
    with pytest.raises(TemplateError) as caught:
        load_template(text)
    assert word in caught.value.message


@pytest.mark.parametrize(
    "body",
    [
        "| 没有列说明 | 甲",
        "|= h3 x9\n| 甲 | 乙",
        "|= h1 l1\n| 甲 | 乙 | 丙",
        "[附录] 甲",
        "|= h1",
        "## （一）孤立标题。",
    ],
)
def test_wrong_markup_is_refused(body):
    with pytest.raises(TemplateError):
        fill(body, {})


def test_markup_of_every_kind():
    _, blocks = fill("# 一、总则\n## （一）范围。\n适用本区。\n- 甲\n- 乙\n< 编号\n- 丙", {})
    assert [(block.role, text_of(block)) for block in blocks] == [
        ("heading-1", "一、总则"),
        ("paragraph", "（一）范围。适用本区。"),
        ("item", "1. 甲"),
        ("item", "2. 乙"),
        ("flush", "编号"),
        ("item", "1. 丙"),
    ]
    assert blocks[0].runs == (("一、总则", "黑体"),)
    assert blocks[1].runs == (("（一）范围。", "楷体"), ("适用本区。", "仿宋"))
