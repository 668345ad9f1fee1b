"""Projects and subsidies as officers and the public see them in a browser."""

from __future__ import annotations

from tests.integration.projects import construction_desk, subsidy_desk
from tests.integration.recognition import desk as office


def test_a_project_is_begun_without_a_market_and_filled_in_on_a_page(app, browse):
    clerk = browse(construction_desk.CLERK)
    assert "综合性零工市场建设项目" in clerk.get("/cases/new").text
    begun = clerk.post("/cases/construction/start", data={"csrf_token": clerk.form_token()})
    assert begun.status_code == 302
    page = clerk.get(begun.headers["Location"]).text
    for label in ("占道聚集摸排", "高峰人数（约）", "预算合计", "资金来源合计", "采购方式", "绩效目标"):
        assert label in page


def test_the_case_page_shows_the_conditions_of_a_project_with_their_figures(app, browse):
    case_id = construction_desk.start()
    construction_desk.send(case_id)
    page = browse("renshe").get(f"/cases/{office.case_of(case_id).no}").text
    assert "立项条件测试" in page
    assert "面积不少于5000㎡" in page
    assert "5600" in page


def test_what_a_meeting_may_grant_stands_on_its_page(app, browse):
    case_id = construction_desk.start()
    construction_desk.send(case_id)
    construction_desk.accept(case_id)
    construction_desk.consult(case_id)
    construction_desk.look_for_duplicates(case_id)
    construction_desk.draft(case_id)
    (item,) = office.items(case_id, "project_meeting")
    no = office.case_of(case_id).no
    page = browse("renshe-bgs").get(f"/cases/{no}/tasks/{item.id}").text
    for label in ("会议纪要编号", "党组会", "会议核定的支持金额"):
        assert label in page


def test_the_verdict_of_a_subsidy_is_shown_once_and_its_figures_are_no_verdicts(claimed, browse):
    case_id = claimed()
    subsidy_desk.sample(case_id)
    views = office.page(case_id).decisions
    assert [(view.name, view.verdict) for view in views] == [("补贴条件测试", "全部符合")]


def test_the_directory_tells_what_was_paid_but_not_to_which_account(paid, browse):
    case_id = paid()
    number = office.market_of(case_id).no
    public = browse().get(f"/directory/{number}").text
    assert "试运营奖励补贴" in public
    assert "77,200.00 元" in public
    assert subsidy_desk.ACCOUNT not in public
    bureau = browse("renshe").get(f"/cases/{office.case_of(case_id).no}").text
    assert subsidy_desk.ACCOUNT not in bureau
