"""A form on a page: reading, conditions, messages, corrections, drafts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

import forms

GOOD = {
    "name": "演示市场",
    "site-area": "5,200.50",
    "site-address-text": "通州区演示路1号",
    "site-address-lng": "116.66",
    "site-address-lat": "39.9",
    "start": "2026-12-01",
    "end": "2027-05-31",
    "kind": "驿站",
    "operated": "false",
    "zones": ["丙区", "甲区"],
    "free": "on",
    "staff-2-who": "演示甲",
    "staff-2-years": "3",
    "staff-7-who": " ",
    "staff-9-who": "演示乙",
    "photos": ["p1", "p1", "p2"],
}


def bound(sample, attachments, changes=(), **more):
    page = {**GOOD, **dict(changes)}
    return forms.bind(sample, formdata=page, scope={"attachments": attachments, "filing": {}}, **more)


def test_a_good_page(sample, attachments):
    form = bound(sample, attachments)
    assert form.validate(), form.errors
    assert form.data == {
        "name": "演示市场",
        "story": None,
        "site": {
            "area": Decimal("5200.5"),
            "address": {"text": "通州区演示路1号", "lng": Decimal("116.66"), "lat": Decimal("39.9")},
            "cost": None,
        },
        "start": date(2026, 12, 1),
        "end": date(2027, 5, 31),
        "kind": "驿站",
        "operated": False,
        "zones": ["甲区", "丙区"],
        "free": True,
        "staff": [
            {"who": "演示甲", "id_no": None, "phone": None, "years": Decimal(3)},
            {"who": "演示乙", "id_no": None, "phone": None, "years": None},
        ],
        "photos": ["p1", "p2"],
        "per_head": Decimal("2600.25"),
    }


@pytest.mark.parametrize(
    ("changes", "path", "says"),
    [
        ({"name": ""}, "name", "请填写“名称”"),
        ({"name": "一二三四五六七八九十一"}, "name", "最多 10 字，现有 11 字"),
        ({"site-area": "五千"}, "site.area", "请填写数字"),
        ({"site-area": "0"}, "site.area", "不能小于 1㎡"),
        ({"site-area": "100001"}, "site.area", "不能大于 100000㎡"),
        ({"site-cost": "1.234"}, "site.cost", "最多保留 2 位小数"),
        ({"site-address-lat": ""}, "site.address", "同时有经度和纬度"),
        ({"site-address-text": ""}, "site.address", "门牌地址"),
        ({"start": "2026-02-30"}, "start", "没有这一天"),
        ({"end": "2026-11-30"}, "end", "不能早于“开始”"),
        ({"kind": "超市"}, "kind", "从列出的选项中选择"),
        ({"zones": ["甲区", "丁区"]}, "zones", "从列出的选项中选择"),
        ({"operated": "true"}, "uscc", "请填写“统一社会信用代码”"),
        ({"operated": "true", "uscc": "91110000600037341M"}, "uscc", "校验位"),
        ({"staff-2-years": "3.5"}, "staff.0.years", "请填写整数"),
        ({"staff-7-years": "3"}, "staff.1.who", "请填写“姓名”"),
        ({"staff-2-id_no": "110112199001011237"}, "staff.0.id_no", "校验位"),
        ({"staff-9-phone": "12345678901"}, "staff.1.phone", "11 位"),
        ({"photos": ["nobody"]}, "photos", "重新上传"),
        ({"photos": ["exe"]}, "photos", "jpg、png"),
        ({"photos": ["big"]}, "photos", "超过 2 MB"),
        ({f"staff-{n}-who": "甲" for n in range(6)}, "staff", "最多 5 行"),
    ],
)
def test_a_mistake_is_named_where_it_is(sample, attachments, changes, path, says):
    form = bound(sample, attachments, changes)
    assert not form.validate()
    assert list(form.errors) == [path]
    assert says in form.errors[path][0]
    assert form.find(path).errors == form.errors[path] or path == "staff"


def test_what_is_hidden_is_neither_asked_for_nor_kept(sample, attachments):
    form = bound(sample, attachments, {"uscc": "91110000600037341L"})
    assert form.find("uscc").hidden
    assert form.validate()
    assert "uscc" not in form.data
    shown = bound(sample, attachments, {"operated": "true", "uscc": "91110000600037341l"})
    assert shown.validate()
    assert shown.data["uscc"] == "91110000600037341L"


def test_conditions_in_a_list_look_at_their_own_row(sample, attachments):
    form = bound(sample, attachments, {"staff-2-who": "无名", "staff-2-phone": "13800138000"})
    assert form.hidden >= {"staff.0.phone"}
    assert "staff.1.phone" not in form.hidden
    assert "phone" not in form.data["staff"][0]


def test_without_attachments_in_scope_every_id_is_refused(sample):
    form = forms.bind(sample, formdata=GOOD, scope={"filing": {}})
    assert not form.validate()
    assert list(form.errors) == ["photos"]


def test_attachments_may_be_looked_up_by_a_function(sample, attachments):
    form = forms.bind(sample, formdata=GOOD, scope={"filing": {}, "attachments": attachments.get})
    assert form.validate()


def test_an_unreadable_number_is_given_back_as_typed(sample, attachments):
    form = bound(sample, attachments, {"site-area": "约五千"})
    field = form.find("site.area")
    assert (field.data, field._value()) == (None, "约五千")
    again = forms.bind(sample, data=form.draft, scope={"attachments": attachments, "filing": {}})
    assert again.find("site.area")._value() == "约五千"
    assert again.find("site.address").parts["lng"] == ("site-address-lng", "116.66")
    assert again.data["staff"] == form.data["staff"]
    assert again.find("zones").chosen_keys == {"甲区", "丙区"}


def test_a_field_carries_what_a_page_needs(sample, attachments):
    form = bound(sample, attachments)
    area = form.find("site.area")
    assert (area.name, area.kind, area.unit, area.required, area.readonly) == (
        "site-area",
        "number",
        "㎡",
        False,
        False,
    )
    assert str(area.basis) == "TZ-2.1"
    assert form.find("uscc").visible_when == "(operated != true) != true"
    assert form.find("operated").trigger
    assert not form.find("story").trigger
    assert [field.kind for field in form.fields][:3] == ["group", "group", "datetime"]
    photos = form.find("photos")
    assert (photos.accept, photos.max_mb, photos.files[0]) == (("jpg", "png"), 2, ("p1", attachments["p1"]))
    staff = form.find("staff")
    assert [row.index for row in staff.rows] == [2, 9]
    assert staff.template.fields[0].name == "staff-__index__-who"
    assert staff.next_index == 10
    assert form.find("per_head").readonly


def test_a_shown_table_reads_another_form(sample):
    form = forms.bind(sample, scope={"filing": {"staff": [{"name": "甲"}, {"name": "乙"}]}})
    table = next(field for field in form.fields if field.kind == "table")
    assert table.columns == (("name", "姓名"),)
    assert [record["name"] for record in table.data] == ["甲", "乙"]


def test_only_marked_fields_change_in_a_correction(sample, attachments):
    before = forms.to_json(bound(sample, attachments).data)
    page = {"name": "偷改", "site-area": "6000", "photos": ["exe"], "staff-0-who": "偷改"}
    form = forms.bind(
        sample,
        data=before,
        formdata=page,
        editable=["site.area"],
        scope={"attachments": attachments, "filing": {}},
    )
    assert form.validate(), form.errors
    assert form.data["site"]["area"] == 6000
    assert [change.path for change in forms.diff(sample, before, form.data)] == ["site.area", "per_head"]
    assert form.find("name").readonly
    assert not form.find("site.area").readonly


def test_a_marked_cell_opens_its_whole_list(sample, attachments):
    before = forms.to_json(bound(sample, attachments).data)
    form = forms.bind(
        sample,
        data=before,
        formdata={"staff-0-who": "新人"},
        editable=["staff.1.who"],
        scope={"attachments": attachments, "filing": {}},
    )
    assert form.validate()
    assert [row["who"] for row in form.data["staff"]] == ["新人"]


def test_a_correction_can_fill_in_what_it_makes_necessary(sample, attachments):
    before = forms.to_json(bound(sample, attachments).data)
    page = {"operated": "true", "uscc": "91110000600037341L"}
    form = forms.bind(
        sample,
        data=before,
        formdata=page,
        editable=["operated"],
        scope={"attachments": attachments, "filing": {}},
    )
    assert form.validate(), form.errors
    assert form.data["uscc"] == "91110000600037341L"


def test_defaults_only_fill_a_form_nobody_has_filled_in():
    schema = forms.read(
        {
            "id": "f",
            "title": "表",
            "components": [
                {
                    "type": "textfield",
                    "key": "who",
                    "label": "单位",
                    "properties": {"prefill": "=case.applicant"},
                },
                {"type": "number", "key": "count", "label": "份数", "defaultValue": 2},
            ],
        }
    )
    scope = {"case": {"applicant": "演示镇人民政府"}}
    assert forms.bind(schema, scope=scope).data == {"who": "演示镇人民政府", "count": 2}
    assert forms.bind(schema, scope=scope, data={"who": None, "count": None}).data == {
        "who": None,
        "count": None,
    }
    assert forms.bind(schema, scope=scope, formdata={}).data == {"who": None, "count": None}


def test_required_when():
    schema = forms.read(
        {
            "id": "f",
            "title": "表",
            "components": [
                {
                    "type": "radio",
                    "key": "ok",
                    "label": "结果",
                    "values": [{"value": True, "label": "同意"}, {"value": False, "label": "退回"}],
                },
                {
                    "type": "textarea",
                    "key": "why",
                    "label": "意见",
                    "properties": {"required_when": "=ok = false"},
                },
            ],
        }
    )
    assert forms.bind(schema, formdata={"ok": "true"}).validate()
    refused = forms.bind(schema, formdata={"ok": "false"})
    assert refused.find("why").required
    assert not refused.validate()
    assert refused.errors == {"why": ["请填写“意见”。"]}


def test_a_draft_of_a_correction_keeps_open_what_it_made_necessary(sample, attachments):
    before = forms.to_json(bound(sample, attachments).data)
    scope = {"attachments": attachments, "filing": {}}
    page = {"operated": "true", "uscc": "9111"}
    typed = forms.bind(sample, data=before, formdata=page, editable=["operated"], scope=scope)
    draft = {**typed.draft, "name": "偷改"}
    again = forms.bind(sample, data=before, draft=draft, editable=["operated"], scope=scope)
    uscc = again.find("uscc")
    assert (uscc.hidden, uscc.readonly, uscc._value()) == (False, False, "9111")
    assert again.data["name"] == "演示市场"
    assert again.data["operated"] is True


def test_conditions_that_contradict_each_other_come_to_an_end():
    def half(key, other):
        return {"type": "textfield", "key": key, "label": key, "conditional": {"hide": f'={other} = "x"'}}

    schema = forms.read({"id": "f", "title": "表", "components": [half("a", "b"), half("b", "a")]})
    form = forms.bind(schema, formdata={"a": "x", "b": "x"})
    assert form.validate()
    assert set(form.data) <= {"a", "b"}


def test_files_are_found_by_field(sample, attachments):
    form = bound(sample, attachments)
    assert forms.attachments_by_field(sample, form.data) == {"photos": ["p1", "p2"]}
    assert forms.attachments_by_field(sample, {"photos": None}) == {}
