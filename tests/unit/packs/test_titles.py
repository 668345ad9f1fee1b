"""Files of a pack are called by their titles, whole or broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from webapp.packs.titles import title_of

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("workflows/tongzhou/recognition.bpmn", "零工市场（驿站）申请认定"),
        ("workflows/tongzhou/data_report.dmn", "数据监测比对规则"),
        ("forms/tongzhou/leader_decision.json", "领导审批"),
        ("docs_templates/tongzhou/recognition_reply.md", "关于认定…的复函"),
        ("docs_templates/tongzhou/refusal_notice.md", "不予认定告知书"),
        ("workflows/tongzhou/clauses.toml", "条款"),
    ],
)
def test_files_are_called_by_their_titles(path, title):
    assert title_of(path, (ROOT / path).read_text(encoding="utf-8")) == title


@pytest.mark.parametrize("path", ["a/b/c.bpmn", "a/b/c.dmn", "a/b/c.json", "a/b/c.md", "a/b/c.txt", "a/b/c"])
@pytest.mark.parametrize("text", ["", "<", "{", "<bpmn:process " * 5000, '"title"' * 5000, "标题:" * 5000])
def test_what_says_no_title_has_none(path, text):
    assert len(title_of(path, text)) <= 41
    assert title_of(path, "") == ""


def test_marks_are_read_and_long_titles_cut():
    assert title_of("a.bpmn", '<process id="x" name="甲&amp;乙">') == "甲&乙"
    assert title_of("a.json", '{"title": "' + "长" * 50 + '"}') == "长" * 40 + "…"
