"""加签, 会签, 委派: in every shape of a flow the step waits for whom it must, and is done once."""

from __future__ import annotations

import pytest

from tests.shapes import office
from webapp.core.errors import DomainError, Forbidden, Invalid, Locked, Missing, Stale
from webapp.services import seats, work_items

SHAPES = list(office.AT)


def _step(case_id, place):
    return office.opened(case_id, office.AT[place])


def _submit(item, **more):
    who = office.DOES[item.element_id]
    given = office.values(item.element_id, **more)
    revision = office.items(item.case_id, item.element_id)[-1 if item.element_id != "e" else 0].revision
    return office.do(who, work_items.complete, item.id, revision=revision, values=given)


def _owner(item):
    return office.DOES[item.element_id]


def _ask(item, role, *people, **more):
    named = [office.pair(name) for name in people]
    return office.do(_owner(item), seats.add_signers, item.id, role=role, people=named, **more)


def _vote(item, *people, rule="all"):
    named = [office.pair(name) for name in people]
    return office.do(_owner(item), seats.call_vote, item.id, people=named, rule=rule)


def _sign(who, item, *, agrees=True, opinion="已阅", **more):
    return office.do(who, seats.sign_seat, item.id, agrees=agrees, opinion=opinion, **more)


def _reload(item):
    return next(row for row in office.items(item.case_id) if row.id == item.id)


def _done_once(item):
    assert _reload(item).status == "done"
    assert len([row for row in office.submissions(item.case_id) if row.work_item_id == item.id]) == 1


@pytest.mark.parametrize("place", SHAPES)
def test_who_signs_before_holds_the_step_up_until_they_have(shapes_case, place):
    item = _step(shapes_case(place), place)
    _ask(item, "before", "ling", note="请先把关")
    with pytest.raises(Locked, match="测试ling先行签署"):
        _submit(item)
    _sign("ling", item)
    _submit(item)
    _done_once(item)


@pytest.mark.parametrize("place", SHAPES)
def test_who_signs_after_signs_what_was_submitted(shapes_case, place):
    item = _step(shapes_case(place), place)
    _ask(item, "after", "ling")
    with pytest.raises(Locked, match="还没有提交"):
        _sign("ling", item)
    assert _submit(item).status == "open"
    _sign("ling", item)
    _done_once(item)
    owner, asked = office.seats(item.id)[1], office.seats(item.id)[0]
    assert owner.content_digest == asked.content_digest is not None


@pytest.mark.parametrize("place", SHAPES)
def test_whoever_signs_after_and_objects_gives_the_content_back(shapes_case, place):
    item = _step(shapes_case(place), place)
    _ask(item, "after", "ling")
    _submit(item, text="初稿")
    _sign("ling", item, agrees=False, opinion="请补充理由")
    assert _reload(item).status == "open"
    assert office.draft(item.id, _owner(item))["text"] == "初稿"
    assert all(row.work_item_id != item.id for row in office.submissions(item.case_id))
    _submit(item, text="已补充理由")
    assert _reload(item).status == "open", "the one who objected is asked again"
    _sign("ling", item)
    _done_once(item)
    assert office.submissions(item.case_id, item.form_key)[-1].data["text"] == "已补充理由"


@pytest.mark.parametrize("place", SHAPES)
def test_a_vote_decides_as_soon_as_the_outcome_cannot_change(shapes_case, place):
    item = _step(shapes_case(place), place)
    _vote(item, "ling", "xie", "zhen2", rule="majority")
    _submit(item)
    _sign("ling", item)
    assert _reload(item).status == "open"
    _sign("xie", item)
    _done_once(item)
    assert [seat.voided_at is not None for seat in office.seats(item.id) if seat.role == "vote"] == [
        False,
        False,
        True,
    ], "the third is no longer needed"


