"""催办, 督办, 抄送, 传阅, 暂停, 终止, 代理, 批量办理 as other systems ask for them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.factories import filings
from tests.integration.api.office import problem
from webapp.models.account import Person
from webapp.models.case import Case
from webapp.models.work_item import WorkItem
from webapp.uow import read_only, unit_of_work

CHIEF, DEPUTY, POLICE, TOWN = "renshe-kz", "renshe-fj", "gongan", "majuqiao"


@pytest.fixture
def accepted(app):
    """A case on which opinions are being asked; its number."""
    with unit_of_work() as session:
        return filings.accepted(session).no


def refused(office, status, who, call, body=None):
    """Expect a problem of a status to a call such as `GET /tasks` and return it."""
    answer = office.call(who, *call.split(" "), **({} if body is None else {"json": body}))
    assert answer.status_code == status, answer.text
    return problem(answer)


def _task(no, element_id):
    with read_only() as session:
        query = select(WorkItem).join(Case).where(Case.no == no, WorkItem.element_id == element_id)
        return session.scalars(query).one()


def _person(username):
    with read_only() as session:
        return str(session.scalars(select(Person.id).where(Person.username == username)).one())


def _appointment(office, name):
    rows = office.get(CHIEF, "/appointments")["items"]
    return next(row["id"] for row in rows if row["person"] == name)


def test_a_step_is_urged_once_a_day(office, accepted):
    task = _task(accepted, "opinion_police").id
    urged = office.post(CHIEF, f"/tasks/{task}/urge", {"words": "请今日反馈"}, 201)
    assert (urged["task_id"], urged["words"]) == (str(task), "请今日反馈")
    assert refused(office, 429, CHIEF, f"POST /tasks/{task}/urge", {})["retry_after"] > 0
    (row,) = office.get(POLICE, "/tasks?attention=urged")["items"]
    assert row["urged"]["words"] == "请今日反馈"


def test_a_case_is_supervised_and_lifted_by_leaders(office, accepted):
    body = {"requirement": "本周办结", "due_on": "2099-01-01"}
    assert office.post(DEPUTY, f"/cases/{accepted}/supervise", body, 201)["due_on"] == "2099-01-01"
    assert [row["supervised"] for row in office.get(POLICE, "/tasks")["items"]] == [True]
    refused(office, 403, CHIEF, f"POST /cases/{accepted}/supervise", body)
    refused(office, 409, DEPUTY, f"POST /cases/{accepted}/supervise", body)
    wrong = body | {"due_on": "明天"}
    assert "due_on" in refused(office, 422, DEPUTY, f"POST /cases/{accepted}/supervise", wrong)["errors"]
    assert office.call(DEPUTY, "DELETE", f"/cases/{accepted}/supervise").status_code == 200
    refused(office, 404, DEPUTY, f"DELETE /cases/{accepted}/supervise")


def test_a_copy_opens_the_case_and_is_confirmed(office, accepted):
    outsider = "songzhuang-ld"
    refused(office, 404, outsider, f"GET /cases/{accepted}")
    body = {"readers": [_appointment(office, "演示马超")], "note": "请知悉"}
    assert office.post(CHIEF, f"/cases/{accepted}/circulations", body, 201)["sent"] == 1
    refused(office, 422, CHIEF, f"POST /cases/{accepted}/circulations", body)
    assert office.post(CHIEF, f"/cases/{accepted}/copies", body, 201)["sent"] == 1
    seen = office.get(outsider, f"/cases/{accepted}")
    assert {one["step_name"] for one in seen["submissions"]} == {
        "填写认定申请",
        "街道乡镇审核",
        "主要领导签发",
    }
    rows = office.get(outsider, "/circulations")["items"]
    assert {row["kind"] for row in rows} == {"传阅", "抄送"}
    read = office.post(outsider, f"/circulations/{rows[0]['id']}/confirm", {"answer": "已阅"})
    assert read["answer"] == "已阅"
    assert office.get(outsider, "/circulations")["total"] == 1
    assert office.get(outsider, "/circulations?tab=all")["total"] == 2


def test_a_case_is_suspended_resumed_and_ended(office, accepted):
    task = _task(accepted, "opinion_police")
    held = office.post(CHIEF, f"/cases/{accepted}/suspend", {"reason": "来函请求暂缓"})
    assert (held["status"], held["reason"]) == ("suspended", "来函请求暂缓")
    data = filings.content("market")["opinion_police"]
    done = {"revision": task.revision, "data": data}
    told = refused(office, 409, POLICE, f"POST /tasks/{task.id}/complete", done)
    assert "本件已暂停：来函请求暂缓" in told["detail"]
    assert [row["no"] for row in office.get(CHIEF, "/cases?status=suspended")["items"]] == [accepted]
    refused(office, 403, POLICE, f"POST /cases/{accepted}/resume")
    assert office.post("admin", f"/cases/{accepted}/resume", {})["status"] == "running"
    assert office.post(POLICE, f"/tasks/{task.id}/complete", done)["status"] == "done"
    ended = office.post(DEPUTY, f"/cases/{accepted}/terminate", {"reason": "主体注销"})
    assert ended["status"] == "terminated"
    refused(office, 409, DEPUTY, f"POST /cases/{accepted}/terminate", {"reason": "再"})
    assert office.get(TOWN, f"/cases/{accepted}")["status_label"] == "已终止"
    assert office.get(None, "/directory")["items"] == []


def test_substitutions_are_made_read_and_revoked(office):
    body = {"substitute": _person("renshe"), "starts_on": "2099-01-01", "ends_on": "2099-01-02"}
    made = office.post(CHIEF, "/substitutions", body, 201)
    assert (made["person"], made["substitute"], made["state"]) == ("演示郑楠", "演示周敏", "未开始")
    assert office.get("renshe", "/substitutions")["items"] == [made]
    assert office.get("renshe", f"/substitutions/{made['id']}") == made
    refused(office, 404, TOWN, f"GET /substitutions/{made['id']}")
    loop = body | {"substitute": _person(CHIEF)}
    told = refused(office, 422, "renshe", "POST /substitutions", loop)
    assert "循环代理" in told["errors"]["substitute"][0]
    refused(office, 404, "renshe", f"DELETE /substitutions/{made['id']}")
    other = loop | {"person": _person("renshe-2"), "process": "recognition"}
    refused(office, 403, "renshe", "POST /substitutions", other)
    assert office.post("admin", "/substitutions", other, 201)["process"] == "零工市场（驿站）申请认定"
    assert office.call("admin", "DELETE", f"/substitutions/{made['id']}").json["state"] == "已撤销"


def test_a_token_acts_for_its_owner_only_and_goes_on_as_before(office):
    office.get("renshe", "/tasks")
    with read_only() as session:
        who = filings.actor(session, CHIEF)
    today = {"substitute": _person("renshe"), "starts_on": "2099-01-01", "ends_on": "2099-01-02"}
    office.post(CHIEF, "/substitutions", today, 201)
    assert office.get("renshe", "/tasks")["total"] == 0
    assert who.for_person_id is None


def test_a_batch_tells_of_each_step(office, app):
    with unit_of_work() as session:
        numbers = [filings.filled(session).no for _ in range(3)]
    tasks = [_task(no, "township_review") for no in numbers]
    office.post(
        "majuqiao-sh",
        f"/tasks/{tasks[1].id}/complete",
        {"revision": tasks[1].revision, "data": filings.content("market")["township_review"]},
    )
    items = [{"id": str(task.id), "revision": task.revision} for task in tasks]
    body = {"items": items, "data": filings.content("market")["township_review"]}
    answer = office.post("majuqiao-sh", "/tasks/batch", body)
    assert (answer["done"], answer["refused"]) == (2, 1)
    assert [one["done"] for one in answer["items"]] == [True, False, True]
    assert answer["items"][1]["code"] == "stale"
    assert "已由演示陈静于" in answer["items"][1]["message"]
    for no in numbers:
        with read_only() as session:
            case = session.scalars(select(Case).where(Case.no == no)).one()
            assert filings.open_steps(session, case.id) == {"township_sign"}


def test_what_needs_a_look_at_each_case_is_no_batch(office, accepted):
    with unit_of_work() as session:
        no = filings.filed(session).no
    task = _task(no, "acceptance")
    body = {"items": [{"id": str(task.id), "revision": task.revision}], "data": {}}
    answer = office.post("renshe", "/tasks/batch", body)
    assert "须逐件办理" in answer["items"][0]["message"]
