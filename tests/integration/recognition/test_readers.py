"""Who reads what inside a case: everybody with a part in it, or only those whom the step concerns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.core.errors import Missing
from webapp.queries.case_page import case_page
from webapp.queries.document_views import visible_document
from webapp.services import api_tokens
from webapp.uow import read_only, unit_of_work

CASE = "/cases/TZ-RD-2026-0001"
API_CASE = "/api/v1/cases/TZ-RD-2026-0001"

FILED = [("填写认定申请", "马驹桥镇"), ("街道乡镇审核", "马驹桥镇"), ("主要领导签发", "马驹桥镇")]
ANSWERS = {
    "gongan": "市公安局通州分局",
    "jiaotong": "区交通支队",
    "caizheng": "区财政局",
    "gonghui": "区总工会",
    "wangxin": "区委网信办",
}
OFFICE = "区人力社保局"
INSIDE = [(name, OFFICE) for name in ("受理审查", "核稿", "现场核查", "拟定综合意见", "分管领导审定")]

OPEN_TO_ALL = ["application_report", "acceptance_notice", "recognition_reply"]
SECRETS = {
    "acceptance": "材料齐全，予以受理。",
    "paper_review": "文稿准确，同意印发。",
    "opinion_police": "早间候工高峰安排警力现场巡查",
    "opinion_traffic": "出入口交通安全设施尚不完善",
    "site_check": "现场与申请内容一致，功能区划分清晰",
    "draft_opinion": "五家单位同意或有条件同意",
    "leader_decision": "同意认定。",
}
"""A sentence of each internal step, as the demonstration filing enters it."""


def key_of(username):
    with unit_of_work() as session:
        who = filings.actor(session, username)
        return {"Authorization": f"Bearer {api_tokens.create(session, who, name='测试', days=1)}"}


def paper(case_id, template, agency=None):
    """Return the document of a template, where several agencies issue one: that agency's."""
    with read_only() as session:
        (found,) = (
            row
            for row in session.query(desk.Document).filter_by(case_id=case_id, template_key=template)
            if agency in {None, row.agency.short}
        )
        return found


def papers(page, case_id):
    """Return template and agency of the documents on a page."""
    by_id = {row.id: row.template_key for row in desk.documents(case_id)}
    return [(by_id[row.id], row.agency) for row in page.documents]


def expected_papers(username):
    shown = [(key, "马驹桥镇" if key == "application_report" else OFFICE) for key in OPEN_TO_ALL]
    if username in ANSWERS:
        shown += [("opinion_request", OFFICE), ("opinion_reply", ANSWERS[username])]
    if username.startswith("renshe"):
        shown += [("opinion_request", OFFICE), ("site_check", OFFICE)]
        shown += [("opinion_reply", agency) for agency in ANSWERS.values()]
    return shown


@pytest.mark.parametrize(
    "username", ["majuqiao", "majuqiao-ld", *ANSWERS, "renshe", "renshe-kz", "renshe-fj"]
)
def test_each_reads_what_is_for_all_and_what_is_their_own(at, username):
    case_id = at("recognised")
    page = desk.page(case_id, username)
    wanted = list(FILED)
    if username in ANSWERS:
        wanted += [("反馈意见", ANSWERS[username])]
    if username.startswith("renshe"):
        wanted += [("反馈意见", agency) for agency in ANSWERS.values()] + INSIDE
    assert sorted((said.step_name, said.agency) for said in page.submissions) == sorted(wanted)
    assert sorted(papers(page, case_id)) == sorted(expected_papers(username))


@pytest.mark.parametrize(
    ("username", "own"),
    [
        ("majuqiao", []),
        ("gongan", ["opinion_police"]),
        ("jiaotong", ["opinion_traffic"]),
        ("renshe", [*SECRETS]),
    ],
)
def test_no_page_and_no_answer_says_what_is_not_for_its_reader(at, browse, username, own):
    at("recognised")
    browser, key = browse(username), key_of(username)
    answers = [browser.get(CASE), browse().get(API_CASE, headers=key)]
    fragment = browser.get(f"{CASE}/matrix")
    for answer in (*answers, fragment):
        assert answer.status_code == 200
        text = answer.get_data(as_text=True)
        assert [step for step, words in SECRETS.items() if step not in own and words in text] == []
    for answer in answers:
        text = answer.json["submissions"].__repr__() if answer.is_json else answer.text
        assert [step for step, words in SECRETS.items() if words in text] == own


def test_others_see_in_the_matrix_who_was_asked_and_answered_when_and_nothing_more(at):
    case_id = at("consulted")
    whole = {row.agency: row for row in desk.page(case_id, "renshe").matrix.rows}
    assert whole["区交通支队"].conclusion == "有条件同意"
    assert "出入口交通安全设施尚不完善" in whole["区交通支队"].opinion
    for username in ("majuqiao", *ANSWERS):
        rows = {row.agency: row for row in desk.page(case_id, username).matrix.rows}
        assert rows.keys() == whole.keys() == set(ANSWERS.values())
        for agency, row in rows.items():
            full = whole[agency]
            assert (row.since, row.due, row.at, row.by) == (full.since, full.due, full.at, full.by)
            assert row.at is not None
            if ANSWERS.get(username) == agency:
                assert row == full
            else:
                assert (row.conclusion, row.opinion, row.tone) == ("已反馈", "", "neutral")


