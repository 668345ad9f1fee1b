"""Records of posts, meetings, training, brokers and typical cases, from entry to the public directory.

Policy: TZ-4.1, TZ-4.2, TZ-4.3, TZ-7.2, TZ-7.3.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests import stories
from tests.integration.legal_time.office import midnight
from tests.integration.monitoring import desk
from tests.integration.recognition import desk as office
from webapp import engine
from webapp.core.errors import Invalid

CHIEF, DEPUTY = "renshe-kz", "renshe-fj"
JOB, JOB_FITS = (stories.said("job_posting")[part] for part in ("entry", "fits"))
TRAINING, TRAINING_FITS = (stories.said("training")[part] for part in ("entry", "fits"))
PRACTICE, PRACTICE_FITS = (stories.said("good_practice")[part] for part in ("entry", "fits"))


def posted(no: str, values: dict[str, Any] = JOB) -> Any:
    case_id = desk.start("job_posting", no)
    desk.act(case_id, desk.CLERK, "enter_township", values)
    desk.act(case_id, desk.REVIEWER, "check_entry", JOB_FITS)
    return case_id


def test_a_post_of_an_industry_department_is_published_without_personal_data(at, browse):
    no = desk.number(at("recognised"))
    case_id = posted(no)
    assert office.case_of(case_id).outcome_label == "已发布"
    (row,) = desk.kept(no, "job_posting")
    assert (row.period, row.valid_until) == ("TZ-GW-2026-0001", date(2026, 12, 10))
    assert engine.decode_all(row.values) == {
        "source": "演示行业主管部门",
        "title": "分拣员（演示）",
        "employer": "演示物流公司",
        "people": 20,
        "place": "演示园区",
        "pay": "22.5元/小时",
        "hours": "22:00至次日6:00",
    }
    page = browse().get(f"/directory/{no}").text
    assert "分拣员（演示）" in page
    assert "演示联系人" not in page
    assert "13800000000" not in page


def test_each_post_stands_by_itself(at):
    no = desk.number(at("recognised"))
    posted(no)
    posted(no, JOB | {"job": JOB["job"] | {"title": "装卸工（演示）"}})
    assert [row.period for row in desk.kept(no, "job_posting")] == ["TZ-GW-2026-0001", "TZ-GW-2026-0002"]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        (JOB | {"department": None}, "department"),
        (JOB | {"job": JOB["job"] | {"valid_until": "2026-11-24"}}, "job.valid_until"),
        (JOB | {"job": JOB["job"] | {"pay": "0"}}, "job.pay"),
        (JOB | {"promise": {"true_post": True, "pays": False}}, "promise.pays"),
        (JOB | {"promise": {"true_post": False, "pays": True}}, "promise.true_post"),
    ],
)
def test_a_post_that_promises_too_little_is_not_taken(at, values, path):
    case_id = desk.start("job_posting", desk.number(at("recognised")))
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, desk.CLERK, "enter_township", values)
    assert list(refused.value.errors) == [path]


def test_the_bureau_enters_a_post_and_the_township_lets_it_into_its_market(at):
    no = desk.number(at("recognised"))
    case_id = desk.start("job_posting", no, desk.BUREAU)
    assert office.open_steps(case_id) == {"enter_hrss"}
    desk.act(case_id, desk.BUREAU, "enter_hrss", JOB)
    unfit = {"result": "return", "opinion": "请核对工价（演示）"}
    desk.act(case_id, desk.REVIEWER, "check_entry", unfit)
    assert office.open_steps(case_id) == {"enter_hrss"}
    desk.act(case_id, desk.BUREAU, "enter_hrss", JOB)
    desk.act(case_id, desk.REVIEWER, "check_entry", JOB_FITS)
    assert len(desk.kept(no, "job_posting")) == 1


def test_a_refused_post_never_reaches_the_public(at):
    no = desk.number(at("recognised"))
    case_id = desk.start("job_posting", no)
    desk.act(case_id, desk.CLERK, "enter_township", JOB)
    with pytest.raises(Invalid):
        desk.act(case_id, desk.REVIEWER, "check_entry", {"result": "refuse"})
    refused = {"result": "refuse", "opinion": "用工主体不真实（演示）"}
    desk.act(case_id, desk.REVIEWER, "check_entry", refused)
    case = office.case_of(case_id)
    assert (case.outcome, case.outcome_label) == ("refused", "不予发布")
    assert case.market is not None
    assert case.market.status == "recognised"
    assert desk.kept(no, "job_posting") == []


def test_a_post_leaves_the_public_page_after_its_last_day_and_stays_in_the_file(at, browse, frozen_clock):
    no = desk.number(at("recognised"))
    posted(no)
    frozen_clock.instant = midnight(12, 10)
    page = browse().get(f"/directory/{no}").text
    assert "有效期至2026年12月10日" in page
    assert "分拣员（演示）" in page
    assert "已失效" not in browse("renshe").get(f"/markets/{no}").text
    frozen_clock.instant = midnight(12, 11)
    assert "分拣员（演示）" not in browse().get(f"/directory/{no}").text
    officers = browse("renshe").get(f"/markets/{no}").text
    assert "已失效的记录" in officers
    assert "分拣员（演示）" in officers.partition("已失效的记录")[2]
    assert "分拣员（演示）" not in officers.partition("已失效的记录")[0].partition("市场档案")[2]
    assert [row.valid_until for row in desk.kept(no, "job_posting")] == [date(2026, 12, 10)]


def test_training_is_checked_by_the_bureau(at, browse):
    no = desk.number(at("recognised"))
    case_id = desk.start("training", no)
    desk.act(case_id, desk.CLERK, "enter_township", TRAINING)
    desk.act(case_id, CHIEF, "check_entry", TRAINING_FITS)
    (row,) = desk.kept(no, "training")
    assert row.valid_until == date(2026, 12, 3)
    assert "保洁岗前培训（演示）" in browse().get(f"/directory/{no}").text


def test_a_training_does_not_end_before_it_begins(at):
    case_id = desk.start("training", desk.number(at("recognised")))
    wrong = {"course": TRAINING["course"] | {"ends_on": "2026-11-30"}}
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, desk.CLERK, "enter_township", wrong)
    assert list(refused.value.errors) == ["course.ends_on"]


def test_a_typical_case_is_made_known_when_the_deputy_director_agrees(at, browse):
    no = desk.number(at("recognised"))
    case_id = desk.start("good_practice", no)
    desk.act(case_id, desk.CLERK, "enter_township", PRACTICE)
    desk.act(case_id, desk.BUREAU, "check_entry", PRACTICE_FITS)
    assert desk.kept(no, "good_practice") == []
    desk.act(case_id, DEPUTY, "approve", {"pass": False, "opinion": "补充成效（演示）"})
    desk.act(case_id, desk.BUREAU, "check_entry", PRACTICE_FITS)
    desk.act(case_id, DEPUTY, "approve", {"pass": True})
    page = browse().get(f"/directory/{no}").text
    assert "以接驳车引导早间候工人员进场（演示）" in page
    assert "早间占道候工（演示）" not in page


def test_a_typical_case_needs_the_consent_of_those_it_is_about(at):
    case_id = desk.start("good_practice", desk.number(at("recognised")))
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, desk.CLERK, "enter_township", PRACTICE | {"consent": False})
    assert list(refused.value.errors) == ["consent"]


def test_a_meeting_is_recorded_with_what_came_of_it(at, browse):
    no = desk.number(at("recognised"))
    case_id = desk.start("service_event", no)
    held = stories.said("service_event")["entry"]
    partner = held["event"].pop("partner")
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, desk.CLERK, "enter_township", held)
    assert list(refused.value.errors) == ["event.partner"]
    held["event"]["partner"] = partner
    desk.act(case_id, desk.CLERK, "enter_township", held)
    desk.act(case_id, desk.REVIEWER, "check_entry", {"result": "publish", "verified": ["活动属实"]})
    assert "演示招工会" in browse().get(f"/directory/{no}").text


def test_guidance_of_brokers_counts_people_and_is_not_public(at, browse):
    no = desk.number(at("recognised"))
    case_id = desk.start("broker_guidance", no)
    guided = stories.said("broker_guidance")["entry"]["guided"]
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, desk.CLERK, "enter_township", {"guided": guided | {"trained": 10}})
    assert list(refused.value.errors) == ["guided.trained"]
    desk.act(case_id, desk.CLERK, "enter_township", {"guided": guided})
    desk.act(case_id, desk.REVIEWER, "check_entry", {"result": "publish", "verified": ["情况属实"]})
    (row,) = desk.kept(no, "broker_guidance")
    assert engine.decode_all(row.values)["brokers"] == 9
    assert "个人劳务中介" not in browse().get(f"/directory/{no}").text
    assert "个人劳务中介规范引导" in browse(desk.BUREAU).get(f"/markets/{no}").text
