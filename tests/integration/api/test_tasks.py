"""Tasks over the API: the form as data, revisions, and two people at once."""

from __future__ import annotations

import threading
from uuid import uuid4

from tests.factories import filings

TOWN = "majuqiao"


def test_the_list_holds_what_waits_for_the_position(office, at):
    at("accepted")
    (row,) = office.get("gongan", "/tasks")["items"]
    assert row["applicant"] == "马驹桥镇"
    assert row["clock"]["total"] == 5
    assert office.get(TOWN, "/tasks")["total"] == 0
    assert office.get("gongan", "/tasks?tab=late")["total"] == 0


def test_a_new_form_comes_with_schema_defaults_and_basis(office):
    no = office.post(TOWN, "/cases", {"process": "recognition"}, 201)["no"]
    task = office.task(TOWN, no)
    assert task["form"]["id"] == "filing"
    assert task["data"]["township"] == "北京市通州区马驹桥镇人民政府"
    assert (task["editable"], task["marks"], task["revision"]) == (None, [], 0)
    assert task["basis"][0]["label"].startswith("TZ-3.1")
    assert task["basis"][0]["is_default"] is False


def test_what_was_entered_comes_back_in_the_same_shape(office):
    no = office.file(TOWN)
    office.complete("majuqiao-sh", no, {"pass": False, "opinion": "请核对面积"})
    task = office.task(TOWN, no)
    assert task["data"]["site"]["area"] == "6200"
    assert task["data"]["staff"] == filings.content("market")["filing"]["staff"]
    assert {file["name"] for file in task["files"]} >= {"场地平面图.pdf"}
    task["data"]["site"]["area"] = "6300.5"
    answer = office.post(
        TOWN, f"/tasks/{task['id']}/complete", {"data": task["data"], "revision": task["revision"]}
    )
    assert answer["status"] == "done"


def test_another_body_s_task_is_not_there(office, at):
    at("accepted")
    (row,) = office.get("gongan", "/tasks")["items"]
    body = {"data": filings.content("market")["opinion_police"], "revision": 0}
    for stranger in ("jiaotong", TOWN):
        assert office.get(stranger, f"/tasks/{row['id']}", 404) == office.get(
            stranger, f"/tasks/{uuid4()}", 404
        )
        office.post(stranger, f"/tasks/{row['id']}/complete", body, 404)
    office.get("gongan", "/tasks/not-a-key", 404)


def test_a_colleague_in_another_position_is_told_so(office, at):
    at("drafted")
    (row,) = office.get("renshe-fj", "/tasks")["items"]
    refused = office.post("renshe-kz", f"/tasks/{row['id']}/complete", {"data": {}, "revision": 0}, 403)
    assert refused["code"] == "forbidden"


def test_an_old_revision_is_refused_with_what_changed(office, at):
    at("consulted")
    given = filings.content("market")
    (row,) = office.get("renshe", "/tasks")["items"]
    task = office.get("renshe-2", f"/tasks/{row['id']}")
    values = given["site_check"] | office.files("renshe", given["site_check_files"])
    office.complete("renshe", row["case_no"], values, declaration=True)
    body = {"data": values, "revision": task["revision"], "declaration": True}
    refused = office.post("renshe-2", f"/tasks/{row['id']}/complete", body, 409)
    assert refused["code"] == "stale"
    assert refused["current_revision"] == task["revision"] + 1
    assert refused["changes"] == ["演示周敏已于10:00签署"]


def test_a_finished_task_says_who_finished_it_and_keeps_its_content_to_itself(office, at):
    at("accepted")
    (row,) = office.get("gongan", "/tasks")["items"]
    body = {"data": filings.content("market")["opinion_police"], "revision": 0}
    office.post("gongan", f"/tasks/{row['id']}/complete", body)
    task = office.get("gongan", f"/tasks/{row['id']}")
    assert (task["status"], task["data"], task["files"]) == ("done", None, [])
    refused = office.post("gongan", f"/tasks/{row['id']}/complete", body, 409)
    assert "演示李锋" in refused["changes"][0]


def test_two_tokens_at_once_one_completes_and_the_other_is_told(office, at):
    at("filed")
    (row,) = office.get("renshe", "/tasks")["items"]
    body = {"data": filings.content("market")["acceptance"], "revision": 0}
    people = ("renshe", "renshe-2")
    for person in people:
        office.token(person)
    answers = {}
    together = threading.Barrier(len(people))

    def complete(person):
        together.wait()
        answers[person] = office.call(person, "POST", f"/tasks/{row['id']}/complete", json=body)

    threads = [threading.Thread(target=complete, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answer.status_code for answer in answers.values()) == [200, 409]
    (refused,) = (answer.json for answer in answers.values() if answer.status_code == 409)
    assert refused["changes"]
    case = office.get("renshe", f"/cases/{row['case_no']}")
    assert [step["status"] for step in case["steps"] if step["element_id"] == "acceptance"] == ["done"]
    assert [said["step_name"] for said in case["submissions"]].count("受理审查") == 1
