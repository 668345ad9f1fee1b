from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.unit.documents.conftest import source
from webapp.documents import DocumentError, load_template, plain_facts, render


def test_stored_facts_render_to_the_same_bytes():
    facts = {
        "文": {"日期": date(2026, 11, 20), "时": datetime(2026, 11, 20, 18, 0, tzinfo=UTC)},
        "表": {
            "filing": {
                "area": Decimal("5200.50"),
                "has": True,
                "none": None,
                "list": ["甲", "乙"],
                "count": 3,
            }
        },
    }
    text = "{{ 表.filing.area | 数 }}、{{ 表.filing.has }}、{{ 表.filing.list | 列 }}、{{ 文.时 | 日期 }}{{ 表.filing.count }}。"
    template = load_template(source("信函", text, 成文日期="{{ 文.日期 | 日期 }}"))
    stored = json.loads(json.dumps(plain_facts(facts), ensure_ascii=False))
    assert render(template, facts).sha256 == render(template, stored).sha256


def test_what_has_no_plain_form_is_refused():
    with pytest.raises(DocumentError):
        plain_facts({"表": {"文件": object()}})
