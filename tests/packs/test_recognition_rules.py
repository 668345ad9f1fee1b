"""The condition table tests what 二(一) and 二(二) ask, one line each, and shows the figure.

Policy: TZ-2.1, TZ-2.2.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.packs.filings import MARKET, STATION, filing
from tests.packs.opened import tongzhou
from webapp import dmn

ZONES = ["人力资源机构办公区", "公共服务区", "暖心服务区", "技能培训室", "工会驿站", "直播带岗区"]


def decide(decision: str, **facts):
    return dmn.evaluate(tongzhou().rules["recognition.dmn"], decision, {"facts": facts})


def unmet(result) -> list[str]:
    """Lines that apply to this kind and did not hold."""
    table = next(trace for trace in result.trace.decisions if trace.id == "conditions")
    return [rule.id for rule in table.rules if rule.cells[0].matched and not rule.matched]


@pytest.mark.parametrize("kind", [MARKET, STATION])
def test_good_application_meets_every_condition(kind):
    result = decide("eligible", filing=filing(kind))
    assert unmet(result) == []
    assert result.outputs is True


MARKET_FAULTS = {
    "market_gathering": {"need__gathering": None},
    "market_siting_demand": {"need__demand": False},
    "market_siting_trades": {"need__trades": False},
    "market_siting_similar": {"need__similar": False},
    "market_siting_transport": {"need__transport": False},
    "market_fixed": {"site__fixed": False},
    "market_area": {"site__area": Decimal("4999.99")},
    "market_sign": {"facilities__market_sign": False},
    "market_zone_office": {"zones__areas": ZONES[1:]},
    "market_zone_public": {"zones__areas": [z for z in ZONES if z != "公共服务区"]},
    "market_zone_care": {"zones__areas": [z for z in ZONES if z != "暖心服务区"]},
    "market_zone_training": {"zones__areas": [z for z in ZONES if z != "技能培训室"]},
    "market_zone_union": {"zones__areas": [z for z in ZONES if z != "工会驿站"]},
    "market_zone_live": {"zones__areas": ZONES[:-1]},
    "market_facility_shelter": {"facilities__basic": ["防暑防寒", "消防应急"]},
    "market_facility_climate": {"facilities__basic": ["遮风避雨", "消防应急"]},
    "market_facility_fire": {"facilities__basic": ["遮风避雨", "防暑防寒"]},
    "market_rule_management": {"rules__kinds": ["业务流程", "服务标准"]},
    "market_rule_flow": {"rules__kinds": ["管理制度", "服务标准"]},
    "market_rule_standard": {"rules__kinds": ["管理制度", "业务流程"]},
    "market_staff": {"staff": [{"role": "负责人"}]},
    "market_platform_seeking": {
        "platform__functions": ["在线招聘", "线上撮合服务情况监测统计", "市场信息指数"]
    },
    "market_platform_hiring": {
        "platform__functions": ["在线求职", "线上撮合服务情况监测统计", "市场信息指数"]
    },
    "market_platform_statistics": {"platform__functions": ["在线求职", "在线招聘", "市场信息指数"]},
    "market_platform_index": {"platform__functions": ["在线求职", "在线招聘", "线上撮合服务情况监测统计"]},
    "free_service": {"services__free": False},
    "encryption": {"platform__encryption": False},
    "lawful": {"platform__lawful": False},
}

STATION_FAULTS = {
    "station_host": {"site__host": "无（新建）"},
    "station_sign": {"facilities__station_sign": False},
    "station_use_mode": {"site__use_mode": None},
    "station_hours": {"site__hours": ""},
    "station_free_space": {"site__free_space": False},
    "free_service": {"operator__has": True},
    "encryption": {"platform__encryption": False},
    "lawful": {"platform__lawful": False},
}


@pytest.mark.parametrize("rule", MARKET_FAULTS)
def test_market_that_lacks_one_thing_fails_on_that_line_alone(rule):
    result = decide("eligible", filing=filing(MARKET, **MARKET_FAULTS[rule]))
    assert unmet(result) == [rule]
    assert result.outputs is False


@pytest.mark.parametrize("rule", STATION_FAULTS)
def test_station_that_lacks_one_thing_fails_on_that_line_alone(rule):
    result = decide("eligible", filing=filing(STATION, **STATION_FAULTS[rule]))
    assert unmet(result) == [rule]
    assert result.outputs is False


def test_every_line_has_a_case_that_fails_it():
    table = dmn.read(tongzhou().rules["recognition.dmn"]).decision("conditions").table
    assert {rule.id for rule in table.rules} == MARKET_FAULTS.keys() | STATION_FAULTS.keys()


def test_new_building_with_its_reason_is_let_through():
    facts = filing(STATION, site__host="无（新建）", site__new_build_reason="辖区内没有可以依托的现有场所。")
    assert decide("eligible", filing=facts).outputs is True


def test_small_station_is_no_matter():
    assert decide("eligible", filing=filing(STATION, site__area=Decimal(15))).outputs is True


def test_unmet_line_shows_figure_requirement_and_clause():
    result = decide("eligible", filing=filing(MARKET, site__area=Decimal(4800)))
    table = next(trace for trace in result.trace.decisions if trace.id == "conditions")
    rule = next(rule for rule in table.rules if rule.id == "market_area")
    cell = next(cell for cell in rule.cells if cell.label == "面积（㎡）")
    assert (cell.value, cell.matched) == (Decimal(4800), False)
    assert rule.outputs["要求"] == "面积不少于5000㎡"
    assert rule.annotations["依据"] == "TZ-2.1"


def test_unmet_lines_of_an_empty_form_never_raise():
    empty = filing(MARKET, site__area=None, zones__areas=[], staff=[], platform__functions=[])
    result = decide("eligible", filing=empty)
    assert result.outputs is False
    assert "market_area" in unmet(result)


@pytest.mark.parametrize(
    ("kind", "bodies"),
    [(MARKET, ["police", "traffic", "finance", "union", "cac"]), (STATION, ["police", "union"])],
)
def test_fewer_bodies_are_asked_about_a_station(kind, bodies):
    assert decide("consulted", filing=filing(kind)).outputs == bodies


def test_bodies_that_are_asked_are_agencies_with_a_lane():
    asked = decide("consulted", filing=filing(MARKET)).outputs
    assert set(asked) <= set(tongzhou().agencies)
