"""Releases: by a second person, on their day, for their time, and back in one act."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tests.factories import filings
from tests.integration.studio import desk
from webapp.core.errors import Locked
from webapp.models.account import Agency, Position
from webapp.models.case import Case
from webapp.models.event import Event
from webapp.models.release import ProcessVersion
from webapp.queries.releases import pack_of_release, release_in_force
from webapp.services import cases
from webapp.uow import read_only, unit_of_work
from webapp.worker import make_worker

pytestmark = pytest.mark.usefixtures("no_scenarios")

OLD, NEW = 'version = "2025.1"', 'version = "2026.7"'


@pytest.fixture
def draft(admin):
    opened = desk.opened(admin)
    desk.change(admin, opened, desk.MANIFEST, OLD, NEW)
    return opened


def submitted(admin, draft, **more):
    answer = admin.post(f"{draft}/submit", data={"note": "调整版本号，便于区分"} | more)
    assert answer.status_code == 302, answer.text
    return draft


def in_force():
    with read_only() as session:
        release = release_in_force(session, session.scalars(select(Agency.jurisdiction_id)).first())
        return release.pack_version


def started():
    """Start a case of recognition; return the version of the pack that it is under."""
    with unit_of_work() as session:
        case = cases.start(session, filings.actor(session, "majuqiao"), "recognition")
        return case.process_version.release.pack_version


def recorded(kind):
    with read_only() as session:
        return [row.data for row in session.scalars(select(Event).where(Event.kind == kind))]


def released(admin, chief, draft, **more):
    answer = chief.post(f"{submitted(admin, draft, **more)}/approve")
    assert answer.status_code == 302, answer.text


def test_a_second_person_releases_and_new_cases_follow(admin, chief, draft):
    assert started() == "2025.1"
    submitted(admin, draft)
    assert in_force() == "2025.1"
    assert "调整版本号，便于区分" in chief.get(draft).text
    assert chief.post(f"{draft}/approve").status_code == 302
    assert in_force() == "2026.7"
    assert started() == "2026.7"
    with read_only() as session:
        versions = [case.process_version.release.pack_version for case in session.scalars(select(Case))]
        assert sorted(versions) == ["2025.1", "2026.7"], "a running case stays on its release"
    assert "已发布" in admin.get(draft).text


def test_whoever_submitted_cannot_release(admin, draft):
    with unit_of_work() as session:
        position = session.query(Position).filter_by(key="admin").one()
        position.rights = [*position.rights, "studio.release"]
    submitted(admin, draft)
    assert "核准发布</button>" not in admin.get(draft).text
    answer = admin.post(f"{draft}/approve")
    assert answer.status_code == 403
    assert "提交人不能核准" in answer.text
    assert in_force() == "2025.1"


def test_a_submitted_draft_rests_until_it_is_taken_back(admin, chief, draft):
    text, revision = desk.read(admin, draft, desk.MANIFEST)
    submitted(admin, draft)
    refused = desk.put(admin, draft, desk.MANIFEST, text + "#\n", revision)
    assert (refused.status_code, "待核准发布" in refused.json["message"]) == (409, True)
    assert admin.post(f"{draft}/withdraw").status_code == 302
    assert desk.put(admin, draft, desk.MANIFEST, text + "#\n", revision).status_code == 200
    assert chief.post(f"{draft}/approve").status_code == 409


def test_the_releaser_gives_it_back_with_a_reason(admin, chief, draft):
    submitted(admin, draft)
    assert chief.post(f"{draft}/return", data={"reason": "  "}).status_code == 422
    assert chief.post(f"{draft}/return", data={"reason": "说明写得不清楚"}).status_code == 302
    assert "说明写得不清楚" in admin.get(draft).text
    submitted(admin, draft)
    assert "说明写得不清楚" not in admin.get(draft).text


def test_an_error_or_an_empty_note_or_no_change_is_not_submitted(admin, draft):
    unsaid = admin.post(f"{draft}/submit", data={"note": " "})
    assert (unsaid.status_code, "请写明发布说明" in unsaid.text) == (422, True)
    desk.change(admin, draft, desk.MANIFEST, NEW, OLD)
    same = admin.post(f"{draft}/submit", data={"note": "没有改动"})
    assert (same.status_code, "完全相同" in same.text) == (422, True)
    desk.change(admin, draft, desk.MANIFEST, OLD, "version = 1")
    wrong = admin.post(f"{draft}/submit", data={"note": "版本号写错了"})
    assert (wrong.status_code, "1 处错误" in wrong.text) == (422, True)
    assert "版本号写错了</textarea>" in wrong.text


@pytest.mark.parametrize(
    ("dates", "says"),
    [
        ({"effective_from": "2026-11-19"}, "启用日不能早于今天"),
        ({"effective_until": "2026-11-19"}, "截止日应当在启用日之后"),
        ({"effective_from": "2026-12-01", "effective_until": "2026-11-30"}, "截止日应当在启用日之后"),
        ({"effective_from": "12月1日"}, "请填写日期"),
    ],
)
def test_dates_that_make_no_sense_are_refused(admin, draft, dates, says):
    answer = admin.post(f"{draft}/submit", data={"note": "调整版本号"} | dates)
    assert (answer.status_code, says in answer.text) == (422, True)


def test_a_planned_release_is_put_in_force_on_its_day_in_beijing(app, admin, chief, draft, frozen_clock):
    released(admin, chief, draft, effective_from="2026-11-23")
    assert "2026-11-23 起启用" in admin.get("/studio").text
    worker = make_worker(app)
    frozen_clock.move(days=2, hours=13, minutes=59)  # 2026-11-22, 23:59 in Beijing
    worker.run_until_idle()
    assert in_force() == "2025.1"
    frozen_clock.move(minutes=1)
    make_worker(app).run_until_idle()
    assert in_force() == "2026.7"
    assert "起启用" not in admin.get("/studio").text
    (planned,) = recorded("release.planned")
    assert planned["on"] == "2026-11-23"


def test_a_plan_is_cancelled_by_whoever_may_release(app, admin, chief, draft, frozen_clock):
    released(admin, chief, draft, effective_from="2026-11-23")
    url = chief.get("/studio").text.partition("/cancel")[0].rpartition('"')[2] + "/cancel"
    assert admin.post(url).status_code == 403
    assert chief.post(url).status_code == 302
    frozen_clock.move(days=4)
    make_worker(app).run_until_idle()
    assert in_force() == "2025.1"


def test_while_a_release_is_planned_no_other_slips_in_beneath_it(admin, chief, draft):
    released(admin, chief, draft, effective_from="2026-11-23")
    other = desk.opened(admin, "另一处修改")
    desk.change(admin, other, desk.MANIFEST, OLD, 'version = "2026.9"')
    refused = admin.post(f"{other}/submit", data={"note": "另一处修改"})
    assert (refused.status_code, "定于2026年11月23日启用" in refused.text) == (409, True)


def test_going_back_cancels_what_rests_on_the_version_that_is_undone(app, admin, chief, draft, frozen_clock):
    released(admin, chief, draft)
    later = desk.opened(admin, "下月启用")
    desk.change(admin, later, desk.MANIFEST, NEW, 'version = "2026.9"')
    released(admin, chief, later, effective_from="2026-11-23")
    url = chief.get("/studio").text.partition("/rollback")[0].rpartition('"')[2] + "/rollback"
    assert chief.post(url, data={"reason": "新版有误，先恢复"}).status_code == 302
    frozen_clock.move(days=4)
    make_worker(app).run_until_idle()
    assert in_force() == "2025.1"
    assert len(recorded("release.plan_cancelled")) == 1


def test_a_policy_that_has_run_out_starts_no_case_and_says_why(admin, chief, draft, browse, frozen_clock):
    released(admin, chief, draft, effective_until="2026-12-31")
    assert started() == "2026.7"
    frozen_clock.move(days=41)  # 2026-12-31, 10:00 in Beijing: the last day counts
    assert started() == "2026.7"
    frozen_clock.move(hours=14)
    why = "有效期至2026年12月31日，现已届满"
    with pytest.raises(Locked, match=why):
        started()
    clerk = browse("majuqiao")
    page = clerk.get("/cases/new").text
    assert why in page
    assert "开始填写" not in page
    refused = clerk.post("/cases/recognition/start")
    assert (refused.status_code, why in refused.text) == (409, True)
    assert "已届满" in browse(desk.RELEASER).get("/studio").text


def test_the_same_content_may_be_given_a_longer_time(admin, chief, draft):
    released(admin, chief, draft, effective_until="2026-12-31")
    longer = desk.opened(admin, "延长有效期")
    same = admin.post(f"{longer}/submit", data={"note": "没有改动", "effective_until": "2026-12-31"})
    assert (same.status_code, "完全相同" in same.text) == (422, True)
    released(admin, chief, longer, effective_until="2027-12-31")
    assert "有效期至 2027-12-31" in admin.get("/studio").text
    with read_only() as session:
        assert len(session.scalars(select(ProcessVersion).where(ProcessVersion.is_current)).all()) == 19


def test_the_former_version_is_brought_back_in_one_act(admin, chief, draft):
    desk.change(
        admin,
        draft,
        desk.MANIFEST,
        '"studio.edit", "token.manage"]',
        '"studio.edit", "document.register", "token.manage"]',
    )
    released(admin, chief, draft)
    assert "document.register" in rights("admin")
    url = chief.get("/studio").text.partition("/rollback")[0].rpartition('"')[2] + "/rollback"
    assert chief.post(url, data={"reason": ""}).status_code == 422
    assert admin.post(url, data={"reason": "新版有误"}).status_code == 403
    assert chief.post(url, data={"reason": "新版有误，先恢复"}).status_code == 302
    assert (in_force(), started()) == ("2025.1", "2025.1")
    assert "document.register" not in rights("admin"), "rights go back too"
    (told,) = recorded("release.rolled_back")
    assert told["reason"] == "新版有误，先恢复"
    again = chief.post(url, data={"reason": "再恢复一次"})
    assert (again.status_code, "正在施行" in again.text) == (409, True)


def rights(position):
    with read_only() as session:
        return session.scalars(select(Position).where(Position.key == position)).one().rights


def test_a_process_that_a_release_no_longer_has_starts_no_more(admin, chief, draft):
    text, revision = desk.read(admin, draft, desk.MANIFEST)
    head, found, tail = text.partition('[[processes]]\nkey = "good_practice"')
    assert found
    rest = tail[tail.index("[[") :]
    assert desk.put(admin, draft, desk.MANIFEST, head + rest, revision).status_code == 200
    findings = admin.post(f"{draft}/check").json["findings"]
    assert [one for one in findings if one["severity"] == "error"] == []
    released(admin, chief, draft)
    with read_only() as session:
        current = session.scalars(select(ProcessVersion.process_key).where(ProcessVersion.is_current)).all()
    assert "good_practice" not in current
    assert len(current) == 18


def test_another_draft_takes_up_what_was_released_meanwhile(admin, chief, draft):
    other = desk.opened(admin, "另一处修改")
    text, _ = desk.read(admin, other, desk.RULES)
    desk.put(admin, other, desk.RULES, text.replace("</definitions>", "<!-- 另一处 --></definitions>"), 0)
    released(admin, chief, draft)
    behind = admin.post(f"{other}/submit", data={"note": "另一处修改"})
    assert (behind.status_code, "又发布了新的版本" in behind.text) == (409, True)
    assert "现行版本" in admin.get(other).text
    assert admin.post(f"{other}/take-up").status_code == 302
    assert NEW in desk.read(admin, other, desk.MANIFEST)[0]
    released(admin, chief, other)
    with read_only() as session:
        release = release_in_force(session, session.scalars(select(Agency.jurisdiction_id)).first())
        files = pack_of_release(session, release.id).files
    assert NEW in files[desk.MANIFEST]
    assert "<!-- 另一处 -->" in files[desk.RULES]


def test_where_both_changed_a_file_one_has_to_choose(admin, chief, draft):
    other = desk.opened(admin, "另一处修改")
    desk.change(admin, other, desk.MANIFEST, OLD, 'version = "2026.9"')
    released(admin, chief, draft)
    asked = admin.post(f"{other}/take-up")
    assert asked.status_code == 422
    assert f"{desk.MANIFEST} · [pack] tongzhou" in asked.text
    assert "2026.9" in asked.text, "both texts are shown"
    assert "2026.7" in asked.text
    place = re.search(r'name="(choice-[^"]+)" value="mine"', asked.text)[1]
    chosen = admin.post(f"{other}/take-up", data={place: "mine"})
    assert chosen.status_code == 302
    assert '"2026.9"' in desk.read(admin, other, desk.MANIFEST)[0]
    released(admin, chief, other)
    assert in_force() == "2026.9"


def test_an_abandoned_draft_is_closed(admin, draft):
    assert admin.post(f"{draft}/abandon").status_code == 302
    assert "没有草稿" in admin.get("/studio").text
    assert admin.post(f"{draft}/submit", data={"note": "再提交一次"}).status_code == 409
