"""Two later versions of the same files put together, and lines compared."""

from __future__ import annotations

import pytest

from webapp.queries.line_changes import LineChange, line_changes
from webapp.services.draft_merging import merge

BASE = {"a": "1", "b": "1", "c": "1"}


@pytest.mark.parametrize(
    ("mine", "theirs", "wanted"),
    [
        (BASE, BASE, BASE),
        (BASE | {"a": "2"}, BASE, BASE | {"a": "2"}),
        (BASE, BASE | {"a": "2"}, BASE | {"a": "2"}),
        (BASE | {"a": "2"}, BASE | {"b": "3"}, {"a": "2", "b": "3", "c": "1"}),
        (BASE | {"a": "2"}, BASE | {"a": "2"}, BASE | {"a": "2"}),
        ({"a": "1", "b": "1"}, BASE, {"a": "1", "b": "1"}),
        (BASE, {"a": "1", "b": "1"}, {"a": "1", "b": "1"}),
        (BASE | {"d": "new"}, BASE | {"e": "new"}, BASE | {"d": "new", "e": "new"}),
    ],
)
def test_what_one_side_changed_is_that_sides(mine, theirs, wanted):
    merged = merge(BASE, mine, theirs)
    assert (merged.files, merged.conflicts) == (wanted, ())


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (BASE | {"a": "2"}, BASE | {"a": "3"}),
        ({"b": "1", "c": "1"}, BASE | {"a": "3"}),
        (BASE | {"a": "2"}, {"b": "1", "c": "1"}),
    ],
)
def test_what_both_changed_is_asked_and_either_may_be_chosen(mine, theirs):
    assert merge(BASE, mine, theirs).conflicts == ("a",)
    kept, taken = (merge(BASE, mine, theirs, {"a": choice}) for choice in ("mine", "theirs"))
    assert (kept.files.get("a"), kept.conflicts) == (mine.get("a"), ())
    assert (taken.files.get("a"), taken.conflicts) == (theirs.get("a"), ())


def test_two_new_files_of_one_name_are_asked_for():
    assert merge({}, {"a": "1"}, {"a": "2"}).conflicts == ("a",)


def test_lines_are_shown_with_three_around_them():
    before = "".join(f"{number}\n" for number in range(1, 21))
    found = line_changes(before, before.replace("10\n", "zehn\n"))
    assert found == [
        LineChange("gap", "… 略去 6 行 …"),
        *(LineChange("same", text) for text in ("7", "8", "9")),
        LineChange("removed", "10"),
        LineChange("added", "zehn"),
        *(LineChange("same", text) for text in ("11", "12", "13")),
    ]


def test_the_same_text_has_no_lines_to_show():
    assert line_changes("a\n", "a\n") == []


def test_a_very_long_text_is_shown_as_a_whole():
    found = line_changes("a\n" * 15_000, "b\n" * 15_000)
    assert [line.kind for line in found] == ["removed"] * 15_000 + ["added"] * 15_000
