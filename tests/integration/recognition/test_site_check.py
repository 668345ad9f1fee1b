"""现场核查: two people sign one and the same content, each declaring that no interest stands in the way."""

from __future__ import annotations

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.core.errors import Invalid, Stale
from webapp.uow import read_only


@pytest.fixture
def case_id(at):
    return at("consulted")


@pytest.fixture
def values(case_id):
    """What both found, the photographs uploaded by the first."""
    given = filings.content("market")
    with desk.unit_of_work() as session:
        who = filings.actor(session, "renshe")
        return given["site_check"] | filings.files(session, who, given["site_check_files"])


def sign(case_id, username, values, **more):
    return desk.act(case_id, username, "site_check", values, declares_no_conflict=True, **more)


def signatures(case_id):
    with read_only() as session:
        (item,) = session.query(desk.WorkItem).filter_by(case_id=case_id, element_id="site_check")
        return [
            (row.person.username, row.voided_at is None, row.declares_no_conflict) for row in item.signings
        ]


def test_two_people_who_sign_the_same_complete_the_step(case_id, values):
    sign(case_id, "renshe", values)
    assert desk.open_steps(case_id) == {"site_check"}, "one is not enough"
    sign(case_id, "renshe-2", values)
    assert desk.open_steps(case_id) == {"draft_opinion"}
    assert signatures(case_id) == [("renshe", True, True), ("renshe-2", True, True)]
    record = desk.documents(case_id)[-1]
    assert record.title == "零工市场（驿站）现场核查表"
    text = "".join(part for _, part in record.outline)
    assert "演示周敏" in text
    assert "演示吴昊" in text


def test_one_person_who_signs_twice_counts_once(case_id, values):
    for _ in range(3):
        sign(case_id, "renshe", values)
    assert desk.open_steps(case_id) == {"site_check"}
    assert [valid for _, valid, _ in signatures(case_id)] == [False, False, True]


def test_a_change_by_the_second_voids_the_first_signature(case_id, values):
    sign(case_id, "renshe", values)
    sign(case_id, "renshe-2", values | {"area": 5900})
    assert desk.open_steps(case_id) == {"site_check"}
    assert signatures(case_id) == [("renshe", False, True), ("renshe-2", True, True)]
    sign(case_id, "renshe", values | {"area": 5900})
    assert desk.open_steps(case_id) == {"draft_opinion"}
    assert desk.submission(case_id, "site_check").data["area"] in {5900, "5900"}


def test_the_second_is_shown_what_the_first_signed(case_id, values, browse):
    sign(case_id, "renshe", values)
    (item,) = desk.items(case_id, "site_check")
    page = browse("renshe-2").get(f"/cases/TZ-RD-2026-0001/tasks/{item.id}").text
    assert 'value="6180"' in page
    assert "演示周敏" in page
    assert "核查照片1.png" in page


@pytest.mark.parametrize("username", ["renshe", "renshe-2"])
def test_nobody_signs_without_the_declaration(case_id, values, username):
    if username == "renshe-2":
        sign(case_id, "renshe", values)
    with pytest.raises(Invalid) as refused:
        desk.act(case_id, username, "site_check", values)
    assert list(refused.value.errors) == ["declaration"]
    assert len(signatures(case_id)) == (1 if username == "renshe-2" else 0)


def test_whoever_had_not_seen_the_first_signature_is_told_of_it(case_id, values):
    (before,) = desk.items(case_id, "site_check")
    sign(case_id, "renshe", values)
    with pytest.raises(Stale) as stale:
        sign(case_id, "renshe-2", values | {"area": 5000}, revision=before.revision)
    assert stale.value.changes == ["演示周敏已于10:00签署"]
    assert len(signatures(case_id)) == 1


def test_the_section_chief_cannot_sign_for_a_clerk(case_id, values):
    with pytest.raises(desk.Forbidden):
        sign(case_id, "renshe-kz", values)


def test_a_colleague_who_took_the_step_does_not_keep_the_second_from_signing(case_id, values):
    with desk.unit_of_work() as session:
        item = filings.open_item(session, session.get_one(desk.Case, case_id), "site_check")
        desk.work_items.claim(session, filings.actor(session, "renshe"), item.id)
    sign(case_id, "renshe", values)
    sign(case_id, "renshe-2", values)
    assert desk.open_steps(case_id) == {"draft_opinion"}
