"""Rules that hold for every template: strict CSP, every word translatable, nothing unused."""

from __future__ import annotations

import re

import pytest

from tests.unit.frontend.pages import ROOT, environment, names, source

HANZI = re.compile(r"[\u4e00-\u9fff]")
GETTEXT = re.compile(r"""\b_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
JINJA_NAME = re.compile(r"""(?:extends|include|import|from)\s+["']([^"']+\.html)["']""")


def without_comments(text: str) -> str:
    return re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("name", names())
def test_compiles(name: str) -> None:
    environment().get_template(name)


@pytest.mark.parametrize("name", names())
def test_says_at_its_head_what_it_is_given(name: str) -> None:
    assert source(name).startswith("{#"), "每个模板以说明其上下文的注释开头"


@pytest.mark.parametrize("name", names())
def test_holds_nothing_that_a_strict_policy_refuses(name: str) -> None:
    text = without_comments(source(name))

    assert not re.search(r"\sstyle\s*=", text), "不得使用行内样式"
    assert not re.search(r"\son[a-z]+\s*=", text), "不得使用行内事件"
    assert "<style" not in text
    assert "javascript:" not in text
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script, script


@pytest.mark.parametrize("name", names())
def test_every_word_on_a_page_can_be_translated(name: str) -> None:
    """Hanzi stand in `_()` or in expressions that compare data, never bare between tags."""
    text = without_comments(source(name))
    bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text, flags=re.DOTALL)

    assert not HANZI.search(bare), HANZI.findall(bare)


@pytest.mark.parametrize("name", names())
def test_source_strings_are_chinese(name: str) -> None:
    for quoted in GETTEXT.findall(without_comments(source(name))):
        assert HANZI.search(quoted), quoted


@pytest.mark.parametrize("name", names())
def test_forms_that_write_carry_the_token(name: str) -> None:
    for form in re.findall(r'<form\b[^>]*method="post".*?</form>', source(name), re.DOTALL):
        assert "csrf()" in form or "csrf_token()" in form, form[:120]


def test_no_template_is_unused() -> None:
    named: set[str] = set()
    for name in names():
        named |= set(JINJA_NAME.findall(source(name)))
        if '"studio/editors/" ~ kind ~ ".html"' in source(name):
            named |= {
                f"studio/editors/{kind}.html" for kind in ("bpmn", "dmn", "form", "template", "text", "toml")
            }
    for path in [*(ROOT / "webapp" / "views").rglob("*.py"), *(ROOT / "webapp" / "api").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r'"([a-z_/]+(?:\d+)?\.html)"', text))
        if 'f"errors/{status}.html"' in text:
            named |= {name for name in names() if re.fullmatch(r"errors/\d+\.html", name)}

    assert set(names()) - named == set()


def test_no_template_is_longer_than_a_reader_can_hold() -> None:
    lengths = {name: source(name).count("\n") for name in names()}

    assert {name: lines for name, lines in lengths.items() if lines >= 400} == {}


def test_every_icon_that_is_drawn_exists() -> None:
    drawn = {icon for name in names() for icon in re.findall(r'icon\("([a-z-]+)"', source(name))}
    shapes = set(re.findall(r'^  "([a-z-]+)": ', source("macros/icons.html"), re.MULTILINE))

    assert drawn <= shapes
