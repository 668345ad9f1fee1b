"""Cases that go to another version keep what their steps got on the way, and one that fails stops no other."""

from __future__ import annotations

import pytest
from flask import current_app
from sqlalchemy import select

from tests.shapes import office
from webapp import packs
from webapp.models.account import Jurisdiction
from webapp.models.case import Case
from webapp.models.operation import MigratedCase
from webapp.models.release import ProcessVersion
from webapp.queries.actors import Actor
from webapp.services import case_migrations, cases, seats
from webapp.services.deployments import deploy
from webapp.uow import read_only, unit_of_work
from webapp.worker import make_worker

FLOW = "workflows/shapes/shapes.bpmn"


def _renamed():
    """Put a version in force that calls two of its steps otherwise; return its key."""
    files = dict(office.pack().files)
    for name in ("复核", "逐项办理"):
        assert f'name="{name}"' in files[FLOW]
        files[FLOW] = files[FLOW].replace(f'name="{name}"', f'name="{name}（新版）"')
    with unit_of_work() as session:
        here = session.scalars(select(Jurisdiction)).one()
        deploy(session, here, packs.read(files), Actor.system(here.id))
        current = select(ProcessVersion).where(
            ProcessVersion.is_current, ProcessVersion.process_key == "shapes"
        )
        return session.scalars(current).one().id


def _plan(case_id, new):
    old = office.case_of(case_id).process_version_id
    return office.do("dang", case_migrations.plan, from_version_id=old, to_version_id=new).id


def _run(migration_id):
    office.do("dang", case_migrations.start, migration_id)
    make_worker(current_app._get_current_object()).run_until_idle()


def _rows(migration_id):
    with read_only() as session:
        query = select(MigratedCase).where(MigratedCase.migration_id == migration_id)
        return {row.case_id: row for row in session.scalars(query)}


def _hold(service, case_id, **more):
    office.do("ling", lambda s, who: service(s, who, s.get_one(Case, case_id), **more))


def test_the_steps_of_several_items_are_still_told_apart(shapes_case):
    case_id = shapes_case("items")
    before = office.items(case_id, "e")
    assert len({row.name for row in before}) == len(before) > 1
    _run(_plan(case_id, _renamed()))
    after = office.items(case_id, "e")
    assert [row.name for row in after] == [
        row.name.replace("逐项办理", "逐项办理（新版）", 1) for row in before
    ]
    assert [row.properties["number"] for row in after] == [row.properties["number"] for row in before]
    office.finish(case_id)


def test_a_vote_that_was_called_goes_on_by_its_rule(shapes_case):
    case_id = shapes_case("linear")
    item = office.opened(case_id, "c")
    people = [office.pair(name) for name in ("ling", "jing", "xie")]
    office.do("fuze", seats.call_vote, item.id, people=people, rule="1")
    _run(_plan(case_id, _renamed()))
    office.complete(case_id, "c")
    office.do("ling", seats.sign_seat, item.id, agrees=True)
    assert office.statuses(case_id, "c") == ["done"], "one of the three is enough"


def test_a_suspended_case_is_listed_with_the_reason_why_it_stays(shapes_case):
    case_id = shapes_case("linear")
    _hold(cases.suspend, case_id, reason="等待上级批复")
    migration_id = _plan(case_id, _renamed())
    row = _rows(migration_id)[case_id]
    assert row.verdict == "blocked"
    assert "已暂停" in row.reasons[0]
    _run(migration_id)
    assert _rows(migration_id)[case_id].status == "left"


@pytest.fixture
def breaks(monkeypatch):
    """Let the move of one case fail in a way that nobody foresaw."""
    sound = case_migrations.awaited.keep_only

    def broken(case_id):
        def keep_only(session, case, run):
            if case.id == case_id:
                raise RuntimeError("测试王五 13800000000")
            return sound(session, case, run)

        monkeypatch.setattr(case_migrations.awaited, "keep_only", keep_only)

    return broken


def test_a_case_that_fails_is_noted_and_the_others_go_on(shapes_case, breaks):
    first = shapes_case("linear")
    second = office.begin()
    old, new = office.case_of(first).process_version_id, _renamed()
    migration_id = _plan(first, new)
    breaks(first)
    _run(migration_id)
    rows = _rows(migration_id)
    assert (rows[first].status, rows[second].status) == ("failed", "moved")
    assert "王五" not in rows[first].message
    assert office.case_of(first).process_version_id == old
    assert office.case_of(second).process_version_id == new
