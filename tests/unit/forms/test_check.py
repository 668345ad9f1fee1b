"""The API: strict types, no unknown keys, and the very same verdicts as the page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import forms
from tests.unit.forms.conftest import ATTACHMENTS
from webapp.core.errors import Invalid

SCOPE = {"attachments": ATTACHMENTS, "filing": {}}


def refusals(schema, values, **more):
    try:
        forms.check(schema, values, scope=SCOPE, **more)
    except Invalid as error:
        return error.errors
    return {}


@pytest.mark.parametrize(
    ("values", "path", "says"),
    [
        ({"site": {"area": True}}, "site.area", "应为数字"),
        ({"site": {"area": [1]}}, "site.area", "应为数字"),
        ({"site": {"area": float("nan")}}, "site.area", "应为数字"),
        ({"site": {"area": 10**400}}, "site.area", "数字过大"),
        ({"site": {"area": Decimal("1e999999")}}, "site.area", "数字过大"),
        ({"site": 3}, "site", "对应表"),
        ({"story": 3}, "story", "应为文字"),
        ({"free": "true"}, "free", "true 或 false"),
        ({"free": 1}, "free", "true 或 false"),
        ({"operated": "true"}, "operated", "选项"),
        ({"operated": 1}, "operated", "选项"),
        ({"zones": "甲区"}, "zones", "列表"),
        ({"zones": [["甲区"]]}, "zones", "选项"),
        ({"staff": {}}, "staff", "列表"),
        ({"staff": [7]}, "staff.0", "没有内容"),
        ({"staff": [{"who": "甲"}, {}]}, "staff.1", "没有内容"),
        ({"staff": [{"who": "甲", "rank": 1}]}, "staff.0.rank", "没有这一项"),
        ({"staff": [{"who": "甲"}] * 6}, "staff", "最多 5 行"),
        ({"photos": "p1"}, "photos", "列表"),
        ({"photos": [1]}, "photos", "列表"),
        ({"site": {"address": "某路"}}, "site.address", "三项"),
        ({"site": {"address": {"text": "某路", "street": "x"}}}, "site.address", "三项"),
        ({"start": datetime(2026, 1, 1, tzinfo=UTC)}, "start", "日期"),
        ({"owner": "x"}, "owner", "没有这一项"),
        ({"site-area": "5"}, "site-area", "没有这一项"),
        ({"name\x00": 1}, "name\x00", "没有这一项"),
    ],
)
def test_wrong_types_and_unknown_keys(sample, values, path, says):
    errors = refusals(sample, {"name": "演示", **values})
    assert list(errors) == [path]
    assert says in errors[path][0]


@pytest.mark.parametrize("values", [None, 3, "x", [], [{}]])
def test_something_that_is_no_object(sample, values):
    assert "JSON 对象" in refusals(sample, values)[""][0]


def test_numbers_and_dates_may_be_typed_or_written(sample):
    written = {"name": "甲", "site": {"area": "5,200.5"}, "start": "2026-12-01"}
    typed = {"name": "甲", "site": {"area": Decimal("5200.50")}, "start": date(2026, 12, 1)}
    floating = {"name": "甲", "site": {"area": 5200.5}, "start": "2026-12-01"}
    first = forms.check(sample, written)
    assert first["site"]["area"] == Decimal("5200.5")
    assert first == forms.check(sample, typed) == forms.check(sample, floating)


def test_checked_values_can_be_sent_again(sample):
    values = {"name": "甲", "operated": False, "staff": [{"who": "乙", "years": 2}], "photos": ["p1"]}
    once = forms.check(sample, values, scope=SCOPE)
    assert forms.check(sample, forms.to_json(once), scope=SCOPE) == once
    assert forms.from_json(sample, forms.to_json(once)) == once


def test_computed_values_come_from_the_server(sample):
    values = {"name": "甲", "per_head": "999", "site": {"area": 10}, "staff": [{"who": "乙"}, {"who": "丙"}]}
    assert forms.check(sample, values)["per_head"] == 5


def test_a_locked_value_may_be_repeated_but_not_changed(sample):
    before = forms.to_json(forms.check(sample, {"name": "甲", "site": {"area": 10}, "kind": "市场"}))
    same = {"name": "甲", "site": {"area": 20}}
    assert forms.check(sample, same, data=before, editable=["site.area"])["site"]["area"] == 20
    other = {"name": "乙", "site": {"area": 20}, "kind": None}
    errors = refusals(sample, other, data=before, editable=["site.area"])
    assert set(errors) == {"name", "kind"}
    assert "不能修改" in errors["name"][0]


# One set of values, written once as JSON and once as a page by hand-made rules of HTML forms.

plain = st.text("甲乙丙abc 12，\u200b\n\x00", max_size=14)
numbers = st.sampled_from(["", "5200", "5,200.5", "0", "-1", "100001", "1.234", "五", "1e3"])
dates = st.sampled_from(["", "2026-12-01", "2026-02-30", "2027-01-01", "明天"])
values_of_sample = st.fixed_dictionaries(
    {
        "name": plain,
        "story": plain,
        "site": st.fixed_dictionaries(
            {
                "area": numbers,
                "address": st.fixed_dictionaries(
                    {
                        "text": plain,
                        "lng": st.sampled_from(["", "116.6", "200"]),
                        "lat": st.sampled_from(["", "39.9"]),
                    }
                ),
                "cost": numbers,
            }
        ),
        "start": dates,
        "end": dates,
        "kind": st.sampled_from([None, "市场", "驿站"]),
        "operated": st.sampled_from([None, True, False]),
        "uscc": st.sampled_from(["", "91110000600037341L", "91110000600037341M"]),
        "zones": st.lists(st.sampled_from(["甲区", "乙区", "丙区"]), unique=True),
        "free": st.booleans(),
        "staff": st.lists(
            st.fixed_dictionaries(
                {
                    "who": st.sampled_from(["演示", "无名"]),
                    "id_no": st.sampled_from(["", "110112199001011236", "110112199001011237"]),
                    "phone": st.sampled_from(["", "13800138000", "1"]),
                    "years": st.sampled_from(["", "3", "3.5"]),
                }
            ),
            max_size=3,
        ),
        "photos": st.lists(st.sampled_from(["p1", "p2", "big", "exe", "none", "!"]), unique=True, max_size=3),
    }
)


def as_page(values, prefix=""):
    """What a browser sends: names joined by hyphens, ticks only when set, several texts for lists."""
    page = {}
    for key, value in values.items():
        name = prefix + key
        if isinstance(value, dict):
            page |= as_page(value, f"{name}-")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for number, row in enumerate(value):
                page |= as_page(row, f"{name}-{number}-")
        elif isinstance(value, list):
            page[name] = value
        elif isinstance(value, bool):
            page |= {name: str(value).lower()} if value or key == "operated" else {}
        elif value is not None:
            page[name] = value
    return page


@settings(deadline=None)  # the machine may be busy
@given(values_of_sample)
def test_page_and_api_agree(sample, values):
    form = forms.bind(sample, formdata=as_page(values), scope=SCOPE)
    form.validate()
    errors = refusals(sample, values)
    assert form.errors == errors
    if not errors:
        assert forms.check(sample, values, scope=SCOPE) == form.data


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.decimals()
    | st.dates(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
shaped = st.dictionaries(
    st.sampled_from(
        ["name", "site", "start", "kind", "operated", "uscc", "zones", "free", "staff", "photos", "x"]
    ),
    anything
    | st.lists(st.dictionaries(st.sampled_from(["who", "id_no", "phone", "years"]), anything), max_size=3)
    | st.dictionaries(st.sampled_from(["area", "address", "cost"]), anything),
)


@settings(deadline=None)  # the machine may be busy
@given(anything | shaped)
def test_hostile_values_only_ever_give_refusals(sample, values):
    errors = refusals(sample, values)
    assert all(isinstance(path, str) and messages for path, messages in errors.items())


names = st.sampled_from(
    [
        "name",
        "site-area",
        "site-address-lng",
        "staff-0-who",
        "staff-x-who",
        "staff--1-who",
        "staff-999999999-who",
        "staff",
        "site",
        "zones",
        "photos",
        "kind",
    ]
)


@settings(deadline=None)  # the machine may be busy
@given(st.dictionaries(names | st.text(max_size=10), st.lists(st.text(max_size=30), max_size=4)))
def test_hostile_pages_only_ever_give_refusals(sample, page):
    form = forms.bind(sample, formdata=page, scope=SCOPE)
    assert form.validate() is not bool(form.errors)
    assert forms.bind(sample, data=form.draft, scope=SCOPE).draft == form.draft


@settings(deadline=None)  # the machine may be busy
@given(anything | shaped)
def test_any_stored_data_can_be_shown_again(sample, data):
    form = forms.bind(sample, data=data if isinstance(data, dict) else {"staff": data}, scope=SCOPE)
    for field in form.walk():
        if field.kind in ("textfield", "number", "datetime", "address"):
            assert isinstance(field._value(), str)
