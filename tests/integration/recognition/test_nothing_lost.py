"""What was typed is never lost: messages at their fields, drafts, conflicts, refused files."""

from __future__ import annotations

import re
from io import BytesIO

import pytest

from forms.api import flatten
from tests.factories import filings
from tests.integration.recognition import desk
from webapp.queries.releases import form_of, pack_of_case
from webapp.uow import read_only

FILE = "/cases/TZ-RD-2026-0001/tasks/{}"


def address(case_id, element_id):
    return FILE.format(desk.items(case_id, element_id)[-1].id)


def page_fields(case_id, form_key, values, revision=0):
    """The fields that the page would send for these values."""
    with read_only() as session:
        schema = form_of(pack_of_case(session, session.get_one(desk.Case, case_id)), form_key)
    page = flatten(schema, values).page
    return {name: page.getlist(name) for name in page} | {"revision": str(revision)}


def filing_fields(case_id, **changes):
    with desk.unit_of_work() as session:
        files = filings.files(session, filings.actor(session, "majuqiao"), filings.content("market")["files"])
    return page_fields(case_id, "filing", filings.content("market")["filing"] | files) | changes


def message_at(page, name):
    """The message that the page shows at the field of this name and reads out with it."""
    shown = re.search(rf'<p class="field-error" id="e-{re.escape(name)}">(.*?)</p>', page, re.DOTALL)
    assert shown, f"no message at {name}"
    assert re.search(rf'aria-describedby="[^"]*\be-{re.escape(name)}\b', page)
    assert f'href="#f-{name}"' in page, "the summary leads to the field"
    return re.sub(r"<[^>]+>", "", shown[1])


def test_wrong_input_is_told_at_its_field_and_stays_on_the_page(at, browse):
    case_id = at("started")
    wrong = {"site-area": "六千二百多", "operator-uscc": "91110112MA01ABCD18", "contact-phone": "1380000"}
    answer = browse("majuqiao").post(
        address(case_id, "file"), data=filing_fields(case_id, short_name="马驹桥东", **wrong)
    )
    assert answer.status_code == 422
    assert "数字" in message_at(answer.text, "site-area")
    assert "校验位" in message_at(answer.text, "operator-uscc")
    assert "电话号码" in message_at(answer.text, "contact-phone")
    for typed in ("马驹桥东", *wrong.values(), "演示孙丽", "13800000001"):
        assert f'value="{typed}"' in answer.text, typed
    assert desk.open_steps(case_id) == {"file"}


def test_an_empty_form_names_what_is_missing(at, browse):
    case_id = at("started")
    answer = browse("majuqiao").post(address(case_id, "file"), data={"revision": "0"})
    assert answer.status_code == 422
    for name in ("short_name", "need-reason", "site-area", "site-hours"):
        assert message_at(answer.text, name)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("说明.exe", b"MZ\x90\x00" + b"\0" * 60, "不是可以接收的文件"),
        ("说明.pdf", b"just text, no pdf", "不是可以接收的文件"),
        ("照片.pdf", filings.PNG, "不是可以接收的文件"),
        ("空.pdf", b"", "空文件"),
    ],
    ids=["program", "text named pdf", "picture named pdf", "empty"],
)
def test_a_wrong_file_is_told_at_its_file_and_takes_nothing_with_it(at, browse, name, content, says):
    case_id = at("started")
    fields = filing_fields(case_id, short_name="马驹桥东")
    del fields["platform_statement"]
    fields["platform_statement.file"] = (BytesIO(content), name)
    fields["site_files.file"] = (BytesIO(filings.PDF), "补充平面图.pdf")
    answer = browse("majuqiao").post(address(case_id, "file"), data=fields)
    assert answer.status_code == 422
    told = message_at(answer.text, "platform_statement")
    assert name in told
    assert says in told
    assert 'value="马驹桥东"' in answer.text
    assert "补充平面图.pdf" in answer.text, "the good file is kept"


