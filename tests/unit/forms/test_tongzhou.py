"""The forms of Tongzhou say what 通人社就发〔2025〕13号 asks, and no more in its name."""

from __future__ import annotations

import copy

import pytest

import forms
from webapp.core.errors import Invalid

NAMES = {
    "filing",
    "township_review",
    "township_sign",
    "acceptance",
    "opinion_police",
    "opinion_traffic",
    "opinion_finance",
    "opinion_union",
    "opinion_cac",
    "paper_review",
    "site_check",
    "draft_opinion",
    "leader_decision",
    "meeting_decision",
    "change_filing",
    "change_review",
    "change_sign",
    "change_check",
    "change_decision",
    "assess_appeal",
    "assess_appeal_decision",
    "assess_correction",
    "assess_dispute",
    "assess_hearing",
    "assess_meeting",
    "assess_opening",
    "assess_reply",
    "assess_review",
    "assess_score_cac",
    "assess_score_hrss",
    "assess_score_police",
    "assess_score_traffic",
    "assess_score_union",
    "assess_self",
    "stars_decision",
    "stars_objections",
    "stars_opening",
    "stars_panel",
    "stars_publicity",
    "data_check",
    "dispute_close",
    "dispute_mediation",
    "dispute_payment",
    "dispute_police",
    "dispute_receive",
    "dispute_reminder",
    "dispute_request",
    "dispute_sign",
    "dispute_union",
    "satisfaction_collect",
    "satisfaction_confirm",
    "satisfaction_employers",
    "satisfaction_plan",
    "satisfaction_workers",
    "data_explanation",
    "data_filing",
    "data_review",
    "gathering_action",
    "gathering_closing",
    "gathering_followup",
    "gathering_plan",
    "gathering_police",
    "gathering_review",
    "gathering_sign",
    "gathering_survey",
    "gathering_traffic",
    "opinionwatch_countersign",
    "opinionwatch_facts",
    "opinionwatch_guidance",
    "opinionwatch_hrss",
    "opinionwatch_police",
    "opinionwatch_publication",
    "opinionwatch_report",
    "opinionwatch_response",
    "opinionwatch_review",
    "opinionwatch_sign",
    "record_job",
    "record_job_check",
    "record_practice",
    "record_practice_check",
    "record_practice_sign",
    "record_training",
    "record_training_check",
    "record_event",
    "record_event_check",
    "record_broker",
    "record_broker_check",
    "construction_acceptance",
    "construction_decision",
    "construction_duplicates",
    "construction_filing",
    "construction_finance",
    "construction_inspection",
    "construction_mend",
    "construction_milestone",
    "construction_milestone_check",
    "construction_minutes",
    "construction_opinion",
    "construction_police",
    "construction_review",
    "construction_settlement",
    "construction_settlement_check",
    "construction_sign",
    "construction_traffic",
    "subsidy_acceptance",
    "subsidy_approve",
    "subsidy_filing",
    "subsidy_followup",
    "subsidy_minutes",
    "subsidy_objection",
    "subsidy_pay",
    "subsidy_publicity",
    "subsidy_recheck",
    "subsidy_recovery",
    "subsidy_recovery_decision",
    "subsidy_repayment",
    "subsidy_sampling",
    "subsidy_township_review",
    "subsidy_township_sign",
    "exit_case",
    "exit_defence",
    "exit_evaluation",
    "exit_evaluation_sign",
    "exit_legal",
    "exit_meeting",
    "exit_police",
    "exit_reply",
    "exit_service",
    "exit_settle",
    "exit_settle_check",
    "exit_settle_sign",
    "exit_sign",
    "exit_traffic",
    "exit_union",
    "leaving_check",
    "leaving_decision",
    "leaving_filing",
    "leaving_sign",
    "rectify_check",
    "rectify_extension",
    "rectify_forward",
    "rectify_items",
    "rectify_police",
    "rectify_recheck",
    "rectify_report",
    "rectify_result",
    "rectify_result_sign",
    "rectify_review",
    "rectify_sign",
    "rectify_traffic",
    "rectify_union",
}
CLAUSES = {
    "TZ-1.2",
    "TZ-2.1",
    "TZ-2.2",
    "TZ-3.1",
    "TZ-3.2",
    "TZ-3.3",
    "TZ-3.4",
    "TZ-4.1",
    "TZ-4.2",
    "TZ-4.3",
    "TZ-4.4",
    "TZ-4.5",
    "TZ-5.1",
    "TZ-6",
    "TZ-7.2",
    "TZ-7.3",
    "TZ-A",
}
FILES = {key: {"name": f"{key}.pdf", "size": 1000} for key in ("a1", "a2", "a3", "a4")}
PICTURES = {"b1": {"name": "b1.jpg", "size": 1000}}


