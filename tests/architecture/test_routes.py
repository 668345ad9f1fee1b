"""Every address says who may call it, and the public ones are known by name."""

from __future__ import annotations

import inspect

from webapp.packs.rights import RIGHTS
from webapp.services import demo
from webapp.views.security import PUBLIC, SIGNED_IN, marks_of

KNOWN_PUBLIC = {
    "static",
    "auth.sign_in",
    "auth.sign_in_post",
    "health.alive",
    "health.ready",
    "public.directory",
    "public.market",
    "public.verify",
    "public.verify_form",
    "public.verify_file",
    "public.clauses",
    "surveys.ask",
    "surveys.answer",
    "help_requests.ask",
    "help_requests.send",
    "help_requests.look_up",
    "help_requests.status",
    "help_requests.rate",
    "public.clause_list",
    "service_zone.show",
    "service_zone.feed",
    "api.docs",
    "api.openapi",
    "api.list_markets",
    "api.verify_document",
}


def test_every_endpoint_carries_a_mark(app):
    assert {name for name, view in app.view_functions.items() if not marks_of(view)} == set()


def test_every_right_that_is_asked_for_has_a_name_and_none_has_one_in_vain(app):
    asked = {mark for view in app.view_functions.values() for mark in marks_of(view)} - {PUBLIC, SIGNED_IN}
    inside = {"case.read_all"}  # asked for within pages that others may see too
    assert asked | inside == set(RIGHTS)


def test_what_anybody_may_call_is_on_the_list(app):
    found = {name for name, view in app.view_functions.items() if PUBLIC in marks_of(view)}
    assert found <= KNOWN_PUBLIC, "a new public address is added here on purpose, or not at all"


def test_public_is_never_mixed_with_rights(app):
    for name, view in app.view_functions.items():
        marks = marks_of(view)
        assert len(marks) == 1 or not marks & {PUBLIC, SIGNED_IN}, name


LOOKS = {
    "documents.word",
    "api.download_word",
    "public.verify",
    "documents.show",
    "documents.pdf",
    "attachments.download",
    "api.verify_document",
    "api.show_document",
    "api.document_pdf",
    "api.download_attachment",
    "api.download_document",
    "api.show_task",
}


def test_reading_changes_nothing_and_changing_is_never_a_get(app):
    """A GET endpoint opens no unit of work; it could be prefetched, repeated, linked to."""
    found = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.methods is not None
        and rule.methods <= {"GET", "HEAD", "OPTIONS"}
        and "unit_of_work" in inspect.getsource(app.view_functions[rule.endpoint])
    }
    assert found <= LOOKS, (
        "only looks are written down while reading: who saw personal data, how often a QR was read"
    )


def test_views_are_short(app):
    lengths = {
        name: len(inspect.getsource(view).splitlines()) - len((inspect.getdoc(view) or "").splitlines())
        for name, view in app.view_functions.items()
        if view.__module__.startswith("webapp.views")
    }
    assert {name: length for name, length in lengths.items() if length > 32} == {}


def test_every_demo_person_is_marked_as_one():
    assert all("演示" in person.name for person in demo.PEOPLE)
