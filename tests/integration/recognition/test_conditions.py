"""认定条件测试: every condition with its figure, as advice or, by setting, as a bar (Policy: TZ-2.1, TZ-2.2)."""

from __future__ import annotations

import copy
import json

import pytest

import forms
from tests.factories import filings
from tests.integration.recognition import desk
from webapp import dmn, packs
from webapp.queries.releases import form_of
from webapp.services import demo

MARKET, STATION = "综合性零工市场", "零工驿站"
ZONES = ["人力资源机构办公区", "公共服务区", "暖心服务区", "技能培训室", "工会驿站", "直播带岗区"]
BASIC = ["遮风避雨", "防暑防寒", "消防应急"]
RULES = ["管理制度", "业务流程", "服务标准"]
ONLINE = ["在线求职", "在线招聘", "线上撮合服务情况监测统计", "市场信息指数"]

COMMON_UNMET = [
    ("免费服务", "services.free", False),
    ("敏感数据加密", "platform.encryption", False),
    ("依法使用数据", "platform.lawful", False),
]
MARKET_UNMET = [
    ("自发聚集情况评估", "need.gathering", None),
    ("选址：零工需求量大", "need.demand", False),
    ("选址：用工行业集中", "need.trades", False),
    ("选址：岗位需求相似", "need.similar", False),
    ("选址：交通便利", "need.transport", False),
    ("固定场地", "site.fixed", False),
    ("场地面积", "site.area", 4999),
    ("零工市场标识", "facilities.market_sign", False),
    *((zone, "zones.areas", [other for other in ZONES if other != zone]) for zone in ZONES),
    *((f"{item}设施", "facilities.basic", [other for other in BASIC if other != item]) for item in BASIC),
    *((rule, "rules.kinds", [other for other in RULES if other != rule]) for rule in RULES),
    ("宣传引流人员", "staff", [{"name": "演示", "role": "服务人员", "employment": "兼职"}]),
    ("线上求职", "platform.functions", ONLINE[1:]),
    ("线上招聘", "platform.functions", [ONLINE[0], *ONLINE[2:]]),
    ("线上监测统计", "platform.functions", [*ONLINE[:2], ONLINE[3]]),
    ("市场信息指数", "platform.functions", ONLINE[:3]),
    *COMMON_UNMET,
]
STATION_UNMET = [
    ("依托现有场所", "site.host", None),
    ("零工驿站标识", "facilities.station_sign", False),
    ("服务专区或分时共享", "site.use_mode", None),
    ("开放时间", "site.hours", None),
    ("免费场地", "site.free_space", False),
    *COMMON_UNMET,
]


@pytest.fixture(scope="module")
def pack():
    folder = demo.ROOT / "workflows" / "tongzhou"
    return packs.load(folder, forms_root=demo.ROOT / "forms", templates_root=demo.ROOT / "docs_templates")


def verdict_on(pack, filing):
    """Test a filing against the decision table: its verdict, and the conditions of its kind by name."""
    schema = form_of(pack, "filing")
    facts = {"filing": forms.fill(schema, forms.from_json(schema, filing))}
    result = dmn.evaluate(
        pack.processes["recognition"].sources["recognition.dmn"], "eligible", {"facts": facts}
    )
    lines = [
        (rule.outputs["条件"], rule.matched)
        for decision in result.trace.decisions
        for rule in decision.rules
        if rule.cells[0].matched
    ]
    return result.outputs, dict(lines), len(lines)


def filing_with(kind, path=None, value=None):
    filing = filings.content(kind)["filing"]
    filing |= {"site_files": [], "platform_statement": []}
    if path:
        *sections, last = path.split(".")
        inner = filing
        for section in sections:
            inner = inner[section]
        inner[last] = copy.deepcopy(value)
    if kind == "station" and path == "services.free":
        filing["operator"]["has"] = True
    return filing


@pytest.mark.parametrize(("kind", "conditions"), [("market", 28), ("station", 8)])
def test_the_demonstration_meets_every_condition_of_its_kind(pack, kind, conditions):
    verdict, lines, count = verdict_on(pack, filing_with(kind))
    assert verdict is True
    assert all(lines.values())
    assert count == len(lines) == conditions


