"""督办 across agencies: whoever keeps an eye on a case, or decides it, looks away again, and nobody else."""

from __future__ import annotations

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.core.errors import Forbidden
from webapp.services import attention
from webapp.uow import unit_of_work


def act(username, verb, case_id, **said):
    with unit_of_work() as session:
        return verb(session, filings.actor(session, username), session.get_one(desk.Case, case_id), **said)


def test_the_leader_of_a_supervised_township_does_not_lift_what_the_bureau_began(at, browse):
    case_id = at("accepted")
    act("renshe-fj", attention.supervise, case_id, requirement="请于本周反馈意见")
    with pytest.raises(Forbidden, match="其他单位督办"):
        act("majuqiao-ld", attention.lift, case_id)
    no = desk.case_of(case_id).no
    assert "解除督办" not in browse("majuqiao-ld").get(f"/cases/{no}").text
    assert "解除督办" in browse("renshe-fj").get(f"/cases/{no}").text


def test_the_bureau_that_decides_lifts_all_and_a_township_its_own(at):
    case_id = at("accepted")
    act("renshe-fj", attention.supervise, case_id, requirement="请于本周反馈意见")
    act("majuqiao-ld", attention.supervise, case_id, requirement="请关注本镇申请")
    assert act("majuqiao-ld", attention.lift, case_id) == 1
    act("majuqiao-ld", attention.supervise, case_id, requirement="请关注本镇申请")
    assert act("renshe-fj", attention.lift, case_id) == 2
