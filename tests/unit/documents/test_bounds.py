"""No template runs for ever, fills the memory, reaches Python, or raises anything but its own error."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.documents import DocumentError, TemplateError, check_template, load_template, render
from webapp.documents.samples import TEMPLATES

HEAD = (
    "---\n版式: 信函\n发文机关标志: 甲局\n发文字号: 甲〔2026〕1号\n标题: 例\n署名: 甲局\n成文日期: 2026年1月1日\n"
    "依据: 本地缺省：例\n---\n[依据 本地缺省：例]\n"
)
FIRST = HEAD.count("\n") + 1


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("{{ 9**9**9 }}", "乘方"),
        ('{{ "x" * 10000000000 }}', "乘法"),
        ('{{ "%09999999d" % 1 }}', "取余"),
        ("{% for i in range(1000000000) %}x{% endfor %}", "调用函数"),
        ('{{ "x".join(参数.rows) }}', "调用函数"),
        ('{{ "x" | center(1000000000) }}', "没有过滤器“center”"),
        ('{{ "%099999999d" | format(1) }}', "没有过滤器“format”"),
        ("{{ 参数.a | attr('b') }}", "没有过滤器“attr”"),
        ("{% macro a() %}x{% endmacro %}", "宏"),
        ("{% include 'x' %}", "引用其他模板"),
        ("{% extends 'x' %}", "引用其他模板"),
        ("{% for x in 参数.rows recursive %}{{ x }}{% endfor %}", "循环不能调用自己"),
        ("{% for a in 参数.r %}" * 4 + "x" + "{% endfor %}" * 4, "最多 3 层"),
        ("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", "嵌套过深"),
        ("{{ " + "1 + " * 3000 + "1 }}", "嵌套过深"),
        ("{% if 1 %}" * 3000 + "x" + "{% endif %}" * 3000, "嵌套过深"),
        ("{{ 1 is nonsense }}", "nonsense"),
        ("{{ x", "语法有误"),
    ],
)
def test_what_documents_do_not_need_is_refused_at_once_with_its_line(body, told):
    began = time.perf_counter()
    (finding,) = check_template(HEAD + body)
    assert told in finding.reason
    assert time.perf_counter() - began < 2
    if "嵌套过深。" not in finding.reason:
        assert f"第 {FIRST} 行" in finding.reason


def test_loops_pay_for_every_turn():
    loops = (
        "{% for a in 参数.rows %}{% for b in 参数.rows %}{% for c in 参数.rows %}{% if a == 1 %}x{% endif %}"
    )
    template = load_template(HEAD + "文字。" + loops + "{% endfor %}" * 3)
    assert render(template, {"参数": {"rows": [2] * 20}}).pages == 1
    began = time.perf_counter()
    with pytest.raises(TemplateError, match="循环次数太多"):
        render(template, {"参数": {"rows": [2] * 2000}})
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize("joined", ["~", "+"])
def test_a_text_that_doubles_again_and_again_is_stopped(joined):
    body = '{% set a = "一二三四五六七八九十" %}' + f"{{% set a = a {joined} a %}}" * 60 + "{{ a }}"
    with pytest.raises(TemplateError, match="拼接的文字超过"):
        render(load_template(HEAD + body), {})


def test_a_filling_that_grows_too_long_is_stopped():
    body = "{% for a in 参数.rows %}{{ 参数.text }}{% endfor %}"
    with pytest.raises(TemplateError, match="排不成公文"):
        render(load_template(HEAD + body), {"参数": {"rows": [1] * 2000, "text": "字" * 2000}})


def test_sums_and_joined_texts_go_on_as_before():
    body = "{% set n = 参数.n + 1 %}{{ n }}、{{ n - 2 }}、{{ 参数.text ~ '甲' ~ n }}、{{ 参数.text + '乙' }}"
    made = render(load_template(HEAD + body), {"参数": {"n": 4, "text": "丙"}})
    assert "5、3、丙甲5、丙乙" in made.text


def test_lists_are_not_added():
    with pytest.raises(TemplateError, match="两个数或两段文字"):
        render(load_template(HEAD + "{{ (参数.rows + 参数.rows) | length }}"), {"参数": {"rows": [1]}})


@pytest.mark.parametrize(
    "head",
    [
        "标题: 2026-13-45",
        "标题: !!int x",
        "标题: !!timestamp x",
        "标题: 0x_",
        "[" * 10_000,
        "版式: 1" + "0" * 5000,
    ],
)
def test_no_head_makes_the_reader_raise(head):
    assert check_template(f"---\n{head}\n---\n文字。")


def test_a_value_of_the_head_is_its_text_and_nothing_else():
    template = load_template(HEAD.replace("标题: 例", "标题: 2026-13-45"))
    assert "".join(template.fill({})[0].many("标题")) == "2026-13-45"


def test_a_character_that_no_face_has_is_told_with_its_line():
    (finding,) = check_template(HEAD + "演示😀市场。\n再一次😀。")
    assert finding.element == f"第 {FIRST} 行"
    assert "U+1F600" in finding.reason


def test_a_text_that_is_no_unicode_is_refused():
    assert "无法识别" in check_template(HEAD + "\ud800")[0].reason


SOURCES = [
    path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.glob("*.md")) if path.stem != "README"
]
PIECES = [
    "{{",
    "}}",
    "{%",
    "%}",
    "|",
    "[依据",
    "]",
    "---",
    "|= h1 l9",
    "|!",
    "^99 ",
    "# ",
    "[附件",
    "- ",
    "(",
    "9" * 400,
    "\x00",
]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_spoilt_templates_give_findings_or_a_document_and_nothing_else(data):
    source = data.draw(st.sampled_from(SOURCES))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(source)))
        until = min(len(source), at + data.draw(st.integers(0, 40)))
        source = source[:at] + data.draw(st.sampled_from(["", *PIECES])) + source[until:]
    findings = check_template(source)
    try:
        load_template(source)
    except DocumentError:
        assert findings
