"""政策推演: rules of a draft asked about closed cases. The market of Majuqiao filed 6200 m²."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.integration.studio import desk
from tests.packs.opened import changed, tongzhou
from webapp.models.decision import Decision
from webapp.models.event import Event
from webapp.models.release import SettingValue
from webapp.queries.settings import pack_in_force
from webapp.services import what_if
from webapp.uow import read_only, unit_of_work

AREA = '<inputEntry id="market_area_area"><text>&gt;= 5000</text></inputEntry>'


def asked(pack, **more):
    with read_only() as session:
        jurisdiction = session.scalar(select(Decision.jurisdiction_id).limit(1))
        return what_if.run(session, jurisdiction, pack, **more)


def raised(limit):
    return changed(desk.RULES, AREA, AREA.replace("5000", str(limit)))


def test_rules_that_did_not_change_change_no_result(at):
    at("recognised")
    found = asked(tongzhou())
    assert found.looked_at > 0
    assert (found.changed, found.not_judged) == ([], [])


def test_the_same_rules_in_another_file_change_no_result_either(at):
    """The text differs, so every decision is really asked again: with the frozen facts it says the same."""
    at("recognised")
    found = asked(changed(desk.RULES, "<definitions", "<!-- 改版 -->\n<definitions"))
    assert found.looked_at > 0
    assert (found.changed, found.not_judged) == ([], [])


def test_a_threshold_that_the_case_still_meets_changes_nothing(at):
    at("recognised")
    assert asked(raised(6000)).changed == []


def test_a_threshold_that_the_case_fails_is_told_with_its_line_and_its_township(at):
    at("recognised")
    found = asked(raised(7000))
    assert found.not_judged == []
    assert {row.township for row in found.changed} == {"马驹桥镇"}
    assert [(row.before, row.after) for row in found.changed] == [(True, False)]
    assert [(line.before, line.after) for line in found.changed[0].lines] == [
        ("面积不少于5000㎡（符合）", "面积不少于5000㎡（不符合）")
    ]
    assert "6200" in found.changed[0].lines[0].figure
    assert [(total.township, total.changed) for total in found.totals] == [("马驹桥镇", 1)]
    assert found.totals[0].looked_at == found.looked_at


def test_running_cases_are_left_out(at):
    at("drafted")
    assert asked(raised(7000)).looked_at == 0


def test_page_by_page_every_decision_is_looked_at_once(at):
    at("recognised")
    whole = asked(raised(7000))
    looked, changed_, older_than = 0, 0, None
    for _ in range(whole.looked_at):
        page = asked(raised(7000), limit=1, older_than=older_than)
        looked, changed_, older_than = looked + page.looked_at, changed_ + len(page.changed), page.older_than
    assert (looked, changed_, older_than) == (whole.looked_at, 1, None)


def test_time_that_is_up_ends_a_page_after_one_decision(at):
    at("recognised")
    page = asked(raised(7000), seconds=0)
    assert page.looked_at == 1 or page.older_than is None


def test_a_step_that_the_draft_does_not_have_is_told(at):
    at("recognised")
    manifest = tongzhou().files[desk.MANIFEST]
    start = manifest.index('[[processes]]\nkey = "recognition"')
    end = manifest.index("[[processes]]", start + 5)
    pack = changed(desk.MANIFEST, manifest[start:end], "")
    found = asked(pack)
    assert found.changed == []
    assert {row.reason for row in found.not_judged} == {"草稿中已没有这项业务。"}


def test_nothing_is_written(at, browse):
    at("recognised")
    admin = browse(desk.EDITOR)
    draft = desk.opened(admin)
    with read_only() as session:
        before = session.scalar(select(func.count()).select_from(Event))
    page = admin.get(f"{draft}/what-if")
    assert page.status_code == 200
    assert "没有结果会改变" in page.text
    with read_only() as session:
        assert session.scalar(select(func.count()).select_from(Event)) == before


def test_the_page_tells_case_line_and_total(at, browse):
    at("recognised")
    admin = browse(desk.EDITOR)
    draft = desk.opened(admin)
    desk.change(admin, draft, desk.RULES, AREA, AREA.replace("5000", "7000"))
    page = admin.get(f"{draft}/what-if").text
    assert "通过 → 不通过" in page
    assert "面积不少于5000㎡（不符合）" in page
    assert "演示刘洋" not in page, "who filed is nobody's business here"


@pytest.mark.parametrize("office_chose", [False, True])
def test_a_setting_counts_with_the_drafts_default_unless_the_office_chose(at, office_chose):
    at("recognised")
    pack = tongzhou()
    key = next(iter(pack.settings))
    with unit_of_work() as session:
        jurisdiction = session.scalar(select(Decision.jurisdiction_id).limit(1))
        in_force = pack_in_force(session, jurisdiction)
        if office_chose:
            session.add(
                SettingValue(jurisdiction_id=jurisdiction, key=key, value=in_force.settings[key].value)
            )
    assert asked(pack).changed == []
