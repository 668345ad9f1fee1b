"""现场核查 needs two people: it is not handed where there is only one, for nobody could finish it."""

from __future__ import annotations

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.core.errors import Invalid
from webapp.services import reassignments, transfers
from webapp.uow import unit_of_work


def positions(session):
    officer, chief = (filings.actor(session, name) for name in ("renshe", "renshe-kz"))
    return officer, officer.position, chief.position


def test_a_step_of_two_is_not_transferred_to_a_position_of_one(at):
    (item,) = desk.items(at("consulted"), "site_check")
    with pytest.raises(Invalid, match="需要 2 人签署"), unit_of_work() as session:
        officer, _, chiefs = positions(session)
        transfers.transfer(session, officer, item.id, position_id=chiefs, reason="分工调整")


def test_bulk_reassignment_leaves_it_and_says_so(at):
    case_id = at("consulted")
    with unit_of_work() as session:
        _, officers, chiefs = positions(session)
        done = reassignments.reassign(
            session,
            filings.actor(session, "admin"),
            from_position_id=officers,
            to_position_id=chiefs,
            reason="岗位撤并，统一移交",
        )
        assert (done.moved, done.left) == (0, 1)
    (item,) = desk.items(case_id, "site_check")
    assert item.position_id == officers
