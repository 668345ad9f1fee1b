"""沙箱试办: a draft tried out in the browser; the office's own database, files and clock are not touched."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import func, select

from tests.integration.studio import desk
from tests.packs.opened import tongzhou
from webapp.config import current_settings
from webapp.core import clock
from webapp.extensions import db
from webapp.models.base import Base
from webapp.models.pack_draft import PackDraft
from webapp.sandbox import trials
from webapp.uow import read_only

GOOD = "综合性零工市场：材料齐全，各单位同意，准予认定"
BEGINNING = {"start": "recognition/township.clerk", "township": "majuqiao", "begins": "2026-11-20"}


@pytest.fixture
def draft(admin):
    return desk.opened(admin)


def begun(browser, draft, **how):
    answer = browser.post(f"{draft}/sandbox", data=how or BEGINNING)
    assert answer.status_code == 302, answer.text
    return browser.get(answer.location)


def step_of(page):
    """Address of the step whose form is open."""
    return re.search(r'action="(/studio/[^"]+/sandbox/steps/[0-9a-f-]+)"', page.text)[1]


def waiting(page):
    part = page.text[page.text.index('id="waiting-title"') : page.text.index('id="papers-title"')]
    return re.findall(r"#task\"[^>]*>([^<]+)<", part)


def counted():
    """Number of rows of every table of the office."""
    with read_only() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table))
            for name, table in Base.metadata.tables.items()
        }


def test_before_it_begins_the_procedures_and_scenarios_of_the_draft_are_offered(admin, draft):
    page = admin.get(f"{draft}/sandbox").text
    assert "零工市场（驿站）申请认定（街道乡镇经办）" in page
    assert GOOD in page


def test_a_scenario_is_followed_to_its_end_and_nothing_leaves_the_sandbox(admin, draft):
    before, files = counted(), sorted((current_settings().var / "blobs").rglob("*"))
    page = begun(admin, draft, scenario="recognition_good")
    assert waiting(page) == ["填写认定申请"]
    page = desk.followed(admin, f"{draft}/sandbox/follow", data={"one": "1"})
    assert waiting(page) == ["街道乡镇审核"]
    page = desk.followed(admin, f"{draft}/sandbox/follow", data={"all": "1"})
    assert waiting(page) == []
    assert "通州区马驹桥镇零工市场：已列入名录" in page.text
    assert "全部符合" in page.text
    assert "没有等待办理的环节" in page.text
    assert counted() == before
    assert sorted((current_settings().var / "blobs").rglob("*")) == files
    assert clock.now().isoformat() == "2026-11-20T02:00:00+00:00"


def test_papers_of_a_sandbox_say_so_and_are_nowhere_else(admin, draft):
    page = begun(admin, draft, scenario="recognition_good")
    page = desk.followed(admin, f"{draft}/sandbox/follow", data={"all": "1"})
    found = re.findall(r"/sandbox/papers/([0-9a-f-]+)\.pdf", page.text)
    assert len(found) == 10
    answer = admin.get(f"{draft}/sandbox/papers/{found[-1]}.pdf")
    assert answer.data.startswith(b"%PDF")
    assert admin.get(f"/documents/{found[-1]}").status_code in {403, 404}


def test_a_step_is_filled_in_from_a_scenario_and_submitted_by_hand(admin, draft):
    page = begun(admin, draft)
    step = step_of(page)
    page = desk.followed(admin, f"{step}/fill", data={"scenario": GOOD})
    fields = typed(page)
    answer = admin.post(step, data=fields)
    assert answer.status_code == 302, re.findall(r"field-error[^>]*>([^<]+)", answer.text)
    page = admin.get(answer.location)
    assert waiting(page) == ["街道乡镇审核"]
    assert "填写认定申请（街道乡镇）提交" in page.text


def typed(page):
    """What a browser would send of the open form."""
    from lxml import html

    form = html.fromstring(page.text).xpath("//form[@data-task-form]")[0]
    found = {}
    for name, value in form.form_values():
        found.setdefault(name, []).append(value)
    return found


def test_what_is_refused_is_told_at_its_field_and_stays(admin, draft):
    page = begun(admin, draft)
    answer = admin.post(step_of(page), data={"short_name": "马驹桥试验"})
    assert answer.status_code == 422
    assert "马驹桥试验" in answer.text
    assert waiting(answer) == ["填写认定申请"]


def test_the_clock_is_moved_and_due_acts_happen(admin, draft):
    page = begun(admin, draft, scenario="recognition_good")
    assert "2026-11-02" in page.text
    page = desk.followed(admin, f"{draft}/sandbox/clock", data={"until": "workday"})
    assert "2026-11-03" in page.text
    refused = admin.post(f"{draft}/sandbox/clock", data={"until": "deadline"})
    assert refused.status_code in {302, 422}


def test_a_case_is_sent_back(admin, draft):
    begun(admin, draft, scenario="recognition_good")
    page = desk.followed(admin, f"{draft}/sandbox/follow", data={"one": "1"})
    step = step_of(page)
    page = desk.followed(admin, f"{step}/return", data={"to": "file", "reason": "请补充理由"})
    assert waiting(page) == ["填写认定申请"]
    assert "退回意见" in page.text
    again = admin.post(f"{draft}/sandbox/follow", data={"one": "1"})
    assert again.status_code == 409
    assert "与场景不同" in again.text


def test_what_was_done_is_kept_as_a_scenario_that_passes(admin, draft):
    begun(admin, draft, scenario="recognition_good")
    desk.followed(admin, f"{draft}/sandbox/follow", data={"one": "1"})
    sent = {"title": "申请已填报", "name": "recognition_filed"}
    page = desk.followed(admin, f"{draft}/sandbox/keep", data=sent)
    assert "已保留在草稿中" in page.text
    text, _ = desk.read(admin, draft, "workflows/tongzhou/scenarios/recognition_filed.json")
    kept = json.loads(text)
    assert kept["expected"]["waiting"] == ["township_review"]
    assert kept["moves"] == json.loads(tongzhou().scenarios["recognition_good"])["moves"][:1]
    assert "申请已填报" in admin.get(f"{draft}/scenarios").text
    assert "未通过" not in admin.get(f"{draft}/scenarios").text


@pytest.mark.parametrize("name", ["", "Big", "../x", "a/b", "x" * 60])
def test_a_scenario_needs_a_plain_file_name(admin, draft, name):
    begun(admin, draft)
    answer = admin.post(f"{draft}/sandbox/keep", data={"title": "名称", "name": name})
    assert answer.status_code == 422
    assert "请填写场景的名称" in answer.text


def test_again_begins_anew_with_the_draft_as_it_is_now(admin, draft):
    page = begun(admin, draft)
    assert "填写认定申请" in page.text
    flow = "workflows/tongzhou/recognition.bpmn"
    desk.change(admin, draft, flow, 'name="填写认定申请"', 'name="填写申请（新）"')
    assert waiting(admin.get(f"{draft}/sandbox")) == ["填写认定申请"]
    assert waiting(desk.followed(admin, f"{draft}/sandbox/again")) == ["填写申请（新）"]


def test_a_draft_that_cannot_be_read_says_why_and_nothing_is_left(admin, draft):
    text, revision = desk.read(admin, draft, desk.MANIFEST)
    desk.put(admin, draft, desk.MANIFEST, "[pack\n" + text, revision)
    assert "不是正确的 TOML" in admin.get(f"{draft}/sandbox").text
    assert admin.get(f"{draft}/scenarios").status_code == 422
    assert admin.get(f"{draft}/what-if").status_code == 422


def test_a_flow_that_cannot_run_says_so_at_its_beginning(admin, draft):
    flow = "workflows/tongzhou/recognition.bpmn"
    text, revision = desk.read(admin, draft, flow)
    desk.put(admin, draft, flow, text.replace("<bpmn:startEvent", "<bpmn:scriptTask", 1), revision)
    answer = admin.post(f"{draft}/sandbox", data=BEGINNING)
    assert answer.status_code == 422
    assert "沙箱不能进行" in answer.text
    assert "开始试办" in admin.get(f"{draft}/sandbox").text


def test_a_form_that_cannot_be_shown_says_so_and_another_trial_can_begin(admin, draft):
    desk.change(admin, draft, "forms/tongzhou/filing.json", '"key": "short_name"', '"key": "no such key"')
    assert admin.post(f"{draft}/sandbox", data=BEGINNING).status_code == 302
    answer = admin.get(f"{draft}/sandbox")
    assert answer.status_code == 422
    assert "沙箱不能进行" in answer.text
    assert "开始试办" in answer.text


def test_a_condition_that_gives_no_answer_is_told_and_the_step_stays(admin, draft):
    flow = "workflows/tongzhou/recognition.bpmn"
    text, revision = desk.read(admin, draft, flow)
    conditions = re.findall(r"<bpmn:conditionExpression[^>]*>([^<]+)<", text)
    for condition in set(conditions):
        text = text.replace(f">{condition}<", ">case.no<")
    desk.put(admin, draft, flow, text, revision)
    begun(admin, draft, scenario="recognition_good")
    answer = admin.post(f"{draft}/sandbox/follow", data={"all": "1"})
    assert answer.status_code == 422
    assert "而条件只能是真或假" in answer.text
    assert waiting(answer) == ["街道乡镇审核"]


def test_each_editor_has_a_sandbox_of_their_own(admin, draft, second_editor):
    begun(admin, draft)
    assert "开始试办" in second_editor.get(f"{draft}/sandbox").text


def test_the_draft_of_another_jurisdiction_is_not_there(admin, draft, elsewhere):
    begun(admin, draft)
    for path in ("sandbox", "scenarios", "what-if", "sandbox/diagram.bpmn"):
        assert elsewhere.get(f"{draft}/{path}").status_code == 404
    assert elsewhere.post(f"{draft}/sandbox", data=BEGINNING).status_code == 404


def test_what_nobody_moved_for_a_day_is_removed(admin, draft, frozen_clock, browse):
    begun(admin, draft)
    root = current_settings().var / "sandboxes"
    frozen_clock.move(hours=23)
    trials.Trials(root).forget_old()
    assert "从头再来" in browse(desk.EDITOR).get(f"{draft}/sandbox").text
    frozen_clock.move(hours=2)
    assert trials.Trials(root).forget_old() > 0
    assert list(root.glob("*/sandbox.db")) == []
    assert "开始试办" in browse(desk.EDITOR).get(f"{draft}/sandbox").text


def test_there_are_only_so_many(admin, draft, second_editor, monkeypatch):
    monkeypatch.setattr(trials, "MOST", 1)
    begun(admin, draft)
    begun(second_editor, draft)
    assert len(list((current_settings().var / "sandboxes").glob("*/sandbox.db"))) == 1
    assert "开始试办" in admin.get(f"{draft}/sandbox").text


def test_a_release_waits_for_its_scenarios(admin, draft):
    path = "workflows/tongzhou/scenarios/recognition_good.json"
    text, revision = desk.read(admin, draft, path)
    told = json.loads(text)
    told["expected"]["outcome"] = "refused"
    desk.put(admin, draft, path, json.dumps(told), revision)
    answer = admin.post(f"{draft}/submit", data={"note": "调整场景"})
    assert answer.status_code == 422
    assert "没有通过：结果：预期“refused”，实际“approved”。" in answer.text
    with read_only() as session:
        assert session.scalar(select(PackDraft.status)) == "editing"


def test_the_diagram_shows_the_drafts_own_drawing(admin, draft):
    begun(admin, draft)
    answer = admin.get(f"{draft}/sandbox/diagram.bpmn")
    assert answer.data == tongzhou().flows["recognition.bpmn"]
    assert db.engine.pool.checkedout() == 0
