"""Each kind of defect in a pack is found, and named where it is."""

from __future__ import annotations

import pytest

from tests.packs.opened import changed, without
from webapp import packs

FLOW = "workflows/tongzhou/recognition.bpmn"
GATHERING = "workflows/tongzhou/gathering.bpmn"
ASSESSMENT = "workflows/tongzhou/assessment.bpmn"
RULES = "workflows/tongzhou/recognition.dmn"
PACK = "workflows/tongzhou/pack.toml"
CLAUSES = "workflows/tongzhou/clauses.toml"
FILING = "forms/tongzhou/filing.json"
REPLY = "docs_templates/tongzhou/recognition_reply.md"

DEFECTS = {
    "clause of a step": (
        FLOW,
        'name="basis" value="TZ-3.1"',
        'name="basis" value="TZ-9.9"',
        "file",
        "TZ-9.9",
    ),
    "basis of a step": (FLOW, "本地缺省：文件只规定提交书面申请和五项材料", "", "acceptance", "依据"),
    "form": (FLOW, 'value="site_check"', 'value="site_chek"', "site_check", "site_chek"),
    "position": (FLOW, 'value="section_chief"', 'value="chief"', "draft_opinion", "chief"),
    "right": (PACK, '"personal.reveal"', '"personal.show"', "", "personal.show"),
    "what the zone puts out": (
        PACK,
        'records = ["job_posting"',
        'records = ["subsidy_recovery"',
        "",
        "subsidy_recovery",
    ),
    "address without protection": (
        PACK,
        'url = "https://flk.npc.gov.cn/"',
        'url = "http://flk.npc.gov.cn/"',
        "",
        "https",
    ),
    "agency of a lane": (
        FLOW,
        'name="agency" value="finance"',
        'name="agency" value="money"',
        "lane_finance",
        "money",
    ),
    "operator": (FLOW, 'id="recognise_market"', 'id="recognize"', "recognise", "recognize"),
    "parameter": (FLOW, 'parameter id="reason"', 'parameter id="why"', "pause_case_clock", "reason"),
    "decision": (FLOW, "recognition.dmn#eligible", "recognition.dmn#fit", "eligibility", "fit"),
    "result": (FLOW, 'value="recommend,route"', 'value="recommend,rout"', "draft_opinion", "rout"),
    "template": (
        FLOW,
        "&quot;opinion_request&quot;",
        "&quot;opinion_ask&quot;",
        "issue_request",
        "opinion_ask",
    ),
    "computed template": (
        FLOW,
        "&quot;recognition_reply&quot;",
        "&quot;reply_letter&quot;",
        "issue_reply",
        "reply_letter",
    ),
    "document of a preview": (
        FLOW,
        'name="preview" value="application_report"',
        'name="preview" value="application_letter"',
        "file",
        "application_letter",
    ),
    "document that a preview comes to": (
        FLOW,
        "then &quot;refusal_notice&quot;",
        "then &quot;refusal_letter&quot;",
        "draft_opinion",
        "refusal_letter",
    ),
    "preview that is no expression": (
        FLOW,
        'value="=if recommend',
        'value="=if if recommend',
        "draft_opinion",
        "公文预览",
    ),
    "preview that gives no document": (
        FLOW,
        'value="={pass: true}"',
        'value="=paper_review.pass"',
        "paper_review",
        "得出的不是公文代码",
    ),
    "answer that a preview tries": (
        FLOW,
        'value="={pass: true}"',
        'value="={passed: true}"',
        "paper_review",
        "passed",
    ),
    "field in a preview": (FLOW, "=if recommend =", "=if recommends =", "draft_opinion", "recommends"),
    "form in a preview": (
        FLOW,
        "draft_opinion.recommend ",
        "draft_opinion.advice ",
        "leader_decision",
        "advice",
    ),
    "setting in a preview": (
        FLOW,
        "else if settings.reply_form = &quot;批复&quot; then &quot;recognition_approval&quot;",
        "else if settings.reply_kind = &quot;批复&quot; then &quot;recognition_approval&quot;",
        "draft_opinion",
        "reply_kind",
    ),
    "setting": (FLOW, "settings.eligibility_bar", "settings.bar", "bar", "bar"),
    "time limit": (FLOW, "opinion_days workday", "opinion_time workday", "opinion_police", "opinion_time"),
    "overdue setting": (FLOW, 'value="late_opinion"', 'value="late"', "opinion_police", "late"),
    "title of a case": (
        GATHERING,
        "gathering_survey.site.place",
        "gathering_survey.site.street",
        "",
        "gathering_survey.site.street",
    ),
    "type of a computed field": (FILING, '"type": "string",', "", "", "full_name）"),
    "kind of record": (
        ASSESSMENT,
        "&quot;assessment&quot;",
        "&quot;grade&quot;",
        "",
        "市场档案的类别“grade”",
    ),
    "case that is opened": (
        ASSESSMENT,
        "&quot;rectification&quot;",
        "&quot;rectify&quot;",
        "",
        "流程“rectify”",
    ),
    "readers": (
        FLOW,
        'name="readers" value="internal"',
        'name="readers" value="inside"',
        "acceptance",
        "inside",
    ),
    "presumed value": (FLOW, "&quot;conclusion&quot;", "&quot;verdict&quot;", "opinion_police", "verdict"),
    "correction source": (
        FLOW,
        "acceptance.corrections",
        "acceptance.items",
        "correction",
        "acceptance.items",
    ),
    "setting of a day": (
        ASSESSMENT,
        'name="opens_on" value="assess_opens_on"',
        'name="opens_on" value="gone"',
        "",
        "自动发起日期的参数“gone”",
    ),
    "rule that leaves out": (
        ASSESSMENT,
        'name="left_out" value="if market.',
        'name="left_out" value="if case.',
        "",
        "用到了不认识的名称“case”",
    ),
    "excluded procedure": (
        "workflows/tongzhou/exit.bpmn",
        'name="excludes" value="leaving"',
        'name="excludes" value="gone"',
        "",
        "互相排斥的流程“gone”",
    ),
    "starter": (FLOW, "township.clerk", "township.section_chief", "", "section_chief"),
    "condition": (
        FLOW,
        'decision = "accept"',
        'decision = = "accept"',
        "accepted_to_issue_acceptance",
        "accept",
    ),
    "fact in a rule": (RULES, "facts.filing.site.area", "facts.filing.site.size", "", "site.size"),
    "clause of a rule": (RULES, "<text>TZ-2.2</text>", "<text>TZ-2.9</text>", "", "TZ-2.9"),
    "basis of a rule": (RULES, "<text>TZ-1.2</text>", "<text></text>", "", "依据"),
    "badly written basis": (RULES, "<text>TZ-1.2</text>", "<text>见文件</text>", "", "见文件"),
    "cell": (RULES, "&gt;= 5000", "&gt;= ", "", ""),
    "clause of a field": (FILING, '"basis": "TZ-3.1"', '"basis": "TZ-8.1"', "", "TZ-8.1"),
    "form that is read": (
        "forms/tongzhou/acceptance.json",
        '"reads": [',
        '"reads": ["surveys",',
        "",
        "surveys",
    ),
    "broken form": (FILING, '"type": "radio"', '"type": "wheel"', "", ""),
    "basis of a template": (REPLY, "依据: ", "保管期限: 30年\n#", "", ""),
    "paragraph of a template without a basis": (
        REPLY,
        "[依据 TZ-3.1；本地缺省：现场核查和函复的文种文件未规定]\n",
        "",
        "",
        "上面没有依据标记",
    ),
    "clause of a paragraph": (REPLY, "[依据 TZ-3.3]", "[依据 TZ-8.3]", "", "TZ-8.3"),
    "badly written basis of a paragraph": (REPLY, "[依据 TZ-3.3]", "[依据 见文件]", "", "见文件"),
    "fact in a template": (
        REPLY,
        "表.draft_opinion.disclosure",
        "表.draft_opinion.openness",
        "",
        "表.draft_opinion.openness",
    ),
    "quotation": (CLAUSES, "面积不少于 5000 m²", "面积不少于 3000 m²", "", "政策原文"),
    "source of a clause": (
        CLAUSES,
        'source = "通人社就发〔2025〕13号"',
        'source = "别的文件"',
        "",
        "别的文件",
    ),
    "document without template": (PACK, 'template = "refusal_notice"', 'template = "refusal"', "", "refusal"),
    "process id": (
        PACK,
        'file = "recognition.bpmn"',
        'file = "recognition.bpmn"\nprocess_id = "gone"',
        "",
        "gone",
    ),
    "filing form of the register": (
        PACK,
        'filing_form = "filing"',
        'filing_form = "application"',
        "",
        "application",
    ),
    "form that lacks what the register needs": (
        PACK,
        'opinion_form = "draft_opinion"',
        'opinion_form = "site_check"',
        "",
        "market_short_name",
    ),
    "kind of market without a name": (PACK, '"零工驿站" = "零工驿站"', "", "", "“零工驿站”没有名称后缀"),
    "clause of the register": (PACK, 'goal = "TZ-1.3"', 'goal = "TZ-1.9"', "", "TZ-1.9"),
    "process about markets without a register": (
        PACK,
        "[market",
        "[places",
        "",
        "没有写明市场名录",
    ),
    "clause of a setting": (
        PACK,
        "本地缺省：文件未规定征求意见期限，按机关公文办理惯例定为5个工作日",
        "TZ-0.1",
        "",
        "TZ-0.1",
    ),
}


