"""The templates of Tongzhou District, set with their demonstration facts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.documents.reading import read_pdf
from webapp.documents import DocumentError, SealPlace, check_template, load_template, render

ROOT = Path(__file__).parents[3] / "docs_templates"
SAMPLES = sorted(ROOT.glob("*/samples/*.json"))
KEYS = [
    "application_report",
    "acceptance_notice",
    "correction_notice",
    "opinion_request",
    "opinion_reply",
    "site_check",
    "recognition_reply",
    "recognition_approval",
    "refusal_notice",
    "withdrawal_notice",
    "change_report",
    "change_correction",
    "change_notice",
    "change_refusal",
    "dispute_referral",
    "gathering_request",
    "gathering_reply",
    "gathering_plan",
    "opinionwatch_statement",
    "construction_report",
    "construction_correction",
    "construction_refusal",
    "construction_inspection",
    "subsidy_application",
    "subsidy_correction",
    "subsidy_publicity",
    "subsidy_payment",
    "subsidy_form",
    "subsidy_notice",
    "subsidy_refusal",
    "subsidy_recovery_notice",
]


def template_of(sample: Path):
    return load_template(sample.parent.parent / f"{sample.name.split('.')[0]}.md")


def facts_of(key, folder="tongzhou"):
    return json.loads((ROOT / folder / "samples" / f"{key}.json").read_text())


def made(key, facts=None):
    facts = facts or facts_of(key)
    return render(load_template(ROOT / "tongzhou" / f"{key}.md"), facts, seals=(SealPlace("hrss"),))


def body(rendered):
    return [text for role, text in rendered.outline if role in {"heading-1", "paragraph"}]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_passes_the_checker(sample):
    assert check_template(template_of(sample), json.loads(sample.read_text())) == []


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_everything_in_the_outline_is_on_the_pages(sample):
    rendered = render(template_of(sample), json.loads(sample.read_text()))
    printed = "".join("".join(c.text for c in page.chars) for page in read_pdf(rendered.pdf))
    squeezed = "".join(printed.split())
    for role, text in rendered.outline:
        if role in {"heading-1", "title", "number", "date", "agency"}:
            assert "".join(text.split()) in squeezed, (role, text)


def test_every_template_has_a_sample_and_a_line_in_the_readme():
    readme = (ROOT / "tongzhou" / "README.md").read_text()
    for key in KEYS:
        template = load_template(ROOT / "tongzhou" / f"{key}.md")
        (line,) = [line for line in readme.splitlines() if line.startswith(f"| `{key}`")]
        assert [name for name in template.names if f"`{name}`" not in line] == []
        assert (ROOT / "tongzhou" / "samples" / f"{key}.json").is_file()


def test_samples_are_marked_as_demonstration():
    for sample in SAMPLES:
        assert "演示" in sample.read_text()


@pytest.mark.parametrize("path", sorted(ROOT.glob("*/*.md")), ids=lambda path: path.stem)
def test_recognition_is_never_called_a_licence(path):
    # A decision against somebody names the remedies, as blanks that the legal office confirms.
    if path.name not in {"README.md", "exit_decision.md"}:
        text = path.read_text().replace("人力资源行政许可证书", "")
        assert not any(word in text for word in ("许可", "复议", "诉讼", "听证"))


def test_application_report_has_the_structure_of_the_annex():
    """Policy: TZ-A."""
    rendered = made("application_report")
    outline = rendered.outline
    assert ("title", "关于认定通州区张家湾演示零工市场的申请报告") in outline
    assert ("addressee", "通州区人力资源和社会保障局：") in outline
    assert [text for role, text in outline if role == "heading-1"] == [
        "一、零工市场（驿站）选址建设情况",
        "二、零工市场（驿站）场地、设施、人员配备、提供服务、工作规章等情况",
        "三、建设机构基本情况及基础运营思路等",
    ]
    assert body(rendered)[-2:] == ["现申请认定为通州区张家湾演示零工市场。", "妥否，请批示。"]
    assert ("signature", "北京市通州区张家湾镇人民政府") in outline


def test_application_report_without_a_number_is_plain():
    facts = facts_of("application_report")
    facts["文"]["字号"] = None
    roles = [role for role, _ in made("application_report", facts).outline]
    assert roles[:2] == ["title", "addressee"]


def test_station_report_speaks_of_its_premises_and_not_of_zones():
    text = "".join(body(made("application_report", facts_of("application_report.station"))))
    assert "依托演示社区服务站设立" in text
    assert "功能区" not in text


def test_correction_notice_lists_every_item_with_its_mending_and_the_date():
    rendered = made("correction_notice")
    rows = [text.split("\t") for role, text in rendered.outline if role == "table-row"]
    wanted = facts_of("correction_notice")["表"]["acceptance"]["corrections"]
    assert rows == [[str(n), item["what"], item["how"]] for n, item in enumerate(wanted, 1)]
    assert "于2026年11月13日前" in rendered.text
    assert "下列3项内容" in rendered.text


@pytest.mark.parametrize(("setting", "wording"), [("presume", "视为无意见"), ("wait", "请提前告知我局")])
def test_opinion_request_says_what_happens_when_late(setting, wording):
    facts = facts_of("opinion_request")
    facts["设置"]["late_opinion"] = setting
    text = made("opinion_request", facts).text
    assert wording in text
    assert "自收到本函之日起5个工作日内" in text
    assert "北京市公安局通州分局、" in text


@pytest.mark.parametrize("key", ["police", "traffic", "finance", "union", "cac"])
def test_every_consulted_body_can_reply(key):
    duties = {
        "police": {"station": "已设置", "patrol": "每日巡查", "surroundings": "平稳", "disputes": True},
        "traffic": {"order": "平稳", "hazard": True, "hazard_note": "已设警示标志"},
        "finance": {"funds": "可按实施方案统筹安排", "sources": ["区级资金"], "note": None},
        "union": {"home": "已指导", "mediation": "已指导", "post": "拟设置"},
        "cac": {"monitoring": "已指导", "handling": "已指导", "ready": False},
    }
    facts = facts_of("opinion_reply")
    facts["单位"]["代号"] = key
    opinion = {"conclusion": "同意", "reason": None, "conditions": None, "advice": None, "duty": duties[key]}
    facts["表"] = {"filing": facts["表"]["filing"], f"opinion_{key}": opinion}
    text = made("opinion_reply", facts).text
    assert "同意。" in text
    first = next(value for value in duties[key].values() if isinstance(value, str))
    assert first in text


def test_site_check_shows_both_signatures_and_every_checked_item():
    facts = facts_of("site_check")
    rendered = made("site_check", facts)
    assert "演示核查员一" in rendered.text
    assert "演示核查员二（区人力社保局经办），2026年11月12日16时25分签署" in rendered.text
    assert rendered.text.count("部分符合") == 1
    assert rendered.seal_boxes == ()


def test_reply_and_approval_say_the_same_in_their_own_form():
    reply, approval = made("recognition_reply"), made("recognition_approval")
    assert "现函复如下" in reply.text
    assert "现批复如下" in approval.text
    same = [set(body(rendered)[1:-1]) for rendered in (reply, approval)]
    assert same[0] == same[1]
    assert body(reply)[-1] == "特此函复。"
    assert body(approval)[-1] == "此复。"
    assert ("note", "（此件公开发布）") in reply.outline


def test_refusal_gives_the_reason_of_whoever_refused():
    facts = facts_of("refusal_notice")
    assert "不足《实施意见》" in made("refusal_notice", facts).text
    facts["表"]["draft_opinion"]["recommend"] = "approve"
    facts["表"]["leader_decision"] = {"decision": "refuse", "comment": "选址不当（演示）"}
    text = made("refusal_notice", facts).text
    assert "选址不当（演示）。" in text
    assert "不足《实施意见》" not in text
    facts["表"]["leader_decision"]["comment"] = None
    with pytest.raises(DocumentError, match="leader_decision"):
        made("refusal_notice", facts)
