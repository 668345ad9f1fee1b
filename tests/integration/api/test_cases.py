"""Cases over the API: started whole or not at all, listed, read by those concerned only."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.factories import filings
from webapp.models.case import Case
from webapp.models.document import NumberSeries
from webapp.models.event import Event
from webapp.models.work_item import Submission, WorkItem

TOWN, OTHER = "majuqiao", ("songzhuang", "clerk")


def test_without_data_it_is_only_started(office):
    case = office.post(TOWN, "/cases", {"process": "recognition"}, 201)
    assert (case["no"], case["status"], case["submissions"]) == ("TZ-RD-2026-0001", "running", [])
    assert [(step["element_id"], step["status"], step["mine"]) for step in case["steps"]] == [
        ("file", "open", True)
    ]


def test_with_data_the_first_step_is_done(office):
    no = office.file(TOWN)
    case = office.get(TOWN, f"/cases/{no}")
    assert [(step["element_id"], step["status"]) for step in case["steps"]] == [
        ("file", "done"),
        ("township_review", "open"),
    ]
    assert {row["name"] for row in case["materials"]} == {
        name for names in filings.content("market")["files"].values() for name in names
    }


def test_with_wrong_data_nothing_is_kept(office):
    kept = (Case, WorkItem, Submission, NumberSeries, Event)
    office.token(TOWN)
    before = office.counts(*kept)
    data = filings.content("market")["filing"]
    data["operator"]["uscc"] = "91110112MA01ABCD18"
    data["staff"][1]["phone"] = 13800000002
    data["site"]["area"] = "约六千"
    data["invented"] = "x"
    errors = office.post(TOWN, "/cases", {"process": "recognition", "data": data}, 422)["errors"]
    assert {"operator.uscc", "staff.1.phone", "site.area", "invented", "site_files"} <= set(errors)
    assert errors["staff.1.phone"] == ["“联系电话”：应为文字。"]
    assert errors["invented"] == ["表单里没有这一项，请删去或核对名称。"]
    assert office.counts(*kept) == before


def test_who_may_start_what(office):
    office.post("majuqiao-sh", "/cases", {"process": "recognition"}, 403)
    office.post(TOWN, "/cases", {"process": "no_such_process"}, 404)


def test_the_list_is_paged_and_filtered(office):
    numbers = [office.post(TOWN, "/cases", {"process": "recognition"}, 201)["no"] for _ in range(21)]
    first, second = (office.get(TOWN, f"/cases?page={page}") for page in (1, 2))
    assert (first["total"], first["pages"], len(first["items"]), len(second["items"])) == (21, 2, 20, 1)
    assert {row["no"] for row in first["items"] + second["items"]} == set(numbers)
    assert [row["no"] for row in office.get(TOWN, f"/cases?q={numbers[3]}")["items"]] == [numbers[3]]
    office.post(TOWN, f"/cases/{numbers[0]}/withdraw", {"reason": "重复发起"})
    assert [row["no"] for row in office.get(TOWN, "/cases?status=withdrawn")["items"]] == [numbers[0]]
    assert office.get(TOWN, "/cases?status=running")["total"] == 20
    assert office.get(OTHER, "/cases")["total"] == 0


def test_what_may_not_be_seen_is_not_there(office, at):
    at("filed")
    (row,) = office.get(TOWN, "/cases")["items"]
    office.get("renshe", f"/cases/{row['no']}")
    for stranger in (OTHER, "gongan"):
        seen = office.get(stranger, f"/cases/{row['no']}", 404)
        unknown = office.get(stranger, "/cases/TZ-RD-2026-9999", 404)
        assert seen == unknown
    office.post(OTHER, f"/cases/{row['no']}/withdraw", {"reason": "测试"}, 404)


def test_personal_data_is_masked(office, at):
    at("filed")
    (row,) = office.get("renshe", "/cases")["items"]
    answer = office.call("renshe", "GET", f"/cases/{row['no']}")
    given = filings.content("market")["filing"]
    for person in [*given["staff"], given["contact"]]:
        assert person["phone"] not in answer.text
    for person in given["staff"]:
        assert person["name"] not in answer.text
    values = {
        row["path"]: row
        for said in answer.json["submissions"]
        for section in said["sections"]
        for row in [*section["rows"], *(cell for record in section["records"] for cell in record)]
    }
    assert values["staff.0.phone"]["personal"] is True
    assert values["contact.public_phone"]["text"] == given["contact"]["public_phone"]


def test_instants_are_utc_and_dates_of_the_clock_are_whole_days(office, at):
    at("filed")
    (row,) = office.get(TOWN, "/cases")["items"]
    started = datetime.fromisoformat(row["started_at"])
    assert started.utcoffset() == timedelta(0)
    assert row["started_at"] == "2026-11-20T02:00:00Z"
    # 20 working days after Friday 20 November end with Friday 18 December, at midnight in Beijing
    due = datetime.fromisoformat(row["clock"]["due_at"])
    assert timedelta(0) <= datetime.fromisoformat("2026-12-18T16:00:00Z") - due <= timedelta(seconds=1)


@pytest.mark.parametrize("reason", ["", "   ", "含\u0000空字符"])
def test_withdrawing_asks_for_a_reason(office, at, reason):
    at("filed")
    (row,) = office.get(TOWN, "/cases")["items"]
    errors = office.post(TOWN, f"/cases/{row['no']}/withdraw", {"reason": reason}, 422)["errors"]
    assert list(errors) == ["reason"]
    assert office.get(TOWN, f"/cases/{row['no']}")["status"] == "running"
