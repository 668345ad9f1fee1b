"""The pack of a new jurisdiction is whole from the first moment, whatever its names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from webapp import packs
from webapp.core.errors import Invalid
from webapp.packs import skeleton

ROOT = Path(__file__).resolve().parents[3]
YANQING = skeleton.NewJurisdiction(
    key="yanqing",
    name="北京市延庆区",
    short="延庆区",
    division_code="110119",
    case_prefix="YQ",
    bureau="北京市延庆区人力资源和社会保障局",
    document_code="延人社",
    townships=("康庄镇", "儒林街道", "珍珠泉乡"),
    source="延人社发〔2026〕9号",
    source_title="延庆区零工市场管理办法（试行）",
    effective_from=date(2026, 12, 1),
    policy_text="第一条　为规范零工市场，制定本办法。\r\n",
)


@pytest.fixture(scope="module")
def kept():
    return packs.load(
        ROOT / "workflows" / skeleton.KEY,
        forms_root=ROOT / "forms",
        templates_root=ROOT / "docs_templates",
    ).files


def test_the_pack_of_a_new_jurisdiction_has_its_names_and_no_error(kept):
    pack = packs.read(skeleton.build(kept, YANQING))
    assert packs.check(pack) == []
    assert (pack.key, pack.jurisdiction.key, pack.jurisdiction.division_code) == (
        "yanqing",
        "yanqing",
        "110119",
    )
    assert (pack.case_prefix, pack.source, pack.effective_from) == (
        "YQ",
        "延人社发〔2026〕9号",
        date(2026, 12, 1),
    )
    assert [spec.name for spec in pack.agencies.values()] == [
        "北京市延庆区人力资源和社会保障局",
        "北京市延庆区康庄镇人民政府",
        "北京市延庆区儒林街道办事处",
        "北京市延庆区珍珠泉乡人民政府",
    ]
    assert pack.agencies["hrss"].document_code == "延人社"
    assert pack.source_text == "第一条　为规范零工市场，制定本办法。\n"


def test_an_agency_that_is_no_township_has_the_names_that_were_written(kept):
    lines = ("龙亭区人社局 开封市龙亭区人力资源和社会保障局", "永顺地区", "城乡一体化示范区人社局")
    pack = packs.read(skeleton.build(kept, replace(YANQING, townships=lines)))
    assert [(spec.short, spec.name) for key, spec in pack.agencies.items() if key != "hrss"] == [
        ("龙亭区人社局", "开封市龙亭区人力资源和社会保障局"),
        ("永顺地区", "北京市延庆区永顺地区办事处"),
        ("城乡一体化示范区人社局", "城乡一体化示范区人社局"),
    ]


def test_nothing_of_the_example_is_left(kept):
    files = skeleton.build(kept, YANQING)
    assert [path for path in files if skeleton.KEY in path] == []
    own = {path: text for path, text in files.items() if "/common/" not in path}
    for word in ("示例", "示人社", '"000000"', "skeleton", 'township1", name = "示'):
        assert [path for path, text in own.items() if word in text] == [], word


def test_what_is_shared_stays_as_it_is(kept):
    files = skeleton.build(kept, YANQING)
    shared = {path for path in kept if "/common/" in path}
    assert shared
    assert {path: files[path] for path in shared} == {path: kept[path] for path in shared}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"key": "Yanqing"}, "key"),
        ({"key": "common"}, "key"),
        ({"key": "../x"}, "key"),
        ({"name": ""}, "name"),
        ({"name": '延庆"]\nkey = "x'}, "name"),
        ({"short": "延\\u0022"}, "short"),
        ({"bureau": "局" * 81}, "bureau"),
        ({"division_code": "11011"}, "division_code"),
        ({"division_code": "１１０１１９"}, "division_code"),
        ({"case_prefix": "y"}, "case_prefix"),
        ({"townships": ()}, "townships"),
        ({"townships": ("康庄镇", "康庄镇")}, "townships"),
        ({"townships": ("康庄镇", "康庄镇 北京市延庆区康庄镇人民政府")}, "townships"),
        ({"townships": ("康庄镇", '"}')}, "townships"),
        ({"townships": tuple(f"{n}镇" for n in range(81))}, "townships"),
        ({"policy_text": "x" * 400_001}, "policy_text"),
    ],
)
def test_names_that_cannot_be_used_are_told_at_their_field(kept, change, field):
    with pytest.raises(Invalid) as refused:
        skeleton.build(kept, replace(YANQING, **change))
    assert set(refused.value.errors) == {field}
