"""Releases and the versions of their processes: a version counts up with the process's own sources only."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.packs.opened import changed, tongzhou
from webapp.models.account import Jurisdiction
from webapp.models.release import ProcessVersion
from webapp.queries.actors import Actor
from webapp.services.deployments import deploy
from webapp.uow import read_only, unit_of_work

PROCESS = "recognition"
FLOW = "workflows/tongzhou/recognition.bpmn"
RULES = "workflows/tongzhou/recognition.dmn"
FORM = "forms/tongzhou/filing.json"
NAME = 'name="填写认定申请"'


def put_in_force(pack):
    """Deploy a pack; return the version under which cases start now, and how many rows there are."""
    with unit_of_work() as session:
        here = session.scalars(select(Jurisdiction)).one()
        deploy(session, here, pack, Actor.system(here.id))
    with read_only() as session:
        rows = session.scalars(select(ProcessVersion).where(ProcessVersion.process_key == PROCESS)).all()
        (current,) = [row for row in rows if row.is_current]
        return current.version, len(rows)


@pytest.mark.usefixtures("app")
def test_a_version_counts_up_only_when_the_process_itself_changed():
    assert put_in_force(tongzhou()) == (1, 1), "the demonstration has put it in force"
    assert put_in_force(changed(FORM, "认定后向社会公布。", "认定后公布。")) == (1, 2), (
        "a form is not its source"
    )
    renamed = changed(FLOW, NAME, 'name="填报认定申请"')
    assert put_in_force(renamed) == (2, 3)
    assert put_in_force(changed(RULES, "&gt;= 5000", "&gt;= 5001")) == (3, 4), "its rules are"
    assert put_in_force(tongzhou()) == (1, 4), "what was in force before is in force again"
    assert put_in_force(changed(FORM, "认定后向社会公布。", "认定后即公布。")) == (1, 5)
