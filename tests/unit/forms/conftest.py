"""One small form with every kind of component, and the filing form of Tongzhou."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import forms

TONGZHOU = Path(__file__).parents[3] / "forms" / "tongzhou"

EVERY_KIND = {
    "type": "default",
    "id": "sample",
    "title": "样表",
    "reads": ["filing"],
    "components": [
        {
            "type": "group",
            "label": "基本情况",
            "components": [
                {
                    "type": "textfield",
                    "key": "name",
                    "label": "名称",
                    "validate": {"required": True, "maxLength": 10},
                },
                {"type": "textarea", "key": "story", "label": "说明"},
            ],
        },
        {
            "type": "group",
            "path": "site",
            "label": "场地",
            "properties": {"basis": "TZ-2.1"},
            "components": [
                {
                    "type": "number",
                    "key": "area",
                    "label": "面积",
                    "decimalDigits": 2,
                    "validate": {"min": 1, "max": 100000},
                    "properties": {"unit": "㎡"},
                },
                {"type": "textfield", "key": "address", "label": "地址", "properties": {"format": "address"}},
                {
                    "type": "number",
                    "key": "cost",
                    "label": "造价",
                    "properties": {"format": "money", "basis": "本地缺省：测试"},
                },
            ],
        },
        {"type": "datetime", "subtype": "date", "key": "start", "dateLabel": "开始"},
        {
            "type": "datetime",
            "subtype": "date",
            "key": "end",
            "dateLabel": "结束",
            "properties": {"after": "start"},
        },
        {"type": "select", "key": "kind", "label": "类别", "values": ["市场", "驿站"]},
        {
            "type": "radio",
            "key": "operated",
            "label": "有运营机构",
            "values": [{"label": "有", "value": True}, {"label": "没有", "value": False}],
        },
        {
            "type": "textfield",
            "key": "uscc",
            "label": "统一社会信用代码",
            "validate": {"required": True},
            "conditional": {"hide": "=operated != true"},
            "properties": {"format": "uscc"},
        },
        {"type": "checklist", "key": "zones", "label": "功能区", "values": ["甲区", "乙区", "丙区"]},
        {"type": "checkbox", "key": "free", "label": "免费"},
        {
            "type": "dynamiclist",
            "path": "staff",
            "label": "人员",
            "properties": {"max_rows": 5},
            "components": [
                {
                    "type": "textfield",
                    "key": "who",
                    "label": "姓名",
                    "validate": {"required": True},
                    "properties": {"personal": "true"},
                },
                {
                    "type": "textfield",
                    "key": "id_no",
                    "label": "身份证号",
                    "properties": {"personal": "true", "format": "resident_id"},
                },
                {
                    "type": "textfield",
                    "key": "phone",
                    "label": "电话",
                    "properties": {"personal": "true", "format": "phone"},
                    "conditional": {"hide": '=who = "无名"'},
                },
                {"type": "number", "key": "years", "label": "年限", "decimalDigits": 0},
            ],
        },
        {
            "type": "filepicker",
            "key": "photos",
            "label": "照片",
            "multiple": True,
            "properties": {"accept": "jpg,png", "max_mb": "2"},
        },
        {
            "type": "expression",
            "key": "per_head",
            "label": "人均面积",
            "expression": "=site.area / count(staff)",
        },
        {"type": "text", "text": "说明文字"},
        {
            "type": "table",
            "label": "申请时的人员",
            "dataSource": "=filing.staff",
            "columns": [{"key": "name", "label": "姓名"}],
        },
    ],
}

ATTACHMENTS = {
    "p1": {"name": "正面.jpg", "size": 1024},
    "p2": {"name": "侧面.PNG", "size": 2 * 1024 * 1024},
    "big": {"name": "大图.jpg", "size": 2 * 1024 * 1024 + 1},
    "exe": {"name": "程序.exe", "size": 10},
}


@pytest.fixture(scope="session")
def sample():
    return forms.read(json.dumps(EVERY_KIND))


@pytest.fixture
def attachments():
    return ATTACHMENTS


@pytest.fixture(scope="session")
def tongzhou():
    return {path.stem: forms.read(path.read_bytes()) for path in TONGZHOU.glob("*.json")}


@pytest.fixture
def filing_values():
    return json.loads((Path(__file__).parent / "filing.json").read_text(encoding="utf-8"))
