"""退回: in every shape the case goes back, what is mended is marked, what read nothing new stands."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.shapes import office
from webapp.core.errors import Invalid, Locked
from webapp.models.collaboration import SendBack
from webapp.queries.returning import targets
from webapp.services import returns, seats, work_items
from webapp.uow import read_only


def _back(case_id, element_id, to="a", marks=(), who=None, **more):
    item = office.opened(case_id, element_id)
    target = office.items(case_id, to)[-1]
    return office.do(
        who or office.DOES[element_id],
        returns.return_to,
        item.id,
        target_id=target.id,
        reason=more.pop("reason", "左边写错了"),
        marks=list(marks),
        **more,
    )


def _mark(path):
    return {"path": path, "what": "写错了", "how": "请核对"}


def _forward(case_id, *allowed):
    """Complete whatever waits until the place is reached again; return the steps that were done by hand."""
    done = []
    for _ in range(40):
        waiting = office.open_steps(case_id)
        by_hand = [step for step in waiting if step in allowed]
        if not by_hand:
            return sorted(done), waiting
        office.complete(case_id, by_hand[0])
        done.append(by_hand[0])
    raise AssertionError("the case does not come to rest")


@pytest.mark.parametrize("place", office.AT)
def test_the_case_goes_back_to_the_first_step_and_comes_again(shapes_case, place):
    case_id = shapes_case(place)
    element = office.AT[place]
    _back(case_id, element)
    assert office.open_steps(case_id) == ["a"], "nothing else is under way"
    assert office.statuses(case_id, element)[-1] in {"returned", "cancelled"}
    before = len(office.submissions(case_id))
    office.complete(case_id, "a", given=office.values("a", left="南"))
    assert len(office.submissions(case_id)) == before + 1
    office.play(case_id, *[step for step in office.open_steps(case_id) if step == "b"])
    _forward(case_id, *(set(office.BEFORE[place]) - {"a", element}))
    assert element in office.open_steps(case_id), "it comes again to whoever sent it back"


@pytest.mark.parametrize("place", office.AT)
def test_it_goes_back_to_the_step_before_in_the_same_branch(shapes_case, place):
    case_id = shapes_case(place)
    with read_only() as session:
        item = session.merge(office.opened(case_id, office.AT[place]), load=False)
        possible = {row.element_id for row in targets(session, item)}
    expected = {
        "linear": {"a", "b"},
        "parallel": {"a", "b", "c"},
        "nested": {"a", "b", "c"},
        "joined": {"a", "b", "c", "p1", "p1b", "p2", "n1", "n2"},
        "inclusive": {"a", "b", "c", "p1", "p1b", "p2", "n1", "n2", "d"},
    }
    assert possible >= expected.get(place, {"a", "b", "c", "d"})
    assert office.AT[place] not in possible


def test_only_what_read_the_change_is_done_again(shapes_case):
    """`right` is read by b, p2 and n2's forerunner b only: c, p1 and p1b read `left` and stand."""
    case_id = shapes_case("joined")
    _back(case_id, "d", marks=[_mark("right")])
    office.complete(case_id, "a", given=office.values("a", right="北"))
    assert office.open_steps(case_id) == ["b"], "b reads all of the first form"
    office.complete(case_id, "b")
    assert office.statuses(case_id, "c") == ["done", "carried"]
    assert office.statuses(case_id, "p1") == ["done", "carried"]
    assert office.statuses(case_id, "p1b") == ["done", "carried"]
    assert office.open_steps(case_id) == ["p2"], "n1 read b, whose answer is the same as before"
    assert office.statuses(case_id, "n2") == ["done", "carried"]
    office.complete(case_id, "p2")
    assert office.open_steps(case_id) == ["d"]
    carried = office.items(case_id, "p1")[-1]
    assert carried.carried_from_id == office.items(case_id, "p1")[0].id
    assert carried.done_by_id == office.pair("jing")[0]
    assert len(office.submissions(case_id, "p1")) == 1


def test_nothing_is_done_again_when_nothing_changed(shapes_case):
    case_id = shapes_case("called")
    _back(case_id, "k1")
    office.complete(case_id, "a")
    assert office.open_steps(case_id) == ["k1"]
    for element in ("b", "c", "p1", "p1b", "p2", "n1", "n2", "d", "i1", "i2"):
        assert office.statuses(case_id, element) == ["done", "carried"], element
    assert office.statuses(case_id, "e") == ["done", "done", "carried", "carried"]


def test_each_item_of_a_step_keeps_its_own_answer(shapes_case):
    case_id = shapes_case("called")
    first, second = office.items(case_id, "e")
    _back(case_id, "k1")
    office.complete(case_id, "a")
    again = office.items(case_id, "e")[2:]
    assert [row.carried_from_id for row in again] == [first.id, second.id]


def test_a_personal_field_counts_as_a_change_too(shapes_case):
    case_id = shapes_case("parallel")
    _back(case_id, "p1")
    office.complete(case_id, "a", given=office.values("a", contact="测试王五"))
    assert office.open_steps(case_id) == ["b"]


def test_whoever_sent_it_back_decides_anew_although_nothing_changed(shapes_case):
    case_id = shapes_case("linear")
    office.play(case_id, "c", "p1", "p1b", "p2", "n1", "n2", "d")
    _back(case_id, "i1", "d")
    office.complete(case_id, "d")
    assert office.open_steps(case_id) == ["i1", "i2"]


