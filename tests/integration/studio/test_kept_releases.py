"""A release from before a rule was made: its cases go on and its pages open; what is new obeys the rule."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from tests.factories import filings
from tests.integration.studio import desk
from tests.packs.opened import tongzhou
from webapp import packs
from webapp.models.account import Jurisdiction
from webapp.models.case import Case
from webapp.models.document import Document
from webapp.queries.actors import Actor
from webapp.services import cases, deployments
from webapp.uow import read_only, unit_of_work
from webapp.worker import make_worker

FORM = "forms/tongzhou/township_review.json"
TEMPLATE = "docs_templates/tongzhou/application_report.md"
OWN_NOTICES = """[[notices]]
kind = "work_item.opened"
label = "收到新待办"
audience = "everybody"
title = "新待办：{环节}"
text = "{姓名}您好"
mail = "digest"
"""


def from_before():
    """The files of a release in which a form, a template and a notice break rules that were made later."""
    files = dict(tongzhou().files)
    form = json.loads(files[FORM])
    field = {"type": "textfield", "key": "style", "label": "办理方式", "properties": {"basis": "以前的写法"}}
    files[FORM] = json.dumps(form | {"components": [*form["components"], field]}, ensure_ascii=False)
    files[TEMPLATE] = files[TEMPLATE].replace("---\n", "---\n题目: 旧要素\n", 1)
    files["workflows/tongzhou/notices.toml"] = OWN_NOTICES
    return files


@pytest.fixture
def kept(app):
    """Put such a release in force, as it was put in force at its time."""
    with unit_of_work() as session:
        here = session.scalars(select(Jurisdiction)).one()
        pack = packs.read_kept(from_before())
        release = deployments.prepare(session, here, pack)
        deployments.activate(session, here, release, pack, Actor.system(here.id))


@pytest.mark.usefixtures("kept")
def test_cases_of_a_kept_release_go_on_and_their_pages_open(app, browse):
    with unit_of_work() as session:
        case = filings.filled(session)
        item, no, case_id = filings.open_item(session, case, "township_review").id, case.no, case.id
    reviewer = browse("majuqiao-sh")
    page = reviewer.get(f"/cases/{no}/tasks/{item}")
    assert (page.status_code, "办理方式" in page.text) == (200, True)
    with unit_of_work() as session:
        review = filings.content("market")["township_review"] | {"style": "当面核对"}
        case = session.get_one(Case, case_id)
        reviews = filings.actor(session, "majuqiao-sh", "reviewer")
        filings.complete(session, reviews, case, "township_review", review)
        leader = filings.actor(session, "majuqiao-ld")
        filings.complete(session, leader, case, "township_sign", filings.content("market")["township_sign"])
    make_worker(app).run_until_idle()
    for path in ("/", "/inbox", f"/cases/{no}", "/notifications", "/notifications/choices"):
        assert reviewer.get(path).status_code == 200, path
    with read_only() as session:
        assert session.scalars(select(Document.template_key)).all() == ["application_report"]


@pytest.mark.usefixtures("kept")
def test_what_is_made_from_it_anew_obeys_the_rules(admin):
    draft = desk.opened(admin)
    told = [finding["reason"] for finding in admin.post(f"{draft}/check").json["findings"]]
    assert any("notices.toml" in reason for reason in told)
    admin.post(f"{draft}/delete/workflows/tongzhou/notices.toml")
    told = [finding["reason"] for finding in admin.post(f"{draft}/check").json["findings"]]
    assert any("保留名称" in reason or "依据“以前的写法”" in reason for reason in told)
    assert any("不认识的要素“题目”" in reason for reason in told)
    assert admin.post(f"{draft}/submit", data={"note": "沿用旧版"}).status_code == 422


@pytest.mark.usefixtures("kept")
def test_it_is_brought_back_as_it_was(admin, chief):
    with unit_of_work() as session:
        here = session.scalars(select(Jurisdiction)).one()
        deployments.deploy(session, here, tongzhou(), Actor.system(here.id))
    url = chief.get("/studio").text.partition("/rollback")[0].rpartition('"')[2] + "/rollback"
    assert chief.post(url, data={"reason": "新版有误，先恢复"}).status_code == 302
    with unit_of_work() as session:
        case = cases.start(session, filings.actor(session, "majuqiao"), "recognition")
        assert "workflows/tongzhou/notices.toml" in case.process_version.release.files
