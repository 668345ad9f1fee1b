"""Who gets what: every address, asked by each sort of person about one township's case.

The table in `access_table` is the whole truth: an endpoint that is not in it fails the test.
"""

from __future__ import annotations

import re
from io import BytesIO

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from tests.integration.recognition.access_table import BODIES, NOTHING, PEOPLE, ROWS
from webapp.services import api_tokens
from webapp.uow import unit_of_work


@pytest.fixture
def named(at, played):
    """A station that another township had recognised, a market of the applicant's that the police are asked about.

    Returns what stands in addresses.
    """
    return played("a station and a market", lambda: names_of_a_station_and_a_market(at))


def names_of_a_station_and_a_market(at):
    recognised = at("recognised", "station")
    with unit_of_work() as session:
        case = filings.accepted(session, "market")
        item = filings.open_item(session, case, "opinion_police")
        attachment = session.query(desk.Attachment).filter_by(case_id=case.id).first()
        names = {
            "no": case.no,
            "item_id": str(item.id),
            "task_id": str(item.id),
            "attachment_id": str(attachment.id),
        }
    paper = desk.documents(case.id)[0]
    return names | {
        "document_id": str(paper.id),
        "token": paper.token,
        "market_no": desk.market_of(recognised).no,
        "process_key": "recognition",
        "pack_key": "tongzhou",
        "clause_id": "TZ-3.1",
        "filename": "nothing.css",
        "year": "2026",
        "form": "csv",
        "circulation_id": NOTHING,
        "seat_id": NOTHING,
        "migration_id": NOTHING,
        "version_id": str(case.process_version_id),
        "verb": "transfer",
        "substitution_id": NOTHING,
        "delivery_id": NOTHING,
        "incident_id": NOTHING,
        "draft_id": NOTHING,
        "release_id": NOTHING,
        "path": "workflows/tongzhou/pack.toml",
        "number": "1",
    }


def url_of(app, endpoint, method, names):
    (rule,) = [
        rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint and method in rule.methods
    ]
    if endpoint == "markets.choose":
        names = names | {"process_key": "register_change"}
    if endpoint == "api.report_figures":
        names = names | {"kind": "platform", "period": "2026-10"}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: names[part[1]], rule.rule)


def token_of(username):
    with unit_of_work() as session:
        who = filings.actor(session, username)
        return {"Authorization": f"Bearer {api_tokens.create(session, who, name='测试', days=1)}"}


def test_every_endpoint_is_in_the_table(app):
    known = {(endpoint, method) for endpoint, method, _ in ROWS}
    there = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert there == known


@pytest.mark.parametrize("role", PEOPLE)
def test_each_person_gets_what_the_table_says(app, named, browse, role):
    username = PEOPLE[role]
    browser = browse(username)
    key = token_of(username) if username else {}
    got = {}
    for endpoint, method, _ in ROWS:
        more = dict(BODIES.get(endpoint, {}))
        if endpoint.startswith("api."):
            more["headers"] = dict(key)
        visitor = browse() if endpoint.startswith("api.") else browser
        answer = visitor.open(url_of(app, endpoint, method, named), method=method, **more)
        got[endpoint, method] = str(answer.status_code)
        if username is None and answer.status_code == 302 and endpoint != "auth.sign_out":
            assert answer.location.startswith("/sign-in"), endpoint
    told = {(endpoint, method): expected[role] for endpoint, method, expected in ROWS}
    assert {key: (status, told[key]) for key, status in got.items() if status != told[key]} == {}


def scrubbed(answer, names):
    """An answer without what differs between any two answers, and without the address that was asked."""
    text = re.sub(
        r'nonce="[^"]*"|name="csrf_token" value="[^"]*"|content="[\w.-]{40,}"|请求编号 .*', "", answer.text
    )
    for name in names.values():
        text = text.replace(name, "…")
    return answer.status_code, text


def test_what_one_may_not_see_answers_exactly_like_what_does_not_exist(app, named, browse):
    nothing = named | {
        "no": "TZ-RD-2026-0999",
        **dict.fromkeys(("item_id", "task_id", "attachment_id", "document_id"), NOTHING),
    }
    other, key = browse("songzhuang"), token_of("songzhuang")
    compared = 0
    for endpoint, method, expected in ROWS:
        if expected["other"] != "404" or expected["applicant"] == "404" == expected["asked"]:
            continue
        compared += 1
        answers = []
        for names in (named, nothing):
            more = dict(BODIES.get(endpoint, {}))
            if endpoint.startswith("api."):
                more["headers"] = dict(key)
            visitor = browse() if endpoint.startswith("api.") else other
            answer = visitor.open(url_of(app, endpoint, method, names), method=method, **more)
            answers.append(scrubbed(answer, names))
        assert answers[0] == answers[1], endpoint
    assert compared >= 16


def test_a_colleague_in_another_position_is_told_to_switch(at, browse):
    (item,) = desk.items(at("filed"), "acceptance")
    url = f"/cases/TZ-RD-2026-0001/tasks/{item.id}"
    answer = browse("renshe-kz").post(url, data={"revision": "0"})
    assert answer.status_code == 403
    assert "切换岗位" in answer.text


def test_what_is_uploaded_and_not_yet_handed_in_is_its_uploaders_alone(at, browse):
    at("started")
    file = {"file": (BytesIO(filings.PDF), "平面图.pdf")}
    kept = browse("majuqiao").post("/attachments", data=file).json["id"]
    assert browse("majuqiao").get(f"/attachments/{kept}").status_code == 200
    for username in ("majuqiao-sh", "renshe", "songzhuang"):
        assert browse(username).get(f"/attachments/{kept}").status_code == 404


def test_a_body_that_is_not_asked_sees_nothing_of_a_station(at, browse):
    case_id = at("accepted", "station")
    paper = desk.documents(case_id)[0]
    for url in ("/cases/TZ-RD-2026-0001", f"/documents/{paper.id}", f"/documents/{paper.id}.pdf"):
        assert browse("gonghui").get(url).status_code == 200
        assert browse("jiaotong").get(url).status_code == 404


def test_before_it_is_filed_a_case_is_the_townships_and_of_those_who_read_all(at, browse):
    at("reviewed")
    for username, status in (("majuqiao", 200), ("majuqiao-ld", 200), ("gongan", 404), ("songzhuang", 404)):
        assert browse(username).get("/cases/TZ-RD-2026-0001").status_code == status


def test_a_token_opens_the_api_and_no_page(named, browse):
    headers = token_of("renshe")
    assert browse().get(f"/api/v1/cases/{named['no']}", headers=headers).status_code == 200
    assert browse().get(f"/cases/{named['no']}", headers=headers).status_code == 302


def test_somebody_who_no_longer_holds_the_position_gets_nowhere(named, browse):
    browser, headers = browse("gongan"), token_of("gongan")
    with unit_of_work() as session:
        who = filings.actor(session, "gongan")
        desk.people.end(session, filings.actor(session, "admin"), appointment_id=who.appointment_id)
    assert browser.get(f"/cases/{named['no']}").status_code in {302, 403}
    assert browse().get(f"/api/v1/cases/{named['no']}", headers=headers).status_code == 401
