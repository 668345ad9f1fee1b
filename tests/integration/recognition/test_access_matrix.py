"""Who gets what: every address, asked by each sort of person about one township's case.

`TABLE` is the whole truth: an endpoint that is not in it fails the test.
"""

from __future__ import annotations

import re
from io import BytesIO

import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.services import api_tokens
from webapp.uow import unit_of_work

PEOPLE = {
    "applicant": "majuqiao",
    "other": "songzhuang",
    "asked": "gongan",
    "bureau": "renshe",
    "admin": "admin",
    "nobody": None,
}
"""The clerk of the township that filed, that of another, the police who are asked for an opinion, the bureau's."""

TABLE = """
                                  applicant  other  asked  bureau  admin  nobody
public
static                    GET       404       404    404     404    404     404
health.alive              GET       200       200    200     200    200     200
health.ready              GET       503       503    503     503    503     503
public.directory          GET       200       200    200     200    200     200
public.market             GET       200       200    200     200    200     200
public.verify             GET       200       200    200     200    200     200
public.verify_form        GET       200       200    200     200    200     200
public.verify_file        POST      422       422    422     422    422     422
public.clauses            GET       200       200    200     200    200     200
api.docs                  GET       200       200    200     200    200     200
api.openapi               GET       200       200    200     200    200     200
api.list_markets          GET       200       200    200     200    200     200
api.verify_document       GET       200       200    200     200    200     200

one's own account
auth.sign_in              GET       302       302    302     302    302     200
auth.sign_in_post         POST      422       422    422     422    422     422
auth.profile              GET       200       200    200     200    200     302
auth.change_password      GET       200       200    200     200    200     302
auth.change_password      POST      422       422    422     422    422     302
auth.choose_position      POST      404       404    404     404    404     302
auth.end_session          POST      404       404    404     404    404     302
auth.create_token         POST      422       422    422     422    422     302
auth.revoke_token         POST      404       404    404     404    404     302

one's own work
work.workbench            GET       200       200    200     200    200     302
work.inbox                GET       200       200    200     200    403     302
work.done                 GET       200       200    200     200    403     302
cases.index               GET       200       200    200     200    403     302
cases.new                 GET       200       200    403     403    403     302
cases.start               POST      302       302    403     403    403     302
attachments.upload        POST      422       422    422     422    403     302

the case of the applicant: other townships are told that there is none
cases.show                GET       200       404    200     200    403     302
cases.diagram             GET       200       404    200     200    403     302
cases.matrix              GET       200       404    200     200    403     302
cases.reveal              POST      403       403    403     422    403     302
documents.show            GET       200       404    200     200    403     302
documents.pdf             GET       200       404    200     200    403     302
attachments.download      GET       200       404    200     200    403     302

the step of the police in it: whoever sees the case sees that it waits, and does nothing in it
work_items.show           GET       302       404    200     302    403     302
work_items.refresh        POST      404       404    200     404    403     302
work_items.save_draft     POST      404       404    302     404    403     302
work_items.claim          POST      404       404    302     404    403     302
work_items.release        POST      404       404    302     404    403     302
work_items.preview        GET       404       404    404     404    403     302
work_items.complete       POST      404       404    409     404    403     302
work_items.resume         POST      404       404    404     404    404     302

the same by API token
api.list_cases            GET       200       200    200     200    403     401
api.list_tasks            GET       200       200    200     200    403     401
api.start_case            POST      201       201    403     403    403     401
api.upload_attachment     POST      415       415    415     415    403     401
api.show_case             GET       200       404    200     200    403     401
api.show_document         GET       200       404    200     200    403     401
api.download_document     GET       200       404    200     200    403     401
api.download_attachment   GET       200       404    200     200    403     401
api.show_task             GET       404       404    200     404    403     401
api.complete_task         POST      404       404    409     404    403     401

administration
admin.overview            GET       403       403    403     403    200     302
admin.people              GET       403       403    403     403    200     302
admin.agencies            GET       403       403    403     403    200     302
admin.change_contact      POST      403       403    403     403    404     302
admin.settings            GET       403       403    403     403    200     302
admin.audit               GET       403       403    403     403    200     302
calendars.index           GET       403       403    403     403    302     302
calendars.show            GET       403       403    403     403    200     302
calendars.export          GET       403       403    403     403    200     302
calendars.preview         POST      403       403    403     403    200     302
calendars.save            POST      403       403    403     403    422     302
escalations.index         GET       403       403    403     403    403     302
admin.find_people         POST      403       403    403     403    200     302
admin.create_person       POST      403       403    403     403    404     302
admin.assign_position     POST      403       403    403     403    404     302
admin.end_position        POST      403       403    403     403    404     302
admin.change_setting      POST      403       403    403     403    404     302
admin.retry_job           POST      403       403    403     403    404     302
admin.verify_chain        POST      403       403    403     403    302     302
admin.reset_password      POST      403       403    403     403    404     302
admin.deactivate_person   POST      403       403    403     403    404     302
admin.reactivate_person   POST      403       403    403     403    404     302

beside its steps: sent to read, supervised, held, done in batches, stood in for
case_acts.urge            POST      404      404      404      404      403      302
case_acts.supervise       POST      403      403      403      403      403      302
case_acts.lift            POST      403      403      403      403      403      302
case_acts.suspend         POST      403      403      403      403      302      302
case_acts.resume          POST      403      403      403      403      302      302
case_acts.terminate       POST      403      403      403      403      302      302
case_acts.send            GET       200      404      200      200      403      302
case_acts.send_post       POST      422      404      422      422      403      302
circulations.index        GET       200      200      200      200      403      302
circulations.confirm      POST      404      404      404      404      403      302
circulations.supervised   GET       403      403      403      403      403      302
batches.bulk              POST      302      302      302      302      403      302
batches.form              GET       422      422      422      422      403      302
batches.refresh           POST      422      422      422      422      403      302
batches.confirm           POST      422      422      422      422      403      302
batches.complete          POST      422      422      422      422      403      302
batches.transfer          GET       422      422      422      422      403      302
batches.transfer_post     POST      422      422      422      422      403      302
substitutions.own         GET       200      200      200      200      200      302
substitutions.appoint     POST      422      422      422      422      422      302
substitutions.revoke      POST      404      404      404      404      404      302
substitutions.manage      GET       403      403      403      403      200      302
substitutions.appoint_for POST      403      403      403      403      422      302
substitutions.revoke_for  POST      403      403      403      403      404      302
api.urge_task             POST      201      404      422      201      403      401
api.supervise_case        POST      403      403      403      403      403      401
api.lift_supervision      DELETE    403      403      403      403      403      401
api.copy_case             POST      415      415      415      415      403      401
api.circulate_case        POST      415      415      415      415      403      401
api.list_circulations     GET       200      200      200      200      403      401
api.confirm_circulation   POST      415      415      415      415      403      401
api.list_appointments     GET       200      200      200      200      403      401
api.suspend_case          POST      403      403      403      403      415      401
api.resume_case           POST      403      403      403      403      409      401
api.terminate_case        POST      403      403      403      403      415      401
api.list_substitutions    GET       200      200      200      200      200      401
api.show_substitution     GET       404      404      404      404      404      401
api.create_substitution   POST      415      415      415      415      415      401
api.revoke_substitution   DELETE    404      404      404      404      404      401
api.complete_batch        POST      415      415      415      415      403      401

the verbs of the step of the police
verbs.ask                 GET       404      404      200      404      403      302
verbs.do                  POST      404      404      422      404      403      302
api.show_task_verbs       GET       404      404      200      404      403      401
api.claim_task            POST      404      404      200      404      403      401
api.release_task          POST      404      404      200      404      403      401
api.transfer_task         POST      404      404      409      404      403      401
api.delegate_task         POST      404      404      409      404      403      401
api.add_task_signers      POST      404      404      409      404      403      401
api.call_task_vote        POST      404      404      409      404      403      401
api.sign_task             POST      404      404      409      404      403      401
api.decline_task          POST      404      404      404      404      403      401
api.hand_task_back        POST      404      404      409      404      403      401
api.return_task           POST      404      404      409      404      403      401
api.recall_task           POST      404      404      404      404      403      401
api.take_task_back        POST      404      404      409      404      403      401
api.withdraw_task_seat    POST      404      404      404      404      403      401

what one is told
notifications.index       GET       200      200      200      200      200      302
notifications.mark_read   POST      302      302      302      302      302      302
notifications.choices     GET       200      200      200      200      200      302
notifications.choose      POST      302      302      302      302      302      302

operations
notifications.webhooks_page     GET   403      403      403      403      200      302
notifications.register_webhook  POST  403      403      403      403      422      302
notifications.stop_webhook      POST  403      403      403      403      404      302
operations.index          GET       403      403      403      403      200      302
operations.find_case      GET       403      403      403      403      302      302
operations.tokens         GET       403      403      403      403      200      302
operations.preview        POST      403      403      403      403      409      302
operations.move           POST      403      403      403      403      409      302
operations.retry          POST      403      403      403      403      404      302
operations.skip           POST      403      403      403      403      302      302
operations.reassign       GET       403      403      403      403      200      302
operations.reassign       POST      403      403      403      403      404      302
operations.send_message   POST      403      403      403      403      302      302
operations.heat           GET       403      403      403      403      200      302
operations.diagram        GET       403      403      403      403      200      302
operations.migrations     GET       403      403      403      403      200      302
operations.plan_migration POST      403      403      403      403      404      302
operations.migration      GET       403      403      403      403      404      302
operations.start_migration POST     403      403      403      403      302      302
operations.undo_migration POST      403      403      403      403      302      302

last, for they change what the others look at
cases.withdraw            POST      302       404    403     403    403     302
api.withdraw_case         POST      409       404    403     403    403     401
auth.sign_out             POST      302       302    302     302    302     302
"""

