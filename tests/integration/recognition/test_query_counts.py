"""How often a page asks the database: bounded, and the same however many cases there are."""

from __future__ import annotations

from contextlib import contextmanager

from sqlalchemy import event

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.extensions import db
from webapp.uow import unit_of_work

LIMITS = {"inbox": 20, "workbench": 25, "case": 33, "task": 44, "directory": 10}
"""Statements of one request, those of signing in and of the page's frame included.

The frame asks four times: positions held, positions stood in for, all counts of the header in one, seats.
A list asks for its clocks, supervisions, urgings and calendar once each; the inbox, for its filters and the
week's figures besides. A case asks for each kind of thing that it shows once: steps, seats, clocks, pauses,
submissions, documents, files, decisions, supervisions, circulations, urgings, drafts, events and their
chain. A task reads its form, marks, signers, ways back and what came back besides.
"""
NOT_QUESTIONS = ("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK")


@contextmanager
def statements():
    """Gather what is sent to the database."""
    sent = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith(NOT_QUESTIONS):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def counted(browse, case_id):
    """Ask for each page twice and return what the second time sent: packs are read once per process."""
    no, (step,) = desk.case_of(case_id).no, desk.items(case_id, "draft_opinion")
    chief, officer = browse("renshe-kz"), browse("renshe")
    pages = {
        "inbox": (officer, "/inbox"),
        "workbench": (officer, "/"),
        "case": (chief, f"/cases/{no}"),
        "task": (chief, f"/cases/{no}/tasks/{step.id}"),
        "directory": (browse(), "/directory"),
    }
    found = {}
    for name, (browser, url) in pages.items():
        assert browser.get(url).status_code == 200
        with statements() as sent:
            assert browser.get(url).status_code == 200
        found[name] = sent
    return found


def add_cases(round_name):
    """Three more: one that waits for the officer, one whose clock stands still, one that is decided."""
    with unit_of_work() as session:
        filings.filed(session, "station")
        paused = filings.filed(session, "market")
        given = filings.content("market")["acceptance_correct"]
        filings.complete(session, filings.actor(session, "renshe"), paused, "acceptance", given)
        given = filings.content("market")["paper_review"]
        filings.complete(session, filings.actor(session, "renshe-kz"), paused, "paper_review", given)
        decided = filings.drafted(session, "station", market_short_name=round_name)
        given = filings.content("station")["leader_decision"]
        filings.complete(session, filings.actor(session, "renshe-fj"), decided, "leader_decision", given)


def test_pages_ask_a_bounded_number_of_times_that_does_not_grow(at, browse):
    case_id = at("checked")
    add_cases("测试甲")
    few = counted(browse, case_id)
    add_cases("测试乙")
    add_cases("测试丙")
    many = counted(browse, case_id)
    for name, sent in many.items():
        assert len(sent) <= LIMITS[name], f"{name}: {len(sent)} statements\n" + "\n".join(sent)
        assert len(sent) == len(few[name]), f"{name}: {len(few[name])} with 4 cases, {len(sent)} with 10"