@pytest.mark.parametrize("place", SHAPES)
def test_a_delegated_step_comes_back_and_is_submitted_by_its_owner(shapes_case, place):
    item = _step(shapes_case(place), place)
    owner = _owner(item)
    delegate = "ling"
    person_id, position_id = office.pair(delegate)
    office.do(owner, work_items.save_draft, item.id, {"text": "写了一半"})
    office.do(owner, seats.delegate, item.id, person_id=person_id, position_id=position_id, note="请代拟")
    assert office.draft(item.id, delegate) == {"text": "写了一半"}
    with pytest.raises(Locked, match=f"委派测试{delegate}代办"):
        _submit(item)
    office.do(delegate, work_items.save_draft, item.id, {"text": "写好了"})
    office.do(delegate, seats.hand_back, item.id, values={"text": "写好了"})
    assert office.draft(item.id, owner)["text"] == "写好了"
    assert _reload(item).status == "open"
    _submit(item, text="写好了")
    _done_once(item)
    assert _reload(item).done_by_id == office.pair(owner)[0]
    assert office.draft(item.id, delegate) is None, "what they typed has become the content"


def test_a_recalled_delegation_leaves_what_the_colleague_typed(shapes_case):
    item = _step(shapes_case("linear"), "linear")
    person_id, position_id = office.pair("jing")
    office.do("fuze", seats.delegate, item.id, person_id=person_id, position_id=position_id)
    office.do("jing", work_items.save_draft, item.id, {"text": "同事写的"})
    office.do("fuze", seats.recall_delegation, item.id, reason="不急了")
    with pytest.raises(DomainError):
        office.do("jing", seats.hand_back, item.id, values={"text": "同事写的"})
    _submit(item)
    assert office.draft(item.id, "jing") == {"text": "同事写的"}


def test_a_step_is_delegated_within_its_agency_only(shapes_case):
    item = _step(shapes_case("linear"), "linear")
    person_id, position_id = office.pair("xie")
    with pytest.raises(Invalid, match="本单位"):
        office.do("fuze", seats.delegate, item.id, person_id=person_id, position_id=position_id)


@pytest.mark.parametrize(
    ("rule", "said", "passes"),
    [
        ("all", [True, True, True], True),
        ("all", [True, False], False),
        ("all", [True, None], False),
        ("majority", [True, True], True),
        ("majority", [False, False], False),
        ("majority", [True, None, False], False),
        ("veto", [True, None, None], True),
        ("veto", [False], False),
        ("2", [False, True, True], True),
        ("2", [None, False], False),
        ("1", [True], True),
    ],
)
def test_rules_of_a_vote(shapes_case, rule, said, passes):
    item = _step(shapes_case("linear"), "linear")
    _vote(item, "ling", "xie", "zhen2", rule=rule)
    _submit(item)
    for who, agrees in zip(("ling", "xie", "zhen2"), said, strict=False):
        assert _reload(item).status == "open"
        assert _reload(item).revision == 1, "nothing is decided before"
        _sign(who, item, agrees=agrees)
    assert _reload(item).status == ("done" if passes else "open")
    assert len(office.submissions(item.case_id, "c")) == passes
    if not passes:
        assert office.draft(item.id, "fuze")["text"] == "c 的意见"
        assert office.events(item.case_id, "work_item.given_back")


def test_a_number_beyond_the_voters_is_no_rule(shapes_case):
    item = _step(shapes_case("linear"), "linear")
    for rule in ("4", "0", "most"):
        with pytest.raises(Invalid, match="会签规则"):
            _vote(item, "ling", "xie", "zhen2", rule=rule)


def test_other_content_is_voted_on_anew(shapes_case):
    item = _step(shapes_case("linear"), "linear")
    _vote(item, "ling", "xie")
    _submit(item, text="一稿")
    _sign("ling", item)
    with pytest.raises(Locked, match="正等待测试xie签署"):
        _submit(item, text="一稿")
    _submit(item, text="二稿")
    _sign("xie", item)
    assert _reload(item).status == "open", "who signed the first text has not signed the second"
    _sign("ling", item)
    assert office.submissions(item.case_id, "c")[-1].data["text"] == "二稿"


def test_a_signature_for_a_text_that_was_not_read_is_refused(shapes_case):
    item = _step(shapes_case("linear"), "linear")
    _vote(item, "ling", "xie")
    _submit(item, text="一稿")
    seen = _reload(item).revision
    _submit(item, text="二稿")
    with pytest.raises(Stale):
        _sign("ling", item, revision=seen)


