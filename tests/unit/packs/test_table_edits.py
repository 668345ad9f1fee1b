"""Edits of TOML: what is not edited keeps its bytes."""

from __future__ import annotations

import tomllib

import pytest

from webapp.core.errors import Invalid
from webapp.packs.table_edits import apply_edits, read_tables

TEXT = """# 说明：这一行不动
agencies = [
  { key = "hrss", name = "局", kind = "机关" },   # 行尾说明
  { key = "town", name = "镇", kind = "属地" },
]

[pack]
key = "x"
version = "1"  # 版本
effective_from = 2025-06-18

[[positions]]
key = "clerk"
rights = ["a", "b"]

[[positions]]
key = "chief"
rights = []

[settings.days]
label = "几天"
value = 5
"""


def test_nothing_edited_changes_nothing() -> None:
    assert apply_edits(TEXT, []) == TEXT


def test_one_entry_changes_and_its_comment_stays() -> None:
    assert apply_edits(TEXT, [{"at": ["pack", "version"], "set": "2"}]) == TEXT.replace(
        'version = "1"', 'version = "2"'
    )


def test_an_entry_of_a_row_in_one_line_changes_in_its_place() -> None:
    assert apply_edits(TEXT, [{"at": ["agencies", 0, "name"], "set": '局"甲"'}]) == TEXT.replace(
        'name = "局"', 'name = "局\\"甲\\""'
    )


def test_rows_are_added_moved_and_removed() -> None:
    added = apply_edits(TEXT, [{"at": ["positions", 1], "insert": {"key": "new", "rights": ["c"]}}])
    assert [row["key"] for row in tomllib.loads(added)["positions"]] == ["clerk", "new", "chief"]

    moved = apply_edits(added, [{"at": ["positions", 2], "move": 0}])
    assert [row["key"] for row in tomllib.loads(moved)["positions"]] == ["chief", "clerk", "new"]

    back = apply_edits(added, [{"at": ["positions", 1], "remove": True}])
    assert tomllib.loads(back) == tomllib.loads(TEXT)


def test_a_new_setting_is_a_table_and_an_empty_entry_goes() -> None:
    made = apply_edits(
        TEXT,
        [
            {"at": ["settings", "more"], "set": {"label": "再几天", "value": 3}},
            {"at": ["pack", "effective_from"], "set": None},
        ],
    )
    read = tomllib.loads(made)
    assert read["settings"]["more"] == {"label": "再几天", "value": 3}
    assert "effective_from" not in read["pack"]
    assert "[settings.more]" in made


def test_dates_and_texts_of_several_lines_come_back_as_they_were() -> None:
    made = apply_edits(
        TEXT,
        [
            {"at": ["pack", "effective_from"], "set": {"date": "2026-01-02"}},
            {"at": ["pack", "key"], "set": "一\n二"},
        ],
    )
    assert read_tables(made)["pack"] == {
        "key": "一\n二",
        "version": "1",
        "effective_from": {"date": "2026-01-02"},
    }


@pytest.mark.parametrize(
    "edit",
    [
        {"at": ["nowhere", "x"], "set": 1},
        {"at": ["positions", 9], "remove": True},
        {"at": ["pack", "version"]},
        {"set": 1},
        {"at": [], "set": 1},
        {"at": ["pack", "effective_from"], "set": {"date": "昨天"}},
        {"at": ["positions", "one"], "insert": {"key": "x"}},
    ],
)
def test_an_edit_that_leads_nowhere_is_refused_in_words(edit) -> None:
    with pytest.raises(Invalid, match="不能写入文件"):
        apply_edits(TEXT, [edit])


def test_what_is_no_toml_is_refused_with_its_line() -> None:
    with pytest.raises(Invalid, match="line 2"):
        read_tables("a = 1\nb =")


def test_the_first_row_of_a_list_that_is_not_there_yet_becomes_a_table() -> None:
    text = apply_edits("# 条款\n", [{"at": ["clause", 0], "insert": {"id": "KF-1", "line": 3}}])
    assert text.startswith("# 条款\n[[clause]]\n")
    assert tomllib.loads(text) == {"clause": [{"id": "KF-1", "line": 3}]}