def test_who_has_not_answered_is_awaited_for_every_reader(at):
    case_id = at("accepted")
    for username in ("majuqiao", "gongan", "renshe"):
        matrix = desk.page(case_id, username).matrix
        assert {row.conclusion for row in matrix.rows} == {"待回复"}
        assert matrix.answered == 0


@pytest.mark.parametrize(
    ("template", "agency", "readers"),
    [
        ("application_report", None, {"majuqiao", "gongan", "jiaotong", "renshe"}),
        ("opinion_request", None, {"gongan", "jiaotong", "renshe"}),
        ("opinion_reply", "市公安局通州分局", {"gongan", "renshe"}),
        ("site_check", None, {"renshe"}),
        ("recognition_reply", None, {"majuqiao", "gongan", "jiaotong", "renshe"}),
    ],
)
def test_a_document_that_is_not_for_the_reader_is_not_there(at, browse, template, agency, readers):
    document = paper(at("recognised"), template, agency)
    for username in ("majuqiao", "gongan", "jiaotong", "renshe"):
        browser, key = browse(username), key_of(username)
        got = [browser.get(f"/documents/{document.id}{ending}").status_code for ending in ("", ".pdf")]
        for ending in ("", ".pdf"):
            url = f"/api/v1/documents/{document.id}{ending}"
            got.append(browse().get(url, headers=key).status_code)
        assert set(got) == ({200} if username in readers else {404}), username


def attachment_id(case_id, name):
    with read_only() as session:
        files = session.query(desk.Attachment).filter_by(case_id=case_id)
        return next(file.id for file in files if file.name == name)


def test_a_file_is_read_by_those_who_read_what_names_it(at, browse):
    case_id = at("recognised")
    for name, readers in (
        ("场地平面图.pdf", {"majuqiao", "majuqiao-ld", "gongan", "renshe", "renshe-fj"}),
        ("核查照片1.png", {"renshe", "renshe-fj"}),
    ):
        key = attachment_id(case_id, name)
        for username in ("majuqiao", "majuqiao-ld", "gongan", "renshe", "renshe-fj"):
            status = 200 if username in readers else 404
            assert browse(username).get(f"/attachments/{key}").status_code == status, (name, username)
            token = key_of(username)
            assert browse().get(f"/api/v1/attachments/{key}", headers=token).status_code == status
            shown = {file.name for file in desk.page(case_id, username).materials}
            assert (name in shown) == (username in readers)


def test_what_one_signed_is_there_for_the_second_who_signs_and_for_nobody_else(at, browse):
    case_id = at("consulted")
    given = filings.content("market")
    desk.act(
        case_id,
        "renshe",
        "site_check",
        given["site_check"],
        files=given["site_check_files"],
        declares_no_conflict=True,
    )
    key = attachment_id(case_id, "核查照片1.png")
    for username, status in (("renshe", 200), ("renshe-2", 200), ("majuqiao", 404), ("gongan", 404)):
        assert browse(username).get(f"/attachments/{key}").status_code == status
    (item,) = desk.items(case_id, "site_check")
    with read_only() as session:
        signed = session.get_one(desk.WorkItem, item.id).awaiting
    desk.act(case_id, "renshe-2", "site_check", signed, declares_no_conflict=True)
    assert desk.items(case_id, "site_check")[0].status == "done"


def test_naming_a_file_of_somebody_else_s_step_does_not_open_it(at, browse):
    case_id = at("accepted")
    given = filings.content("market")
    desk.act(
        case_id, "gongan", "opinion_police", given["opinion_police"], files={"files": ["警务站方案.pdf"]}
    )
    key = str(attachment_id(case_id, "警务站方案.pdf"))
    assert browse("gongan").get(f"/attachments/{key}").status_code == 200
    with pytest.raises(desk.Invalid) as refused:
        desk.act(case_id, "jiaotong", "opinion_traffic", given["opinion_traffic"] | {"files": [key]})
    assert list(refused.value.errors) == ["files"]
    assert browse("jiaotong").get(f"/attachments/{key}").status_code == 404
    (item,) = desk.items(case_id, "opinion_traffic")
    task = browse().get(f"/api/v1/tasks/{item.id}", headers=key_of("jiaotong"))
    assert "警务站方案.pdf" not in task.get_data(as_text=True)


def test_the_right_to_read_all_cases_does_not_open_what_is_internal(at):
    case_id = at("recognised")
    inside = paper(case_id, "site_check")
    with read_only() as session:
        case = session.get_one(desk.Case, case_id)
        stranger = filings.actor(session, "songzhuang")
        stranger = replace(stranger, rights=stranger.rights | {"case.read_all"})
        page = case_page(session, stranger, case)
        assert sorted((said.step_name, said.agency) for said in page.submissions) == sorted(FILED)
        assert {row.title for row in page.documents}.isdisjoint({inside.title})
        with pytest.raises(Missing):
            visible_document(session, stranger, inside.id)
        photo = session.get_one(desk.Attachment, attachment_id(case_id, "核查照片1.png"))
        with pytest.raises(Missing):
            desk.attachments.readable(session, stranger, photo.id)
        assert visible_document(session, filings.actor(session, "renshe-fj"), inside.id).id == inside.id


def test_what_happened_is_told_to_all(at):
    case_id = at("recognised")
    told = {event.title for event in desk.page(case_id, "majuqiao").timeline}
    assert {"受理审查", "反馈意见", "现场核查", "拟定综合意见", "分管领导审定"} <= told
