"""退回 in the recognition of a market: opinions stand, papers are not issued twice, wrong ones are replaced."""

from __future__ import annotations

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.queries.standing import content_of
from webapp.services import returns
from webapp.uow import unit_of_work

CHIEF = "renshe-kz"
ISSUED = [
    *("application_report", "acceptance_notice", "opinion_request"),
    *("opinion_reply", "opinion_reply", "opinion_reply", "opinion_reply", "opinion_reply"),
    "site_check",
]


def _back(case_id, to, marks=()):
    with unit_of_work() as session:
        item = filings.open_item(session, session.get_one(desk.Case, case_id), "draft_opinion")
        target = desk.items(case_id, to)[-1]
        returns.return_to(
            session,
            filings.actor(session, CHIEF),
            item.id,
            target_id=target.id,
            reason="请核对",
            marks=list(marks),
        )


def _papers(case_id):
    return [(paper.template_key, paper.status != "superseded") for paper in desk.documents(case_id)]


def test_nothing_is_asked_or_issued_again_when_nothing_changed(app, at):
    case_id = at("checked")
    numbers = [paper.number for paper in desk.documents(case_id)]
    _back(case_id, "acceptance")
    assert desk.open_steps(case_id) == {"acceptance"}
    desk.act(case_id, "renshe", "acceptance", filings.content("market")["acceptance"])
    assert desk.open_steps(case_id) == {"draft_opinion"}
    for step in ("paper_review", *filings.BODIES, "site_check"):
        assert [item.status for item in desk.items(case_id, step)] == ["done", "carried"], step
    assert [paper.number for paper in desk.documents(case_id)] == numbers
    assert all(valid for _, valid in _papers(case_id))
    assert [key for key, _ in _papers(case_id)] == ISSUED


def test_what_changed_is_asked_again_and_its_papers_are_replaced(app, at):
    case_id = at("checked")
    _back(case_id, "file", [{"path": "site.address", "what": "门牌号不对", "how": "按产权证填写"}])
    old = desk.submission(case_id, "filing")
    address = old.data["site"]["address"] | {"text": "马驹桥镇演示路99号"}
    desk.act(case_id, "majuqiao", "file", {"site": {"address": address}}, position="clerk")
    assert desk.open_steps(case_id) == {"township_review"}
    given = filings.content("market")
    desk.act(case_id, "majuqiao-sh", "township_review", given["township_review"])
    desk.act(case_id, "majuqiao-ld", "township_sign", given["township_sign"])
    assert _papers(case_id)[0] == ("application_report", False)
    assert _papers(case_id)[-1] == ("application_report", True)
    assert desk.clock_of(case_id), "the case's clock goes on; there is no second one"
    desk.act(case_id, "renshe", "acceptance", given["acceptance"])
    assert desk.open_steps(case_id) == {"paper_review"}, "papers that say something else are read again"
    desk.review_papers(case_id)
    assert desk.open_steps(case_id) == set(filings.BODIES), "every opinion goes by the whole filing"
    (event,) = desk.events(case_id, "document.superseded")[:1]
    assert event.data["reason"] == "更正"


def test_a_decision_is_never_carried(app, at):
    case_id = at("filed")
    with unit_of_work() as session:
        item = filings.open_item(session, session.get_one(desk.Case, case_id), "acceptance")
        target = desk.items(case_id, "file")[-1]
        who = filings.actor(session, "renshe")
        returns.return_to(session, who, item.id, target_id=target.id, reason="请核对")
    old = desk.submission(case_id, "filing")
    desk.act(case_id, "majuqiao", "file", content_of(old), position="clerk")
    assert [item.status for item in desk.items(case_id, "township_review")] == ["done", "carried"]
    assert desk.open_steps(case_id) == {"township_sign"}, "the leader signs anew"