def test_signers_in_order_wait_for_each_other(shapes_case):
    item = _step(shapes_case("linear"), "linear")
    _ask(item, "before", "ling", "jing", in_order=True)
    with pytest.raises(Locked, match="按顺序"):
        _sign("jing", item)
    _sign("ling", item)
    _sign("jing", item)
    _submit(item)
    _done_once(item)


def test_whoever_declines_is_no_longer_waited_for(shapes_case):
    item = _step(shapes_case("linear"), "linear")
    _ask(item, "after", "ling")
    _submit(item)
    office.do("ling", seats.decline, item.id, reason="与我无关")
    _done_once(item)


def test_a_seat_that_is_taken_back_lets_the_step_go_on(shapes_case):
    item = _step(shapes_case("linear"), "linear")
    (seat,) = _ask(item, "after", "ling")
    _submit(item)
    office.do("fuze", seats.withdraw_seat, item.id, seat.id)
    _done_once(item)


def test_what_the_procedure_asks_cannot_be_declined_or_taken_back(app):
    case_id = office.begin()
    office.play(case_id, *office.BEFORE_VOTE, "v")
    item = office.opened(case_id, "v")
    with pytest.raises(Forbidden):
        office.do("ling", seats.decline, item.id, reason="忙")
    with pytest.raises(Forbidden):
        office.do("fuze", seats.withdraw_seat, item.id, office.seats(item.id)[-1].id)


def test_everyone_who_holds_a_named_position_votes_and_nobody_else(app):
    case_id = office.begin()
    office.play(case_id, *office.BEFORE_VOTE, "v")
    item = office.opened(case_id, "v")
    asked = {office.username_of(seat) for seat in office.seats(item.id) if seat.role == "vote"}
    assert asked == {"jing", "jing2", "xie", "ling"}
    for outsider in ("zhen", "dang"):
        with pytest.raises((Missing, Forbidden)):
            _sign(outsider, item)
    for who in ("jing", "xie", "ling"):
        _sign(who, item)
    assert office.open_steps(case_id) == ["w"], "three of four are the majority"


@pytest.mark.parametrize("agrees", [True, False])
def test_the_outcome_of_a_vote_can_go_on_with_the_token(app, agrees):
    case_id = office.begin()
    office.play(case_id, *office.BEFORE_VOTE, "v")
    for who in ("jing", "xie", "ling"):
        _sign(who, office.opened(case_id, "v"))
    office.play(case_id, "w")
    item = office.opened(case_id, "w")
    _sign("jing", item, agrees=agrees)
    if agrees:
        _sign("jing2", item)
        _sign("xie", item)
    assert office.statuses(case_id, "w") == ["done"], "the procedure goes on either way"
    assert office.token(case_id, "z")["passed"] is agrees


def test_whoever_is_asked_may_do_nothing_else_in_the_step(shapes_case):
    item = _step(shapes_case("linear"), "linear")
    _ask(item, "after", "xie")
    for act in (work_items.claim, work_items.release):
        with pytest.raises(Missing):
            office.do("xie", act, item.id)
    with pytest.raises(Missing):
        office.do("xie", work_items.complete, item.id, revision=0, values={"text": "x"})
    with pytest.raises(Missing):
        office.do("xie", work_items.save_draft, item.id, {"text": "x"})


def test_nobody_without_the_right_to_act_can_be_asked(shapes_case):
    item = _step(shapes_case("linear"), "linear")
    with pytest.raises(Invalid, match="不办理待办"):
        _ask(item, "after", "dang")
    with pytest.raises(Invalid, match="本人"):
        _ask(item, "after", "fuze")
    with pytest.raises(Invalid, match="1 至 20"):
        _ask(item, "after")


def test_silence_needs_no_words_but_dissent_does(shapes_case):
    item = _step(shapes_case("linear"), "linear")
    _ask(item, "before", "ling")
    with pytest.raises(Invalid, match="写明意见"):
        _sign("ling", item, agrees=None, opinion=" ")
    _sign("ling", item, opinion="")