def scope(**more):
    return {"attachments": FILES | PICTURES, "case": {"corrections": 0}, **more}


def refused(schema, values, **more):
    with pytest.raises(Invalid) as caught:
        forms.check(schema, values, scope=scope(**more))
    return caught.value.errors


def test_all_forms_are_there_under_their_names(tongzhou):
    assert {schema.id for schema in tongzhou.values()} == NAMES == set(tongzhou)


def test_every_field_rests_on_a_clause_or_a_reasoned_default(tongzhou):
    for schema in tongzhou.values():
        for field in schema.fields:
            assert field.basis is not None, (schema.id, field.path)
            assert field.basis.clause is None or field.basis.clause in CLAUSES, (schema.id, field.path)


def test_filing_can_be_filled_in(tongzhou, filing_values):
    values = forms.check(tongzhou["filing"], filing_values, scope=scope())
    assert values["full_name"] == "通州区梨园零工市场"
    assert values["site"]["area"] == forms.values.read_number("5200.5")
    assert "new_build_reason" not in values["site"]


@pytest.mark.parametrize("part", ["site_files", "platform_statement", "licence_files", "experience_files"])
def test_the_four_uploaded_materials_are_required_with_an_operator(tongzhou, filing_values, part):
    """Policy: TZ-3.1, materials ② to ⑤."""
    del filing_values[part]
    assert list(refused(tongzhou["filing"], filing_values)) == [part]


def test_materials_4_and_5_only_with_an_operator(tongzhou, filing_values):
    filing_values["operator"] = {"has": False}
    del filing_values["licence_files"], filing_values["experience_files"], filing_values["services"]["free"]
    values = forms.check(tongzhou["filing"], filing_values, scope=scope())
    assert values["operator"] == {"has": False}


def test_an_operator_serves_workers_free_of_charge(tongzhou, filing_values):
    """Policy: TZ-1.2."""
    filing_values["services"]["free"] = False
    assert list(refused(tongzhou["filing"], filing_values)) == ["services.free"]


def test_the_six_zones_and_four_services_are_those_printed(tongzhou):
    """Policy: TZ-2.1, TZ-1.2."""
    zones = [option.value for option in tongzhou["filing"].field("zones.areas").options]
    assert zones == ["人力资源机构办公区", "公共服务区", "暖心服务区", "技能培训室", "工会驿站", "直播带岗区"]
    services = [option.value for option in tongzhou["filing"].field("services.offered").options]
    assert services == [
        "零工供求信息撮合服务",
        "培训需求信息收集服务",
        "就业技能培训和就业创业培训信息推介等服务",
        "权益维护指引服务",
    ]


def station(filing_values, host):
    values = copy.deepcopy(filing_values)
    values["kind"] = "零工驿站"
    values["need"] = {"reason": "便民"}
    values["site"] = {
        "address": {"text": "演示路2号"},
        "area": 80,
        "right": "自有",
        "hours": "8:00—18:00",
        "host": host,
        "use_mode": "分时分区共享场地设施",
        "free_space": True,
    }
    del values["zones"]
    values["facilities"] = {"station_sign": True, "other": "桌椅"}
    values["rules"] = {"summary": "有"}
    return values


def test_a_station_is_not_asked_what_only_markets_owe(tongzhou, filing_values):
    """Policy: TZ-2.2; a newly built station needs its reason recorded."""
    values = station(filing_values, "社区服务站") | {}
    values["site"]["host_name"] = "演示社区服务站"
    checked = forms.check(tongzhou["filing"], values, scope=scope())
    assert checked["full_name"] == "通州区梨园零工驿站"
    assert set(checked["need"]) == {"reason"}
    assert "zones" not in checked
    assert list(refused(tongzhou["filing"], station(filing_values, "无（新建）"))) == [
        "site.new_build_reason"
    ]


def test_trial_run_does_not_end_before_it_starts(tongzhou, filing_values):
    filing_values["trial"] = {"start": "2026-12-01", "end": "2026-11-30"}
    assert list(refused(tongzhou["filing"], filing_values)) == ["trial.end"]


def test_personal_data_is_marked(tongzhou):
    assert tongzhou["filing"].personal_paths == {
        "staff.*.name",
        "staff.*.phone",
        "contact.name",
        "contact.phone",
    }
    assert tongzhou["site_check"].personal_paths == {"present"}


