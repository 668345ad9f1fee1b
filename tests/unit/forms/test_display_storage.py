"""Reading values back: masked views, differences, storage with personal data apart."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

import forms
from webapp.core.errors import Invalid

VALUES = {
    "name": "演示市场",
    "story": None,
    "site": {
        "area": "5200.5",
        "address": {"text": "演示路1号", "lng": None, "lat": None},
        "cost": "1234567.5",
    },
    "start": "2026-03-05",
    "end": None,
    "operated": False,
    "zones": ["甲区", "丙区"],
    "free": True,
    "staff": [{"who": "张三丰", "id_no": "110112199001011236", "phone": "13812345678", "years": "3"}],
    "photos": ["p1", "p2"],
}


def rows_of(sections):
    return {row.path: row.text for section in sections for row in section.rows} | {
        cell.path: cell.text for section in sections for record in section.records for cell in record
    }


def test_display_writes_for_people_and_masks(sample):
    sections = forms.display(sample, VALUES)
    assert [section.title for section in sections] == ["基本情况", "场地", "样表", "人员", "样表"]
    assert rows_of(sections) == {
        "name": "演示市场",
        "story": "—",
        "site.area": "5,200.5 ㎡",
        "site.address": "演示路1号",
        "site.cost": "1,234,567.50 元",
        "start": "2026年3月5日",
        "end": "—",
        "operated": "没有",
        "zones": "甲区、丙区",
        "free": "是",
        "staff.0.who": "张**",
        "staff.0.id_no": "110***********1236",
        "staff.0.phone": "138****5678",
        "staff.0.years": "3",
        "photos": "2 个文件",
    }
    photos = next(row for section in sections for row in section.rows if row.path == "photos")
    assert photos.files == ("p1", "p2")
    staff = next(section for section in sections if section.columns)
    assert staff.columns == ("姓名", "身份证号", "电话", "年限")
    assert [cell.personal for cell in staff.records[0]] == [True, True, True, False]


def test_reveal_shows_personal_data_in_full(sample):
    shown = rows_of(forms.display(sample, VALUES, reveal=True))
    assert shown["staff.0.id_no"] == "110112199001011236"
    assert shown["staff.0.who"] == "张三丰"


def test_no_personal_value_is_anywhere_in_a_masked_view(sample):
    text = repr(forms.display(sample, VALUES)) + repr(forms.diff(sample, {}, VALUES))
    for secret in ("张三丰", "110112199001011236", "13812345678"):
        assert secret not in text


def test_hidden_values_are_left_out(sample):
    assert "uscc" not in rows_of(forms.display(sample, VALUES))


def test_diff_names_what_changed(sample):
    after = json.loads(json.dumps(VALUES))
    after["site"]["area"] = "6000"
    after["zones"] = ["甲区"]
    after["staff"].append({"who": "李四", "years": None})
    changes = forms.diff(sample, VALUES, after)
    assert [(c.path, c.label, c.before, c.after) for c in changes] == [
        ("site.area", "场地：面积", "5,200.5 ㎡", "6,000 ㎡"),
        ("zones", "功能区", "甲区、丙区", "甲区"),
        ("staff.1.who", "人员第 2 行：姓名", "—", "李*"),
    ]
    assert forms.diff(sample, VALUES, VALUES) == []


def test_equal_numbers_written_differently_are_no_change(sample):
    assert forms.diff(sample, {"site": {"area": "5200.50"}}, {"site": {"area": Decimal("5200.5")}}) == []


def test_json_keeps_numbers_exact(sample):
    typed = forms.from_json(sample, VALUES)
    assert typed["site"]["cost"] == Decimal("1234567.5")
    assert typed["staff"][0]["years"] == Decimal(3)
    assert forms.to_json(typed) == VALUES
    assert json.loads(json.dumps(forms.to_json(typed))) == VALUES


def test_stored_values_that_do_not_fit_are_named(sample):
    with pytest.raises(Invalid) as caught:
        forms.from_json(sample, {"staff": [{"who": "甲"}, {"years": "三"}]})
    assert list(caught.value.errors) == ["staff.1.years"]


def test_fill_makes_every_key_nameable(sample):
    filled = forms.fill(sample, {"name": "甲", "staff": [{"who": "乙"}]})
    assert filled["uscc"] is None
    assert filled["site"] == {"area": None, "address": None, "cost": None}
    assert filled["zones"] == [] == filled["photos"]
    assert filled["free"] is False
    assert filled["staff"] == [{"who": "乙", "id_no": None, "phone": None, "years": None}]


def test_personal_data_is_stored_apart_and_put_back(sample):
    typed = forms.from_json(sample, VALUES)
    rest, personal = forms.split_personal(sample, typed)
    assert personal == {
        "staff.0.who": "张三丰",
        "staff.0.id_no": "110112199001011236",
        "staff.0.phone": "13812345678",
    }
    assert "张三丰" not in json.dumps(rest, ensure_ascii=False)
    assert rest["staff"] == [{"years": "3"}]
    assert forms.merge_personal(rest, personal) == VALUES
    assert typed["staff"][0]["who"] == "张三丰"
    assert forms.merge_personal({"staff": []}, personal) == {"staff": []}
    assert forms.merge_personal(rest, None) == rest
