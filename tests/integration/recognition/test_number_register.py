"""发文登记簿: every number in order, none missing and none twice, and who may read it."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.extensions import db
from webapp.models.document import Document
from webapp.queries.number_register import RegisterFilter, register_page, series_states
from webapp.services import document_acts, documents
from webapp.uow import read_only, unit_of_work

ALL = RegisterFilter()


def states(username="renshe-bgs", wanted=ALL):
    with read_only() as session:
        found = series_states(session, filings.actor(session, username), wanted)
    return {(one.agency, one.series, one.year): (one.last, one.missing) for one in found}


def entries(username="renshe-bgs", wanted=ALL):
    with read_only() as session:
        return register_page(session, filings.actor(session, username), wanted).page.rows


def test_it_lists_what_a_case_issued_by_agency_series_and_year(at):
    case_id = at("recognised")
    numbered = {row.number for row in desk.documents(case_id) if row.number}
    assert {row.number for row in entries()} == numbered
    assert states()["区人力社保局", "函", 2026] == (2, ())
    assert states()["马驹桥镇", "请", 2026] == (1, ())
    only = RegisterFilter(agency="hrss", series="函", year="2026")
    assert [row.number for row in entries(wanted=only)] == ["通人社函〔2026〕2号", "通人社函〔2026〕1号"]
    assert set(states(wanted=only)) == {("区人力社保局", "函", 2026)}
    assert entries(wanted=RegisterFilter(year="2025")) == []
    assert entries(wanted=RegisterFilter(year="二〇二六")) == []
    assert [row.number for row in entries(wanted=RegisterFilter(q="〔2026〕2号"))] == ["通人社函〔2026〕2号"]
    assert entries(wanted=RegisterFilter(q="%")) == []


def test_an_agency_that_may_not_read_all_sees_its_own_register(at):
    at("recognised")
    assert {row.agency for row in entries("majuqiao-ld")} == {"马驹桥镇"}
    assert set(states("majuqiao-ld")) == {("马驹桥镇", "请", 2026)}


def test_a_revoked_number_stays_in_the_register(at, app):
    case_id = at("recognised")
    desk.work(app)
    with unit_of_work() as session:
        reply = session.query(Document).filter_by(case_id=case_id, template_key="recognition_reply").one()
        leader = filings.actor(session, "renshe-fj")
        document_acts.revoke(session, leader, reply, reason="认定依据有误（演示）")
    row = entries(wanted=RegisterFilter(q="函〔2026〕2号"))[0]
    assert (row.number, row.status_label) == ("通人社函〔2026〕2号", "已撤销")
    assert states()["区人力社保局", "函", 2026] == (2, ())


def test_a_number_that_vanished_is_told(at, browse):
    case_id = at("recognised")
    with unit_of_work() as session:
        row = session.query(Document).filter_by(case_id=case_id, number="通人社函〔2026〕1号").one()
        row.series = row.year = row.serial = None
    assert states()["区人力社保局", "函", 2026] == (2, (1,))
    page = browse("renshe-bgs").get("/register").text
    assert "有缺号" in page


def test_no_number_is_given_twice_by_the_database_itself(at):
    case_id = at("recognised")
    with pytest.raises(Exception, match=r"(?i)unique"), unit_of_work() as session:
        first = session.query(Document).filter_by(case_id=case_id, number="通人社函〔2026〕1号").one()
        first.serial = 2
        session.flush()


def test_under_load_there_is_neither_gap_nor_double(app):
    """Eight threads issue from one series while every third of them fails half-way and gives its number back."""
    with unit_of_work() as session:
        case_ids = [filings.filed(session).id for _ in range(4)]
    before = {row.number for key in case_ids for row in desk.documents(key)}

    def issue(turn):
        with app.app_context():
            try:
                with unit_of_work() as session:
                    case = session.get_one(desk.Case, case_ids[turn % 4], with_for_update=True)
                    paper = documents.make(
                        session,
                        case,
                        filings.actor(session, "renshe"),
                        spec=document_acts.CORRECTION,
                        agency=filings.agency(session, "hrss"),
                        element_id="acceptance",
                        given={
                            "addressee": "演示单位",
                            "document_title": "演示公文",
                            "document_number": None,
                            "document_date": case.started_at.date(),
                            "wrong": "甲",
                            "right": "乙",
                            "reason": "压力测试",
                            "disclosure": "不予公开",
                            "retention": "10年",
                        },
                    )
                    return paper.serial // (turn % 3 and 1)
            except ZeroDivisionError:
                return None
            finally:
                db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        serials = [serial for serial in pool.map(issue, range(36)) if serial is not None]
    assert sorted(serials) == list(range(1, 25))
    assert states()["区人力社保局", "更", 2026] == (24, ())
    after = [row.number for key in case_ids for row in desk.documents(key)]
    assert len(after) == len(set(after)) == len(before) + 24


def test_the_page_filters_and_exports_for_those_who_may(at, browse):
    at("recognised")
    office = browse("renshe-bgs")
    page = office.get("/register?agency=hrss&series=函")
    assert page.status_code == 200
    assert "通人社函〔2026〕2号" in page.text
    assert "通人社受〔2026〕1号" not in page.text
    assert "连续无缺号" in page.text
    answer = office.post("/register/export.csv", data={"agency": "hrss", "series": "函"})
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0][:4] == ["发文字号", "标题", "发文单位", "成文日期"]
    assert [row[0] for row in rows[1:]] == ["通人社函〔2026〕1号", "通人社函〔2026〕2号"]
    assert browse("renshe").get("/register").status_code == 403
    assert "发文登记簿" in office.get("/cases").text