@pytest.mark.parametrize("kind", DEFECTS)
def test_defect_is_found(kind):
    path, old, new, element_id, words = DEFECTS[kind]
    findings = [finding for finding in packs.check(changed(path, old, new)) if finding.severity == "error"]
    said = [f"{finding.element} {finding.reason}" for finding in findings]
    assert any(words in text for text in said), said
    if element_id:
        assert element_id in {finding.element_id for finding in findings}
    assert all(finding.mend for finding in findings)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("forms/tongzhou/opinion_cac.json", "opinion_cac"),
        ("docs_templates/tongzhou/correction_notice.md", "correction_notice"),
    ],
)
def test_missing_file_is_found(path, words):
    said = [f"{finding.element} {finding.reason}" for finding in packs.check(without(path))]
    assert any(words in text for text in said)


def test_missing_rules_are_found():
    said = [finding.reason for finding in packs.check(without(RULES))]
    assert any("recognition.dmn#eligible" in reason for reason in said)


def test_position_must_exist_in_every_body_that_can_apply():
    pack = changed(
        PACK,
        'key = "leader"\nname = "主要领导"\nagency = "属地"',
        'key = "leader"\nname = "主要领导"\nagency = "liyuan"',
    )
    found = [finding for finding in packs.check(pack) if finding.element_id == "township_sign"]
    assert any("中仓街道" in finding.reason for finding in found)


def test_form_that_no_step_uses_is_a_warning():
    pack = changed(FLOW, 'value="meeting_decision"', 'value="leader_decision"')
    found = [finding for finding in packs.check(pack) if finding.file == "meeting_decision.json"]
    assert [finding.severity for finding in found] == ["warning"]


def test_process_that_is_no_xml_is_a_finding_and_no_crash():
    pack = changed(FLOW, "</bpmn:definitions>", "")
    assert any(finding.file == "recognition.bpmn" for finding in packs.check(pack))


def test_rules_that_are_no_xml_are_a_finding_and_no_crash():
    pack = changed(RULES, "</definitions>", "")
    assert any(finding.file == "recognition.dmn" for finding in packs.check(pack))
