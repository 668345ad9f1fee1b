"""From the filing to the directory, for both kinds of market (Policy: TZ-3.1, TZ-3.2)."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.integrations import sealing
from webapp.services.documents import file_of
from webapp.uow import read_only

MARKET_PAPERS = [
    ("majuqiao", "马政请〔2026〕1号", "关于认定通州区马驹桥镇零工市场的申请报告", "依申请公开", "30年"),
    ("hrss", "通人社受〔2026〕1号", "受理通知书", "依申请公开", "30年"),
    ("hrss", "通人社函〔2026〕1号", "关于征求认定通州区马驹桥镇零工市场意见的函", "不予公开", "30年"),
    ("cac", "通网信办函〔2026〕1号", "关于认定通州区马驹桥镇零工市场征求意见的复函", "不予公开", "30年"),
    ("finance", "通财函〔2026〕1号", "关于认定通州区马驹桥镇零工市场征求意见的复函", "不予公开", "30年"),
    ("police", "通公函〔2026〕1号", "关于认定通州区马驹桥镇零工市场征求意见的复函", "不予公开", "30年"),
    ("traffic", "通交支函〔2026〕1号", "关于认定通州区马驹桥镇零工市场征求意见的复函", "不予公开", "30年"),
    ("union", "通工函〔2026〕1号", "关于认定通州区马驹桥镇零工市场征求意见的复函", "不予公开", "30年"),
    ("hrss", None, "零工市场（驿站）现场核查表", "不予公开", "30年"),
    ("hrss", "通人社函〔2026〕2号", "关于认定通州区马驹桥镇零工市场的复函", "主动公开", "永久"),
]
"""The opinion bodies answer in the order of the names of their steps."""

STATION_PAPERS = [
    ("songzhuang", "宋政请〔2026〕1号", "关于认定通州区宋庄镇小堡零工驿站的申请报告", "依申请公开", "30年"),
    ("hrss", "通人社受〔2026〕1号", "受理通知书", "依申请公开", "30年"),
    ("hrss", "通人社函〔2026〕1号", "关于征求认定通州区宋庄镇小堡零工驿站意见的函", "不予公开", "30年"),
    ("police", "通公函〔2026〕1号", "关于认定通州区宋庄镇小堡零工驿站征求意见的复函", "不予公开", "30年"),
    ("union", "通工函〔2026〕1号", "关于认定通州区宋庄镇小堡零工驿站征求意见的复函", "不予公开", "30年"),
    ("hrss", None, "零工市场（驿站）现场核查表", "不予公开", "30年"),
    ("hrss", "通人社函〔2026〕2号", "关于认定通州区宋庄镇小堡零工驿站的复函", "主动公开", "永久"),
]


def papers(case_id):
    with read_only() as session:
        rows = desk.documents(case_id)
        keys = {row.id: session.merge(row, load=False).agency.key for row in rows}
    return [(keys[row.id], row.number, row.title, row.disclosure, row.retention) for row in rows]


@pytest.mark.parametrize(
    ("kind", "name", "title", "wanted"),
    [
        ("market", "通州区马驹桥镇零工市场", "关于认定通州区马驹桥镇零工市场的申请", MARKET_PAPERS),
        ("station", "通州区宋庄镇小堡零工驿站", "关于认定通州区宋庄镇小堡零工驿站的申请", STATION_PAPERS),
    ],
)
def test_a_filing_ends_in_a_recognised_market_with_its_papers_in_order(at, kind, name, title, wanted):
    case_id = at("recognised", kind)
    case, market = desk.case_of(case_id), desk.market_of(case_id)
    assert (case.no, case.status, case.outcome, case.title) == (
        "TZ-RD-2026-0001",
        "finished",
        "approved",
        title,
    )
    assert (market.no, market.name, market.status) == ("TZ-SC-2026-001", name, "recognised")
    assert market.recognised_on == date(2026, 11, 20)
    assert papers(case_id) == wanted
    assert desk.open_steps(case_id) == set()


def test_the_file_is_archived_with_retention_and_disclosure(at, frozen_clock):
    case = desk.case_of(at("recognised"))
    # the reply is kept for ever, and so is the file that it lies in
    assert (case.retention, case.disclosure) == ("永久", "主动公开")
    assert (
        case.submitted_at == case.decided_at == case.archived_at == case.finished_at == frozen_clock.instant
    )
    assert desk.clock_of(case.id).stopped_at == frozen_clock.instant


@pytest.mark.parametrize(
    ("stage", "status", "steps"),
    [
        ("started", "running", {"file"}),
        ("filled", "running", {"township_review"}),
        ("reviewed", "running", {"township_sign"}),
        ("filed", "running", {"acceptance"}),
        (
            "accepted",
            "running",
            {"opinion_police", "opinion_traffic", "opinion_finance", "opinion_union", "opinion_cac"},
        ),
        ("consulted", "running", {"site_check"}),
        ("checked", "running", {"draft_opinion"}),
        ("drafted", "running", {"leader_decision"}),
    ],
)
def test_every_stage_waits_for_exactly_the_steps_of_the_procedure(at, stage, status, steps):
    case_id = at(stage)
    assert desk.open_steps(case_id) == steps
    assert desk.case_of(case_id).status == status


def test_the_market_is_only_proposed_and_unnumbered_until_the_decision(at, browse):
    market = desk.market_of(at("drafted"))
    assert (market.status, market.no) == ("proposed", None)
    assert market.name not in browse().get("/directory").text


def test_the_public_finds_the_market_in_the_directory_and_on_its_page(at, app, browse):
    at("recognised")
    anybody = browse()
    directory = anybody.get("/directory")
    assert directory.status_code == 200
    assert "通州区马驹桥镇零工市场" in directory.text
    page = anybody.get("/directory/TZ-SC-2026-001")
    assert page.status_code == 200
    for shown in (
        "通州区马驹桥镇零工市场",
        "北京市通州区马驹桥镇兴华大街演示路8号",
        "每日5:00至20:00",
        "010-60500000",
        "零工供求信息撮合服务",
        "演示人力资源（北京）有限公司",
    ):
        assert shown in page.text
    assert "关于认定通州区马驹桥镇零工市场的复函" not in page.text, "what has no seal yet is not published"
    desk.work(app)
    published = anybody.get("/directory/TZ-SC-2026-001").text
    assert "关于认定通州区马驹桥镇零工市场的复函" in published
    assert "申请报告" not in published, "only what is 主动公开 is published"
    assert anybody.get("/directory/TZ-SC-2026-002").status_code == 404


def test_numbers_of_each_series_run_on_from_case_to_case_and_begin_anew_in_a_new_year(app, frozen_clock):
    with desk.unit_of_work() as session:
        first = filings.recognised(session, "station").id
    with desk.unit_of_work() as session:
        second = filings.recognised(session, "market").id
    frozen_clock.move(days=60)
    with desk.unit_of_work() as session:
        third = filings.filed(session, "market").id
    assert [desk.case_of(key).no for key in (first, second, third)] == [
        "TZ-RD-2026-0001",
        "TZ-RD-2026-0002",
        "TZ-RD-2027-0001",
    ]
    assert desk.market_of(second).no == "TZ-SC-2026-002"
    numbers = [paper.number for key in (first, second) for paper in desk.documents(key)]
    assert [number for number in numbers if number and number.startswith("通人社函")] == [
        f"通人社函〔2026〕{n}号" for n in (1, 2, 3, 4)
    ]
    assert [number for number in numbers if number and number.startswith("通公函")] == [
        "通公函〔2026〕1号",
        "通公函〔2026〕2号",
    ]
    assert desk.documents(third)[0].number == "马政请〔2027〕1号"


def test_a_second_market_of_the_same_name_is_not_recognised(app):
    with desk.unit_of_work() as session:
        filings.recognised(session, "station")
    with desk.unit_of_work() as session:
        second = filings.drafted(session, "station").id
    with pytest.raises(desk.Invalid, match="名录中已有“通州区宋庄镇小堡零工驿站”"):
        desk.act(second, "renshe-fj", "leader_decision", {"decision": "approve", "comment": "同意"})
    assert desk.case_of(second).status == "running"
    assert desk.open_steps(second) == {"leader_decision"}


def test_the_worker_seals_every_document_and_the_sealed_files_verify(at, app):
    case_id = at("recognised")
    assert {paper.status for paper in desk.documents(case_id)} == {"typeset"}
    desk.work(app)
    for paper in desk.documents(case_id):
        assert paper.status == "issued", paper.title
        if paper.template_key == "site_check":
            assert paper.sha256 == paper.unsigned_sha256, "a record that two people signed bears no seal"
            continue
        checked = sealing.check(file_of(paper))
        assert checked.trusted, f"{paper.title}: {checked.message}"
        tampered = bytearray(file_of(paper))
        tampered[len(tampered) // 2] ^= 1
        assert not sealing.check(bytes(tampered)).trusted
    assert len(desk.events(case_id, "document.sealed")) == len(MARKET_PAPERS) - 1
    assert desk.work(app) == 0, "nothing is sealed twice"


def test_a_document_is_verified_by_its_token_and_looks_are_counted(at, app, browse):
    paper = desk.documents(at("recognised"))[-1]
    anybody = browse()
    assert "正在用印" in anybody.get(f"/v/{paper.token}").text
    desk.work(app)
    for _ in range(2):
        page = anybody.get(f"/v/{paper.token}")
    assert page.status_code == 200
    for shown in (
        paper.title,
        "通人社函〔2026〕2号",
        "2026年11月20日",
        "有效",
        "通州区马驹桥镇零工市场（已认定，在名录中）",
        "第 3 次",
    ):
        assert shown in page.text
    assert desk.documents(paper.case_id)[-1].look_ups == 3
    assert anybody.get(f"/v/{paper.token[::-1]}").status_code == 404


def test_a_document_is_verified_by_its_file(at, app, browse):
    case_id = at("recognised")
    desk.work(app)
    paper = desk.documents(case_id)[-1]
    pdf = file_of(paper)
    anybody = browse()
    genuine = anybody.post("/verify", data={"file": (BytesIO(pdf), "复函.pdf")})
    assert genuine.status_code == 200
    assert "通人社函〔2026〕2号" in genuine.text
    other = anybody.post("/verify", data={"file": (BytesIO(pdf + b"\n% more"), "复函.pdf")})
    assert other.status_code == 200
    assert "通人社函〔2026〕2号" not in other.text
    nonsense = anybody.post("/verify", data={"file": (BytesIO(b"no pdf"), "x.pdf")})
    assert nonsense.status_code in {200, 422}
    assert anybody.post("/verify").status_code == 422
