"""Files over the API: handed in, fetched by those concerned, and the documents that were issued."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.factories import filings
from tests.integration.api.office import problem, raw

TOWN, OTHER = "majuqiao", ("songzhuang", "clerk")


def test_a_file_comes_back_byte_for_byte_as_a_download(office):
    kept = office.upload(TOWN, "场地平面图.pdf")
    assert (kept["name"], kept["size"], kept["media_type"]) == (
        "场地平面图.pdf",
        len(filings.PDF),
        "application/pdf",
    )
    answer = office.call(TOWN, "GET", f"/attachments/{kept['id']}")
    assert answer.data == filings.PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_until_a_form_names_it_only_its_owner_sees_it(office):
    kept = office.upload(TOWN, "场地平面图.pdf")
    for stranger in (OTHER, "majuqiao-sh", "renshe"):
        office.get(stranger, f"/attachments/{kept['id']}", 404)
    no = office.file(TOWN)
    (named, *_) = office.get(TOWN, f"/cases/{no}")["materials"]
    assert office.call("majuqiao-sh", "GET", f"/attachments/{named['id']}").status_code == 200
    office.get(OTHER, f"/attachments/{named['id']}", 404)


def test_somebody_else_s_file_cannot_be_named(office):
    given = filings.content("market")
    stolen = office.upload(OTHER, "别人的.pdf")["id"]
    files = office.files(TOWN, given["files"]) | {"platform_statement": [stolen]}
    refused = office.post(TOWN, "/cases", {"process": "recognition", "data": given["filing"] | files}, 422)
    assert list(refused["errors"]) == ["platform_statement"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.pdf", b"\n"),
        ("程序.pdf", b"MZ" + b"\0" * 200),
        ("图片.pdf", filings.PNG),
        ("页面.html", b"<html><script>alert(1)</script></html>"),
    ],
)
def test_files_that_are_not_what_they_say_are_refused(office, name, content):
    refused = office.upload(TOWN, name, content, 422)
    assert list(refused["errors"]) == ["file"]


def test_the_opinion_bodies_may_not_read_what_they_have_no_part_in(office, at):
    at("filed")
    (row,) = office.get(TOWN, "/cases")["items"]
    (report,) = office.get(TOWN, f"/cases/{row['no']}")["documents"]
    for stranger in ("gongan", OTHER):
        office.get(stranger, f"/documents/{report['id']}", 404)
        office.get(stranger, f"/documents/{report['id']}.pdf", 404)
    office.get(TOWN, f"/documents/{uuid4()}", 404)
    office.get(TOWN, "/documents/x.pdf", 404)


def test_a_document_is_there_before_its_seal_and_then_with_it(office, at):
    at("filed")
    (row,) = office.get(TOWN, "/cases")["items"]
    (report,) = office.get(TOWN, f"/cases/{row['no']}")["documents"]
    assert (report["status"], report["title"]) == ("typeset", "关于认定通州区马驹桥镇零工市场的申请报告")
    before = office.call(TOWN, "GET", f"/documents/{report['id']}.pdf")
    assert (before.mimetype, before.data[:5]) == ("application/pdf", b"%PDF-")
    office.seal()
    document = office.get(TOWN, f"/documents/{report['id']}")
    assert (document["sealed"], document["status"]) == (True, "issued")
    assert document["case_no"] == row["no"]
    assert b"/ByteRange" in office.call(TOWN, "GET", f"/documents/{report['id']}.pdf").data


def test_verification_counts_looks_and_knows_nothing_of_other_tokens(office, at):
    at("filed")
    (row,) = office.get(TOWN, "/cases")["items"]
    (report,) = office.get(TOWN, f"/cases/{row['no']}")["documents"]
    token = office.get(TOWN, f"/documents/{report['id']}")["verify_url"].rpartition("/")[2]
    assert [office.get(None, f"/verify/{token}")["look_ups"] for _ in range(2)] == [1, 2]
    office.get(None, "/verify/AAAAAAAAAAAAAAAAAAAAAAAA", 404)


@pytest.mark.parametrize(
    "name",
    [
        "a%00.pdf",
        "%E2%80%AEfdp.pdf",
        "a%0d%0aSet-Cookie:x.pdf",
        "..%2F..%2Fa.pdf",
        "%E5%9C%BA%E3%80%80%E5%9C%B0.pdf",
    ],
)
def test_hostile_file_names_do_no_harm(office, name):
    body = (
        f"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''{name}\r\n\r\n".encode()
        + filings.PDF
        + b"\r\n--edge--\r\n"
    )
    answer = office.call(TOWN, "POST", "/attachments", **raw(body, "multipart/form-data; boundary=edge"))
    if answer.status_code == 201:
        kept = answer.json["name"]
        assert kept.replace("\u3000", "").isprintable()
        assert "/" not in kept
    else:
        assert (answer.status_code, list(problem(answer)["errors"])) == (422, ["file"])
