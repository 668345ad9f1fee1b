"""What a page or another system is told of the verbs: what may be done now, by whom, and why not."""

from __future__ import annotations

import pytest

from tests.shapes import office
from webapp.queries import verbs
from webapp.queries.readers import Readers
from webapp.queries.send_backs import sent_back
from webapp.services import returns, seats, work_items
from webapp.uow import read_only


def _offered(item_id, who):
    """Verb to the reason why it cannot be done now; `None` when it can."""
    with read_only() as session:
        item = session.get(office.WorkItem, item_id)
        return {v.key: v.reason for v in verbs.available(session, office.actor(session, who), item)}


def _sent_back(item_id, who):
    with read_only() as session:
        item = session.get(office.WorkItem, item_id)
        return sent_back(session, item, Readers(session, office.actor(session, who), item.case))


@pytest.mark.parametrize("place", office.AT)
def test_the_owner_is_offered_everything_that_can_be_done(shapes_case, place):
    item = office.opened(shapes_case(place), office.AT[place])
    offered = _offered(item.id, office.DOES[item.element_id])
    assert set(offered) == {
        *("claim", "complete", "transfer", "delegate", "add_before", "add_after", "call_vote", "return")
    }
    assert set(offered.values()) == {None} or place == "items"


def test_others_are_offered_nothing(shapes_case):
    item = office.opened(shapes_case("linear"), "c")
    assert _offered(item.id, "ling") == {}


def test_reasons_name_whom_the_step_waits_for(shapes_case):
    item = office.opened(shapes_case("linear"), "c")
    office.do("fuze", seats.add_signers, item.id, role="before", people=[office.pair("ling")])
    assert _offered(item.id, "fuze")["complete"] == "还需测试ling先行签署。"
    assert _offered(item.id, "ling") == {"sign": None, "decline": None}
    office.do("fuze", work_items.claim, item.id)
    assert _offered(item.id, "fuze2")["transfer"] == "已由测试fuze认领。"


def test_whoever_did_a_step_is_offered_to_take_it_back_while_they_can(shapes_case):
    case_id = shapes_case("linear")
    done = office.complete(case_id, "c")
    assert _offered(done, "fuze") == {"take_back": None}
    assert _offered(done, "fuze2") == {}
    office.play(case_id, "p1")
    assert "已经办理" in _offered(done, "fuze")["take_back"]


def test_the_receiver_reads_why_and_the_sender_what_was_changed(shapes_case):
    case_id = shapes_case("linear")
    item, target = office.opened(case_id, "c"), office.items(case_id, "a")[-1]
    marks = [{"path": "left", "what": "方向反了", "how": "改为南"}]
    again = office.do("fuze", returns.return_to, item.id, target_id=target.id, reason="请核对", marks=marks)
    received = _sent_back(again.id, "zhen")
    assert (received.kind, received.reason, received.by) == ("received", "请核对", "测试fuze")
    assert [mark["label"] for mark in received.marks] == ["左"]
    office.complete(case_id, "a", given=office.values("a", left="南"))
    office.complete(case_id, "b")
    shown = _sent_back(office.opened(case_id, "c").id, "fuze")
    assert shown.kind == "answered"
    assert [(one.title, one.changes[0].before, one.changes[0].after) for one in shown.changed] == [
        ("填写", "东", "南")
    ]
    office.complete(case_id, "c")
    assert _sent_back(office.opened(case_id, "p1").id, "jing") is None


def test_seats_tell_who_said_what_also_when_it_no_longer_counts(shapes_case):
    item = office.opened(shapes_case("linear"), "c")
    office.do("fuze", seats.call_vote, item.id, people=[office.pair("ling")], note="请把关")
    office.complete(item.case_id, "c", given={"text": "一稿"})
    office.do("ling", seats.sign_seat, item.id, agrees=False, opinion="理由不足")
    with read_only() as session:
        row = session.get(office.WorkItem, item.id)
        shown = verbs.seats_of(session, office.actor(session, "fuze"), row)
        assert [(seat.role, seat.state, seat.opinion, seat.may_withdraw) for seat in shown] == [
            ("vote", "void", "理由不足", False),
            ("sign", "void", "", False),
            ("vote", "waits", "", True),
        ]
        assert verbs.waiting_for(row) == [], "the content is the owner's again"


def test_who_can_be_asked_acts_in_steps_and_is_somebody_else(app):
    with read_only() as session:
        who = office.actor(session, "fuze")
        labels = [one.label for one in verbs.colleagues(session, who)]
    assert labels == [
        "测试jing（经办）",
        "测试jing2（经办）",
        "测试fuze2（负责人）",
        "测试ling（领导）",
    ]
