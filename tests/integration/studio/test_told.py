"""Who is told on the way of a draft to its release: whoever may release it, and whoever submitted it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.integration.studio import desk
from tests.integration.studio.test_releases import NEW, OLD
from webapp.models.account import Person
from webapp.models.notification import Notification
from webapp.uow import read_only, unit_of_work
from webapp.worker import make_worker

pytestmark = pytest.mark.usefixtures("no_scenarios")


@pytest.fixture
def draft(admin):
    opened = desk.opened(admin)
    desk.change(admin, opened, desk.MANIFEST, OLD, NEW)
    with unit_of_work() as session:
        for person in session.scalars(
            select(Person).where(Person.username.in_([desk.EDITOR, desk.RELEASER]))
        ):
            person.email = f"{person.username}@example.gov.cn"
    return opened


def told(app, kind):
    """Whom a kind of notice was made for, with title, text and way by mail."""
    make_worker(app).run_until_idle()
    make_worker(app).run_until_idle()  # of what the first one did
    with read_only() as session:
        rows = session.execute(
            select(Person.username, Notification)
            .join(Person, Person.id == Notification.person_id)
            .where(Notification.kind == kind)
        )
        return [(name, row.title, row.text, row.mail) for name, row in rows]


def submit(admin, draft, **more):
    assert admin.post(f"{draft}/submit", data={"note": "调整版本号"} | more).status_code == 302


def test_whoever_may_release_is_told_and_comes_to_the_draft(app, admin, chief, draft):
    submit(admin, draft, effective_from="2026-11-23")
    ((who, title, text, mail),) = told(app, "pack_draft.submitted")
    assert (who, title) == (desk.RELEASER, "待核准发布：调整场地面积")
    assert "启用日：2026年11月23日" in text
    assert mail in {"waiting", "sent", "failed"}, "by mail too, at once"
    page = chief.get("/notifications").text
    assert "待核准发布：调整场地面积" in page
    line = re.search(r'name="notification" value="([0-9a-f-]+)"', page)[1]
    assert chief.post("/notifications/read", data={"notification": line}).location == draft
    assert "待核准发布：调整场地面积" not in admin.get("/notifications").text


def test_whoever_submitted_is_told_that_it_was_given_back_and_why(app, admin, chief, draft):
    submit(admin, draft)
    chief.post(f"{draft}/return", data={"reason": "说明写得不清楚"})
    ((who, title, text, _),) = told(app, "pack_draft.returned")
    assert (who, title) == (desk.EDITOR, "草稿退回：调整场地面积")
    assert text.endswith("理由：说明写得不清楚")


def test_whoever_submitted_is_told_of_the_approval_once(app, admin, chief, draft):
    submit(admin, draft)
    chief.post(f"{draft}/approve")
    ((who, _, text, _),) = told(app, "pack_draft.released")
    assert who == desk.EDITOR
    assert "启用日：核准当日" in text
    assert told(app, "release.activated") == []


def test_whoever_submitted_is_told_on_the_day(app, admin, chief, draft, frozen_clock):
    submit(admin, draft, effective_from="2026-11-23")
    chief.post(f"{draft}/approve")
    assert told(app, "release.activated") == []
    frozen_clock.move(days=3)
    ((who, title, _, _),) = told(app, "release.activated")
    assert (who, title) == (desk.EDITOR, "已启用：调整场地面积")
