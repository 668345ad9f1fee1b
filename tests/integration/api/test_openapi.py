"""The description of the API: complete, true to what is served, readable without anything from outside."""

from __future__ import annotations

import re

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from tests.integration.api.office import problem
from webapp.api.answers import Problem
from webapp.api.describing import operation_of
from webapp.views.security import marks_of

TOWN = "majuqiao"
PUBLIC = {"list_markets", "verify_document"}
VERBS = (
    *("claim", "release", "transfer", "delegate", "recall", "hand-back", "signers", "vote", "sign"),
    *("decline", "seats/{seat_id}/withdraw", "return", "take-back"),
)
CASE_ACTS = ("suspend", "resume", "terminate", "supervise", "copies", "circulations", "evidence")
OPERATIONS = {
    *(
        (f"/operations/{name}", "get")
        for name in ("incidents", "timers", "messages", "versions", "migrations")
    ),
    *((f"/operations/{name}", "post") for name in ("messages", "reassign", "migrations")),
    *((f"/operations/incidents/{{incident_id}}/{act}", "post") for act in ("retry", "skip")),
    *((f"/operations/cases/{{no}}/{act}", "post") for act in ("preview", "move")),
    ("/operations/cases/{no}/tokens", "get"),
    ("/operations/migrations/{migration_id}", "get"),
    *((f"/operations/migrations/{{migration_id}}/{act}", "post") for act in ("start", "undo")),
}
NOT_DESCRIBED = {"api.openapi", "api.docs"}


def test_every_endpoint_is_described_and_carries_a_mark(app):
    views = {name: view for name, view in app.view_functions.items() if name.startswith("api.")}
    assert all(marks_of(view) for view in views.values())
    assert {name for name, view in views.items() if operation_of(view) is None} == NOT_DESCRIBED


def test_the_document_says_what_is_served(office):
    document = office.get(None, "/openapi.json")
    assert document["openapi"] == "3.1.0"
    described = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert described == {
        ("/cases", "get"),
        ("/cases", "post"),
        ("/cases/{no}", "get"),
        ("/cases/{no}/withdraw", "post"),
        ("/tasks", "get"),
        ("/tasks/{task_id}", "get"),
        ("/tasks/{task_id}/complete", "post"),
        ("/tasks/{task_id}/verbs", "get"),
        *((f"/tasks/{{task_id}}/{verb}", "post") for verb in VERBS),
        *((f"/cases/{{no}}/{act}", "post") for act in CASE_ACTS),
        ("/cases/{no}/supervise", "delete"),
        ("/tasks/{task_id}/urge", "post"),
        ("/tasks/batch", "post"),
        ("/circulations", "get"),
        ("/circulations/{circulation_id}/confirm", "post"),
        ("/appointments", "get"),
        ("/substitutions", "get"),
        ("/substitutions", "post"),
        ("/substitutions/{substitution_id}", "get"),
        ("/substitutions/{substitution_id}", "delete"),
        ("/attachments", "post"),
        ("/attachments/{attachment_id}", "get"),
        ("/documents/{document_id}", "get"),
        ("/documents/{document_id}.pdf", "get"),
        ("/documents/{document_id}.docx", "get"),
        ("/documents/{document_id}/life", "get"),
        *((f"/documents/{{document_id}}/{act}", "post") for act in ("deliveries", "correct", "revoke")),
        ("/markets/{market_no}/records/{kind}/{period}", "post"),
        ("/directory", "get"),
        ("/verify/{token}", "get"),
        *OPERATIONS,
    }
    for methods in document["paths"].values():
        for operation in methods.values():
            assert (operation["security"] == []) == (operation["operationId"] in PUBLIC)


def test_every_name_is_snake_case_and_every_reference_leads_somewhere(office):
    answer = office.call(None, "GET", "/openapi.json")
    schemas = answer.json["components"]["schemas"]
    for schema in schemas.values():
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in schema["properties"])
    for name in re.findall(r'"\$ref":\s*"([^"]+)"', answer.text):
        assert name.removeprefix("#/components/schemas/") in schemas


def test_the_page_for_people_brings_everything_itself(office):
    answer = office.call(None, "GET", "/docs")
    assert answer.status_code == 200
    assert "接口说明" in answer.text
    for path in office.get(None, "/openapi.json")["paths"]:
        assert path in answer.text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', answer.text)
    assert not re.findall(r'<script(?![^>]*src=)(?! type="application/json")', answer.text)
    assert not re.findall(r'\s(?:style|onclick)="', answer.text)
    targets = set(re.findall(r'href="#([^"]+)"', answer.text))
    assert targets <= set(re.findall(r'id="([^"]+)"', answer.text))


@pytest.mark.parametrize("person", [TOWN, "renshe", "admin"])
def test_no_described_request_whatever_makes_a_server_error(office, at, person):
    at("accepted")
    keys = _keys(office)
    schema = schemathesis.openapi.from_dict(office.get(None, "/openapi.json"))
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=8,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=True,
        )
        @given(case=operation.as_strategy())
        def check(case):
            _answers_as_described(office, person, keys, case)

        check()


def _keys(office):
    """Keys that exist, so that requests get past the look-up."""
    (row,) = office.get(TOWN, "/cases")["items"]
    case = office.get(TOWN, f"/cases/{row['no']}")
    (task,) = office.get("gongan", "/tasks")["items"]
    return {
        "no": row["no"],
        "task_id": task["id"],
        "attachment_id": case["materials"][0]["id"],
        "document_id": case["documents"][0]["id"],
    }


def _answers_as_described(office, person, keys, case):
    for parameters in (dict(case.path_parameters), keys):
        known = {name: parameters[name] for name in case.path_parameters if name in parameters}
        case.path_parameters.update(known)
        sent = case.as_transport_kwargs(base_url="http://localhost/api/v1")
        body = {name: sent[name] for name in ("json", "data") if sent.get(name) is not None}
        answer = office.call(
            person,
            sent["method"],
            sent["url"].removeprefix("http://localhost/api/v1"),
            query_string=sent.get("params"),
            **body,
        )
        assert answer.status_code < 500, (case, answer.text)
        assert str(answer.status_code) in case.operation.definition.raw["responses"], (case, answer.text)
        if answer.status_code >= 400:
            assert set(problem(answer)) <= set(Problem.model_fields)
            Problem.model_validate(answer.json)
