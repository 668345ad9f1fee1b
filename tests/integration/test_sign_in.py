"""Signing in: sessions on the server, locks, one answer for every wrong guess."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from tests.databases import rival
from tests.factories.accounts import (
    PASSWORD,
    appoint,
    make_agency,
    make_jurisdiction,
    make_person,
    make_position,
)
from webapp.core import clock
from webapp.core.errors import Invalid, Missing
from webapp.models.account import LoginSession, Person, SignInLock
from webapp.models.event import Event
from webapp.queries.people import people_with_phone
from webapp.services import accounts, sign_in
from webapp.uow import read_only, unit_of_work
from webapp.worker import make_worker

pytestmark = pytest.mark.usefixtures("app", "frozen_clock")


@pytest.fixture
def person(session):
    agency = make_agency(session, make_jurisdiction(session))
    positions = [make_position(session, agency), make_position(session, agency, key="reviewer", title="审核")]
    made = make_person(session, *positions, username="wangwu")
    session.commit()
    return made


def enter(username="wangwu", password=PASSWORD, address="10.0.0.1", **more):
    with read_only() as session:
        attempt = sign_in.examine(session, username, password, address=address)
    with unit_of_work() as session:
        return sign_in.admit(session, attempt, **more)


def holder(token):
    with read_only() as session:
        return sign_in.signed_in(session, token)


def kinds():
    with read_only() as session:
        return list(session.scalars(select(Event.kind).order_by(Event.seq)))


def test_the_right_password_opens_a_session_in_the_first_position(person):
    found = holder(enter().token)
    assert found.person_id == person.id
    assert found.actor.title == "马驹桥镇 经办"
    assert found.may("task.act")
    assert kinds() == ["person.signed_in"]


def test_user_names_are_typed_in_any_case(person):
    assert enter(" WangWu ").token


def test_the_database_holds_no_token_and_no_address(person, session):
    token = enter(address="203.0.113.7").token
    with read_only() as reading:
        raw = reading.connection().exec_driver_sql("SELECT * FROM login_session").one()
    assert token not in map(str, raw)
    assert not any(b"203.0.113.7" in bytes(value) for value in raw if isinstance(value, bytes | memoryview))


@pytest.mark.parametrize("username", ["wangwu", "nobody"])
def test_a_wrong_guess_and_an_unknown_name_get_the_same_answers(person, username):
    answers = [enter(username, "wrong") for _ in range(6)]
    assert {answer.token for answer in answers} == {None}
    assert [answer.message for answer in answers] == ["用户名或密码不正确。"] * 4 + [
        "登录失败次数过多，请 15 分钟后再试。"
    ] * 2
    assert answers[-1].retry_after == 900


def test_a_locked_account_refuses_even_the_right_password_until_the_lock_ends(person, frozen_clock):
    for _ in range(5):
        enter(password="wrong")
    frozen_clock.move(minutes=14, seconds=59)
    assert enter().token is None
    frozen_clock.move(seconds=1)
    assert enter().token


def test_failures_long_ago_do_not_count(person, frozen_clock):
    for _ in range(4):
        enter(password="wrong")
    frozen_clock.move(minutes=16)
    assert enter(password="wrong").message == "用户名或密码不正确。"
    assert enter().token


def test_success_forgets_the_failures_before_it(person):
    for _ in range(3):
        for _ in range(4):
            enter(password="wrong")
        assert enter().token


def test_success_and_clean_up_take_no_lock_away_from_those_who_sign_in(person):
    """The row stays when somebody signs in; only a sweep removes it, when it is a day old."""
    for _ in range(2):
        assert enter().token
    with read_only() as session:
        assert session.scalar(select(func.count()).select_from(SignInLock)) == 2


def test_counts_of_failures_are_forgotten_a_day_later_and_not_while_they_lock(person, app, frozen_clock):
    for _ in range(5):
        enter(password="wrong")
    frozen_clock.move(hours=23)
    with read_only() as session:
        assert sign_in.old_locks(session) == []
    frozen_clock.move(hours=2)
    with read_only() as session:
        found = sign_in.old_locks(session)
    assert len(found) == 2
    enter(password="wrong", address="10.0.0.9")
    make_worker(app).run_until_idle()
    with read_only() as session:
        kept = list(session.scalars(select(SignInLock.failures)))
    assert kept == [1, 1], "the account and the new address; the old address is forgotten"


def test_a_clean_up_at_the_same_moment_is_no_fault(person):
    """The row that is about to be locked cannot be removed between being found and being locked."""
    assert enter().token
    with rival("INSERT INTO sign_in_lock", "DELETE FROM sign_in_lock") as tries:
        assert enter().token
    assert tries


def test_an_address_that_tries_many_names_is_locked_and_others_are_not(person):
    for number in range(50):
        enter(f"guess{number}", "wrong", address="198.51.100.1")
    assert enter(address="198.51.100.1").token is None
    assert enter(address="198.51.100.2").token


def test_guesses_that_arrive_together_cannot_outrun_the_lock(person):
    """All were examined before any was counted; the last one even fits."""
    with read_only() as session:
        guesses = [sign_in.examine(session, "wangwu", "wrong", address="a") for _ in range(5)]
        fitting = sign_in.examine(session, "wangwu", PASSWORD, address="a")
    for guess in [*guesses, fitting]:
        with unit_of_work() as session:
            answer = sign_in.admit(session, guess)
    assert answer.token is None


def test_a_session_idles_out_and_use_keeps_it_open(person, frozen_clock):
    token = enter().token
    frozen_clock.move(minutes=29)
    found = holder(token)
    assert found.stale
    with unit_of_work() as session:
        sign_in.touch(session, found.session_id)
    frozen_clock.move(minutes=29)
    assert holder(token)
    frozen_clock.move(minutes=1)
    assert holder(token) is None


def test_a_busy_session_still_ends_after_twelve_hours(person, frozen_clock):
    token = enter().token
    for _ in range(12 * 3 - 1):
        frozen_clock.move(minutes=20)
        with unit_of_work() as session:
            sign_in.touch(session, holder(token).session_id)
    frozen_clock.move(minutes=20)
    assert holder(token) is None


def test_signing_in_again_ends_the_session_that_the_browser_had(person):
    planted = enter().token
    assert enter(previous_token=planted).token != planted
    assert holder(planted) is None


def test_signing_out_ends_the_session_on_the_server(person):
    token = enter().token
    with unit_of_work() as session:
        sign_in.sign_out(session, token)
    assert holder(token) is None
    assert kinds()[-1] == "person.signed_out"


def test_a_position_is_chosen_and_remembered(person):
    token = enter().token
    with read_only() as session:
        second = accounts.appointments_in_force(session, person.id)[1].id
    with unit_of_work() as session:
        sign_in.choose_position(session, holder(token), second)
    assert holder(token).actor.title == "马驹桥镇 审核"
    assert holder(enter().token).actor.title == "马驹桥镇 审核"


def test_nobody_chooses_a_position_of_somebody_else(person, session):
    other = make_person(session)
    theirs = appoint(session, other, person.appointments[0].position)
    session.commit()
    token = enter().token
    with pytest.raises(Missing), unit_of_work() as writing:
        sign_in.choose_position(writing, holder(token), theirs.id)


def test_an_appointment_that_ended_carries_no_rights(session, frozen_clock):
    position = make_position(session, make_agency(session, make_jurisdiction(session)))
    person = make_person(session, username="zhaoliu")
    appoint(session, person, position, ends_on=date(2026, 11, 20))
    session.commit()
    token = enter("zhaoliu").token
    assert holder(token).may("task.act")
    frozen_clock.move(hours=10)
    with unit_of_work() as writing:
        seen = writing.scalars(select(LoginSession)).one()
        seen.last_seen_at, seen.expires_at = clock.now() + timedelta(hours=4), clock.now() + timedelta(days=1)
    frozen_clock.move(hours=4)  # 2026-11-21, 00:00 in Beijing
    assert holder(token).actor is None
    assert not holder(token).may("task.act")


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_demo": True}])
def test_people_who_may_not_enter_look_unknown_and_lose_open_sessions(person, change):
    token = enter().token
    with unit_of_work() as session:
        row = session.get_one(Person, person.id)
        for name, value in change.items():
            setattr(row, name, value)
    policy = accounts.account_policy()
    accounts.install(accounts.AccountPolicy(argon2_memory_kib=8, argon2_passes=1, demo_people=False))
    try:
        assert holder(token) is None
        assert enter().message == "用户名或密码不正确。"
    finally:
        accounts.install(policy)


def test_changing_the_password_ends_every_other_session(person):
    here, elsewhere = enter().token, enter().token
    me = holder(here)
    with unit_of_work() as session:
        accounts.change_password(
            session,
            me.actor,
            person_id=person.id,
            current=PASSWORD,
            new="Xin-mima-2026",
            keep_session_id=me.session_id,
        )
    assert holder(here)
    assert holder(elsewhere) is None
    assert enter().token is None
    assert enter(password="Xin-mima-2026").token


@pytest.mark.parametrize(
    ("current", "new", "message"),
    [
        ("wrong", "Xin-mima-2026", "当前密码不正确"),
        (PASSWORD, "Ab1!", "至少 10 个字符"),
        (PASSWORD, "abcdefghij12", "至少三类"),
        (PASSWORD, "Wangwu-2026", "不能包含用户名"),
        (PASSWORD, PASSWORD, "不能与当前密码相同"),
    ],
)
def test_poor_passwords_are_refused_with_the_reason(person, current, new, message):
    with pytest.raises(Invalid, match=message), unit_of_work() as session:
        accounts.change_password(session, None, person_id=person.id, current=current, new=new)


def test_one_ends_ones_own_sessions_only(person, session):
    mine, other = enter().token, make_person(session, username="other")
    session.commit()
    theirs = holder(enter("other").token)
    with pytest.raises(Missing), unit_of_work() as writing:
        sign_in.revoke_session(writing, holder(mine), theirs.session_id)
    with unit_of_work() as writing:
        sign_in.revoke_session(writing, holder(mine), holder(mine).session_id)
    assert holder(mine) is None
    assert other.id == theirs.person_id


def test_old_sessions_are_forgotten_with_their_addresses(person, frozen_clock):
    enter()
    frozen_clock.move(days=200)
    with unit_of_work() as session:
        (old,) = sign_in.forgettable(session)
        sign_in.forget(session, old)
    enter()
    with read_only() as session:
        assert sign_in.forgettable(session) == []
        assert len(session.scalars(select(LoginSession)).all()) == 1


def test_people_are_found_by_telephone_without_opening_the_others(person):
    with unit_of_work() as session:
        accounts.set_phone(session.get_one(Person, person.id), "138 0013 8000")
    with read_only() as session:
        (found,) = people_with_phone(session, "13800138000")
        assert found.phone == "13800138000"
        raw = session.connection().exec_driver_sql("SELECT phone, name FROM person").all()
    assert not any(b"13800138000" in bytes(value) for row in raw for value in row if value)
