"""The figures and lists of the workbench: what is due, what is late, how long cases took, what is 演示."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from lxml import html

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.core.errors import Invalid
from webapp.models.clock import ClockPause
from webapp.queries.inbox import InboxFilter, inbox
from webapp.queries.startable import startable, usual_first
from webapp.queries.workbench import officer_stats
from webapp.services import cases
from webapp.uow import read_only, unit_of_work

LAST_DAY = datetime(2026, 12, 18, 2, 0, tzinfo=UTC)
"""20 working days after Friday 2026-11-20 end with Friday 2026-12-18; no holiday lies between."""


def figures(username):
    """The figures of a person, and the counts of the inbox tabs beside them."""
    with read_only() as session:
        who = filings.actor(session, username)
        stats = officer_stats(session, who)
        tabs = {tab.key: tab.count for tab in inbox(session, who, InboxFilter()).tabs}
    return stats.due_today.value, stats.overdue.value, tabs["soon"], tabs["late"]


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        (datetime(2026, 12, 10, 2, 0, tzinfo=UTC), ("0", "0", 0, 0)),
        (LAST_DAY, ("1", "0", 1, 0)),
        (datetime(2026, 12, 18, 16, 0, tzinfo=UTC), ("0", "1", 0, 1)),  # 24:00 in Beijing
    ],
)
def test_a_step_without_a_clock_of_its_own_is_due_with_its_case(at, frozen_clock, instant, shown):
    at("filed")
    frozen_clock.instant = instant
    assert figures("renshe") == shown


def test_what_stands_still_is_neither_due_nor_late(at, frozen_clock):
    case_id = at("accepted")
    with unit_of_work() as session:
        clock = session.merge(desk.clock_of(case_id))
        session.query(desk.Clock).filter(desk.Clock.work_item_id.is_not(None)).delete()
        clock.pauses.append(ClockPause(reason="补正", paused_at=frozen_clock.instant))
    frozen_clock.instant = LAST_DAY
    assert figures("gongan") == ("0", "0", 0, 0)
    frozen_clock.move(days=30)
    assert figures("gongan") == ("0", "0", 0, 0)


def test_the_average_counts_working_days_without_pauses(at, frozen_clock):
    """Filed on Friday 20 November; corrected from Monday 23 to Wednesday 25; decided on Tuesday 1 December.

    Working days after the filing: 23, 26, 27, 30 November and 1 December. The day on which the pause began
    counts, the two after it do not.
    """
    case_id = at("filed")
    given = filings.content("market")
    frozen_clock.move(days=3)
    desk.act(case_id, "renshe", "acceptance", given["acceptance_correct"])
    desk.review_papers(case_id)
    frozen_clock.move(days=2)
    mended = {"site": {"right_note": "租赁合同编号演示2026-001"}, "facilities": {"other": "设候工大厅"}}
    desk.act(case_id, "majuqiao", "correction", mended)
    frozen_clock.move(days=6)
    with unit_of_work() as session:
        session.get_one(desk.Case, case_id).status = "finished"
        session.get_one(desk.Case, case_id).finished_at = frozen_clock.instant
    with read_only() as session:
        assert officer_stats(session, filings.actor(session, "renshe")).average_workdays.value == "5.0"
    frozen_clock.move(days=91)
    with read_only() as session:
        assert officer_stats(session, filings.actor(session, "renshe")).average_workdays.value == "—"


@pytest.mark.parametrize(
    ("who", "url"), [("renshe", "/"), ("renshe", "/inbox"), ("renshe", "/cases"), ("majuqiao", "/done")]
)
def test_rows_of_the_demonstration_say_so(at, browse, who, url):
    case_id = at("filed")
    assert '<span class="tag tone-neutral">演示</span>' in browse(who).get(url).text
    with unit_of_work() as session:
        session.get_one(desk.Case, case_id).is_demo = False
    assert '<span class="tag tone-neutral">演示</span>' not in browse(who).get(url).text


def test_public_pages_of_a_demonstration_market_say_so(at, browse):
    case_id = at("recognised")
    reply = next(p for p in desk.documents(case_id) if p.template_key == "recognition_reply")
    urls = ("/directory", f"/directory/{desk.market_of(case_id).no}", f"/v/{reply.token}")
    for url in urls:
        assert '<span class="tag tone-neutral">演示</span>' in browse().get(url).text, url
    with unit_of_work() as session:
        case = session.get_one(desk.Case, case_id)
        case.is_demo = case.market.is_demo = False
    for url in urls:
        assert '<span class="tag tone-neutral">演示</span>' not in browse().get(url).text, url


def test_a_file_that_was_left_unused_for_a_month_can_no_longer_be_named(at, frozen_clock):
    case_id = at("consulted")
    given = filings.content("market")
    with unit_of_work() as session:
        old = filings.files(session, filings.actor(session, "renshe"), given["site_check_files"])
    frozen_clock.move(days=31)
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, "renshe", "site_check", given["site_check"] | old, declares_no_conflict=True)
    assert set(old) & set(refused.value.errors)


def test_what_somebody_starts_most_is_offered_first_and_the_rest_by_one_link(at, browse):
    case_id = at("recognised")
    last = "good_practice"
    with unit_of_work() as session:
        who = filings.actor(session, "renshe")
        offered = startable(session, who)
        assert [one.process_key for one in usual_first(session, who, offered)] == [
            one.process_key for one in offered
        ]
        assert offered[-1].process_key == last
        cases.start(session, who, last, market_no=session.get_one(desk.Case, case_id).market.no)
        assert usual_first(session, who, offered)[0].process_key == last
    card = browse("renshe").get("/").text.partition('id="start-title"')[2].partition("</ul>")[0]
    assert f"全部 {len(offered)} 项" in card
    assert card.count("选择市场") == 5
    assert "典型案例" in card


def test_who_starts_a_filing_reads_beforehand_which_files_it_asks_for(at, browse):
    at("started")
    page = browse("majuqiao").get("/cases/new").text
    asked = page.partition("需要准备的材料")[2].partition("</ul>")[0]
    assert "<li>② 场地图文资料</li>" in asked
    assert re.search(r"<li>④ 营业执照.*视情况提供", asked)


def test_who_submits_one_step_is_led_to_the_next_case_that_waits(at, browse):
    first = at("filed")
    with unit_of_work() as session:
        second = filings.filed(session, "station").id
    officer = browse("renshe")
    for case_id, offered in ((first, "关于认定通州区宋庄镇小堡零工驿站的申请"), (second, None)):
        (item,) = desk.items(case_id, "acceptance")
        address = f"/cases/{desk.case_of(case_id).no}/tasks/{item.id}"
        sent = {"revision": str(item.revision), "materials": "① 申请报告", "decision": "accept"}
        page = officer.get(officer.post(address, data=sent).location).text
        assert "“受理审查”已提交。" in page
        assert ("办理下一件" in page) is bool(offered)
        if offered:
            (onward,) = html.fromstring(page).xpath("//a[starts-with(., '办理下一件')]")
            assert onward.text == f"办理下一件：{offered}"
            assert "受理审查" in officer.get(onward.get("href")).text
