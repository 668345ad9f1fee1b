"""流程运维 as other systems ask for it: the same acts as on the pages, for administrators only."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.factories import filings
from tests.integration.api.office import problem
from tests.packs.opened import changed
from webapp.core.errors import DomainError
from webapp.models.account import Jurisdiction
from webapp.models.case import Case
from webapp.models.event import Event
from webapp.queries.actors import Actor
from webapp.services import effects
from webapp.services.deployments import deploy
from webapp.uow import read_only, unit_of_work

ADMIN, WHY = "admin", "演示：按规定处理"


@pytest.fixture
def broken(monkeypatch):
    """An automatic step that fails until it is mended."""
    sound = effects.OPERATORS["start_clock"]

    def fails(*_):
        raise DomainError("时限设置缺失。")

    monkeypatch.setitem(effects.OPERATORS, "start_clock", fails)
    return lambda: monkeypatch.setitem(effects.OPERATORS, "start_clock", sound)


def _case(stage):
    with unit_of_work() as session:
        return getattr(filings, stage)(session).no


def _kinds(no):
    with read_only() as session:
        query = select(Event.kind).join(Case, Case.id == Event.case_id).where(Case.no == no)
        return session.scalars(query.order_by(Event.seq)).all()


def _open_steps(no):
    with read_only() as session:
        return filings.open_steps(session, session.scalars(select(Case.id).where(Case.no == no)).one())


def _incident(office):
    (row,) = office.get(ADMIN, "/operations/incidents")["items"]
    return row


def test_a_failed_step_is_listed_retried_and_skipped(app, office, broken):
    no = _case("filed")
    row = _incident(office)
    assert (row["case_no"], row["message"], row["attempts"]) == (no, "时限设置缺失。", 1)
    address = f"/operations/incidents/{row['id']}"
    assert office.post(ADMIN, f"{address}/retry", {}) == {"done": False}
    assert _incident(office)["attempts"] == 2
    short = problem(office.call(ADMIN, "POST", f"{address}/skip", json={"reason": "短"}))
    assert list(short["errors"]) == ["reason"]
    assert _open_steps(no) == set()
    assert office.post(ADMIN, f"{address}/skip", {"reason": WHY}) == {"done": True}
    assert office.get(ADMIN, "/operations/incidents")["items"] == []
    assert _open_steps(no) == {"acceptance"}
    assert {"incident.raised", "incident.retried", "incident.skipped", "incident.resolved"} <= {*_kinds(no)}


def test_a_mended_step_goes_through(app, office, broken):
    no = _case("filed")
    broken()
    assert office.post(ADMIN, f"/operations/incidents/{_incident(office)['id']}/retry", {}) == {"done": True}
    assert _open_steps(no) == {"acceptance"}


def test_a_token_is_previewed_and_moved(app, office):
    no = _case("filed")
    seen = office.get(ADMIN, f"/operations/cases/{no}/tokens")
    (token,) = seen["tokens"]
    assert (token["element_id"], token["name"]) == ("acceptance", "受理审查")
    asked = {"token": token["id"], "target": "site_check"}
    shown = office.post(ADMIN, f"/operations/cases/{no}/preview", asked)
    assert [row["element_id"] for row in shown["after"]] == ["site_check"]
    assert _open_steps(no) == {"acceptance"}, "looking changes nothing"
    order = asked | {"reason": WHY, "revision": shown["revision"]}
    moved = office.post(ADMIN, f"/operations/cases/{no}/move", order)
    assert [row["element_id"] for row in moved["tokens"]] == ["site_check"]
    assert _open_steps(no) == {"site_check"}
    assert "case.token_moved" in _kinds(no)
    assert problem(office.call(ADMIN, "POST", f"/operations/cases/{no}/move", json=order))["status"] == 409


def test_a_token_does_not_go_where_it_cannot_stand(app, office):
    no = _case("filed")
    (token,) = office.get(ADMIN, f"/operations/cases/{no}/tokens")["tokens"]
    for act in ("preview", "move"):
        body = {"token": token["id"], "target": "nowhere"}
        body |= {"reason": WHY, "revision": 1} if act == "move" else {}
        answer = office.call(ADMIN, "POST", f"/operations/cases/{no}/{act}", json=body)
        assert answer.status_code in {409, 422}, answer.text
        problem(answer)
    assert _open_steps(no) == {"acceptance"}


def test_work_is_handed_over_in_bulk(app, office):
    no = _case("filed")
    with read_only() as session:
        clerk, chief = (filings.actor(session, name) for name in ("renshe", "renshe-kz"))
    body = {"from_position": str(clerk.position), "to_position": str(chief.position), "reason": WHY}
    assert office.post(ADMIN, "/operations/reassign", body) == {"moved": 1, "left": 0, "beyond": 0}
    assert office.task("renshe-kz", no)["name"] == "受理审查"
    again = office.call(
        ADMIN, "POST", "/operations/reassign", json=body | {"to_position": body["from_position"]}
    )
    assert problem(again)["status"] == 422


def _later_version():
    pack = changed("workflows/tongzhou/recognition.bpmn", 'name="受理审查"', 'name="受理审查（新版）"')
    with unit_of_work() as session:
        here = session.scalars(select(Jurisdiction)).one()
        deploy(session, here, pack, Actor.system(here.id))


def _versions(office):
    rows = office.get(ADMIN, "/operations/versions")["items"]
    return [row for row in rows if row["process"] == "recognition"]


def test_cases_are_checked_moved_and_brought_back(app, office):
    no = _case("filed")
    (old,) = _versions(office)
    assert (old["process"], old["current"], old["running"]) == ("recognition", True, 1)
    _later_version()
    (new,) = (row for row in _versions(office) if row["current"])
    body = {"from_version": old["id"], "to_version": new["id"]}
    plan = office.post(ADMIN, "/operations/migrations", body, 201)
    assert [(row["no"], row["verdict"]) for row in plan["cases"]] == [(no, "可以迁移")]
    address = f"/operations/migrations/{plan['id']}"
    office.post(ADMIN, f"{address}/start", {})
    assert problem(office.call(ADMIN, "POST", f"{address}/start", json={}))["status"] == 409
    office.seal()
    assert office.get(ADMIN, address)["cases"][0]["state"] == "已迁移"
    assert office.task("renshe", no)["name"] == "受理审查（新版）"
    office.post(ADMIN, f"{address}/undo", {})
    office.seal()
    assert [row["id"] for row in office.get(ADMIN, "/operations/migrations")["items"]] == [plan["id"]]
    assert office.task("renshe", no)["name"] == "受理审查"


def test_what_cases_wait_for_is_listed(app, office):
    for name in ("timers", "messages"):
        assert office.get(ADMIN, f"/operations/{name}") == {"items": []}
    nobody = office.call(ADMIN, "POST", "/operations/messages", json={"name": "reply", "reason": WHY})
    assert problem(nobody)["status"] == 404


@pytest.mark.parametrize("name", ["incidents", "timers", "messages", "versions", "migrations"])
def test_an_officer_is_no_administrator(app, office, name):
    assert problem(office.call("renshe", "GET", f"/operations/{name}"))["status"] == 403