@pytest.mark.parametrize(
    ("kind", "condition", "path", "value"),
    [("market", *row) for row in MARKET_UNMET] + [("station", *row) for row in STATION_UNMET],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_condition_alone_can_fail(pack, kind, condition, path, value):
    verdict, lines, _ = verdict_on(pack, filing_with(kind, path, value))
    assert verdict is False
    assert [name for name, met in lines.items() if not met] == [condition]


def test_every_condition_is_tried(pack):
    for kind, rows in (("market", MARKET_UNMET), ("station", STATION_UNMET)):
        assert set(verdict_on(pack, filing_with(kind))[1]) == {condition for condition, _, _ in rows}


@pytest.mark.parametrize(("area", "met"), [(4999, False), ("4999.99", False), (5000, True), (5001, True)])
def test_a_market_needs_5000_square_metres(pack, area, met):
    assert verdict_on(pack, filing_with("market", "site.area", area))[1]["场地面积"] is met


def test_a_new_built_station_needs_its_reason(pack):
    filing = filing_with("station", "site.host", "无（新建）")
    assert verdict_on(pack, filing)[1]["依托现有场所"] is False
    filing["site"]["new_build_reason"] = "周边没有可以依托的场所"
    assert verdict_on(pack, filing)[1]["依托现有场所"] is True


def accept_with(**changes):
    """File a market of other figures and have it accepted; return the case's id."""
    given = filings.content("market")
    case_id = desk.start()
    filing = given["filing"]
    for section, values in changes.items():
        filing[section] |= values
    desk.act(case_id, "majuqiao", "file", filing, files=given["files"])
    desk.act(case_id, "majuqiao-sh", "township_review", {"pass": True})
    desk.act(case_id, "majuqiao-ld", "township_sign", {"pass": True})
    desk.act(case_id, "renshe", "acceptance", given["acceptance"])
    desk.review_papers(case_id)
    return case_id


def lines_of(case_id):
    (view,) = desk.page(case_id).decisions
    return view, {line.label: line for line in view.lines}


def test_the_page_shows_every_condition_with_its_figure_and_basis(at):
    view, lines = lines_of(at("accepted"))
    assert (view.verdict, view.tone, len(lines)) == ("全部符合", "ok", 28)
    area = lines["场地面积"]
    assert (area.requirement, area.figure, area.met) == ("面积不少于5000㎡", "6200", True)
    assert area.basis.label.startswith("TZ-2.1")
    assert "5000" in area.basis.text, "the clause is quoted"
    assert lines["零工市场标识"].figure == "有"
    assert "直播带岗区" in lines["直播带岗区"].figure
    assert lines["敏感数据加密"].basis.label.startswith("TZ-3.2")


def test_an_unmet_condition_is_shown_with_the_figure_found_and_only_advises(app):
    case_id = accept_with(
        site={"area": 4999}, zones={"areas": ZONES[:5], "other": ""}, need={"transport": False}
    )
    view, lines = lines_of(case_id)
    assert (view.verdict, view.tone) == ("3 项不符合", "warn")
    assert {label for label, line in lines.items() if not line.met} == {
        "场地面积",
        "直播带岗区",
        "选址：交通便利",
    }
    assert lines["场地面积"].figure == "4999"
    assert lines["直播带岗区"].figure == "、".join(ZONES[:5])
    assert lines["选址：交通便利"].figure == "无"
    assert "opinion_police" in desk.open_steps(case_id), "advice, not a bar"


def test_by_setting_an_unmet_condition_leads_straight_to_the_opinion(app):
    desk.choose(eligibility_bar=True)
    case_id = accept_with(site={"area": 4999})
    assert desk.open_steps(case_id) == {"draft_opinion"}
    assert [paper.template_key for paper in desk.documents(case_id)] == [
        "application_report",
        "acceptance_notice",
    ]
    given = filings.content("market")["draft_opinion"]
    refusal = given | {"recommend": "refuse", "reasons": "场地面积4999平方米，不足5000平方米。"}
    desk.act(case_id, "renshe-kz", "draft_opinion", {k: v for k, v in refusal.items() if k != "conditions"})
    desk.act(case_id, "renshe-fj", "leader_decision", {"decision": "refuse", "comment": "同意不予认定。"})
    assert desk.case_of(case_id).outcome == "refused"


def test_with_the_bar_a_market_that_meets_everything_goes_on(app):
    desk.choose(eligibility_bar=True)
    assert "opinion_police" in desk.open_steps(accept_with(site={"area": 5000}))


def test_a_decision_keeps_the_facts_it_was_made_from_without_personal_data(at):
    case_id = at("accepted")
    with desk.read_only() as session:
        (kept,) = session.query(desk.Decision).filter_by(case_id=case_id, decision_id="eligible")
    assert kept.outputs is True
    assert kept.facts["facts.filing.site.area"] == "6200"
    assert len(kept.source_hash) == 64
    text = json.dumps([kept.facts, kept.trace], ensure_ascii=False)
    assert "演示孙丽" not in text
    assert "13800000001" not in text
