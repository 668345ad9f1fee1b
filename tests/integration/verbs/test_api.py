"""The verbs as other systems use them: every one by its address, refusals as RFC 9457 has them."""

from __future__ import annotations

import pytest

from tests.integration.api.office import Office, problem
from tests.shapes import office as shapes
from webapp.services import seats, work_items

OWNER = "fuze"


@pytest.fixture
def api(app):
    return Office(app)


def _someone(who):
    person_id, position_id = shapes.pair(who)
    return {"person_id": str(person_id), "position_id": str(position_id)}


def _post(api, who, item, verb, body=None):
    return api.post(who, f"/tasks/{item.id}/{verb}", body or {})


def _complete(api, who, item, status=200):
    task = api.get(who, f"/tasks/{item.id}")
    body = {"data": {"text": "同意"}, "revision": task["revision"]}
    return api.post(who, f"/tasks/{item.id}/complete", body, status)


def _verbs(api, who, item):
    return {verb["key"]: verb["reason"] for verb in api.get(who, f"/tasks/{item.id}/verbs")["verbs"]}


def test_claim_release_and_transfer(shapes_case, api):
    item = shapes.opened(shapes_case("linear"), "c")
    assert _post(api, OWNER, item, "claim")["claimed_by"] == "测试fuze"
    assert _post(api, OWNER, item, "release")["claimed_by"] is None
    body = _someone("ling") | {"reason": "出差"}
    assert _post(api, OWNER, item, "transfer", body)["claimed_by"] == "测试ling"
    assert _complete(api, "ling", item)["status"] == "done"


def test_delegate_hand_back_and_recall(shapes_case, api):
    item = shapes.opened(shapes_case("linear"), "c")
    assert _post(api, OWNER, item, "delegate", _someone("ling"))["waiting_for"] == ["测试ling"]
    assert _post(api, OWNER, item, "recall", {"reason": "不必了"})["waiting_for"] == []
    _post(api, OWNER, item, "delegate", _someone("ling"))
    assert _verbs(api, "ling", item) == {"hand_back": None, "decline": None}
    _post(api, "ling", item, "hand-back", {"data": {"text": "代拟"}})
    assert api.get(OWNER, f"/tasks/{item.id}")["data"]["text"] == "代拟"
    assert _complete(api, OWNER, item)["status"] == "done"


def test_signers_votes_and_their_signatures(shapes_case, api):
    item = shapes.opened(shapes_case("linear"), "c")
    _post(api, OWNER, item, "signers", {"role": "before", "people": [_someone("ling")]})
    refused = api.call(OWNER, "POST", f"/tasks/{item.id}/complete", json={"data": {}, "revision": 0})
    assert "测试ling" in problem(refused)["detail"]
    _post(api, "ling", item, "decline", {"reason": "回避"})
    _post(api, OWNER, item, "vote", {"people": [_someone("ling"), _someone("xie")], "rule": "1"})
    assert _complete(api, OWNER, item)["status"] == "open"
    seats = api.get("xie", f"/tasks/{item.id}/verbs")["seats"]
    assert [seat["state"] for seat in seats] == ["void", "waits", "waits", "given"]
    asked = {"agrees": False, "opinion": ""}
    assert problem(api.call("xie", "POST", f"/tasks/{item.id}/sign", json=asked))["errors"] == {
        "opinion": ["不同意或弃权时，请写明意见。"]
    }
    assert _post(api, "xie", item, "sign", {"agrees": False, "opinion": "再议"})["status"] == "open"
    assert _post(api, "ling", item, "sign", {"agrees": True})["status"] == "done"


def test_a_seat_is_withdrawn(shapes_case, api):
    item = shapes.opened(shapes_case("linear"), "c")
    _post(api, OWNER, item, "signers", {"role": "after", "people": [_someone("ling")]})
    (seat,) = api.get(OWNER, f"/tasks/{item.id}/verbs")["seats"]
    assert _post(api, OWNER, item, f"seats/{seat['id']}/withdraw")["waiting_for"] == []


def test_return_and_take_back(shapes_case, api):
    case_id = shapes_case("linear")
    item = shapes.opened(case_id, "c")
    targets = api.get(OWNER, f"/tasks/{item.id}/verbs")["return_targets"]
    assert [target["name"] for target in targets] == ["初核", "填写"]
    assert {"path": "left", "label": "左"} in targets[1]["fields"]
    body = {
        "target_id": targets[1]["item_id"],
        "reason": "请核对",
        "marks": [{"path": "left", "what": "方向反了"}],
    }
    again = _post(api, OWNER, item, "return", body)
    assert (again["name"], again["status"]) == ("填写", "open")
    task = api.get("zhen", f"/tasks/{again['id']}")
    assert task["editable"] == ["left"]
    done = api.post(
        "zhen", f"/tasks/{again['id']}/complete", {"data": {"left": "南"}, "revision": task["revision"]}
    )
    taken = api.post("zhen", f"/tasks/{done['id']}/take-back", {})
    assert (taken["name"], taken["claimed_by"]) == ("填写", "测试zhen")


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("transfer", {"position_id": "x", "reason": "y"}, 422),
        ("transfer", {}, 422),
        ("return", {"target_id": "00000000-0000-0000-0000-000000000000", "reason": "y"}, 422),
        ("vote", {"people": [], "rule": "all"}, 422),
        ("sign", {"agrees": True}, 404),
        ("recall", {}, 404),
        ("take-back", {}, 409),
    ],
)
def test_refusals_are_problems(shapes_case, api, verb, body, status):
    item = shapes.opened(shapes_case("linear"), "c")
    answer = api.call(OWNER, "POST", f"/tasks/{item.id}/{verb}", json=body)
    assert answer.status_code == status, answer.text
    problem(answer)
    assert shapes.open_steps(item.case_id) == ["c"]


def test_nobody_else_learns_of_a_task(shapes_case, api):
    item = shapes.opened(shapes_case("linear"), "c")
    for who, status in (("xie", 404), ("jing", 404)):
        assert api.call(who, "GET", f"/tasks/{item.id}/verbs").status_code == status
    assert api.call("xie", "POST", f"/tasks/{item.id}/claim").status_code == 404
    assert api.call("dang", "POST", f"/tasks/{item.id}/claim").status_code == 403


def test_whoever_has_a_seat_reads_the_content_masked_and_no_more(app, api):
    """The contact is personal data: the owner fills it in, whoever signs needs only to know it is there."""
    case_id = shapes.begin()
    item = shapes.opened(case_id, "a")
    shapes.do(
        "zhen", seats.add_signers, item.id, role="after", people=[shapes.pair("xie"), shapes.pair("ling")]
    )
    shapes.do("zhen", work_items.save_draft, item.id, {"contact": "测试王五"})
    assert api.get("zhen", f"/tasks/{item.id}")["data"]["contact"] == "测试王五"
    for submitted in (False, True):
        if submitted:
            given = shapes.values("a", contact="测试王五")
            shapes.do("zhen", work_items.complete, item.id, revision=0, values=given)
        answer = api.get("xie", f"/tasks/{item.id}")
        assert (answer["data"], answer["files"]) == (None, [])
        assert "测试王五" not in str(answer)
        texts = {row["path"]: row["text"] for part in answer["content"] for row in part["rows"]}
        assert texts.get("text") == ("情况属实" if submitted else None)
    assert shapes.events(case_id, "task.read")[-1].actor_person_id == shapes.pair("zhen")[0]
    _post(api, "xie", item, "sign", {"agrees": True})
    answer = api.get("xie", f"/tasks/{item.id}")
    assert (answer["status"], answer["data"], answer["content"]) == ("open", None, [])