def test_an_answer_that_was_carried_stands_a_second_time(shapes_case):
    case_id = shapes_case("parallel")
    for _ in range(3):
        _back(case_id, "p1")
        office.complete(case_id, "a")
        assert office.open_steps(case_id) == ["n1", "n2", "p1", "p2"]
    first, *again = office.items(case_id, "c")
    assert [row.carried_from_id for row in again] == [first.id] * 3


def test_only_marked_fields_may_change(shapes_case):
    case_id = shapes_case("linear")
    _back(case_id, "c", marks=[_mark("left")])
    assert office.opened(case_id, "a").marks == [
        {"path": "left", "label": "左", "what": "写错了", "how": "请核对"}
    ]
    with pytest.raises(Invalid) as refused:
        office.complete(case_id, "a", given=office.values("a", left="南", right="北"))
    assert set(refused.value.errors) == {"right"}
    office.complete(case_id, "a", given=office.values("a", left="南"))
    assert office.submissions(case_id, "a")[-1].data["left"] == "南"


def test_marks_name_fields_of_the_step_that_it_goes_back_to(shapes_case):
    case_id = shapes_case("linear")
    with pytest.raises(Invalid) as refused:
        _back(case_id, "c", marks=[_mark("nowhere"), {"path": "left", "what": " "}])
    assert set(refused.value.errors) == {"marks.0.path", "marks.1.what"}
    assert office.open_steps(case_id) == ["c"]


def test_what_the_sender_typed_waits_for_them(shapes_case):
    case_id = shapes_case("joined")
    office.do("jing", work_items.save_draft, office.opened(case_id, "d").id, {"text": "写了一半"})
    _back(case_id, "d")
    office.complete(case_id, "a")
    assert office.draft(office.opened(case_id, "d").id, "jing") == {"text": "写了一半"}


def test_what_others_typed_in_other_branches_waits_for_them(shapes_case):
    case_id = shapes_case("parallel")
    office.do("xie", work_items.save_draft, office.opened(case_id, "p2").id, {"text": "协办意见"})
    office.play(case_id, "n1")
    _back(case_id, "p1")
    assert office.statuses(case_id, "p2") == ["cancelled"]
    office.complete(case_id, "a")
    assert office.draft(office.opened(case_id, "p2").id, "xie") == {"text": "协办意见"}
    assert office.statuses(case_id, "n1") == ["done", "carried"]


def test_the_send_back_is_answered_when_the_step_is_done_again(shapes_case):
    case_id = shapes_case("linear")
    again = _back(case_id, "c", reason="请补充")
    with read_only() as session:
        back = session.scalars(select(SendBack).where(SendBack.to_item_id == again.id)).one()
        assert back.answered_at is None
    office.complete(case_id, "a")
    with read_only() as session:
        kept = session.get_one(SendBack, back.id)
        assert (kept.kind, kept.reason) == ("return", "请补充")
        assert kept.answered_at is not None
        assert kept.to_item.element_id == "a"
        assert kept.from_item.status == "returned"


@pytest.mark.parametrize(("target", "reason"), [("c", "理由"), ("a", " "), ("d", "理由")])
def test_it_goes_back_to_an_earlier_step_and_with_a_reason(shapes_case, target, reason):
    case_id = shapes_case("linear")
    item = office.opened(case_id, "c")
    known = office.items(case_id, target)
    target_id = known[-1].id if known else item.case_id
    with pytest.raises(Invalid):
        office.do("fuze", returns.return_to, item.id, target_id=target_id, reason=reason)
    assert office.open_steps(case_id) == ["c"]


def test_a_step_that_is_delegated_is_not_sent_back(shapes_case):
    case_id = shapes_case("linear")
    person_id, position_id = office.pair("jing")
    item = office.opened(case_id, "c")
    office.do("fuze", seats.delegate, item.id, person_id=person_id, position_id=position_id)
    with pytest.raises(Locked, match="委派"):
        _back(case_id, "c")


def test_votes_that_were_cast_are_cast_again(app):
    case_id = office.begin()
    office.play(case_id, *office.BEFORE_VOTE, "v")
    office.do("jing", seats.sign_seat, office.opened(case_id, "v").id, agrees=True)
    _back(case_id, "v", "d")
    office.play(case_id, "d")
    assert office.open_steps(case_id) == ["v"]
    assert office.seats(office.opened(case_id, "v").id) == []


@pytest.mark.parametrize("number", [0, 1])
def test_one_item_of_several_goes_back_and_the_others_stand(shapes_case, number):
    case_id = shapes_case("called")
    item, asked = office.opened(case_id, "k1"), office.items(case_id, "e")
    with read_only() as session:
        offered = {row.id for row in targets(session, session.merge(item, load=False))}
    assert {row.id for row in asked} <= offered, "each item can be chosen"
    wrong, right = asked[number], asked[1 - number]
    again = office.do(
        "jing", returns.return_to, item.id, target_id=wrong.id, reason="这一项写错了", marks=[_mark("text")]
    )
    assert again.name == wrong.name
    assert [mark["path"] for mark in again.marks] == ["text"]
    opened = office.items(case_id, "e")[2:]
    assert {row.name: row.status for row in opened} == {wrong.name: "open", right.name: "carried"}
    assert next(row for row in opened if row.name == right.name).carried_from_id == right.id
    office.complete(case_id, "e", given={"text": "已经改正"})
    assert office.open_steps(case_id) == ["k1"]
