"""代理: who may act for whom, without loops; every act reads 乙 代 甲, and it is over when it is over."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select, true

from tests.shapes import office
from webapp.core.errors import Forbidden, Invalid, Missing
from webapp.models.account import Person
from webapp.models.case import Case
from webapp.models.work_item import WorkItem
from webapp.queries import case_page
from webapp.queries.case_access import visible_case
from webapp.queries.done_list import done_by
from webapp.queries.inbox import waiting_counts
from webapp.queries.substitutions import actor_for, standings
from webapp.services import accounts, api_tokens, cases, people, substitutions, work_items
from webapp.uow import read_only, unit_of_work
from webapp.worker import make_worker

TODAY = date(2026, 11, 20)
pytestmark = pytest.mark.usefixtures("app")


def _key(username):
    with read_only() as session:
        return session.scalars(select(Person.id).where(Person.username == username)).one()


def _appoint(person, substitute, first=TODAY, last=TODAY, who=None, **more):
    return office.do(
        who or person,
        substitutions.appoint,
        person_id=_key(person),
        substitute_id=_key(substitute),
        starts_on=first,
        ends_on=last,
        **more,
    )


def _standing(session, username):
    person = session.scalars(select(Person).where(Person.username == username)).one()
    return actor_for(person, standings(session, person.id)[0])


def _stand(username, service, *arguments, **more):
    """Let somebody use a service in the position of the first person for whom they may act."""
    with unit_of_work() as session:
        return service(session, _standing(session, username), *arguments, **more)


@pytest.mark.parametrize("place", office.AT)
def test_every_act_reads_that_one_stood_in_for_the_other(shapes_case, place):
    case_id = shapes_case(place)
    item = office.opened(case_id, office.AT[place])
    owner = office.DOES[item.element_id]
    substitute = "jing" if owner == "fuze" else "fuze"
    _appoint(owner, substitute)
    values = office.values(item.element_id)
    _stand(substitute, work_items.complete, item.id, revision=item.revision, values=values)
    done = next(row for row in office.items(case_id) if row.id == item.id)
    assert (done.done_by_id, done.done_for_id) == (_key(substitute), _key(owner))
    said = office.submissions(case_id)[-1]
    assert (said.person_id, said.for_person_id) == (_key(substitute), _key(owner))
    (signature,) = office.seats(item.id)
    assert (signature.person_id, signature.for_person_id) == (_key(substitute), _key(owner))
    words = f"测试{substitute} 代 测试{owner}"
    with read_only() as session:
        who = office.actor(session, owner)
        page = case_page.case_page(session, who, session.get_one(Case, case_id))
        assert page.submissions[0].by == words
        assert any(event.who.endswith(words) for event in page.timeline)
        rows = done_by(session, office.actor(session, substitute), 1).rows
        assert [row.stood_in_for for row in rows if row.stood_in_for] == [f"测试{owner}"]
    (event,) = [e for e in office.events(case_id, "work_item.completed") if e.work_item_id == item.id]
    assert event.data["for_person"] == str(_key(owner))


def test_what_the_absent_person_had_taken_is_done_for_them(shapes_case):
    case_id = shapes_case("linear")
    item = office.opened(case_id, "c")
    office.do("fuze", work_items.claim, item.id)
    _appoint("fuze", "jing")
    _stand("jing", work_items.complete, item.id, revision=item.revision, values=office.values("c"))
    assert office.statuses(case_id, "c") == ["done"]


@pytest.mark.parametrize(
    ("made", "refused"),
    [
        ([("jing", "fuze")], ("fuze", "jing")),
        ([("jing", "fuze"), ("fuze", "ling")], ("ling", "jing")),
        ([("jing", "fuze"), ("fuze", "ling"), ("ling", "jing2")], ("jing2", "jing")),
    ],
)
def test_a_loop_is_refused_through_however_many_others(made, refused):
    for pair in made:
        _appoint(*pair)
    with pytest.raises(Invalid, match=r"循环代理（.+→.+→.+）"):
        _appoint(*refused)


def test_it_is_a_loop_only_on_days_that_all_have_in_common():
    day = timedelta(days=1)
    _appoint("jing", "fuze", TODAY, TODAY + 2 * day)
    _appoint("fuze", "ling", TODAY + 2 * day, TODAY + 4 * day)
    _appoint("ling", "jing", TODAY + 3 * day, TODAY + 5 * day)
    with pytest.raises(Invalid, match="循环代理"):
        _appoint("fuze", "jing", TODAY + day, TODAY + day)
    _appoint("fuze", "jing2", TODAY + day, TODAY + day)


def test_a_revoked_one_closes_no_loop():
    made = _appoint("jing", "fuze")
    office.do("jing", substitutions.revoke, made.id)
    _appoint("fuze", "jing")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"first": TODAY - timedelta(days=1)}, "早于今天"),
        ({"first": TODAY + timedelta(days=2)}, "早于开始日期"),
        ({"last": TODAY + timedelta(days=400)}, "不超过一年"),
        ({"reason": "假" * 201}, "200"),
    ],
)
def test_dates_and_words_make_sense(given, message):
    with pytest.raises(Invalid, match=message):
        _appoint("jing", "fuze", **given)


def test_a_substitute_is_a_colleague_and_somebody_else():
    with pytest.raises(Invalid, match="同一单位"):
        _appoint("jing", "xie")
    with pytest.raises(Invalid, match="本人代理本人"):
        _appoint("jing", "jing")
    _appoint("jing", "fuze")
    with pytest.raises(Invalid, match="已设置由测试fuze代测试jing"):
        _appoint("jing", "fuze")


def test_one_appoints_for_oneself_and_only_whoever_manages_it_for_others():
    with pytest.raises(Forbidden, match="为本人设置"):
        _appoint("jing", "fuze", who="ling")
    made = _appoint("jing", "fuze")
    with pytest.raises(Missing):
        office.do("fuze", substitutions.revoke, made.id)
    with pytest.raises(Forbidden, match="切换回本人"):
        _stand(
            "fuze",
            substitutions.appoint,
            person_id=_key("jing"),
            substitute_id=_key("ling"),
            starts_on=TODAY,
            ends_on=TODAY,
        )


def test_it_holds_on_its_days_in_its_position_and_procedure(shapes_case, frozen_clock):
    case_id = shapes_case("linear")
    position = office.pair("fuze")[1]
    _appoint(
        "fuze",
        "jing",
        TODAY + timedelta(days=1),
        TODAY + timedelta(days=1),
        position_id=position,
        process_key="waits",
    )
    with read_only() as session:
        assert standings(session, _key("jing")) == []
    frozen_clock.move(hours=14)  # midnight in Beijing
    with read_only() as session:
        who = _standing(session, "jing")
        assert waiting_counts(session, who, {"all": true()}) == {"all": 0}, (
            "another procedure's steps are not offered"
        )
        with pytest.raises(Missing):
            visible_case(session, who, office.case_of(case_id).no)
    with pytest.raises(Forbidden, match="另一项业务"):
        _stand("jing", work_items.claim, office.opened(case_id, "c").id)
    with pytest.raises(Forbidden, match="另一项业务"):
        _stand("jing", cases.start, "shapes")
    frozen_clock.move(days=1)
    with read_only() as session:
        assert standings(session, _key("jing")) == []


def test_it_is_over_when_the_absent_person_leaves_the_position():
    from webapp.models.account import Appointment

    _appoint("jing", "fuze")
    with read_only() as session:
        held = session.scalars(select(Appointment.id).where(Appointment.person_id == _key("jing"))).one()
    office.do("ling", people.end, appointment_id=held)
    with read_only() as session:
        assert standings(session, _key("fuze")) == []


def _claimed(item_id):
    with read_only() as session:
        return session.get_one(WorkItem, item_id).claimed_by_id


def test_what_a_substitute_took_goes_back_when_it_is_revoked(shapes_case):
    item = office.opened(shapes_case("linear"), "c")
    made = _appoint("fuze", "jing")
    _stand("jing", work_items.claim, item.id)
    assert _claimed(item.id) == _key("jing")
    office.do("fuze", substitutions.revoke, made.id)
    assert _claimed(item.id) is None
    with pytest.raises(Missing):
        office.do("fuze", substitutions.revoke, made.id)


def test_what_a_substitute_took_goes_back_when_it_runs_out(app, shapes_case, frozen_clock):
    item = office.opened(shapes_case("linear"), "c")
    _appoint("fuze", "jing")
    _stand("jing", work_items.claim, item.id)
    make_worker(app).run_until_idle()
    assert _claimed(item.id) == _key("jing")
    frozen_clock.move(days=1)
    make_worker(app).run_until_idle()
    assert _claimed(item.id) is None


def _browser(app, username):
    browser = app.test_client()
    assert browser.sign_in(username, accounts.DEMO_PASSWORD).status_code == 302
    return browser


def _switch(browser, username, made):
    with read_only() as session:
        (standing,) = standings(session, _key(username))
    return browser.post(
        "/position", data={"position": str(standing.appointment.id), "substitution": str(made.id)}
    )


def test_the_switcher_offers_it_and_every_page_says_so(app, shapes_case):
    case_id = shapes_case("linear")
    made = _appoint("fuze", "jing")
    browser = _browser(app, "jing")
    assert "代 测试fuze · 大厅 负责人" in browser.get("/me").text
    assert "您正在代" not in browser.get("/me").text
    assert _switch(browser, "jing", made).status_code == 302
    no = office.case_of(case_id).no
    for address in ("/", "/inbox", "/done", "/me", f"/cases/{no}", "/circulations", "/me/substitutions"):
        assert "您正在代 测试fuze 办理" in browser.get(address).text, address
    assert f"/cases/{no}" in browser.get("/inbox").text
    with read_only() as session:
        appointment = office.actor(session, "jing").appointment_id
    assert browser.post("/position", data={"position": str(appointment)}).status_code == 302
    assert "您正在代" not in browser.get("/me").text


def test_a_session_falls_back_to_the_own_position_at_once(app, frozen_clock):
    made = _appoint("fuze", "jing", TODAY, TODAY + timedelta(days=1))
    browser = _browser(app, "jing")
    _switch(browser, "jing", made)
    assert "您正在代" in browser.get("/me").text
    office.do("fuze", substitutions.revoke, made.id)
    page = browser.get("/me")
    assert (page.status_code, "您正在代" in page.text) == (200, False)
    assert "大厅 经办" in page.text
    assert _switch_again(browser, made).status_code == 404


def _switch_again(browser, made):
    with read_only() as session:
        held = office.actor(session, "fuze").appointment_id
    return browser.post("/position", data={"position": str(held), "substitution": str(made.id)})


def test_a_session_falls_back_when_the_last_day_is_over(app, frozen_clock):
    frozen_clock.move(hours=13, minutes=50)
    made = _appoint("fuze", "jing")
    browser = _browser(app, "jing")
    _switch(browser, "jing", made)
    assert "您正在代" in browser.get("/me").text
    frozen_clock.move(minutes=10)
    assert "您正在代" not in browser.get("/me").text


def test_a_substitute_gets_no_key_for_machines():
    _appoint("fuze", "jing")
    with pytest.raises(Forbidden, match="代理期间不能生成令牌"):
        _stand("jing", api_tokens.create, name="测试", days=30)


def test_one_sets_and_ends_it_on_one_s_own_page(app):
    browser = _browser(app, "jing")
    day = TODAY.isoformat()
    asked = {"substitute": str(_key("fuze")), "starts_on": day, "ends_on": "2026-11-19"}
    answer = browser.post("/me/substitutions", data=asked)
    assert (answer.status_code, "结束日期不能早于开始日期" in answer.text) == (422, True)
    assert browser.post("/me/substitutions", data=asked | {"ends_on": day}).status_code == 302
    page = browser.get("/me/substitutions").text
    assert "生效中" in page
    with read_only() as session:
        (standing,) = standings(session, _key("fuze"))
    ended = browser.post("/me/substitutions/revoke", data={"substitution": str(standing.substitution.id)})
    assert ended.status_code == 302
    assert "已撤销" in browser.get("/me/substitutions").text


def test_who_records_history_does_not_wait_for_who_appoints(app, backend):
    def act():
        with app.app_context():
            try:
                office.begin()
            except Exception as problem:  # noqa: BLE001 - it is what the act came to
                told.append(problem)

    told, other = [], threading.Thread(target=act)
    with unit_of_work() as session:
        substitutions.appoint(
            session,
            office.actor(session, "fuze"),
            person_id=_key("fuze"),
            substitute_id=_key("jing"),
            starts_on=TODAY,
            ends_on=TODAY,
        )
        other.start()
        if backend.name == "postgresql":  # SQLite lets one writer in at a time
            other.join(20)
            assert not other.is_alive(), "a case can be started meanwhile"
    other.join(60)
    assert told == []
