"""The whole recognition through the API, by the tokens of the people concerned."""

from __future__ import annotations

import hashlib

from tests.factories import filings

TOWN = "majuqiao"
BODIES = {
    "gongan": "police",
    "jiaotong": "traffic",
    "caizheng": "finance",
    "gonghui": "union",
    "wangxin": "cac",
}


def test_a_market_is_corrected_once_and_recognised(office, frozen_clock):
    given = filings.content("market")
    no = office.file(TOWN)
    office.complete("majuqiao-sh", no, given["township_review"])
    office.complete("majuqiao-ld", no, given["township_sign"])
    assert office.get(TOWN, f"/cases/{no}")["clock"]["total"] == 20

    office.complete("renshe", no, given["acceptance_correct"])
    office.complete("renshe-kz", no, given["paper_review"])
    assert office.get(TOWN, f"/cases/{no}")["clock"]["paused"] is True
    frozen_clock.move(days=3)
    _correct(office, no, given)
    frozen_clock.move(hours=1)
    clock = office.get(TOWN, f"/cases/{no}")["clock"]
    assert (clock["paused"], clock["used"]) == (False, 0)

    _decide(office, no, given, asked=BODIES)
    assert {row["conclusion"] for row in office.get(TOWN, f"/cases/{no}")["opinions"]} == {"已反馈"}
    case = office.get("renshe", f"/cases/{no}")
    assert (case["status"], case["outcome"], case["market"]["status"]) == (
        "finished",
        "approved",
        "recognised",
    )
    assert case["market"]["name"] == "通州区马驹桥镇零工市场"
    changed = {row["path"]: row["after"] for said in case["submissions"] for row in said["changes"]}
    assert changed["site.right_note"] == given["correction"]["site.right_note"]
    assert [row["conclusion"] for row in case["opinions"]].count("有条件同意") == 1
    assert all(line["met"] for line in case["decisions"][0]["lines"])
    _sealed_and_public(office, case)


def test_a_station_is_recognised_by_people_with_several_positions(office):
    given = filings.content("station")
    no = office.file(("songzhuang", "clerk"), "station")
    office.complete(("songzhuang", "reviewer"), no, given["township_review"])
    office.complete("songzhuang-ld", no, given["township_sign"])
    _decide(office, no, given, asked=["gongan", "gonghui"])
    (market,) = office.get(None, "/directory?kind=零工驿站")["items"]
    assert (market["name"], market["township"]) == ("通州区宋庄镇小堡零工驿站", "宋庄镇")
    assert market["area_m2"] == "120.00"


def test_the_site_check_needs_two_people_and_their_declarations(office, at):
    at("consulted")
    given = filings.content("market")
    (row,) = office.get("renshe", "/tasks")["items"]
    values = given["site_check"] | office.files("renshe", given["site_check_files"])
    refused = office.complete("renshe", row["case_no"], values, 422)
    assert list(refused["errors"]) == ["declaration"]

    first = office.complete("renshe", row["case_no"], values, declaration=True)
    assert (first["status"], first["signatures"], first["signers_needed"]) == ("open", 1, 2)
    seen = office.task("renshe-2", row["case_no"])
    assert seen["data"]["summary"] == given["site_check"]["summary"]
    assert [signature["name"] for signature in seen["signatures"]] == ["演示周敏"]
    second = office.complete("renshe-2", row["case_no"], seen["data"], declaration=True)
    assert (second["status"], second["signatures"]) == ("done", 2)


def test_the_applicant_withdraws_and_nobody_else_can(office, at):
    at("accepted")
    (row,) = office.get(TOWN, "/cases")["items"]
    path = f"/cases/{row['no']}/withdraw"
    office.post("renshe", path, {"reason": "测试"}, 403)
    answer = office.post(TOWN, path, {"reason": "另行选址"})
    assert answer["status"] == "withdrawn"
    assert office.get("gongan", "/tasks")["items"] == []
    office.post(TOWN, path, {"reason": "另行选址"}, 409)


def _correct(office, no, given):
    task = office.task(TOWN, no)
    assert task["editable"] == ["site.right_note", "facilities.other"]
    assert [mark["how"] for mark in task["marks"]] == [
        row["how"] for row in given["acceptance_correct"]["corrections"]
    ]
    elsewhere = office.complete(TOWN, no, {"short_name": "台湖镇"}, 422)
    assert elsewhere["errors"]["short_name"] == ["这一项本次不能修改，请保持原样。"]
    mended = given["correction"]
    office.complete(
        TOWN,
        no,
        {
            "site": {"right_note": mended["site.right_note"]},
            "facilities": {"other": mended["facilities.other"]},
        },
    )


def _decide(office, no, given, asked):
    office.complete("renshe", no, given["acceptance"])
    office.complete("renshe-kz", no, given["paper_review"])
    for person in asked:
        office.complete(person, no, given[f"opinion_{BODIES[person]}"])
    values = given["site_check"] | office.files("renshe", given["site_check_files"])
    office.complete("renshe", no, values, declaration=True)
    office.complete("renshe-2", no, office.task("renshe-2", no)["data"], declaration=True)
    office.complete("renshe-kz", no, given["draft_opinion"])
    office.complete("renshe-fj", no, given["leader_decision"])


def _sealed_and_public(office, case):
    office.seal()
    reply = office.get(TOWN, f"/cases/{case['no']}")["documents"][-1]
    assert (reply["status"], reply["agency"]) == ("issued", "区人力社保局")
    pdf = office.call(TOWN, "GET", reply["pdf_url"].removeprefix("/api/v1"))
    document = office.get(TOWN, f"/documents/{reply['id']}")
    assert hashlib.sha256(pdf.data).hexdigest() == document["sha256"]
    verified = office.get(None, f"/verify/{document['verify_url'].rpartition('/')[2]}")
    assert (verified["number"], verified["sha256"]) == (reply["number"], document["sha256"])
    (market,) = office.get(None, "/directory?q=马驹桥")["items"]
    assert market["no"] == case["market"]["no"]
