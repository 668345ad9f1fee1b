"""Every address, asked by nobody, by somebody without rights, and with a form that lacks its token."""

from __future__ import annotations

import re

import pytest

from tests.factories.accounts import make_agency, make_jurisdiction, make_person, make_position
from webapp.views.security import PUBLIC, SIGNED_IN, marks_of

KEY = "018f3a3e-0000-7000-8000-000000000000"


@pytest.fixture
def addresses(app):
    """Endpoint, method, an address that fits, and what it asks for."""
    return [
        (
            rule.endpoint,
            method,
            re.sub(r"<[^>]+>", lambda hole: _fill(hole.group()), rule.rule),
            marks_of(app.view_functions[rule.endpoint]),
        )
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def _fill(hole):
    """Return something that a part of an address accepts."""
    if hole.startswith("<int:"):
        return "2026"
    one_of = re.match(r"<any\((\w+)", hole)
    return one_of.group(1) if one_of else KEY


@pytest.fixture
def without_rights(client, session):
    position = make_position(session, make_agency(session, make_jurisdiction(session)), rights=())
    make_person(session, position, username="ling")
    session.commit()
    client.sign_in("ling")
    return client


def test_nobody_gets_anywhere_but_public_pages(client, addresses):
    for endpoint, method, address, marks in addresses:
        if PUBLIC in marks:
            continue
        answer = client.open(address, method=method)
        if address.startswith("/api/"):
            assert answer.status_code == 401, endpoint
        else:
            assert answer.status_code == 302, endpoint
            assert answer.location.startswith("/sign-in"), endpoint


def test_a_position_without_rights_gets_nowhere_that_needs_one(without_rights, addresses):
    asked = 0
    for endpoint, method, address, marks in addresses:
        if marks & {PUBLIC, SIGNED_IN}:
            continue
        assert without_rights.open(address, method=method).status_code == 403, endpoint
        asked += 1
    assert asked > 20


def test_no_change_without_a_form_token(without_rights, addresses):
    for endpoint, method, address, _ in addresses:
        if method == "GET" or address.startswith("/api/"):
            continue
        answer = without_rights.open(address, method=method, with_form_token=False)
        assert answer.status_code == 400, endpoint


def test_a_cookie_does_not_move_the_api(without_rights, addresses):
    """The API changes things by bearer token only, so that no other site can use the browser's cookie."""
    for endpoint, method, address, marks in addresses:
        if address.startswith("/api/") and method != "GET" and PUBLIC not in marks:
            answer = without_rights.open(address, method=method, with_form_token=False)
            assert answer.status_code in {400, 401}, endpoint
