"""What somebody typed is never thrown away silently: it goes with their own submission only."""

from __future__ import annotations

from io import BytesIO

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.uow import read_only

CASE = "/cases/TZ-RD-2026-0001"
KEPT = "您未提交的草稿"


def address(case_id, step):
    (item,) = (item for item in desk.items(case_id, step) if item.status == "open")
    return f"{CASE}/tasks/{item.id}"


def save(person, case_id, step, **typed):
    assert person.post(f"{address(case_id, step)}/draft", data=typed | {"revision": "0"}).status_code == 302


def drafts():
    with read_only() as session:
        return session.query(desk.Draft).count()


def test_a_colleague_s_submission_keeps_what_the_other_typed(at, browse):
    case_id = at("filed")
    mine, theirs = browse("renshe"), browse("renshe-2")
    save(mine, case_id, "acceptance", note="营业执照副本尚待核对")
    save(theirs, case_id, "acceptance", note="我的草稿")
    desk.act(case_id, "renshe-2", "acceptance", filings.content("market")["acceptance"])
    assert drafts() == 1
    page = mine.get(CASE).text
    assert KEPT in page
    assert "营业执照副本尚待核对" in page
    for other in (theirs, browse("renshe-kz"), browse("majuqiao")):
        assert KEPT not in other.get(CASE).text
        assert "营业执照副本尚待核对" not in other.get(CASE).text


def test_what_one_submitted_oneself_is_no_draft_any_more(at, browse):
    case_id = at("filed")
    person = browse("renshe")
    save(person, case_id, "acceptance", note="草稿")
    desk.act(case_id, "renshe", "acceptance", filings.content("market")["acceptance"])
    assert drafts() == 0
    assert KEPT not in person.get(CASE).text


def test_both_who_signed_have_submitted_what_they_typed(at, browse):
    case_id = at("consulted")
    given = filings.content("market")
    first = browse("renshe")
    save(first, case_id, "site_check", summary="第一稿")
    desk.act(
        case_id,
        "renshe",
        "site_check",
        given["site_check"],
        files=given["site_check_files"],
        declares_no_conflict=True,
    )
    (item,) = desk.items(case_id, "site_check")
    with read_only() as session:
        signed = session.get_one(desk.WorkItem, item.id).awaiting
    desk.act(case_id, "renshe-2", "site_check", signed, declares_no_conflict=True)
    assert drafts() == 0


def test_whose_signature_no_longer_held_keeps_what_they_typed(at, browse, frozen_clock):
    """The first signed; others then signed something else, so what the first typed was never submitted."""
    case_id = at("consulted")
    given = filings.content("market")
    third = browse("renshe")
    save(third, case_id, "site_check", summary="本人所见与下列记录不同")
    photos = given["site_check_files"]
    desk.act(case_id, "renshe", "site_check", given["site_check"], files=photos, declares_no_conflict=True)
    frozen_clock.move(minutes=5)
    item = address(case_id, "site_check")
    typed = {"summary": "签署之后又有补充", "revision": "1"}
    assert third.post(f"{item}/draft", data=typed).status_code == 302
    with read_only() as session:
        signed = session.get_one(desk.WorkItem, desk.items(case_id, "site_check")[0].id).awaiting
    desk.act(case_id, "renshe-2", "site_check", signed, declares_no_conflict=True)
    assert "签署之后又有补充" in third.get(CASE).text


def test_who_was_late_still_has_what_they_typed(app, at, browse, frozen_clock):
    case_id = at("accepted")
    desk.choose(late_opinion="presume")
    save(browse("gongan"), case_id, "opinion_police", reason="意见写了一半", conclusion="不同意")
    frozen_clock.move(days=30)
    desk.work(app)
    (item,) = desk.items(case_id, "opinion_police")
    assert item.status == "presumed"
    page = browse("gongan").get(CASE).text
    assert KEPT in page
    assert "意见写了一半" in page
    assert "逾期未反馈，系统按设置办结" in page
    assert "意见写了一半" not in browse("renshe").get(CASE).text


def test_a_withdrawn_case_keeps_what_was_being_typed_in_it(at, browse):
    case_id = at("accepted")
    save(browse("gongan"), case_id, "opinion_police", reason="撤回前正在填写", conclusion="不同意")
    desk.withdraw(case_id, "majuqiao")
    page = browse("gongan").get(CASE).text
    assert "撤回前正在填写" in page
    assert "环节已取消" in page


def test_what_could_not_be_read_and_files_are_kept_as_they_were(at, browse):
    case_id = at("started")
    person = browse("majuqiao")
    item = address(case_id, "file")
    file = {"file": (BytesIO(filings.PDF), "场地平面图.pdf")}
    key = person.post("/attachments", data=file).json["id"]
    typed = {
        "site-area": "约六千二百",
        "site_files": key,
        "contact-name": "演示孙丽",
        "contact-phone": "13800000001",
        "revision": "0",
    }
    assert person.post(f"{item}/draft", data=typed).status_code == 302
    desk.withdraw(case_id, "majuqiao")
    page = person.get(CASE)
    assert page.status_code == 200
    for words in (KEPT, "约六千二百", "演示孙丽", "13800000001", f"/attachments/{key}"):
        assert words in page.text, words
    assert person.get(f"/attachments/{key}").status_code == 200
    assert KEPT not in browse("majuqiao-sh").get(CASE).text


def test_a_step_that_is_open_shows_its_draft_in_the_form_only(at, browse):
    case_id = at("filed")
    person = browse("renshe")
    save(person, case_id, "acceptance", note="仍在填写")
    assert KEPT not in person.get(CASE).text
    assert "仍在填写" in person.get(address(case_id, "acceptance")).text
