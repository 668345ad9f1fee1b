"""Two later versions of the same files put together, and lines compared."""

from __future__ import annotations

import pytest

from tests.packs.opened import tongzhou
from webapp.packs.merging import Merge
from webapp.queries.line_changes import LineChange, line_changes
from webapp.services.draft_merging import Merged, merge

PACK = tongzhou().files
MANIFEST, CLAUSES = "workflows/tongzhou/pack.toml", "workflows/tongzhou/clauses.toml"
NOTICES, RULES = "workflows/common/notices.toml", "workflows/tongzhou/recognition.dmn"
FORM, TEMPLATE = "forms/tongzhou/filing.json", "docs_templates/tongzhou/recognition_reply.md"
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
    assert places(merge(BASE, mine, theirs)) == ["a"]
    kept, taken = (merge(BASE, mine, theirs, {"a": choice}) for choice in ("mine", "theirs"))
    assert (kept.files.get("a"), kept.conflicts) == (mine.get("a"), ())
    assert (taken.files.get("a"), taken.conflicts) == (theirs.get("a"), ())


def places(merged):
    return [conflict.place for conflict in merged.conflicts]


def swapped(text, *pairs):
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


DUTY = ('label = "收到新待办"', 'label = "有新的待办"')
BACK = ('label = "办件被退回"', 'label = "退回来的办件"')
AREA = ("<text>&gt;= 5000</text>", "<text>&gt;= 6000</text>")
GATHERING = ('<rule id="market_gathering">', '<rule id="market_gathering"><description>聚集</description>')


@pytest.mark.parametrize(
    ("path", "mine", "theirs"),
    [
        (NOTICES, DUTY, BACK),
        (CLAUSES, ('id = "TZ-1.2"', '# 已核对\nid = "TZ-1.2"'), ('id = "TZ-3.1"', '# 已核对\nid = "TZ-3.1"')),
        (
            MANIFEST,
            ('version = "2025.1"', 'version = "2026.7"'),
            ('key = "good_practice"\n', 'key = "good_practice" \n'),
        ),
        (RULES, AREA, GATHERING),
        (FORM, ('"key": "short_name"', '"key": "brief_name"'), ('"label": "场地面积"', '"label": "面积"')),
    ],
)
def test_changes_of_different_parts_of_one_file_are_both_taken(path, mine, theirs):
    text = PACK[path]
    sides = [{path: side} for side in (text, swapped(text, mine), swapped(text, theirs))]
    for merged in (merge(*sides), merge(sides[0], sides[2], sides[1])):
        assert places(merged) == []
        assert merged.files[path] == swapped(text, mine, theirs)


@pytest.mark.parametrize(
    ("path", "mine", "theirs", "part"),
    [
        (
            NOTICES,
            DUTY,
            ('title = "新待办：{环节}"', 'title = "待办：{环节}"'),
            "[[notices]] work_item.opened",
        ),
        (RULES, AREA, (AREA[0], "<text>&gt;= 7000</text>"), "规则 market_area"),
    ],
)
def test_changes_of_the_same_part_are_asked_with_both_texts(path, mine, theirs, part):
    text = PACK[path]
    sides = [{path: side} for side in (text, swapped(text, mine), swapped(text, theirs))]
    (conflict,) = merge(*sides).conflicts
    assert conflict.place.startswith(f"{path}#{part}")
    assert mine[1] in conflict.mine
    assert theirs[1] in conflict.theirs
    for choice, wanted in (("mine", sides[1]), ("theirs", sides[2])):
        assert merge(*sides, {conflict.place: choice}) == Merged(wanted, ())


LINES = "".join(f"{number}\n" for number in range(1, 10))


def test_templates_are_merged_by_line():
    mine, theirs = LINES.replace("2\n", "zwei\n"), LINES.replace("8\n", "")
    merged = merge({TEMPLATE: LINES}, {TEMPLATE: mine}, {TEMPLATE: theirs})
    assert merged == Merged({TEMPLATE: mine.replace("8\n", "")}, ())
    both = merge({TEMPLATE: LINES}, {TEMPLATE: mine}, {TEMPLATE: LINES.replace("2\n", "two\n")})
    assert [(one.place, one.mine, one.theirs) for one in both.conflicts] == [
        (f"{TEMPLATE}#第 2 行起", "zwei\n", "two\n")
    ]


def test_what_both_added_in_the_same_place_is_kept_or_asked():
    """Entries have names and find a place each; lines have none."""
    entry = '\n[[notices]]\nkind = "{0}"\nlabel = "{0}"\n'
    one, two = (PACK[NOTICES] + entry.format(name) for name in ("one", "two"))
    merged = merge({NOTICES: PACK[NOTICES]}, {NOTICES: one}, {NOTICES: two})
    assert places(merged) == []
    assert merged.files[NOTICES].count("[[notices]]") == PACK[NOTICES].count("[[notices]]") + 2
    lines = merge({TEMPLATE: LINES}, {TEMPLATE: LINES + "a\n"}, {TEMPLATE: LINES + "b\n"})
    assert places(lines) == [f"{TEMPLATE}#第 10 行起"]


@pytest.mark.parametrize("text", ["{", "[pack", "<definitions>"])
def test_what_cannot_be_parted_is_asked_as_a_whole(text):
    for path in (MANIFEST, RULES, FORM, "workflows/tongzhou/recognition.bpmn"):
        merged = merge({path: PACK[path]}, {path: PACK[path] + text}, {path: PACK[path] + " "})
        assert places(merged) in ([path], [f"{path}#{places(merged)[0].partition('#')[2]}"])


@pytest.mark.parametrize("path", [MANIFEST, CLAUSES, NOTICES, RULES, FORM, TEMPLATE])
def test_one_sided_changes_give_that_side_byte_by_byte(path):
    text, changed = PACK[path], PACK[path].replace("通州", "昌平")
    assert merge({path: text}, {path: changed}, {path: text}).files[path] == changed
    crossed = Merge({}).text(path, text, changed, text + "\n")
    assert crossed is not None
    assert crossed.count("昌平") == changed.count("昌平")


def test_two_new_files_of_one_name_are_asked_for():
    assert places(merge({}, {"a": "1"}, {"a": "2"})) == ["a"]


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
