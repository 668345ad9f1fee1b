"""What officers do with a step in a sandbox other than completing it, and what the public asks for."""

from __future__ import annotations

import json
import re

import pytest

from tests import stories
from tests.integration.studio import desk
from tests.integration.studio.test_sandbox import GOOD, begun, step_of, typed, waiting
from tests.packs.opened import tongzhou
from webapp import sandbox
from webapp.packs.scenarios import Move, read_scenario

FILED = {"start": "recognition/township.clerk", "township": "majuqiao", "begins": "2026-11-20"}


@pytest.fixture
def draft(admin):
    return desk.opened(admin)


@pytest.fixture
def filed(admin, draft):
    """A trial in which the filing was filled in: the township is to review it."""
    begun(admin, draft, scenario="recognition_good")
    return desk.followed(admin, f"{draft}/sandbox/follow", data={"one": "1"})


def played(page):
    """Who is played in the open step."""
    return re.search(r"扮演 ([^<]+)<", page.text)[1]


def filled(admin, page):
    """Submit the open step with what the scenario enters there."""
    page = desk.followed(admin, f"{step_of(page)}/fill", data={"scenario": GOOD})
    return desk.followed(admin, step_of(page), data=typed(page))


def asked(admin, page, do, to):
    return desk.followed(admin, f"{step_of(page)}/ask", data={"do": do, "to": to, "reason": "请协助办理"})


def test_a_step_is_given_to_another_position(admin, filed):
    page = asked(admin, filed, "transfer", "majuqiao.clerk")
    assert "马驹桥镇 经办" in played(page)
    assert "街道乡镇审核（街道乡镇）转办（马驹桥镇 经办）" in page.text


def test_a_step_is_delegated_handed_back_and_submitted(admin, filed):
    page = asked(admin, filed, "delegate", "majuqiao.clerk")
    assert "马驹桥镇 经办" in played(page)
    page = filled(admin, page)
    assert "街道乡镇审核（街道乡镇）交回" in page.text
    assert waiting(page) == ["街道乡镇审核"]
    assert "马驹桥镇 审核" in played(page)
    assert waiting(filled(admin, page)) == ["主要领导签发"]


@pytest.mark.parametrize(("do", "told"), [("add_before", "前加签"), ("add_after", "后加签")])
def test_somebody_is_asked_to_sign_and_does(admin, draft, filed, do, told):
    page = asked(admin, filed, do, "majuqiao.leader")
    assert f"街道乡镇审核（街道乡镇）{told}" in page.text
    if do == "add_after":
        page = filled(admin, page)
    assert waiting(page) == ["街道乡镇审核"]
    step, position = re.search(r'action="([^"]+/sign)".*?name="position" value="([^"]+)"', page.text).groups()
    page = desk.followed(admin, step, data={"position": position, "agrees": "yes"})
    if do == "add_before":
        page = filled(admin, page)
    assert waiting(page) == ["主要领导签发"]


def test_what_was_submitted_is_taken_back(admin, draft, filed):
    page = filled(admin, filed)
    assert waiting(page) == ["主要领导签发"]
    sent = {"step": "township_review", "position": "majuqiao.reviewer", "case": "1"}
    page = desk.followed(admin, f"{draft}/sandbox/take-back", data=sent)
    assert waiting(page) == ["街道乡镇审核"]
    assert "街道乡镇审核（街道乡镇）拿回" in page.text
    again = admin.post(f"{draft}/sandbox/take-back", data=sent)
    assert (again.status_code, "不能拿回" in again.text) == (404, True)


def test_fields_are_marked_and_only_they_can_be_changed(admin, filed):
    sent = {"to": "file", "reason": "请补充", "marks": "need.reason", "what-need.reason": "写得太简单"}
    page = desk.followed(admin, f"{step_of(filed)}/return", data=sent)
    assert waiting(page) == ["填写认定申请"]
    assert "写得太简单" in page.text
    fields = typed(page)
    assert "need-reason" in fields
    assert "short_name" not in fields


def test_what_cannot_be_done_is_told(admin, draft, filed):
    refused = admin.post(
        f"{step_of(filed)}/ask", data={"do": "transfer", "to": "police.clerk", "reason": "请办"}
    )
    assert (refused.status_code, "只能转给本单位" in refused.text) == (422, True)
    assert (
        admin.post(f"{step_of(filed)}/ask", data={"do": "burn", "to": "x", "reason": "y"}).status_code == 422
    )


def test_all_of_it_is_kept_as_a_scenario_that_passes(admin, draft, filed):
    page = asked(admin, filed, "delegate", "majuqiao.clerk")
    page = filled(admin, page)
    page = asked(admin, page, "add_after", "majuqiao.leader")
    filled(admin, page)
    sent = {"title": "委派后加签", "name": "recognition_delegated"}
    desk.followed(admin, f"{draft}/sandbox/keep", data=sent)
    text, _ = desk.read(admin, draft, "workflows/tongzhou/scenarios/recognition_delegated.json")
    assert [move["do"] for move in json.loads(text)["moves"]] == [
        "submit",
        "delegate",
        "hand_back",
        "add_after",
        "submit",
    ]
    assert sandbox.play(tongzhou(), read_scenario("recognition_delegated", text)).problems == ()


def fields_of(values, before=""):
    """Values of a form as a browser sends them."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from fields_of(value, f"{before}{key}-")
        elif isinstance(value, bool):
            yield f"{before}{key}", "true" if value else "false"
        else:
            yield f"{before}{key}", value


def test_the_public_asks_without_an_account(admin, draft):
    page = begun(admin, draft, start="dispute/public", begins="2026-11-20", market="综合性零工市场")
    assert waiting(page) == ["登记求助"]
    assert played(page) == "公众"
    assert admin.post(step_of(page), data={"wish": "尽快给钱"}).status_code == 422
    page = desk.followed(admin, step_of(page), data=dict(fields_of(stories.said("dispute")["told"])))
    assert waiting(page) == ["受理"]
    assert "经办" in played(page)


def test_a_request_of_the_public_is_a_scenario_too():
    told = stories.said("dispute")["told"]
    move = Move("submit", step="request", position="public", values=told)
    text = {
        "title": "公众求助",
        "process": "dispute",
        "begins": "2026-11-20",
        "starter": "public",
        "market": "综合性零工市场",
        "moves": [move.as_json()],
        "expected": {"status": "running", "waiting": ["acceptance"], "market": None},
    }
    result = sandbox.play(tongzhou(), read_scenario("asked", json.dumps(text)))
    assert result.came.status == "running"
    assert {problem.move for problem in result.problems} <= {2}, result.problems


def test_nobody_asks_in_public_where_a_procedure_takes_no_requests(admin, draft):
    answer = admin.post(f"{draft}/sandbox", data={"start": "recognition/public", "begins": "2026-11-20"})
    assert (answer.status_code, "不接受公众" in answer.text) == (422, True)
