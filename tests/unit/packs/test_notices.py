"""Notices: texts with words in braces, shared by all packs, replaced by a pack's own."""

from __future__ import annotations

import pytest

from webapp.packs.notices import read_notices
from webapp.packs.tables import PackError

SHARED = "workflows/common/notices.toml"
OWN = "workflows/ceshi/notices.toml"


def notice(**changes: str) -> str:
    values = {
        "kind": "work_item.opened",
        "label": "收到新待办",
        "audience": "holders",
        "title": "新待办：{环节}",
        "text": "“{办件}”到了“{环节}”。",
        "mail": "digest",
    } | changes
    return "[[notices]]\n" + "\n".join(f'{key} = "{value}"' for key, value in values.items())


def test_words_are_filled_in_and_what_is_missing_reads_as_a_dash():
    spec = read_notices({SHARED: notice()}, "ceshi", [])["work_item.opened"]
    assert spec.fill({"环节": "受理审查"}) == ("新待办：受理审查", "“—”到了“受理审查”。")


def test_what_people_type_is_never_read_as_a_template():
    spec = read_notices({SHARED: notice()}, "ceshi", [])["work_item.opened"]
    assert spec.fill({"环节": "{办件}{0}{{x}}", "办件": "市场"})[0] == "新待办：{办件}{0}{{x}}"


def test_a_pack_replaces_a_shared_notice_of_the_same_kind():
    found = read_notices({SHARED: notice(), OWN: notice(title="请办：{环节}")}, "ceshi", [])
    assert found["work_item.opened"].title == "请办：{环节}"


def test_a_pack_without_notices_has_none():
    assert dict(read_notices({}, "ceshi", [])) == {}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"text": "{姓名}您好"}, "姓名"),
        ({"title": "{}"}, "{}"),
        ({"audience": "everybody"}, "audience"),
        ({"mail": "weekly"}, "mail"),
    ],
)
def test_a_slip_is_named_with_its_place(changes, named):
    faults: list[str] = []
    read_notices({SHARED: notice(**changes)}, "ceshi", faults)
    assert len(faults) == 1
    assert named in faults[0]
    assert "notices.toml" in faults[0]


def test_what_cannot_be_understood_is_refused():
    with pytest.raises(PackError, match="label"):
        read_notices({SHARED: notice(label="")}, "ceshi", [])


def test_a_kept_notice_for_an_audience_that_there_is_no_more_tells_nobody():
    told = {SHARED: notice(), OWN: notice(audience="everybody")}
    assert dict(read_notices(told, "ceshi", [])) == {}
