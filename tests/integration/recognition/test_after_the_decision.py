"""Once a case is decided nobody ends it any more, though a paper or the file may still fail."""

from __future__ import annotations

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.core.errors import DomainError, Locked
from webapp.models.case import Case
from webapp.services import cases, effects
from webapp.uow import unit_of_work


@pytest.fixture
def fails(monkeypatch):
    """Let an automatic step fail from now on."""

    def broken(*_):
        raise DomainError("演示：打印机没有响应。")

    return lambda operator: monkeypatch.setitem(effects.OPERATORS, operator, broken)


def decide(case_id, decision, comment=""):
    desk.act(case_id, "renshe-fj", "leader_decision", {"decision": decision, "comment": comment})


def terminate(case_id):
    with unit_of_work() as session:
        case = session.get_one(Case, case_id)
        cases.terminate(session, filings.actor(session, "renshe-kz"), case, reason="误操作")


def assert_cannot_be_ended(case_id):
    assert desk.case_of(case_id).status == "running", "an automatic step failed"
    assert desk.page(case_id, "majuqiao").may_withdraw is False
    with pytest.raises(Locked, match="已作出决定，不能撤回"):
        desk.withdraw(case_id, "majuqiao")
    with pytest.raises(Locked, match="已作出决定，不能终止"):
        terminate(case_id)
    assert desk.events(case_id, "case.withdrawn") == desk.events(case_id, "case.terminated") == []


def test_a_recognised_market_stays_though_the_reply_could_not_be_issued(at, fails):
    case_id = at("drafted")
    fails("issue_document")
    decide(case_id, "approve")
    assert_cannot_be_ended(case_id)
    assert desk.market_of(case_id).status == "recognised"


def test_a_refusal_that_was_sent_stands_though_the_file_could_not_be_closed(at, fails):
    case_id = at("drafted")
    fails("archive_case")
    decide(case_id, "refuse", "出入口交通隐患尚未消除")
    assert desk.documents(case_id)[-1].template_key == "refusal_notice"
    assert_cannot_be_ended(case_id)
