"""Looks at personal data in clear are part of history: once per person, thing and day."""

from __future__ import annotations

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from tests.integration.recognition.test_nothing_lost import filing_fields
from webapp.queries.administration import ACTIONS
from webapp.services import api_tokens
from webapp.services.events import verify
from webapp.uow import read_only, unit_of_work

CASE = "/cases/TZ-RD-2026-0001"
KINDS = ("document.read", "attachment.read", "task.read")


def key_of(username):
    with unit_of_work() as session:
        who = filings.actor(session, username)
        return {"Authorization": f"Bearer {api_tokens.create(session, who, name='测试', days=30)}"}


def looks(case_id):
    """Return kind, person and thing of each look at a case."""
    with read_only() as session:
        names = {row.id: row.username for row in session.query(desk.people.Person)}
    return [
        (row.kind, names[row.actor_person_id], row.document_id or row.work_item_id or row.data["attachment"])
        for row in desk.events(case_id)
        if row.kind in KINDS
    ]


def test_opening_a_document_is_recorded_once_a_day(at, browse, frozen_clock):
    case_id = at("filed")
    (report,) = desk.documents(case_id)
    url, key = f"/documents/{report.id}", key_of("renshe")
    clerk = browse("renshe")
    for answer in (clerk.get(url), clerk.get(f"{url}.pdf"), browse().get(f"/api/v1{url}.pdf", headers=key)):
        assert answer.status_code == 200
    seen = ("document.read", "renshe", report.id)
    assert looks(case_id) == [seen]
    assert browse("majuqiao").get(f"{url}.pdf").status_code == 200
    assert looks(case_id) == [seen, ("document.read", "majuqiao", report.id)]
    frozen_clock.move(hours=13, minutes=59)  # 23:59 in Beijing, still the same day
    browse("renshe").get(url)
    assert len(looks(case_id)) == 2
    frozen_clock.move(minutes=1)
    browse("renshe").get(url)
    assert looks(case_id)[2:] == [seen]


@pytest.mark.parametrize("address", ["/attachments", "/api/v1/attachments"])
def test_downloading_a_file_is_recorded_for_each_file(at, browse, address):
    case_id = at("filed")
    with read_only() as session:
        files = [str(key) for (key,) in session.query(desk.Attachment.id).filter_by(case_id=case_id).limit(2)]
    key, clerk = key_of("renshe"), browse("renshe")
    for file in (*files, *files):
        visitor, more = (browse(), {"headers": key}) if "api" in address else (clerk, {})
        assert visitor.get(f"{address}/{file}", **more).status_code == 200
    assert looks(case_id) == [("attachment.read", "renshe", file) for file in files]


def test_a_task_given_to_another_system_is_recorded_where_it_names_people(at, browse):
    case_id = at("filed")
    desk.act(
        case_id,
        "renshe",
        "acceptance",
        {
            "decision": "correct",
            "materials": ["① 申请报告"],
            "corrections": [{"path": "contact.phone", "what": "电话打不通", "how": "请核对"}],
        },
    )
    desk.review_papers(case_id)
    (item,) = desk.items(case_id, "correction")
    key = key_of("majuqiao")
    for _ in range(2):
        answer = browse().get(f"/api/v1/tasks/{item.id}", headers=key)
        assert answer.json["data"]["contact"]["phone"] == "13800000004"
    assert looks(case_id) == [("task.read", "majuqiao", item.id)]


def test_a_task_that_names_nobody_leaves_no_trace(at, browse):
    case_id = at("filed")
    (item,) = desk.items(case_id, "acceptance")
    assert browse().get(f"/api/v1/tasks/{item.id}", headers=key_of("renshe")).status_code == 200
    assert looks(case_id) == []


def test_who_may_not_look_leaves_no_trace(at, browse):
    case_id = at("filed")
    (report,) = desk.documents(case_id)
    assert browse("songzhuang").get(f"/documents/{report.id}").status_code == 404
    assert looks(case_id) == []


def test_looks_are_in_the_audit_trail_and_not_in_the_story_of_the_case(at, browse):
    case_id = at("filed")
    (report,) = desk.documents(case_id)
    before = [event.title for event in desk.page(case_id).timeline]
    assert browse("renshe").get(f"/documents/{report.id}").status_code == 200
    assert [event.title for event in desk.page(case_id).timeline] == before
    assert "查阅公文" in browse("admin").get("/admin/audit").text
    assert all(kind in ACTIONS for kind in KINDS)
    with read_only() as session:
        assert verify(session, desk.case_of(case_id).jurisdiction_id) == []


def to_be_corrected(case_id):
    """Bring a filed case to its correction; return the address of that step, which names people."""
    desk.act(
        case_id,
        "renshe",
        "acceptance",
        {
            "decision": "correct",
            "materials": ["① 申请报告"],
            "corrections": [{"path": "contact.phone", "what": "电话打不通", "how": "请核对"}],
        },
    )
    desk.review_papers(case_id)
    (item,) = desk.items(case_id, "correction")
    return item, f"{CASE}/tasks/{item.id}"


def test_the_page_of_a_step_that_names_people_is_a_look(at, browse):
    case_id = at("filed")
    item, address = to_be_corrected(case_id)
    clerk = browse("majuqiao")
    for _ in range(2):
        page = clerk.get(address)
        assert page.status_code == 200
        assert "13800000004" in page.text
    assert looks(case_id) == [("task.read", "majuqiao", item.id)]


def test_so_is_the_preview_of_its_document(at, browse, frozen_clock):
    case_id = at("started")
    (item,) = desk.items(case_id, "file")
    address = f"{CASE}/tasks/{item.id}"
    browse("majuqiao").post(f"{address}/draft", data=filing_fields(case_id))
    assert looks(case_id) == []
    frozen_clock.move(days=1)
    assert browse("majuqiao").get(f"{address}/preview.pdf").status_code == 200
    assert looks(case_id) == [("task.read", "majuqiao", item.id)]


@pytest.mark.parametrize("headers", [{}, {"X-Requested-With": "fetch"}])
def test_so_is_the_form_set_anew(at, browse, headers):
    case_id = at("filed")
    item, address = to_be_corrected(case_id)
    typed = {"contact-phone": "13800000099", "revision": "0"}
    assert "13800000099" in browse("majuqiao").post(f"{address}/form", data=typed, headers=headers).text
    assert looks(case_id) == [("task.read", "majuqiao", item.id)]


def test_a_draft_that_names_people_is_a_look_and_one_that_does_not_is_none(at, browse):
    case_id = at("started")
    (item,) = desk.items(case_id, "file")
    clerk, address = browse("majuqiao"), f"{CASE}/tasks/{item.id}"
    assert clerk.get(address).status_code == 200
    assert looks(case_id) == []
    clerk.post(f"{address}/draft", data={"contact-phone": "电话待定", "revision": "0"})
    assert "电话待定" in clerk.get(address).text
    assert looks(case_id) == [("task.read", "majuqiao", item.id)]


def test_pages_that_mask_are_no_look(at, browse):
    case_id = at("filed")
    (item,) = desk.items(case_id, "acceptance")
    officer = browse("renshe")
    for address in (CASE, f"{CASE}/tasks/{item.id}"):
        page = officer.get(address)
        assert page.status_code == 200
        assert "13800000004" not in page.text
    assert looks(case_id) == []