ROWS = [
    (endpoint, method, dict(zip(PEOPLE, statuses.split(), strict=True)))
    for endpoint, method, statuses in re.findall(
        r"^([a-z_.]+) +(GET|POST|DELETE) +([\d ]+)$", TABLE, re.MULTILINE
    )
]
BODIES = {
    "api.start_case": {"json": {"process": "recognition"}},
    "api.complete_task": {"json": {"revision": 99, "data": {}}},
    "api.withdraw_case": {"json": {"reason": "重新选址"}},
    "cases.withdraw": {"data": {"reason": "重新选址"}},
}
NOTHING = "018f3a3e-0000-7000-8000-000000000000"
SOMEBODY = {"person_id": NOTHING, "position_id": NOTHING}
VERBS = {
    "claim_task": {},
    "release_task": {},
    "recall_task": {},
    "take_task_back": {},
    "withdraw_task_seat": {},
    "transfer_task": SOMEBODY | {"reason": "转办", "revision": 99},
    "delegate_task": SOMEBODY | {"revision": 99},
    "add_task_signers": {"role": "before", "people": [SOMEBODY], "revision": 99},
    "call_task_vote": {"rule": "all", "people": [SOMEBODY], "revision": 99},
    "sign_task": {"agrees": True, "revision": 99},
    "decline_task": {"reason": "不便办理"},
    "hand_task_back": {"data": {}, "revision": 99},
    "return_task": {"target_id": NOTHING, "reason": "退回", "revision": 99},
    "urge_task": {},
}
BODIES |= {f"api.{verb}": {"json": body} for verb, body in VERBS.items()}
"""Whole requests, so that what answers is who asks, not what is missing."""


@pytest.fixture
def named(at):
    """A station that another township had recognised, a market of the applicant's that the police are asked about.

    Returns what stands in addresses.
    """
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
    }


def url_of(app, endpoint, method, names):
    (rule,) = [
        rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint and method in rule.methods
    ]
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
