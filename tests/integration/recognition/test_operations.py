"""An administrator sets right what went wrong: incidents, tokens, and running cases on a new version."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from tests.factories import filings
from tests.integration.recognition import desk
from tests.packs.opened import changed, tongzhou
from webapp import engine, packs
from webapp.core.errors import DomainError, Invalid, Locked, Missing
from webapp.models.account import Jurisdiction
from webapp.models.case import Case
from webapp.models.event import Event
from webapp.models.operation import Incident, MigratedCase, Migration
from webapp.models.release import ProcessVersion
from webapp.models.work_item import Draft
from webapp.queries import operations as seen
from webapp.queries.actors import Actor
from webapp.queries.releases import definition_of
from webapp.services import case_migrations, effects, operations, work_items
from webapp.services.deployments import deploy
from webapp.uow import read_only, unit_of_work

FLOW = "workflows/tongzhou/recognition.bpmn"


@pytest.fixture
def broken(monkeypatch):
    """An automatic step that fails until it is mended."""
    state = {"broken": True}
    real = effects.OPERATORS["start_clock"]

    def start_clock(*args):
        if state["broken"]:
            raise DomainError("时限设置缺失。")
        return real(*args)

    monkeypatch.setitem(effects.OPERATORS, "start_clock", start_clock)
    return state


def sign(case_id):
    desk.act(case_id, "majuqiao-ld", "township_sign", filings.content("market")["township_sign"])


def incidents(status="open"):
    with read_only() as session:
        return session.scalars(select(Incident).where(Incident.status == status)).all()


def as_admin(act, *args, **more):
    with unit_of_work() as session:
        return act(session, filings.actor(session, "admin"), *args, **more)


def test_a_failed_step_leaves_the_officers_work_done_and_an_incident(app, at, broken):
    case_id = at("reviewed")
    sign(case_id)
    (incident,) = incidents()
    assert incident.message == "时限设置缺失。"
    assert desk.items(case_id, "township_sign")[-1].status == "done"
    assert desk.open_steps(case_id) == set()


def test_retrying_goes_on_once_the_cause_is_mended(app, at, broken):
    case_id = at("reviewed")
    sign(case_id)
    (incident,) = incidents()
    assert as_admin(operations.retry, incident.id) is False
    assert incidents()[0].attempts == 2
    broken["broken"] = False
    assert as_admin(operations.retry, incident.id) is True
    assert incidents() == []
    assert desk.open_steps(case_id) == {"acceptance"}
    assert len([d for d in desk.documents(case_id) if d.template_key == "application_report"]) == 1


def test_skipping_needs_a_reason_and_goes_on_behind(app, at, broken):
    case_id = at("reviewed")
    sign(case_id)
    (incident,) = incidents()
    with pytest.raises(Invalid):
        as_admin(operations.skip, incident.id, "  ")
    as_admin(operations.skip, incident.id, "时限另行登记，先往下办")
    assert [row.id for row in incidents("skipped")] == [incident.id]
    assert desk.open_steps(case_id) == {"acceptance"}
    with pytest.raises(Missing):
        as_admin(operations.skip, incident.id, "再跳一次试试")


def test_the_preview_of_a_move_shows_what_the_move_then_does(app, at):
    case_id = at("filed")
    no = desk.case_of(case_id).no
    with read_only() as session:
        admin = filings.actor(session, "admin")
        view = seen.tokens_view(session, admin, no)
        (token,) = view.tokens
        shown = seen.preview(session, admin, no, token.id, "site_check")
    assert [row.element_id for row in shown.before] == ["acceptance"]
    assert [row.element_id for row in shown.after] == ["site_check"]
    assert desk.open_steps(case_id) == {"acceptance"}, "looking changes nothing"
    as_admin(operations.move_token, case_id, token.id, "site_check", reason="演示：补办现场核查")
    assert desk.open_steps(case_id) == {"site_check"}
    (event,) = desk.events(case_id, "case.token_moved")
    assert event.data["target"] == "site_check"


def test_a_move_previewed_before_somebody_acted_is_refused(app, at):
    case_id = at("filed")
    before = desk.case_of(case_id)
    with read_only() as session:
        token = seen.tokens_view(session, filings.actor(session, "admin"), before.no).tokens[0].id
    desk.act(case_id, "renshe", "acceptance", filings.content("market")["acceptance"])
    desk.review_papers(case_id)
    with pytest.raises(Locked):
        as_admin(
            operations.move_token,
            case_id,
            token,
            "site_check",
            reason="演示：已过时",
            revision=before.revision,
        )


@pytest.mark.parametrize("revision", ["", "abc", "1.5"])
def test_a_move_that_does_not_say_what_was_seen_is_refused(app, at, browse, revision):
    case_id = at("filed")
    no = desk.case_of(case_id).no
    with read_only() as session:
        token = seen.tokens_view(session, filings.actor(session, "admin"), no).tokens[0].id
    form = {"token": token, "target": "site_check", "reason": "演示：补办核查", "revision": revision}
    answer = browse("admin").post(f"/admin/operations/cases/{no}/move", data=form)
    assert answer.status_code == 409
    assert "请重新预览" in answer.text
    assert desk.open_steps(case_id) == {"acceptance"}


def test_an_officer_is_no_administrator(app, at, browse):
    case_id = at("filed")
    no = desk.case_of(case_id).no
    for address in ("/admin/operations", f"/admin/operations/cases/{no}", "/admin/operations/migrations"):
        assert browse("renshe").get(address).status_code == 403


def test_the_pages_of_operations_open(app, at, browse):
    case_id = at("accepted")
    admin = browse("admin")
    no = desk.case_of(case_id).no
    assert "征求意见" in admin.get(f"/admin/operations/cases/{no}").text
    page = admin.get("/admin/operations").text
    assert "流程版本" in page
    with read_only() as session:
        version = desk.case_of(case_id).process_version_id
        assert session.get_one(ProcessVersion, version).is_current
    heat = admin.get(f"/admin/operations/flows/{version}").text
    assert "受理审查" in heat
    assert admin.get(f"/admin/operations/flows/{version}/diagram.bpmn").status_code == 200


def test_work_is_handed_over_in_bulk_within_an_agency(app, at, browse):
    case_id = at("filed")
    with read_only() as session:
        clerk, other = filings.actor(session, "renshe"), filings.actor(session, "renshe-2")
        chief = filings.actor(session, "renshe-kz")
        township = filings.actor(session, "majuqiao", "clerk")
    admin = browse("admin")
    form = {
        "from": f"{clerk.position_id}/",
        "to": f"{clerk.position_id}/{other.person_id}",
        "reason": "演示：人员调离",
    }
    assert admin.post("/admin/operations/reassign", data=form).status_code == 302
    (item,) = desk.items(case_id, "acceptance")
    assert item.claimed_by_id == other.person_id
    refused = admin.post(
        "/admin/operations/reassign",
        data={**form, "to": f"{township.position_id}/", "reason": "演示：别的单位"},
    )
    assert refused.status_code == 422
    assert "同一单位" in refused.text
    moved = admin.post("/admin/operations/reassign", data={**form, "to": f"{chief.position_id}/"})
    assert moved.status_code == 302
    assert desk.items(case_id, "acceptance")[0].position_id == chief.position_id


def release(pack):
    with unit_of_work() as session:
        here = session.scalars(select(Jurisdiction)).one()
        deploy(session, here, pack, Actor.system(here.id))
        current = select(ProcessVersion).where(
            ProcessVersion.is_current, ProcessVersion.process_key == "recognition"
        )
        return session.scalars(current).one().id


def later_version():
    return release(changed(FLOW, 'name="受理审查"', 'name="受理审查（新版）"'))


def plan(case_id, new, mapping=None):
    old = desk.case_of(case_id).process_version_id
    return as_admin(case_migrations.plan, from_version_id=old, to_version_id=new, mapping=mapping).id


def rows_of(migration_id):
    with read_only() as session:
        query = select(MigratedCase).where(MigratedCase.migration_id == migration_id)
        return session.scalars(query.options(undefer(MigratedCase.state_before))).all()


def state_of(case_id):
    with read_only() as session:
        case = session.get_one(Case, case_id, options=[undefer(Case.engine_state)])
        return case.engine_state, case.process_version_id


def test_a_case_is_checked_moved_and_goes_on_under_the_new_version(app, at):
    case_id = at("filed")
    draft_kept(case_id)
    clock = desk.clock_of(case_id)
    new = later_version()
    migration_id = plan(case_id, new)
    (row,) = rows_of(migration_id)
    assert (row.verdict, row.status) == ("safe", "waiting")
    assert state_of(case_id)[1] != new, "the check moves nothing"
    as_admin(case_migrations.start, migration_id)
    desk.work(app)
    assert rows_of(migration_id)[0].status == "moved"
    (item,) = desk.items(case_id, "acceptance")
    assert item.name == "受理审查（新版）"
    assert item.status == "open"
    assert desk.clock_of(case_id).due_at == clock.due_at
    assert kept_draft(case_id) == {"decision": "accept"}
    desk.act(case_id, "renshe", "acceptance", filings.content("market")["acceptance"])
    desk.review_papers(case_id)
    assert "opinion_police" in desk.open_steps(case_id)


def draft_kept(case_id):
    with unit_of_work() as session:
        item = filings.open_item(session, session.get_one(Case, case_id), "acceptance")
        work_items.save_draft(session, filings.actor(session, "renshe"), item.id, {"decision": "accept"})


def kept_draft(case_id):
    with read_only() as session:
        (item,) = desk.items(case_id, "acceptance")
        return session.scalars(select(Draft).where(Draft.work_item_id == item.id)).one().values


def test_the_dry_run_equals_the_real_run(app, at):
    case_id = at("accepted")
    new = later_version()
    migration_id = plan(case_id, new)
    with read_only() as session:
        case = session.get_one(Case, case_id, options=[undefer(Case.engine_state)])
        old_definition = definition_of(session, case.process_version)
        new_definition = definition_of(session, session.get_one(ProcessVersion, new))
        expected = engine.migrate(old_definition, case.engine_state, new_definition, {})
    as_admin(case_migrations.start, migration_id)
    desk.work(app)
    assert state_of(case_id) == (expected, new)


def test_undoing_brings_back_exactly_what_was(app, at):
    case_id = at("accepted")
    before, items = state_of(case_id), [(i.name, i.form_key, i.status) for i in desk.items(case_id)]
    migration_id = plan(case_id, later_version())
    as_admin(case_migrations.start, migration_id)
    desk.work(app)
    assert state_of(case_id) != before
    as_admin(case_migrations.undo, migration_id)
    desk.work(app)
    assert state_of(case_id) == before
    assert [(i.name, i.form_key, i.status) for i in desk.items(case_id)] == items
    assert rows_of(migration_id)[0].status == "undone"


def test_what_moved_on_since_is_not_undone(app, at):
    case_id = at("filed")
    new = later_version()
    migration_id = plan(case_id, new)
    as_admin(case_migrations.start, migration_id)
    desk.work(app)
    desk.act(case_id, "renshe", "acceptance", filings.content("market")["acceptance"])
    desk.review_papers(case_id)
    as_admin(case_migrations.undo, migration_id)
    desk.work(app)
    assert state_of(case_id)[1] == new
    (row,) = rows_of(migration_id)
    assert "又有办理" in row.message


def with_another_step():
    """The pack with the step of acceptance under another id: to the engine it is another step."""
    files = {path: text for path, text in tongzhou().files.items() if "/scenarios/" not in path}
    for before, after in (
        ('id="acceptance"', 'id="acceptance_2"'),
        ('Ref="acceptance"', 'Ref="acceptance_2"'),
        (">acceptance<", ">acceptance_2<"),
        ('bpmnElement="acceptance"', 'bpmnElement="acceptance_2"'),
    ):
        assert before in files[FLOW]
        files[FLOW] = files[FLOW].replace(before, after)
    return packs.read(files)


def test_an_open_step_that_is_gone_needs_a_mapping_and_then_goes(app, at):
    case_id = at("filed")
    new = release(with_another_step())
    migration_id = plan(case_id, new)
    (row,) = rows_of(migration_id)
    assert row.verdict == "mapping"
    assert row.reasons
    as_admin(case_migrations.start, migration_id)
    desk.work(app)
    assert rows_of(migration_id)[0].status == "left"
    mapped = plan(case_id, new, {"acceptance": "acceptance_2"})
    assert rows_of(mapped)[0].verdict == "safe"
    as_admin(case_migrations.start, mapped)
    desk.work(app)
    assert desk.open_steps(case_id) == {"acceptance_2"}


def test_a_migration_is_started_once(app, at):
    case_id = at("filed")
    migration_id = plan(case_id, later_version())
    as_admin(case_migrations.start, migration_id)
    with pytest.raises(Locked):
        as_admin(case_migrations.start, migration_id)
    desk.work(app)
    with read_only() as session:
        assert session.get_one(Migration, migration_id).status == "finished"
        kinds = set(session.scalars(select(Event.kind).where(Event.case_id == case_id)))
    assert "case.migrated" in kinds
