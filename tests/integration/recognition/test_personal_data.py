"""Names and telephone numbers: encrypted where they lie, masked where they are read, shown only with a reason.

Policy: TZ-3.2.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.config import SETTINGS
from webapp.extensions import db
from webapp.models.base import Base
from webapp.services.demo import PEOPLE
from webapp.uow import read_only

ENTERED = [
    "演示孙丽",
    "演示张伟",
    "演示李响",
    "演示刘洋",
    "13800000001",
    "13800000002",
    "13800000003",
    "13800000004",
]
"""Staff, contact and those present on the site, as the demonstration filing names them."""
OFFICERS = [someone.name for someone in PEOPLE]
CASE = "/cases/TZ-RD-2026-0001"


def found_in(content, wanted=(*ENTERED, *OFFICERS)):
    """Which of the words lie in bytes, in any encoding that a database or file might use."""
    encodings = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "unicode_escape")
    return sorted({word for word in wanted for name in encodings if word.encode(name) in content})


@pytest.fixture
def full_case(at, browse, played):
    """A case that ran to its end, with drafts, signatures, sealed papers, sign-ins and looks."""
    return played("a full case", lambda: carried_on(at("consulted"), browse))


def carried_on(case_id, browse):
    given = filings.content("market")
    values = given["site_check"]
    (item,) = desk.items(case_id, "site_check")
    draft = {"present": "演示刘洋、演示李响", "revision": "0"}
    assert browse("renshe-2").post(f"{CASE}/tasks/{item.id}/draft", data=draft).status_code == 302
    with desk.unit_of_work() as session:
        photos = filings.files(session, filings.actor(session, "renshe"), given["site_check_files"])
    desk.act(case_id, "renshe", "site_check", values | photos, declares_no_conflict=True)
    browse("renshe").post(f"{CASE}/reveal", data={"reason": "核对联系人电话"})
    with desk.unit_of_work() as session:
        other = filings.started(session)
        item = filings.open_item(session, other, "file")
        typed = {"contact": {"name": "演示孙丽", "phone": "13800000001"}}
        desk.work_items.save_draft(session, filings.actor(session, "majuqiao"), item.id, typed)
    return case_id


def finish(case_id, app):
    given = filings.content("market")
    with read_only() as session:
        item = filings.open_item(session, session.get_one(desk.Case, case_id), "site_check")
        signed = item.awaiting
    desk.act(case_id, "renshe-2", "site_check", signed, declares_no_conflict=True)
    desk.act(case_id, "renshe-kz", "draft_opinion", given["draft_opinion"])
    desk.act(case_id, "renshe-fj", "leader_decision", given["leader_decision"])
    desk.work(app)


@pytest.mark.parametrize("finished", [False, True], ids=["half way", "at the end"])
def test_no_column_of_any_table_holds_a_name_or_number(full_case, app, finished):
    if finished:
        finish(full_case, app)
    public = 0
    with db.engine.connect().execution_options(ro=True) as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"')):  # noqa: S608
                for name, value in row._mapping.items():
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    public += "兴华大街演示路8号".encode() in raw
                    assert found_in(raw) == [], f"{table.name}.{name}"
    assert public >= 2, "what may be read is found by the same search"


def test_the_files_of_the_database_hold_no_name_or_number(app, browse, backend):
    if backend.name == "postgresql":  # what other tests removed still lies in its files
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM FULL"))
    with desk.unit_of_work() as session:
        case_id = filings.consulted(session).id
    finish(carried_on(case_id, browse), app)
    files = raw_files(backend)
    assert "兴华大街演示路8号".encode() in b"".join(files.values())
    for name, content in files.items():
        assert found_in(content) == [], name


def raw_files(backend):
    """The bytes on the disk: SQLite's file with its log, or the files of PostgreSQL's tables."""
    if backend.name == "sqlite":
        database = Path(str(make_url(backend.url).database))
        paths = [database, *database.parent.glob(f"{database.name}-*")]
        return {path.name: path.read_bytes() for path in paths}
    own = "relkind IN ('r', 't', 'i') AND relnamespace <> 'pg_catalog'::regnamespace AND relfilenode <> 0"
    whole = f"SELECT relname, pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class WHERE {own}"  # noqa: S608
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        return {name: bytes(content) for name, content in connection.execute(text(whole))}


def test_every_file_that_was_handed_in_or_issued_lies_encrypted(full_case, app):
    finish(full_case, app)
    store = app.extensions[SETTINGS].var / "blobs"
    blobs = [path for path in store.rglob("*") if path.is_file()]
    assert len(blobs) > 10
    for path in blobs:
        content = path.read_bytes()
        assert not content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8", b"PK"))
        assert found_in(content) == []


def test_events_tell_who_acted_without_naming_anybody(full_case, app):
    finish(full_case, app)
    for happened in desk.events(full_case):
        told = f"{happened.data} {happened.position_title}".encode()
        assert found_in(told) == [], happened.kind


@pytest.mark.parametrize("username", ["renshe", "gongan", "majuqiao-ld", "renshe-fj"])
def test_the_page_of_a_case_masks_them(full_case, app, browse, username):
    finish(full_case, app)
    page = browse(username).get(CASE)
    assert page.status_code == 200
    assert "138****0001" in page.text
    assert "演***" in page.text
    shown = [word for word in ENTERED if word in page.text]
    # Who acted is told by name: the clerk of the township is also the contact of the filing.
    assert set(shown) <= {"演示刘洋"}


def test_a_correction_is_compared_without_showing_what_is_personal(at, browse):
    case_id = at("filed")
    wanted = {"path": "contact.phone", "what": "电话打不通", "how": "请核对"}
    values = {"decision": "correct", "materials": ["① 申请报告"], "corrections": [wanted]}
    desk.act(case_id, "renshe", "acceptance", values)
    desk.review_papers(case_id)
    desk.act(case_id, "majuqiao", "correction", {"contact": {"phone": "13911112222"}})
    page = browse("renshe").get(CASE).text
    assert "13911112222" not in page
    assert "13800000004" not in page
    assert "139****2222" in page


def test_they_are_shown_with_a_reason_that_goes_on_record(at, browse):
    case_id = at("accepted")
    clerk = browse("renshe")
    page = clerk.post(f"{CASE}/reveal", data={"reason": "电话核实工作人员到岗情况"})
    assert page.status_code == 200
    for word in ENTERED[:3] + ENTERED[4:]:
        assert word in page.text
    (look,) = desk.events(case_id, "personal.revealed")
    assert look.data == {"reason": "电话核实工作人员到岗情况"}
    assert look.position_title == "区人力社保局 经办"
    assert "13800000001" not in clerk.get(CASE).text, "the next page is masked again"


@pytest.mark.parametrize("reason", ["", "   ", "看看"])
def test_without_a_reason_nothing_is_shown_and_nothing_recorded(at, browse, reason):
    case_id = at("accepted")
    page = browse("renshe").post(f"{CASE}/reveal", data={"reason": reason})
    assert page.status_code == 422
    assert "请写明查看事由" in page.text
    assert "13800000001" not in page.text
    assert desk.events(case_id, "personal.revealed") == []


@pytest.mark.parametrize("username", ["gongan", "majuqiao-sh", "renshe-fj"])
def test_who_lacks_the_right_reveals_nothing(at, browse, username):
    case_id = at("accepted")
    answer = browse(username).post(f"{CASE}/reveal", data={"reason": "工作需要，核对电话"})
    assert answer.status_code == 403
    assert "13800000001" not in answer.text
    assert desk.events(case_id, "personal.revealed") == []


@pytest.mark.parametrize("username", ["gongan", "renshe", "majuqiao-sh"])
@pytest.mark.parametrize("ending", ["", "/form", "/draft", "/preview.pdf", "/release"])
def test_a_form_with_them_in_full_opens_for_its_own_position_only(at, browse, username, ending):
    """While the township corrects, others have the case but not the filing's form."""
    case_id = at("filed")
    desk.act(case_id, "renshe", "acceptance", filings.content("market")["acceptance_correct"])
    desk.review_papers(case_id)
    with desk.unit_of_work() as session:
        police = filings.agency(session, "police")
        session.add(desk.CaseParty(case_id=case_id, agency_id=police.id))
    (item,) = desk.items(case_id, "correction")
    url = f"{CASE}/tasks/{item.id}{ending}"
    method = "GET" if ending == "/preview.pdf" else "POST"
    answer = browse(username).open(url, method=method, data={"revision": "0"} if method == "POST" else None)
    assert answer.status_code in {403, 404}
    assert not re.search("13800000001|演示孙丽", answer.text)


def test_the_public_pages_hold_none_of_them(full_case, app, browse):
    finish(full_case, app)
    anybody = browse()
    paper = desk.documents(full_case)[-1]
    for url in ("/directory", "/directory/TZ-SC-2026-001", f"/v/{paper.token}"):
        page = anybody.get(url)
        assert page.status_code == 200
        assert found_in(page.data, ENTERED) == [], url


def test_logs_hold_none_of_them(at, browse, capsys):
    case_id = at("started")
    (item,) = desk.items(case_id, "file")
    data = {"revision": "0", "contact-phone": "13800000004", "contact-name": "演示刘洋"}
    browse("majuqiao").post(f"{CASE}/tasks/{item.id}", data=data)
    browse("majuqiao").get("/cases?q=13800000004")
    logged = capsys.readouterr()
    assert found_in((logged.out + logged.err).encode()) == []
