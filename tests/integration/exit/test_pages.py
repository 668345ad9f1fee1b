"""Each open step is a page that its own people can fill in, with what was said before (Policy: TZ-3.4)."""

from __future__ import annotations

import pytest

from tests.integration.exit import desk, leaving
from tests.integration.recognition import desk as office

ALL = dict.fromkeys(range(1, 6), "2026-11-20")


def page(browse, case_id, username, element):
    """Return the page of an open step as somebody reads it."""
    (item,) = (row for row in office.items(case_id, element) if row.status == "open")
    answer = browse(username).get(f"/cases/{office.case_of(case_id).no}/tasks/{item.id}")
    assert answer.status_code == 200
    return answer.text


def test_the_township_reads_the_items_that_it_reports_on(at, browse):
    case_id = desk.notified(desk.number(at("recognised")))
    text = page(browse, case_id, "majuqiao", "report_rectification")
    for told in ("消防通道被占用（演示）", "2. 暖心服务区无防寒设施（演示）", "申请延期"):
        assert told in text


def test_the_bureau_reads_the_report_beside_the_items(at, browse):
    case_id = desk.notified(desk.number(at("recognised")), joined=("police",))
    desk.report(case_id, ALL)
    assert "已整改（演示）" in page(browse, case_id, "renshe", "check_rectification")
    desk.check(case_id, [1, 2, 3, 4, 5])
    assert "消防通道被占用（演示）" in page(browse, case_id, "gongan", "police_recheck")
    said = {"duty": "秩序良好（演示）", "conclusion": "已整改到位"}
    office.act(case_id, "gongan", "police_recheck", said)
    assert "市公安局通州分局" in page(browse, case_id, "renshe", "site_recheck")
    desk.recheck(case_id, [2, 3])
    assert "转入责令退出程序" in page(browse, case_id, desk.CHIEF, "propose_result")


def test_the_exit_shows_what_it_rests_on_at_every_step(at, browse):
    case_id = desk.failed(desk.number(at("recognised")))
    first = page(browse, case_id, "renshe", "state_case")
    assert "TZ-ZG-2026-0001" in first
    assert "整改不力" in first
    leaving.state(case_id)
    leaving.judge_together(case_id)
    evaluation = page(browse, case_id, desk.CHIEF, "evaluate")
    assert "各项条件均已具备" in evaluation
    assert "见检查记录（演示）" in evaluation
    leaving.evaluate(case_id)
    assert "消防通道被占用" in page(browse, case_id, "majuqiao", "defend")
    leaving.defend(case_id)
    assert "消防通道已于次日清理（演示）" in page(browse, case_id, "renshe", "hear_defence")
    desk.by_two(case_id, "hear_defence", leaving.reply())
    assert "复议诉讼告知" in page(browse, case_id, leaving.LEGAL, "review_law")
    leaving.review(case_id)
    page(browse, case_id, leaving.OFFICE, "study")
    leaving.study(case_id)
    page(browse, case_id, leaving.DIRECTOR, "sign_exit")
    leaving.order(case_id)
    assert "结清零工人员报酬" in page(browse, case_id, "majuqiao", "settle")


@pytest.mark.parametrize(
    ("username", "process"), [("renshe", "rectification"), ("renshe", "exit"), ("majuqiao", "leaving")]
)
def test_each_procedure_is_offered_to_those_who_may_begin_it(at, browse, username, process):
    no = desk.number(at("recognised"))
    assert f"/markets/choose/{process}" in browse(username).get("/cases/new").text
    assert f'value="{no}"' in browse(username).get(f"/markets/choose/{process}").text
    other = "majuqiao" if username == "renshe" else "renshe"
    assert f"/markets/choose/{process}" not in browse(other).get("/cases/new").text


def test_papers_of_the_exit_are_open_to_those_whom_they_concern_only(at, browse):
    case_id = desk.failed(desk.number(at("recognised")))
    leaving.evaluated(case_id)
    leaving.waive(case_id)
    leaving.review(case_id)
    leaving.study(case_id)
    (minutes,) = (row for row in office.documents(case_id) if row.template_key == "minutes")
    assert browse("renshe").get(f"/documents/{minutes.id}").status_code == 200
    assert browse("majuqiao").get(f"/documents/{minutes.id}").status_code in {403, 404}
    assert browse("gongan").get(f"/documents/{minutes.id}").status_code in {403, 404}