def test_a_file_that_is_too_large_is_told_with_the_limit(at, browse, monkeypatch):
    case_id = at("started")
    monkeypatch.setattr("webapp.services.attachments.MAX_BYTES", 1024)
    fields = filing_fields(case_id)
    big = filings.PDF + b"%" * 2048
    fields["site_files.file"] = (BytesIO(big), "大图.pdf")
    answer = browse("majuqiao").post(address(case_id, "file"), data=fields)
    assert answer.status_code == 422
    assert "上限" in message_at(answer.text, "site_files")


def test_the_upload_by_script_answers_with_the_reason(at, browse):
    at("started")
    answer = browse("majuqiao").post(
        "/attachments",
        data={"file": (BytesIO(b"MZ"), "坏.exe")},
        headers={"X-Requested-With": "fetch"},
    )
    assert answer.status_code == 422
    assert "坏.exe" in answer.json["error"]["errors"]["file"][0]


def test_a_draft_is_kept_exactly_as_typed_and_survives_signing_in_anew(at, browse):
    case_id = at("started")
    typed = {
        "short_name": "  马驹桥 东 ",
        "site-area": "约六千二百",
        "need-gathering_people": "1,2OO",
        "operator-uscc": "9111",
        "contact-phone": "138-0000",
        "trial-start": "明年一月",
    }
    person = browse("majuqiao")
    fields = filing_fields(case_id) | typed
    saved = person.post(
        f"{address(case_id, 'file')}/draft", data=fields, headers={"X-Requested-With": "fetch"}
    )
    assert (saved.status_code, saved.json["revision"]) == (200, 1)
    person.post("/sign-out")
    again = browse("majuqiao").get(address(case_id, "file"))
    assert again.status_code == 200
    for text in (*typed.values(), "演示孙丽", "场地平面图.pdf"):
        assert text.strip() in again.text, text
    assert 'value="约六千二百"' in again.text


def test_a_draft_is_its_authors_alone(at, browse):
    """The clerk's colleague in the same position begins with an empty form."""
    case_id = at("filed")
    item = address(case_id, "acceptance")
    browse("renshe").post(f"{item}/draft", data={"note": "只给自己看的草稿", "revision": "0"})
    assert "只给自己看的草稿" in browse("renshe").get(item).text
    assert "只给自己看的草稿" not in browse("renshe-2").get(item).text


def test_a_draft_is_gone_when_its_author_has_done_the_step(at, browse):
    case_id = at("filed")
    item = address(case_id, "acceptance")
    browse("renshe").post(f"{item}/draft", data={"note": "草稿", "revision": "0"})
    desk.act(case_id, "renshe", "acceptance", filings.content("market")["acceptance"])
    with read_only() as session:
        assert session.query(desk.Draft).count() == 0


def test_giving_a_step_back_keeps_what_was_just_typed(at, browse):
    case_id = at("filed")
    item = address(case_id, "acceptance")
    person = browse("renshe")
    assert person.post(f"{item}/claim").status_code == 302
    assert person.post(f"{item}/release", data={"note": "尚未核对完毕", "revision": "0"}).status_code == 302
    assert "尚未核对完毕" in person.get(item).text


def test_a_double_submit_is_told_what_happened_with_the_text_kept(at, browse):
    case_id = at("filed")
    item = address(case_id, "acceptance")
    values = filings.content("market")["acceptance"] | {"note": "材料齐全，予以受理（第一次点击）"}
    sent = page_fields(case_id, "acceptance", values)
    person = browse("renshe")
    assert person.post(item, data=sent).status_code == 302
    second = person.post(item, data=sent)
    assert second.status_code == 409
    assert "“受理审查”已由演示周敏于11月20日 10:00办结。" in second.text
    assert "材料齐全，予以受理（第一次点击）" in second.text
    assert [row.status for row in desk.items(case_id, "paper_review")] == ["open"], "done once"


