"""Two people are two people: standing in for somebody lets nobody check or countersign themselves."""

from __future__ import annotations

import pytest

from tests.integration.verbs.standing_in import appoint, stand
from tests.shapes import office
from webapp.core.errors import Forbidden
from webapp.models.work_item import WorkItem
from webapp.services import seats, work_items
from webapp.uow import unit_of_work


def _complete(item, **more):
    revision = office.opened(item.case_id, item.element_id).revision
    values = office.values(item.element_id)
    return office.do("fuze", work_items.complete, item.id, revision=revision, values=values, **more)


@pytest.mark.parametrize("ask", ["after", "vote"])
def test_whoever_submitted_does_not_sign_for_another(shapes_case, ask):
    item = office.opened(shapes_case("linear"), "c")
    appoint("ling", "fuze")
    people = [office.pair("ling")]
    if ask == "vote":
        office.do("fuze2", seats.call_vote, item.id, people=people)
    else:
        office.do("fuze2", seats.add_signers, item.id, role="after", people=people)
    _complete(item)
    with pytest.raises(Forbidden, match="您已经以经办人员身份签署"):
        stand("fuze", seats.sign_seat, item.id, agrees=True)
    office.do("ling", seats.sign_seat, item.id, agrees=True)
    assert office.statuses(item.case_id, "c") == ["done"]


def test_nobody_signs_what_was_submitted_in_their_own_name(shapes_case):
    item = office.opened(shapes_case("linear"), "c")
    office.do("fuze2", seats.add_signers, item.id, role="after", people=[office.pair("fuze")])
    appoint("fuze", "jing")
    stand("jing", work_items.complete, item.id, revision=0, values=office.values("c"))
    with pytest.raises(Forbidden, match="您已经以经办人员身份签署"):
        office.do("fuze", seats.sign_seat, item.id, agrees=True)
    office.do("fuze", seats.decline, item.id, reason="本人名义已办")
    assert office.statuses(item.case_id, "c") == ["done"]


def test_whoever_asks_does_not_sign_before_in_the_others_place(shapes_case):
    item = office.opened(shapes_case("linear"), "c")
    appoint("ling", "fuze")
    office.do("fuze", seats.add_signers, item.id, role="before", people=[office.pair("ling")])
    with pytest.raises(Forbidden, match="本人发起"):
        stand("fuze", seats.sign_seat, item.id, agrees=True)


def test_one_person_and_their_substitute_are_one_of_two_signers(shapes_case):
    case_id = shapes_case("linear")
    item = office.opened(case_id, "c")
    appoint("fuze", "ling")
    with unit_of_work() as session:
        session.get_one(WorkItem, item.id).signers_needed = 2
    _complete(item, declares_no_conflict=True)
    more = {"values": office.values("c"), "declares_no_conflict": True}
    stand("ling", work_items.complete, item.id, revision=1, **more)
    assert office.statuses(case_id, "c") == ["open"], "both signed in one position, for one person"
    office.do("fuze2", work_items.complete, item.id, revision=2, **more)
    assert office.statuses(case_id, "c") == ["done"]


def test_whoever_submits_again_has_no_vote_of_the_procedure(app):
    """A colleague who was asked to vote on the first text writes the second one: others vote on it."""
    case_id = office.begin()
    office.play(case_id, *office.BEFORE_VOTE)
    item = office.opened(case_id, "v")
    with unit_of_work() as session:
        row = session.get_one(WorkItem, item.id)
        row.properties = {**row.properties, "voters": "chief, leader", "rule": "all"}
    _complete(item)
    given = {"revision": 1, "values": {"text": "二稿"}}
    office.do("fuze2", work_items.complete, item.id, **given)
    waiting = {office.username_of(seat) for seat in office.seats(item.id) if seat.waits}
    assert waiting == {"ling"}
    office.do("ling", seats.sign_seat, item.id, agrees=True)
    assert office.statuses(case_id, "v") == ["done"]
