"""What lies with signers, or was handed back, is never lost: it counts when time runs out, or is a draft."""

from __future__ import annotations

import json

import pytest

from tests.integration.verbs.standing_in import appoint, stand
from tests.shapes import office
from webapp.models.account import Appointment
from webapp.models.case import Case
from webapp.models.work_item import WorkItem
from webapp.services import cases, clocks, escalations, returns, seats, steps, work_items
from webapp.uow import unit_of_work

TEXT = {"text": "按时提交的意见"}


def _sent(case_id, who="fuze"):
    """Let the owner of the step submit, with somebody still to sign after them."""
    item = office.opened(case_id, "c")
    office.do(who, seats.add_signers, item.id, role="after", people=[office.pair("ling")])
    office.do(who, work_items.complete, item.id, revision=item.revision, values=TEXT)
    return item


def _run_out(item, overdue):
    """Let the time of a step run out, with what is written of it."""
    with unit_of_work() as session:
        case = steps.locked_case(session, item.case_id)
        row = session.get_one(WorkItem, item.id)
        row.properties = {
            **row.properties,
            "overdue": overdue,
            "presume": json.dumps({"text": "无意见"}),
            "vote_result": "passed",
        }
        clock = clocks.start(session, case, name=row.name, limit="1 workday", work_item=row)
        escalations.perform(session, case, clock, "overdue")
        return [act.kind for act in clock.acts]


def _delegated(item, frozen_clock):
    """Let a colleague fill the step in and hand it back."""
    person_id, position_id = office.pair("ling")
    office.do("fuze", seats.delegate, item.id, person_id=person_id, position_id=position_id)
    frozen_clock.move(minutes=5)
    yield
    office.do("ling", seats.hand_back, item.id, values={"text": "代拟"})


@pytest.mark.parametrize("overdue", ["presume", "presume, escalate", 'take:{"text": "无意见"}'])
def test_what_was_submitted_in_time_is_not_answered_over(shapes_case, overdue):
    item = _sent(shapes_case("linear"))
    assert _run_out(item, overdue) == ["overdue", "escalated"]
    assert office.statuses(item.case_id, "c") == ["open"]
    office.do("ling", seats.sign_seat, item.id, agrees=True)
    assert office.statuses(item.case_id, "c") == ["done"]
    assert office.submissions(item.case_id, "c")[-1].data["text"] == TEXT["text"]


@pytest.mark.parametrize("overdue", ["presume", 'take:{"text": "无意见"}'])
def test_what_was_handed_back_stays_a_draft_when_time_runs_out(shapes_case, frozen_clock, overdue):
    item = office.opened(shapes_case("linear"), "c")
    list(_delegated(item, frozen_clock))
    assert _run_out(item, overdue) == ["overdue"]
    assert office.statuses(item.case_id, "c") == ["presumed"]
    assert office.draft(item.id, "fuze") == {"text": "代拟"}


def test_sending_a_case_back_keeps_what_lay_with_signers(shapes_case):
    case_id = shapes_case("linear")
    item = _sent(case_id)
    target = office.items(case_id, "a")[-1]
    office.do("fuze", returns.return_to, item.id, target_id=target.id, reason="请补充材料")
    office.complete(case_id, "a", given=office.values("a", left="南"))
    office.complete(case_id, "b")
    assert office.draft(office.opened(case_id, "c").id, "fuze") == TEXT


def test_the_end_of_a_case_keeps_what_lay_with_signers(shapes_case):
    item = _sent(shapes_case("linear"))
    office.do(
        "ling", lambda s, who: cases.terminate(s, who, s.get_one(Case, item.case_id), reason="测试终止")
    )
    assert office.statuses(item.case_id, "c") == ["cancelled"]
    assert office.draft(item.id, "fuze") == TEXT


def test_what_the_owner_typed_after_delegating_stays(shapes_case, frozen_clock):
    item = office.opened(shapes_case("linear"), "c")
    office.do("fuze", work_items.save_draft, item.id, {"text": "旧"})
    for _ in _delegated(item, frozen_clock):
        office.do("fuze", work_items.save_draft, item.id, {"text": "委派后又写的"})
    assert office.draft(item.id, "fuze") == {"text": "委派后又写的"}


def test_what_was_given_back_is_there_for_whom_it_was_submitted(shapes_case):
    case_id = shapes_case("linear")
    item = office.opened(case_id, "c")
    appoint("fuze", "jing")
    office.do("fuze", seats.add_signers, item.id, role="after", people=[office.pair("ling")])
    for text in ("一稿", "二稿"):
        revision = office.opened(case_id, "c").revision
        stand("jing", work_items.complete, item.id, revision=revision, values={"text": text})
        office.do("ling", seats.sign_seat, item.id, agrees=False, opinion="请补充理由")
        assert [office.draft(item.id, who) for who in ("jing", "fuze")] == [{"text": text}] * 2


def test_what_a_person_typed_themselves_comes_before_what_their_substitute_submitted(shapes_case):
    case_id = shapes_case("linear")
    item = office.opened(case_id, "c")
    office.do("fuze", work_items.save_draft, item.id, {"text": "自己写的"})
    appoint("fuze", "jing")
    stand("jing", work_items.complete, item.id, revision=0, values={"text": "代办"})
    again = stand("jing", returns.take_back, item.id)
    assert office.draft(again.id, "jing") == {"text": "代办"}
    assert office.draft(again.id, "fuze") == {"text": "自己写的"}


def test_what_was_taken_back_is_there_for_whom_it_was_submitted(shapes_case):
    item = office.opened(shapes_case("linear"), "c")
    appoint("fuze", "jing")
    stand("jing", work_items.complete, item.id, revision=0, values={"text": "代办"})
    again = stand("jing", returns.take_back, item.id)
    assert office.draft(again.id, "fuze") == {"text": "代办"}


def _voting(app_case):
    """Bring a case to the step whose vote decides the way, and return it."""
    office.play(app_case, *office.BEFORE_VOTE, "v")
    office.finish_step(app_case, "v")
    return office.opened(app_case, "w")


def test_the_outcome_is_known_where_nobody_is_left_to_vote(app, frozen_clock):
    case_id = office.begin()
    item = _voting(case_id)
    with unit_of_work() as session:
        row = session.get_one(WorkItem, item.id)
        row.properties = {**row.properties, "voters": "chief"}
        left = session.query(Appointment).filter_by(person_id=office.pair("fuze2")[0]).one()
        left.ended_at = frozen_clock()
    office.complete(case_id, "w")
    assert office.statuses(case_id, "w") == ["done"]
    assert office.token(case_id, "z")["passed"] is True


def test_the_outcome_is_known_where_the_step_is_presumed(app):
    case_id = office.begin()
    assert _run_out(_voting(case_id), "presume") == ["overdue"]
    assert office.token(case_id, "z")["passed"] is True