def test_correction_is_offered_once(tongzhou):
    asked = {"decision": "correct", "corrections": [{"path": "site.area", "what": "缺图", "how": "补图"}]}
    assert forms.check(tongzhou["acceptance"], asked, scope=scope())["decision"] == "correct"
    second = {**scope(), "case": {"corrections": 1}}
    form = forms.bind(tongzhou["acceptance"], scope=second)
    assert [key for key, _, _ in form.find("decision").choices] == ["accept"]
    with pytest.raises(Invalid) as caught:
        forms.check(tongzhou["acceptance"], asked, scope=second)
    assert list(caught.value.errors) == ["decision"]


def test_correction_names_at_least_one_thing(tongzhou):
    assert list(refused(tongzhou["acceptance"], {"decision": "correct"})) == ["corrections"]
    accepting = {"decision": "accept", "materials": ["① 申请报告"]}
    assert forms.check(tongzhou["acceptance"], accepting, scope=scope())["decision"] == "accept"


def test_accepting_names_the_materials_that_were_checked(tongzhou):
    assert list(refused(tongzhou["acceptance"], {"decision": "accept"})) == ["materials"]


def test_what_can_be_marked_for_correction_are_the_fields_of_the_filing(tongzhou):
    offered = {option.value for option in tongzhou["acceptance"].field("corrections.*.path").options}
    enterable = {
        field.path
        for field in tongzhou["filing"].fields
        if ".*." not in field.path and field.type != "expression"
    }
    assert offered == enterable


@pytest.mark.parametrize("name", ["police", "traffic", "finance", "union", "cac"])
def test_an_opinion_other_than_consent_gives_its_reason(tongzhou, name):
    schema = tongzhou[f"opinion_{name}"]
    duties = [field for field in schema.fields if field.path.startswith("duty.")]
    assert any(field.basis.clause == "TZ-6" for field in duties)
    market = {"filing": {"kind": "综合性零工市场"}}
    assert "reason" in refused(schema, {"conclusion": "不同意"}, **market)
    assert {"reason", "conditions"} <= set(refused(schema, {"conclusion": "有条件同意"}, **market))
    assert "reason" not in refused(schema, {"conclusion": "同意"}, **market)


def test_police_post_is_asked_of_comprehensive_markets_only(tongzhou):
    """Policy: TZ-6 (在综合性零工市场内部设置警务站)."""
    values = {"duty": {"patrol": "每日", "surroundings": "平稳"}, "conclusion": "同意"}
    schema = tongzhou["opinion_police"]
    assert forms.check(schema, values, scope=scope(filing={"kind": "零工驿站"}))
    assert list(refused(schema, values, filing={"kind": "综合性零工市场"})) == ["duty.station"]


def test_site_check_asks_by_kind_of_market(tongzhou):
    market = forms.bind(tongzhou["site_check"], scope=scope(filing={"kind": "综合性零工市场"}))
    place = forms.bind(tongzhou["site_check"], scope=scope(filing={"kind": "零工驿站"}))
    assert "checks.fixed_site" not in market.hidden
    assert "checks.host" in market.hidden
    assert "checks.fixed_site" in place.hidden
    assert "checks.host" not in place.hidden


def test_site_check_explains_what_is_not_met(tongzhou):
    asked = ["host", "station_sign", "use_mode", "free_space"]
    values = {
        "checked_on": "2020-01-02",
        "area": 80,
        "checks": dict.fromkeys(asked, "符合"),
        "photos": ["b1"],
        "conclusion": "符合",
        "summary": "与申请一致",
    }
    station_scope = {"filing": {"kind": "零工驿站"}}
    assert forms.check(tongzhou["site_check"], values, scope=scope(**station_scope))
    values["checks"]["use_mode"] = "不符合"
    assert list(refused(tongzhou["site_check"], values, **station_scope)) == ["checks.use_mode_note"]
    values["checks"]["use_mode"] = "符合"
    values["checked_on"] = "2999-01-01"
    assert list(refused(tongzhou["site_check"], values, **station_scope)) == ["checked_on"]


def test_draft_starts_with_the_name_applied_for(tongzhou):
    form = forms.bind(tongzhou["draft_opinion"], scope=scope(filing={"short_name": "梨园"}))
    assert form.find("market_short_name").data == "梨园"


@pytest.mark.parametrize(
    ("name", "values", "missing"),
    [
        ("township_review", {"pass": False}, "opinion"),
        ("township_sign", {"pass": False}, "opinion"),
        ("leader_decision", {"decision": "refuse"}, "comment"),
        ("leader_decision", {"decision": "return"}, "comment"),
    ],
)
def test_a_refusal_gives_its_reason(tongzhou, name, values, missing):
    assert list(refused(tongzhou[name], values)) == [missing]


def test_ordinary_consents(tongzhou):
    assert forms.check(tongzhou["township_review"], {"pass": True}) == {"pass": True, "opinion": None}
    assert forms.check(tongzhou["leader_decision"], {"decision": "approve"})["decision"] == "approve"
