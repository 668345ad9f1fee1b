"""整改: items closed one by one, one extension, and what 整改不力 leads to (Policy: TZ-3.4)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.factories import filings
from tests.integration.exit import desk
from tests.integration.recognition import desk as office
from tests.integration.register_change.desk import entry
from webapp.core.errors import Forbidden, Invalid, Locked, Missing
from webapp.models.case import Case
from webapp.services import cases
from webapp.uow import unit_of_work

ALL = [1, 2, 3, 4, 5]


def done(numbers: list[int], day: str = "2026-11-20") -> dict[int, str]:
    return dict.fromkeys(numbers, day)


def test_everything_done_in_time_ends_well_and_stays_in_the_file(at):
    case_id = desk.notified(desk.number(at("recognised")))
    notice = desk.printed(case_id, "rectification_notice")
    assert "北京市通州区马驹桥镇人民政府" in notice
    assert f"责任单位：{entry(desk.number(case_id)).operator}，2026年12月18日前完成" in notice
    # The last day is 18 December, to its end in Beijing.
    assert office.clock_of(case_id).due_at == datetime(2026, 12, 18, 16, tzinfo=UTC)
    desk.report(case_id, done(ALL))
    desk.check(case_id, ALL)
    assert office.clock_of(case_id).pauses[-1].reason == "复查"
    desk.recheck(case_id, ALL)
    desk.conclude(case_id)
    case = office.case_of(case_id)
    assert (case.status, case.outcome, case.outcome_label) == ("finished", "approved", "整改合格")
    assert desk.templates(case_id) == ["rectification_notice", "letter", "review_opinion"]
    assert "整改合格，整改事项办结。" in desk.printed(case_id, "review_opinion")
    assert desk.records(case_id) == [
        ("rectification", {"result": "整改合格", "total": 5, "done": 5, "case_no": case.no})
    ]
    assert desk.opened_by(case_id) == []
    assert office.open_steps(case_id) == set()


def test_items_that_are_not_accepted_go_back_until_they_are(at):
    case_id = desk.notified(desk.number(at("recognised")))
    desk.report(case_id, done([1, 2, 3]))
    desk.check(case_id, [1, 2])
    assert office.open_steps(case_id) == {"report_rectification"}
    desk.report(case_id, done(ALL))
    desk.check(case_id, ALL)
    assert office.open_steps(case_id) == {"site_recheck"}


def test_an_item_that_was_not_reported_cannot_be_closed(at):
    case_id = desk.notified(desk.number(at("recognised")))
    desk.report(case_id, done([1]))
    with pytest.raises(Invalid) as refused:
        desk.check(case_id, [1, 2])
    assert list(refused.value.errors) == ["results.1.result"]


def test_four_of_five_are_enough_when_the_important_one_is_among_them(at):
    # 100 × 4 ÷ 5 = 80, the share that the setting asks for.
    case_id = desk.notified(desk.number(at("recognised")))
    desk.report(case_id, done(ALL))
    desk.check(case_id, ALL)
    desk.recheck(case_id, [1, 2, 3, 4])
    desk.conclude(case_id)
    assert office.case_of(case_id).outcome_label == "整改合格"
    assert [values["done"] for _, values in desk.records(case_id)] == [4]


def test_an_extension_is_granted_once_and_moves_the_last_day(at, frozen_clock):
    case_id = desk.notified(desk.number(at("recognised")))
    desk.ask_extension(case_id, "2026-12-31")
    granted = {"granted": True, "until": "2026-12-31", "reason": "理由成立（演示）"}
    office.act(case_id, desk.DEPUTY, "decide_extension", granted)
    assert "2026年12月31日" in desk.printed(case_id, "letter")
    assert [pause.reason for pause in office.clock_of(case_id).pauses] == ["延期"]
    with pytest.raises(Invalid) as refused:
        desk.ask_extension(case_id, "2027-01-31")
    assert "matter" in refused.value.errors
    frozen_clock.move(days=35)  # 2026-12-25: past the first last day, before the second
    desk.report(case_id, done(ALL, "2026-12-24"))
    desk.check(case_id, ALL)
    desk.recheck(case_id, ALL)
    desk.conclude(case_id)
    assert office.case_of(case_id).outcome_label == "整改合格"


def test_a_refused_extension_leaves_the_day_and_says_why(at):
    case_id = desk.notified(desk.number(at("recognised")))
    desk.ask_extension(case_id, "2026-12-31")
    with pytest.raises(Invalid) as refused:
        office.act(case_id, desk.DEPUTY, "decide_extension", {"granted": False})
    assert "reason" in refused.value.errors
    office.act(case_id, desk.DEPUTY, "decide_extension", {"granted": False, "reason": "时间充足（演示）"})
    letter = desk.printed(case_id, "letter")
    assert "不同意延长整改期限。" in letter
    assert "时间充足（演示）" in letter
    assert office.open_steps(case_id) == {"report_rectification"}
    assert office.clock_of(case_id).pauses == []


def test_silence_until_the_last_day_is_followed_by_the_visit_and_counts_as_poor(at, app, frozen_clock):
    case_id = desk.notified(desk.number(at("recognised")))
    frozen_clock.move(days=28)  # 2026-12-18, the last day
    office.work(app)
    assert office.open_steps(case_id) == {"report_rectification"}
    frozen_clock.move(days=1)
    office.work(app)
    assert office.open_steps(case_id) == {"site_recheck"}
    desk.recheck(case_id, ALL)
    desk.conclude(case_id)
    assert office.case_of(case_id).outcome_label == "整改不力，转入责令退出"
    assert desk.records(case_id)[0][1]["result"] == "整改不力"


def test_poor_rectification_opens_the_exit_that_knows_where_it_comes_from(at):
    case_id = desk.notified(desk.number(at("recognised")))
    desk.report(case_id, done(ALL))
    desk.check(case_id, ALL)
    desk.recheck(case_id, [2, 3, 4, 5])  # four of five, but the important one is not done
    desk.conclude(case_id)
    case = office.case_of(case_id)
    assert (case.outcome, case.outcome_label) == ("refused", "整改不力，转入责令退出")
    review = desk.printed(case_id, "review_opinion")
    assert "整改不合格。" in review
    assert "转入责令退出程序" in review
    (opened,) = desk.opened_by(case_id)
    assert (opened.process_key, opened.market_id, opened.status) == ("exit", case.market_id, "running")
    assert office.open_steps(opened.id) == {"state_case"}
    assert office.market_of(case_id).status == "recognised"
    assert office.open_steps(case_id) == set()


def test_bodies_that_are_concerned_are_heard_before_the_visit(at, app, frozen_clock):
    case_id = desk.notified(desk.number(at("recognised")), joined=("police", "union"))
    desk.report(case_id, done(ALL))
    desk.check(case_id, ALL)
    assert office.open_steps(case_id) == {"police_recheck", "union_recheck"}
    said = {"duty": "秩序良好（演示）", "conclusion": "仍有问题"}
    with pytest.raises(Invalid) as refused:
        office.act(case_id, "gongan", "police_recheck", said)
    assert list(refused.value.errors) == ["reason"]
    office.act(case_id, "gongan", "police_recheck", said | {"reason": "消防通道仍被占用（演示）"})
    assert office.open_steps(case_id) == {"union_recheck"}
    frozen_clock.move(days=8)  # five working days of the union have passed
    office.work(app)
    assert office.open_steps(case_id) == {"site_recheck"}


def test_a_market_that_the_township_runs_has_no_exit(at):
    problems = [desk.problem("标识脱落（演示）", unit="街道乡镇")]
    case_id = desk.notified(desk.number(at("recognised", "station")), problems)
    desk.report(case_id, done([1]), desk.STATION_TOWNSHIP)
    desk.check(case_id, [1], total=1)
    desk.recheck(case_id, [], total=1)
    desk.conclude(case_id)
    assert office.case_of(case_id).outcome_label == "整改不力，由属地继续整改"
    assert desk.opened_by(case_id) == []


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"unit": "市场运营机构"}, "problems.0.unit"),
        ({"due": "2026-11-20"}, "problems.0.due"),
    ],
)
def test_items_name_somebody_who_is_there_and_a_day_to_come(at, wrong, path):
    item = desk.problem("标识脱落（演示）", unit="街道乡镇") | wrong
    with pytest.raises(Invalid) as refused:
        desk.notified(desk.number(at("recognised", "station")), [item])
    assert list(refused.value.errors) == [path]


def test_every_item_is_checked_once(at):
    case_id = desk.notified(desk.number(at("recognised")))
    desk.report(case_id, done(ALL))
    with pytest.raises(Invalid) as refused:
        desk.check(case_id, ALL, total=4)
    assert list(refused.value.errors) == ["results"]


def test_the_bureau_takes_a_rectification_back(at):
    case_id = desk.notified(desk.number(at("recognised")))
    with unit_of_work() as session:
        who = filings.actor(session, "renshe", "clerk")
        cases.withdraw(session, who, session.get_one(Case, case_id), reason="问题核实有误（演示）")
    assert office.case_of(case_id).status == "withdrawn"
    assert desk.templates(case_id) == ["rectification_notice", "withdrawal_notice"]
    assert office.open_steps(case_id) == set()


def test_only_the_bureau_begins_and_the_markets_own_township_reports(at):
    no = desk.number(at("recognised"))
    with pytest.raises(Forbidden):
        desk.start("rectification", no, "majuqiao")
    case_id = desk.notified(no)
    with pytest.raises((Forbidden, Missing)):
        desk.report(case_id, done(ALL), desk.STATION_TOWNSHIP)
    with pytest.raises(Locked):
        desk.start("rectification", no)
