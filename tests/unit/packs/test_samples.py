"""Facts to preview a template with: which there are, and how long may be spent on making them up."""

from __future__ import annotations

from time import perf_counter

import pytest

from webapp.packs import samples

HEAD = """---
版式: 通知书
发文机关标志: 试
发文字号: 试〔2026〕1号
标题: 试
主送: 试
署名: 试
成文日期: 2026年1月1日
公开属性: 依申请公开
保管期限: 30年
依据: 本地缺省：无
---
[依据 本地缺省：无]
"""
NO_NAMES = {"forms": {}, "agencies": []}


def test_every_sample_of_a_template_is_offered_the_usual_one_first() -> None:
    path = "docs_templates/tongzhou/change_report.md"
    found = samples.offered(path)
    assert [each["key"] for each in found] == ["usual", "closing", "operator"]
    assert found[0]["label"].startswith("示例 1 · 北京市通州区张家湾镇人民政府 · ")
    assert samples.shipped(path) == samples.shipped(path, "usual") != samples.shipped(path, "closing")


def test_a_template_whose_samples_are_all_variants_has_one() -> None:
    path = "docs_templates/tongzhou/exit_opinion_reply.md"
    assert "公安" in samples.shipped(path) or "工会" in samples.shipped(path)


@pytest.mark.parametrize("path", ["docs_templates/x/../../etc/passwd.md", "docs_templates/x/没有.md", "a"])
def test_a_name_that_is_none_has_only_made_up_facts(path) -> None:
    assert [each["key"] for each in samples.offered(path)] == ["made-up"]
    assert samples.shipped(path, "usual") == ""


def test_a_word_as_long_as_a_template_may_be_takes_no_time() -> None:
    """From every one of its letters it took a quarter of an hour."""
    began = perf_counter()
    samples.sample_facts(f"{HEAD}{'字' * 190_000}\n", NO_NAMES)
    assert perf_counter() - began < 10


def test_looking_for_values_that_fit_ends_when_its_time_is_up(monkeypatch) -> None:
    wanted = "".join(f"{{{{ 表.a.x{number} | 日期 }}}}" for number in range(40))
    whole = samples.sample_facts(HEAD + wanted + "\n", NO_NAMES)
    assert all(value.startswith("202") for value in whole["表"]["a"].values())
    monkeypatch.setattr(samples, "_LONGEST", -1.0)
    cut = samples.sample_facts(HEAD + wanted + "\n", NO_NAMES)
    assert not any(value.startswith("202") for value in cut["表"]["a"].values())
