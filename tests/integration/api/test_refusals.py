"""Every kind of refusal: RFC 9457, in Chinese, never a server error."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from tests.integration.api.office import problem, raw
from webapp.api.reading import MAX_JSON_BYTES
from webapp.services.attachments import MAX_BYTES

TOWN = "majuqiao"


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer lgt_unknown", "Basic bWFqdXFpYW86eA==", "Bearer \u00e9"]
)
def test_without_a_valid_token_401(office, header):
    answer = office.call(None, "GET", "/cases", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    problem(answer)


def test_an_expired_token_is_worth_nothing(office, frozen_clock):
    office.get(TOWN, "/cases")
    frozen_clock.move(days=30)
    office.get(TOWN, "/cases", 401)


def test_without_the_right_403(office):
    assert problem(office.call("admin", "GET", "/cases"))["code"] == "forbidden"
    office.post("gongan", "/cases", {"process": "recognition"}, 403)


@pytest.mark.parametrize("path", ["/nothing", "/cases/x/y/z", "/tasks/00000000-0000-0000-0000-000000000000"])
def test_what_is_not_there_404(office, path):
    answer = office.call(TOWN, "GET", path)
    assert answer.status_code == 404
    problem(answer)


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/cases"), ("TRACE", "/tasks"), ("PUT", "/cases/x"), ("PATCH", "/verify/x")],
)
def test_methods_that_are_not_offered_405(office, method, path):
    answer = office.call(TOWN, method, path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    problem(answer)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "nonsense",
        '{"process": NaN}',
        '{"process": "a", "process": "b"}',
        '{"process": "\\ud800"}',
        '{"process": "recognition", "data": {"\\udfff": 1}}',
        b'{"process": "\xff"}',
        '{"process": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
    ],
)
def test_what_is_not_json_400(office, body):
    answer = office.call(TOWN, "POST", "/cases", **raw(body))
    assert answer.status_code == 400, answer.text
    assert problem(answer)["code"] == "malformed"


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ([], {""}),
        ("text", {""}),
        (None, {""}),
        ({}, {"process"}),
        ({"process": 1}, {"process"}),
        ({"process": "a\u0000"}, {"process"}),
        ({"process": "x" * 61}, {"process"}),
        ({"process": "recognition", "data": []}, {"data"}),
        ({"process": "recognition", "data": "x", "more": 1}, {"data", "more"}),
    ],
)
def test_types_are_taken_strictly_422(office, body, paths):
    answer = office.call(TOWN, "POST", "/cases", **raw(json.dumps(body)))
    assert answer.status_code == 422
    assert set(problem(answer)["errors"]) == paths


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"data": {}, "revision": "0"}, "revision"),
        ({"data": {}, "revision": True}, "revision"),
        ({"data": {}, "revision": 1.0}, "revision"),
        ({"data": {}, "revision": -1}, "revision"),
        ({"data": {}, "revision": 2**31}, "revision"),
        ({"data": {}}, "revision"),
        ({"revision": 0}, "data"),
        ({"data": {}, "revision": 0, "declaration": "true"}, "declaration"),
    ],
)
def test_completing_takes_types_strictly_422(office, at, body, path):
    at("filed")
    (row,) = office.get("renshe", "/tasks")["items"]
    refused = office.post("renshe", f"/tasks/{row['id']}/complete", body, 422)
    assert list(refused["errors"]) == [path]


@pytest.mark.parametrize(
    "media_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/xml"]
)
def test_a_body_that_is_no_json_415(office, media_type):
    answer = office.call(TOWN, "POST", "/cases", **raw('{"process": "recognition"}', media_type))
    assert answer.status_code == 415
    problem(answer)


@pytest.mark.parametrize(
    "media_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "application/json",
        "multipart/mixed; boundary=x",
    ],
)
def test_a_file_without_the_edges_of_its_parts_415(office, media_type):
    answer = office.call(TOWN, "POST", "/attachments", **raw(b"--x\r\n\r\n", media_type))
    assert answer.status_code == 415
    problem(answer)


def test_bodies_are_bounded_413(office):
    too_long = json.dumps({"process": "x" * MAX_JSON_BYTES})
    assert office.call(TOWN, "POST", "/cases", **raw(too_long)).status_code == 413
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.4'
    big = head + b"0" * (MAX_BYTES + 100_000) + b"\r\n--edge--\r\n"
    answer = office.call(TOWN, "POST", "/attachments", **raw(big, "multipart/form-data; boundary=edge"))
    assert answer.status_code == 413
    problem(answer)


def test_a_form_without_a_file_422(office):
    for fields in ({"note": "x"}, {"file": "text, not a file"}, {"other": (BytesIO(b"x"), "a.pdf")}):
        answer = office.call(
            TOWN,
            "POST",
            "/attachments",
            data=fields,
            headers={"Content-Type": "multipart/form-data; boundary=edge"},
        )
        assert answer.status_code == 422
        assert list(problem(answer)["errors"]) == ["file"]


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "page=1.5", "page=99999999999", "status=done", "q=" + "长" * 81]
)
def test_parameters_are_checked_422(office, query):
    answer = office.call(TOWN, "GET", f"/cases?{query}")
    assert answer.status_code == 422
    assert list(problem(answer)["errors"]) == [query.partition("=")[0]]


@pytest.mark.parametrize(
    "path",
    [
        "/cases/a%00b",
        "/verify/%00",
        "/cases?q=%00",
        "/directory?township=%00",
        "/cases/%F0%9F%98%80",
        "/tasks/%00",
    ],
)
def test_control_characters_in_addresses_are_no_server_error(office, path):
    answer = office.call(TOWN, "GET", path)
    assert 400 <= answer.status_code < 500
    problem(answer)


def test_a_browser_session_may_call_it_too_but_only_with_its_form_token(office, new_client):
    office.token(TOWN)
    browser = new_client()
    with office.app.app_context():
        browser.sign_in(TOWN, "Yanshi-2026")
    with office.app.app_context():
        assert browser.get("/api/v1/cases").status_code == 200
    with office.app.app_context():
        refused = browser.post("/api/v1/cases", json={"process": "recognition"}, with_form_token=False)
    assert refused.status_code == 400
    assert problem(refused)["code"] == "csrf"


def test_a_token_opens_the_api_and_no_page(office):
    with office.app.app_context():
        headers = {"Authorization": f"Bearer {office.token(TOWN)}"}
        answer = office.app.test_client().get("/cases", headers=headers)
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


def test_answers_are_not_kept_by_caches(office):
    answer = office.call(TOWN, "GET", "/cases")
    assert answer.headers["Cache-Control"] == "no-store"
