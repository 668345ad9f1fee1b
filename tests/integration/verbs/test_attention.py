"""催办, 督办, 抄送, 传阅: who may, how often, and what others then see."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from tests.shapes import office
from webapp.core.errors import Forbidden, Invalid, Locked, Missing, TooMany
from webapp.models.account import Appointment, Person
from webapp.models.case import Case
from webapp.queries import attention as views
from webapp.queries import attention_lists, case_page
from webapp.queries.case_access import visible_case
from webapp.queries.inbox import InboxFilter, inbox
from webapp.services import attention, cases
from webapp.uow import read_only, unit_of_work

LEADER = frozenset({"case.supervise", "case.hold", "case.read_all"})


def _led(service, case_id, **more):
    """Let the leader use a service, with the rights that leaders have."""
    with unit_of_work() as session:
        who = office.actor(session, "ling")
        who = replace(who, rights=who.rights | LEADER)
        return service(session, who, session.get_one(Case, case_id), **more)


def _send(service, case_id, who, *readers, **more):
    with unit_of_work() as session:
        named = session.scalars(select(Appointment.id).join(Person).where(Person.username.in_(readers))).all()
        return service(session, office.actor(session, who), session.get_one(Case, case_id), named, **more)


def _rows(username, **wanted):
    with read_only() as session:
        return inbox(session, office.actor(session, username), InboxFilter(**wanted)).page.rows


@pytest.mark.parametrize("place", office.AT)
def test_the_step_of_another_is_urged_once_a_day(shapes_case, frozen_clock, place):
    case_id = shapes_case(place)
    item = office.opened(case_id, office.AT[place])
    owner = office.DOES[item.element_id]
    office.do("zhen", attention.urge, item.id, words="群众在等")
    with pytest.raises(TooMany, match="24 小时"):
        office.do("zhen", attention.urge, item.id)
    office.do("zhen2", attention.urge, item.id)
    frozen_clock.move(hours=23, minutes=59)
    with pytest.raises(TooMany):
        office.do("zhen", attention.urge, item.id)
    frozen_clock.move(minutes=1)
    office.do("zhen", attention.urge, item.id, words="已过一天")
    row = next(row for row in _rows(owner) if row.id == item.id)
    assert (row.urged.who, row.urged.words, row.urged.times) == ("测试镇 经办 测试zhen", "已过一天", 3)
    assert [row.id for row in _rows(owner, attention="urged")] == [item.id]
    events = office.events(case_id, "work_item.urged")
    assert len(events) == 3
    assert "群众在等" not in str([event.data for event in events]), "history holds no free text of an urging"


def test_nobody_urges_what_they_do_themselves_or_cannot_see(shapes_case):
    case_id = shapes_case("linear")
    item = office.opened(case_id, "c")
    with pytest.raises(Invalid, match="请直接办理"):
        office.do("fuze", attention.urge, item.id)
    with pytest.raises(Missing):
        office.do("xie", attention.urge, item.id)
    office.complete(case_id, "c")
    with pytest.raises(Invalid, match="不用再催办"):
        office.do("zhen", attention.urge, item.id)


def test_a_colleague_who_took_a_step_of_one_s_own_position_can_be_urged(shapes_case):
    from webapp.services import work_items

    item = office.opened(shapes_case("linear"), "c")
    office.do("fuze2", work_items.claim, item.id)
    office.do("fuze", attention.urge, item.id)


def test_long_words_are_refused(shapes_case):
    item = office.opened(shapes_case("linear"), "c")
    with pytest.raises(Invalid, match="200"):
        office.do("zhen", attention.urge, item.id, words="催" * 201)


def test_a_supervised_case_is_marked_everywhere_until_it_is_lifted(shapes_case):
    case_id = shapes_case("parallel")
    assert not any(row.is_supervised for row in _rows("jing"))
    _led(attention.supervise, case_id, requirement="本周办结", due_on=date(2026, 11, 27))
    with pytest.raises(Locked, match="已在督办"):
        _led(attention.supervise, case_id, requirement="再次督办")
    assert all(row.is_supervised for row in _rows("jing"))
    assert len(_rows("jing", attention="supervised")) == len(_rows("jing"))
    with read_only() as session:
        who = office.actor(session, "zhen")
        page = case_page.case_page(session, who, session.get_one(Case, case_id))
        (shown,) = page.attention.supervisions
        assert (shown.requirement, shown.due_on, shown.is_late) == ("本周办结", date(2026, 11, 27), False)
        (row,) = attention_lists.supervised(session, office.actor(session, "ling"), 1).rows
        assert row.case.is_supervised
    assert _led(attention.lift, case_id) == 1
    with pytest.raises(Missing):
        _led(attention.lift, case_id)
    assert not any(row.is_supervised for row in _rows("jing"))
    assert [e.kind for e in office.events(case_id, "case.supervision_lifted")] == ["case.supervision_lifted"]


def test_only_leaders_supervise_and_only_what_goes_on(shapes_case):
    case_id = shapes_case("linear")
    with pytest.raises(Forbidden, match="领导"), unit_of_work() as session:
        who = office.actor(session, "jing")
        attention.supervise(session, who, session.get_one(Case, case_id), requirement="快办")
    with pytest.raises(Invalid, match="督办要求"):
        _led(attention.supervise, case_id, requirement="  ")
    with pytest.raises(Invalid, match="早于今天"):
        _led(attention.supervise, case_id, requirement="快办", due_on=date(2026, 11, 19))
    _led(attention.supervise, case_id, requirement="快办")
    _led(cases.terminate, case_id, reason="重复申请")
    with pytest.raises(Locked):
        _led(attention.supervise, case_id, requirement="快办")
    with read_only() as session:
        assert attention_lists.supervised(session, office.actor(session, "ling"), 1).total == 0


def test_whoever_got_a_copy_reads_the_case_and_confirms(shapes_case):
    case_id = shapes_case("linear")
    no = office.case_of(case_id).no
    with read_only() as session, pytest.raises(Missing):
        visible_case(session, office.actor(session, "xie"), no)
    (sent,) = _send(attention.copy_to, case_id, "jing", "xie", note="请知悉")
    with read_only() as session:
        guest = office.actor(session, "xie")
        assert visible_case(session, guest, no).id == case_id
        assert views.unread_count(session, guest) == 1
        (row,) = attention_lists.circulations_for(session, guest, only_unread=True, number=1).rows
        assert (row.kind, row.note, row.sender) == ("抄送", "请知悉", "大厅 经办 测试jing")
    with pytest.raises(Missing):
        office.do("zhen", attention.confirm_read, sent.id)
    office.do("xie", attention.confirm_read, sent.id, answer="已知悉")
    with pytest.raises(Locked):
        office.do("xie", attention.confirm_read, sent.id)
    with read_only() as session:
        guest = office.actor(session, "xie")
        assert views.unread_count(session, guest) == 0
        assert visible_case(session, guest, no).id == case_id, "it stays readable"
        seen = views.case_attention(
            session, office.actor(session, "jing2"), visible_case(session, guest, no), []
        )
        assert [(c.answer, c.read_at is not None) for c in seen.circulations] == [("已知悉", True)]
        nothing = views.case_attention(
            session, office.actor(session, "zhen"), visible_case(session, guest, no), []
        )
        assert nothing.circulations == [], "to whom it went is between sender and reader"


def test_whoever_only_got_a_copy_neither_passes_it_on_nor_acts(shapes_case):
    case_id = shapes_case("linear")
    _send(attention.circulate, case_id, "jing", "xie")
    with pytest.raises(Forbidden, match="不能再转给他人"):
        _send(attention.copy_to, case_id, "xie", "zhen2")
    with pytest.raises(Missing):
        office.complete(case_id, "c", "xie")


def test_the_same_reader_is_not_sent_it_twice_before_reading(shapes_case):
    case_id = shapes_case("linear")
    _send(attention.circulate, case_id, "jing", "xie")
    with pytest.raises(Invalid, match="不用重复发送"):
        _send(attention.circulate, case_id, "jing", "xie")
    (fresh,) = _send(attention.circulate, case_id, "jing", "xie", "ling")
    assert fresh.person_id == office.pair("ling")[0]
    with pytest.raises(Invalid, match="自己"):
        _send(attention.copy_to, case_id, "jing", "jing")
    with pytest.raises(Invalid, match="请选择抄送"):
        _send(attention.copy_to, case_id, "jing")


def test_the_timeline_tells_of_all_this(shapes_case):
    case_id = shapes_case("linear")
    office.do("zhen", attention.urge, office.opened(case_id, "c").id)
    _led(attention.supervise, case_id, requirement="快办")
    _send(attention.circulate, case_id, "jing", "xie", "ling")
    with read_only() as session:
        page = case_page.case_page(session, office.actor(session, "jing"), session.get_one(Case, case_id))
    titles = [event.title for event in page.timeline]
    name = office.opened(case_id, "c").name
    assert titles[:3] == ["传阅 2 人", "督办", f"催办：{name}"]
