"""退回 within the township and 补正 by the bureau: nothing entered is lost, only what is marked may change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.core.errors import Invalid
from webapp.queries.work_forms import form_context
from webapp.uow import read_only

CORRECTED = {
    "site": {"right_note": "租赁合同编号演示2026-001，租期自2026年1月1日至2031年12月31日"},
    "facilities": {"other": "设候工大厅；消防设施2026年10月检测合格（演示内容）"},
}


def filled_in(case_id, username, element_id, position=None):
    """What the form of the open step already says."""
    with read_only() as session:
        who = filings.actor(session, username, position)
        item = filings.open_item(session, session.get_one(desk.Case, case_id), element_id)
        return form_context(session, item, who).current


def ask_for_correction(case_id):
    desk.act(case_id, "renshe", "acceptance", filings.content("market")["acceptance_correct"])
    desk.review_papers(case_id)


@pytest.mark.parametrize(
    ("stage", "username", "element_id"),
    [("filled", "majuqiao-sh", "township_review"), ("reviewed", "majuqiao-ld", "township_sign")],
)
def test_a_filing_sent_back_keeps_all_that_was_entered(at, stage, username, element_id):
    case_id = at(stage)
    entered = desk.submission(case_id, "filing")
    desk.act(case_id, username, element_id, {"pass": False, "opinion": "面积与平面图不一致，请核对。"})
    assert desk.open_steps(case_id) == {"file"}
    assert desk.documents(case_id) == [], "nothing left the township"
    again = filled_in(case_id, "majuqiao", "file")
    assert again["site"]["area"] == 6200
    assert again["staff"][0]["name"] == "演示孙丽"
    assert again["contact"]["phone"] == "13800000004"
    assert [str(key) for key in again["site_files"]] == entered.data["site_files"]


def test_a_reason_is_asked_of_whoever_sends_back(at):
    case_id = at("filled")
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, "majuqiao-sh", "township_review", {"pass": False})
    assert list(refused.value.errors) == ["opinion"]
    assert desk.open_steps(case_id) == {"township_review"}


def test_a_filing_that_was_sent_back_goes_the_whole_way_again(at):
    case_id = at("reviewed")
    given = filings.content("market")
    desk.act(case_id, "majuqiao-ld", "township_sign", {"pass": False, "opinion": "请改写用工需求。"})
    changed = given["filing"] | {"short_name": "马驹桥东"}
    desk.act(case_id, "majuqiao", "file", changed, files=given["files"])
    assert desk.open_steps(case_id) == {"township_review"}
    desk.act(case_id, "majuqiao-sh", "township_review", {"pass": True})
    desk.act(case_id, "majuqiao-ld", "township_sign", {"pass": True})
    assert [paper.number for paper in desk.documents(case_id)] == ["马政请〔2026〕1号"]
    assert desk.market_of(case_id).name == "通州区马驹桥东零工市场"
    assert desk.open_steps(case_id) == {"acceptance"}


def test_a_correction_opens_the_marked_fields_with_what_is_wanted(at):
    case_id = at("filed")
    ask_for_correction(case_id)
    assert desk.open_steps(case_id) == {"correction"}
    (item,) = desk.items(case_id, "correction")
    assert [(mark["path"], mark["what"], mark["how"]) for mark in item.marks] == [
        ("site.right_note", "没有写明租赁合同的编号", "补充租赁合同编号和起止日期"),
        ("facilities.other", "没有说明消防验收情况", "补充消防设施检测的日期和结论"),
    ]
    assert [mark["label"] for mark in item.marks] == ["权属说明", "设施情况说明"]
    assert desk.documents(case_id)[-1].number == "通人社补〔2026〕1号"
    assert desk.case_of(case_id).corrections == 1


def test_a_correction_changes_the_marked_fields_and_nothing_else(at):
    case_id = at("filed")
    before = desk.submission(case_id, "filing").data
    ask_for_correction(case_id)
    desk.act(case_id, "majuqiao", "correction", CORRECTED)
    after = desk.submission(case_id, "filing").data
    assert after["site"]["right_note"] == CORRECTED["site"]["right_note"]
    assert after["facilities"]["other"] == CORRECTED["facilities"]["other"]
    for side in (before, after):
        del side["site"]["right_note"], side["facilities"]["other"]
    assert after == before
    assert desk.open_steps(case_id) == {"acceptance"}
    changes = next(view for view in desk.page(case_id).submissions if view.changes).changes
    assert {change.path for change in changes} == {"site.right_note", "facilities.other"}


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"site": {"area": 9000, **CORRECTED["site"]}}, "site.area"),
        ({"short_name": "别处"}, "short_name"),
        ({"contact": {"phone": "13900000000"}}, "contact.phone"),
    ],
)
def test_a_correction_of_anything_else_is_refused_at_its_field(at, more, path):
    case_id = at("filed")
    ask_for_correction(case_id)
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, "majuqiao", "correction", {**CORRECTED, **more})
    assert list(refused.value.errors) == [path]
    assert desk.open_steps(case_id) == {"correction"}


def test_a_change_that_a_page_smuggles_in_beside_the_marked_fields_has_no_effect(at, browse):
    case_id = at("filed")
    ask_for_correction(case_id)
    (item,) = desk.items(case_id, "correction")
    sent = {
        "revision": item.revision,
        "site-right_note": "合同编号演示2026-001",
        "facilities-other": "消防检测合格",
        "site-area": "99999",
    }
    answer = browse("majuqiao").post(f"/cases/TZ-RD-2026-0001/tasks/{item.id}", data=sent)
    assert answer.status_code in {302, 422}
    assert desk.submission(case_id, "filing").data["site"]["area"] in {"6200", 6200}


def test_the_case_clock_stands_still_while_the_township_corrects(at, frozen_clock):
    """Filed on Friday 11-20, 20 working days: due Friday 12-18. Asked on Tuesday 11-24, answered on Monday 11-30:

    11-25, 26, 27 and 30 do not count, so it is due four working days later, on Thursday 12-24.
    """
    case_id = at("filed")
    assert desk.clock_of(case_id).due_at == datetime(2026, 12, 18, 16, tzinfo=UTC)
    frozen_clock.move(days=4)
    ask_for_correction(case_id)
    assert desk.page(case_id).clock.label == "暂停计时"
    (pause,) = desk.clock_of(case_id).pauses
    assert (pause.reason, pause.paused_at, pause.resumed_at) == ("补正", frozen_clock.instant, None)
    assert pause.document_id == desk.documents(case_id)[-1].id
    frozen_clock.move(days=6)
    desk.act(case_id, "majuqiao", "correction", CORRECTED)
    assert desk.clock_of(case_id).due_at == datetime(2026, 12, 24, 16, tzinfo=UTC)
    assert desk.clock_of(case_id).pauses[0].resumed_at == frozen_clock.instant
    clock = desk.page(case_id).clock
    assert (clock.used, clock.label) == (2, "剩 18 个工作日"), "only 11-23 and 11-24 are used"
    assert "已暂停 6 日（补正）" in clock.text


def test_a_clock_that_stands_still_never_runs_out(at, app, frozen_clock):
    case_id = at("filed")
    ask_for_correction(case_id)
    frozen_clock.move(days=90)
    assert desk.clock_of(case_id).next_act_at is None
    desk.work(app)
    assert [late.data["clock"] for late in desk.events(case_id, "clock.overdue")] == ["补正材料"]
    assert desk.page(case_id).clock.label == "暂停计时"
    assert desk.open_steps(case_id) == {"correction"}, "the township may still correct"


def test_the_bureau_asks_for_a_correction_once_only(at):
    case_id = at("filed")
    ask_for_correction(case_id)
    desk.act(case_id, "majuqiao", "correction", CORRECTED)
    with pytest.raises(Invalid) as refused:
        ask_for_correction(case_id)
    assert "decision" in refused.value.errors
    desk.act(case_id, "renshe", "acceptance", filings.content("market")["acceptance"])
    desk.review_papers(case_id)
    assert "opinion_police" in desk.open_steps(case_id)


def test_a_correction_may_fill_in_what_it_makes_necessary(at):
    """A station without an operator turns out to have one: the operator's own fields open with it."""
    case_id = at("filed", "station")
    wanted = {"path": "operator.has", "what": "实际由社会组织运营", "how": "补充运营机构情况"}
    materials = filings.content("station")["acceptance"]["materials"]
    desk.act(
        case_id,
        "renshe",
        "acceptance",
        {"materials": materials, "decision": "correct", "corrections": [wanted]},
    )
    desk.review_papers(case_id)
    operator = {
        "has": True,
        "name": "演示社区服务中心",
        "uscc": "91110112MA01ABCD17",
        "kind": "社会组织",
        "licence_no": "演示字第2号",
        "experience": "曾承办零工对接活动（演示内容）",
    }
    papers = {"licence_files": ["证书.pdf"], "experience_files": ["证明.pdf"]}
    values = {"operator": operator, "services": {"free": True}}
    desk.act(case_id, "songzhuang", "correction", values, position="clerk", files=papers)
    assert desk.open_steps(case_id) == {"acceptance"}
    assert desk.submission(case_id, "filing").data["operator"]["name"] == "演示社区服务中心"
