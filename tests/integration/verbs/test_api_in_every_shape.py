"""Every verb by its address in every gateway shape: what it leaves of the case is the same as elsewhere."""

from __future__ import annotations

import pytest

from tests.integration.api.office import Office
from tests.shapes import office as shapes

CLOSING = {"withdraw": ("zhen", "withdrawn"), "terminate": ("ling", "terminated")}


@pytest.fixture
def api(app):
    return Office(app)


@pytest.fixture(params=list(shapes.AT))
def at(request, shapes_case):
    """A case at a place of each shape, with the step that the place is about."""
    case_id = shapes_case(request.param)
    return case_id, shapes.opened(case_id, shapes.AT[request.param])


def _colleague(item):
    """Somebody of the owner's agency in another position."""
    owner = shapes.DOES[item.element_id]
    return "ling" if owner in {"jing", "fuze"} else owner


def _someone(who):
    person_id, position_id = shapes.pair(who)
    return {"person_id": str(person_id), "position_id": str(position_id)}


def _appointment(api, who, person):
    rows = api.get(who, "/appointments")["items"]
    return next(row["id"] for row in rows if row["person"] == f"测试{person}")


def _kinds(case_id):
    return [row.kind for kind in KINDS for row in shapes.events(case_id, kind)]


KINDS = (
    *("work_item.claimed", "work_item.released", "work_item.recalled", "work_item.withdrawn"),
    *("work_item.declined", "work_item.urged", "case.circulated", "case.suspended", "case.resumed"),
)


def _complete(api, who, item):
    revision = api.get(who, f"/tasks/{item.id}")["revision"]
    return api.post(who, f"/tasks/{item.id}/complete", {"data": {"text": "同意"}, "revision": revision})


def test_what_is_asked_and_taken_back_leaves_the_step_as_it_was(at, api):
    case_id, item = at
    owner, colleague = shapes.DOES[item.element_id], _colleague(item)
    before, task = shapes.open_steps(case_id), f"/tasks/{item.id}"
    api.post(owner, f"{task}/claim", {})
    api.post(owner, f"{task}/release", {})
    api.post(owner, f"{task}/delegate", _someone(colleague))
    api.post(owner, f"{task}/recall", {})
    for role in ("before", "after"):
        api.post(owner, f"{task}/signers", {"role": role, "people": [_someone("xie")]})
        seats = api.get(owner, f"{task}/verbs")["seats"]
        seat = next(seat for seat in seats if seat["state"] == "waits")
        api.post(owner, f"{task}/seats/{seat['id']}/withdraw", {})
    api.post(owner, f"{task}/vote", {"people": [_someone("xie")], "rule": "all"})
    api.post("xie", f"{task}/decline", {"reason": "回避"})
    api.post("zhen", f"{task}/urge", {}, 201)
    no = shapes.case_of(case_id).no
    reader = {"readers": [_appointment(api, owner, "xie")]}
    api.post(owner, f"/cases/{no}/copies", reader, 201)
    api.post(owner, f"/cases/{no}/circulations", reader, 201)
    for row in api.get("xie", "/circulations")["items"]:
        api.post("xie", f"/circulations/{row['id']}/confirm", {"answer": "已阅"})
    assert api.get("xie", "/circulations?tab=unread")["items"] == []
    api.post("ling", f"/cases/{no}/suspend", {"reason": "等候材料"})
    refused = api.call(owner, "POST", f"{task}/claim")
    assert (refused.status_code, "已暂停" in refused.json["detail"]) == (409, True)
    api.post("ling", f"/cases/{no}/resume", {})
    assert set(_kinds(case_id)) == set(KINDS)
    assert shapes.open_steps(case_id) == before
    assert _complete(api, owner, item)["status"] == "done"
    shapes.finish(case_id)


def test_signed_before_and_after_and_handed_back_it_is_done_once(at, api):
    case_id, item = at
    owner, colleague, task = shapes.DOES[item.element_id], _colleague(item), f"/tasks/{item.id}"
    api.post(owner, f"{task}/delegate", _someone(colleague))
    api.post(colleague, f"{task}/hand-back", {"data": {"text": "代拟"}})
    for role in ("before", "after"):
        api.post(owner, f"{task}/signers", {"role": role, "people": [_someone("xie")]})
    api.post("xie", f"{task}/sign", {"agrees": True})
    assert _complete(api, owner, item)["status"] == "open"
    assert api.post("xie", f"{task}/sign", {"agrees": True})["status"] == "done"
    said = [row for row in shapes.submissions(case_id) if row.work_item_id == item.id]
    assert len(said) == 1
    assert len(shapes.events(case_id, "work_item.completed")) == len(shapes.submissions(case_id))
    shapes.finish(case_id)


def test_given_away_and_sent_back_with_a_mark_it_comes_again(at, api):
    case_id, item = at
    owner, colleague, task = shapes.DOES[item.element_id], _colleague(item), f"/tasks/{item.id}"
    to = _someone(colleague)
    api.post(owner, f"{task}/transfer", {"position_id": to["position_id"], "reason": "分工调整"})
    targets = api.get(colleague, f"{task}/verbs")["return_targets"]
    first = next(target for target in targets if target["name"] == "填写")
    marks = [{"path": "left", "what": "方向反了"}]
    body = {"target_id": first["item_id"], "reason": "请核对", "marks": marks}
    again = api.post(colleague, f"{task}/return", body)
    assert api.get("zhen", f"/tasks/{again['id']}")["editable"] == ["left"]
    assert shapes.open_steps(case_id) == ["a"]
    shapes.complete(case_id, "a", given={**shapes.FIRST, "left": "南"})
    shapes.finish(case_id)


@pytest.mark.parametrize("verb", CLOSING)
def test_a_case_ends_before_its_end_wherever_it_stands(at, api, verb):
    case_id, _ = at
    who, status = CLOSING[verb]
    no = shapes.case_of(case_id).no
    api.post(who, f"/cases/{no}/{verb}", {"reason": "不再办理"})
    assert shapes.case_of(case_id).status == status
    assert shapes.open_steps(case_id) == []
    assert len(shapes.events(case_id, f"case.{status}")) == 1