def test_a_form_that_is_no_longer_valid_is_stale_before_it_is_wrong(at, browse):
    case_id = at("filed")
    item = address(case_id, "acceptance")
    desk.act(case_id, "renshe-2", "acceptance", filings.content("market")["acceptance"])
    answer = browse("renshe").post(item, data={"note": "我写的审查说明", "revision": "0"})
    assert answer.status_code == 409
    assert "已由演示吴昊" in answer.text
    assert "我写的审查说明" in answer.text


def test_the_back_button_after_a_colleague_signed_shows_both(at, browse):
    case_id = at("consulted")
    given = filings.content("market")
    item = address(case_id, "site_check")
    with desk.unit_of_work() as session:
        photos = filings.files(session, filings.actor(session, "renshe"), given["site_check_files"])
    values = given["site_check"] | photos
    desk.act(case_id, "renshe", "site_check", values, declares_no_conflict=True)
    mine = page_fields(case_id, "site_check", values | {"summary": "我看到的情况"}) | {"declaration": "on"}
    answer = browse("renshe-2").post(item, data=mine)
    assert answer.status_code == 409
    assert "演示周敏已于10:00签署" in answer.text
    assert "我看到的情况" in answer.text
    assert 'name="revision" value="1"' in answer.text, "the next try is made on what is valid now"
    assert desk.open_steps(case_id) == {"site_check"}


def test_what_a_colleague_claimed_is_told_with_the_text_kept(at, browse):
    case_id = at("filed")
    item = address(case_id, "acceptance")
    browse("renshe-2").post(f"{item}/claim")
    values = filings.content("market")["acceptance"] | {"note": "我核对过了"}
    answer = browse("renshe").post(item, data=page_fields(case_id, "acceptance", values))
    assert answer.status_code == 409
    assert "已由演示吴昊认领" in answer.text
    assert "我核对过了" in answer.text


def test_a_draft_of_a_step_that_is_over_is_told_with_the_text_kept(at, browse):
    case_id = at("filed")
    item = address(case_id, "acceptance")
    desk.act(case_id, "renshe-2", "acceptance", filings.content("market")["acceptance"])
    page = browse("renshe").post(f"{item}/draft", data={"note": "写到一半"})
    assert page.status_code == 409
    assert "写到一半" in page.text
    script = browse("renshe").post(
        f"{item}/draft", data={"note": "写到一半"}, headers={"X-Requested-With": "fetch"}
    )
    assert script.status_code == 409
    assert "已由演示吴昊" in script.json["error"]["changes"][0]


def test_the_declaration_stays_made_when_something_else_is_wrong(at, browse):
    case_id = at("consulted")
    sent = page_fields(case_id, "site_check", {"summary": "现场一致"}) | {"declaration": "on"}
    answer = browse("renshe").post(address(case_id, "site_check"), data=sent)
    assert answer.status_code == 422
    assert re.search(r'<input[^>]*name="declaration"[^>]*checked', answer.text)
    without = browse("renshe").post(
        address(case_id, "site_check"), data=page_fields(case_id, "site_check", {"summary": "现场一致"})
    )
    assert not re.search(r'<input[^>]*name="declaration"[^>]*checked', without.text)


@pytest.mark.parametrize(
    ("uploader", "file", "says"),
    [
        ("renshe", ("照片扫描.pdf", filings.PDF), "请上传 jpg、jpeg、png"),
        ("majuqiao", ("别人的.png", filings.PNG), "不属于本办件"),
    ],
    ids=["not a picture", "somebody else's"],
)
def test_a_file_that_this_field_does_not_take_is_told_at_it(at, browse, uploader, file, says):
    """Photographs are pictures; and nobody hands in what somebody else uploaded."""
    case_id = at("consulted")
    with desk.unit_of_work() as session:
        who = filings.actor(session, uploader)
        key = str(desk.attachments.upload(session, who, *file).id)
    sent = page_fields(case_id, "site_check", {"photos": [key]})
    answer = browse("renshe").post(address(case_id, "site_check"), data=sent)
    assert answer.status_code == 422
    assert says in message_at(answer.text, "photos")
    assert (file[0] in answer.text) is (uploader == "renshe")
