"""Two at once: one succeeds, the other is told; numbers stay whole; what fails leaves nothing behind."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.core.errors import Invalid, Stale
from webapp.models.operation import Incident
from webapp.services import steps, timers
from webapp.uow import read_only, unit_of_work

FIVE = ["opinion_police", "opinion_traffic", "opinion_finance", "opinion_union", "opinion_cac"]


@pytest.fixture
def at_once(app, backend):
    """Run acts in threads, each in a unit of work of its own, and return what each came to.

    On PostgreSQL everybody has read the case before anybody moves it, as with pages that were sent at the
    same moment. SQLite lets one writer in at a time, so there they meet at the door.
    """

    def run(*acts, case_id=None):
        barrier = threading.Barrier(len(acts))
        outcomes = [None] * len(acts)

        def one(number, act):
            with app.app_context():
                try:
                    outcomes[number] = inside(act)
                except Exception as problem:  # noqa: BLE001 - it is what the act came to
                    outcomes[number] = problem

        def inside(act):
            if backend.name == "sqlite" or case_id is None:
                barrier.wait(10)
                with unit_of_work() as session:
                    return act(session)
            with unit_of_work() as session:
                read = session.get_one(desk.Case, case_id)
                assert read.trail
                barrier.wait(10)
                return act(session)

        threads = [threading.Thread(target=one, args=pair) for pair in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return outcomes

    return run


def completing(case_id, username, element_id, values, position=None):
    """An act: the person completes the item that is open now, as they saw it now."""
    with read_only() as session:
        item = filings.open_item(session, session.get_one(desk.Case, case_id), element_id)
        item_id, revision = item.id, item.revision

    def act(session):
        who = filings.actor(session, username, position)
        return desk.work_items.complete(session, who, item_id, revision=revision, values=values).status

    return act


def test_of_two_who_complete_the_same_step_one_wins_and_the_other_is_told(at, at_once):
    case_id = at("filed")
    values = filings.content("market")["acceptance"]
    acts = [completing(case_id, username, "acceptance", values) for username in ("renshe", "renshe-2")]
    outcomes = at_once(*acts, case_id=case_id)
    (won,) = [outcome for outcome in outcomes if outcome == "done"]
    (told,) = [outcome for outcome in outcomes if isinstance(outcome, Stale)]
    assert won == "done"
    assert told.status == 409
    assert "“受理审查”已由演示" in told.changes[0]
    assert len(desk.events(case_id, "work_item.completed")) == 4, "file, review, sign and this one"
    assert desk.open_steps(case_id) == {"paper_review"}


def test_of_two_clicks_of_the_chief_one_puts_the_papers_out(at, at_once):
    case_id = at("filed")
    given = filings.content("market")
    desk.act(case_id, "renshe", "acceptance", given["acceptance"])
    acts = [completing(case_id, "renshe-kz", "paper_review", given["paper_review"]) for _ in range(2)]
    outcomes = at_once(*acts, case_id=case_id)
    assert [outcome for outcome in outcomes if outcome == "done"] == ["done"]
    assert [paper.number for paper in desk.documents(case_id)] == [
        "马政请〔2026〕1号",
        "通人社受〔2026〕1号",
        "通人社函〔2026〕1号",
    ]
    assert desk.open_steps(case_id) == set(FIVE)


def test_five_bodies_answer_at_once_and_nothing_of_any_is_lost(at, at_once):
    case_id = at("accepted")
    given = filings.content("market")
    before = desk.case_of(case_id)
    acts = [completing(case_id, filings.BODIES[step], step, given[step]) for step in FIVE]
    assert at_once(*acts, case_id=case_id) == ["done"] * 5
    after = desk.case_of(case_id)
    assert after.revision == before.revision + 5
    assert {f"reply_{step.removeprefix('opinion_')}" for step in FIVE} <= set(after.trail)
    assert desk.open_steps(case_id) == {"site_check"}
    assert len(desk.items(case_id, "site_check")) == 1
    replies = [paper for paper in desk.documents(case_id) if paper.template_key == "opinion_reply"]
    assert len(replies) == 5


def test_two_signatures_at_once_both_count_or_the_second_is_told(at, at_once):
    case_id = at("consulted")
    given = filings.content("market")
    with unit_of_work() as session:
        photos = filings.files(session, filings.actor(session, "renshe"), given["site_check_files"])
        item = filings.open_item(session, session.get_one(desk.Case, case_id), "site_check")
        item_id, revision = item.id, item.revision

    def signing(username):
        def act(session):
            return desk.work_items.complete(
                session,
                filings.actor(session, username),
                item_id,
                revision=revision,
                values=given["site_check"] | (photos if username == "renshe" else {}),
                declares_no_conflict=True,
            ).status

        return act

    outcomes = at_once(signing("renshe"), signing("renshe-2"), case_id=case_id)
    assert desk.open_steps(case_id) == {"site_check"}, "one signature, and one that was refused"
    assert sum(isinstance(outcome, Stale | Invalid) for outcome in outcomes) == 1


def test_an_answer_and_the_presumption_do_not_both_happen(at, at_once, frozen_clock):
    case_id = at("accepted", "station")
    frozen_clock.move(days=10)
    values = filings.content("station")["opinion_police"]
    with read_only() as session:
        late = session.scalars(select(desk.Clock.id).where(desk.Clock.work_item_id.is_not(None))).all()
    presuming = [lambda session, key=key: timers.handle_clock(session, key) for key in late]
    at_once(completing(case_id, "gongan", "opinion_police", values), *presuming, *presuming, case_id=case_id)
    assert desk.open_steps(case_id) == {"site_check"}
    (item,) = desk.items(case_id, "opinion_police")
    replies = [paper.number for paper in desk.documents(case_id) if paper.template_key == "opinion_reply"]
    if item.status == "done":
        assert replies == ["通公函〔2026〕1号"]
    else:
        assert (item.status, replies) == ("presumed", [])
    presumed = [desk.items(case_id, step)[0].status for step in ("opinion_police", "opinion_union")]
    assert len(desk.events(case_id, "opinion.presumed")) == presumed.count("presumed")


def test_a_withdrawal_and_a_completion_do_not_both_happen(at, at_once):
    case_id = at("accepted", "station")

    def withdrawing(session):
        who = filings.actor(session, "songzhuang", "clerk")
        desk.cases.withdraw(session, who, session.get_one(desk.Case, case_id), reason="重新选址")
        return "withdrawn"

    values = filings.content("station")["opinion_police"]
    outcomes = at_once(withdrawing, completing(case_id, "gongan", "opinion_police", values), case_id=case_id)
    assert outcomes[0] == "withdrawn"
    assert desk.open_steps(case_id) == set()
    (item,) = desk.items(case_id, "opinion_police")
    if isinstance(outcomes[1], Stale):
        assert item.status == "cancelled"
    else:
        assert (outcomes[1], item.status) == ("done", "done")


def test_parallel_numbers_have_neither_gaps_nor_doubles(app, at_once):
    with unit_of_work() as session:
        case_ids = [filings.reviewed(session).id for _ in range(6)]
        case_ids += [filings.reviewed(session, "station").id for _ in range(2)]
    signing = [
        completing(key, "majuqiao-ld" if n < 6 else "songzhuang-ld", "township_sign", {"pass": True})
        for n, key in enumerate(case_ids)
    ]
    assert at_once(*signing) == ["done"] * 8
    numbers = {paper.number for key in case_ids for paper in desk.documents(key)}
    assert numbers == {f"马政请〔2026〕{n}号" for n in range(1, 7)} | {f"宋政请〔2026〕{n}号" for n in (1, 2)}


def test_parallel_first_cases_have_neither_gaps_nor_doubles(app, at_once):
    """The register itself does not exist yet when all of them draw from it."""
    starting = [lambda session: filings.started(session).no for _ in range(5)]
    assert sorted(at_once(*starting)) == [f"TZ-RD-2026-{n:04d}" for n in range(1, 6)]


def test_drafts_of_one_person_saved_from_two_pages_at_once_are_both_accepted(at, at_once):
    case_id = at("started")
    (item,) = desk.items(case_id, "file")

    def saving(text):
        def act(session):
            who = filings.actor(session, "majuqiao")
            return desk.work_items.save_draft(session, who, item.id, {"short_name": text}).revision

        return act

    assert {*at_once(saving("甲"), saving("乙"), case_id=case_id)} == {1, 2}


def snapshot(case_id):
    """Everything that a half-done step would show in."""
    case = desk.case_of(case_id)
    with read_only() as session:
        numbers = {row.series: row.last for row in session.query(desk.NumberSeries)}
        drafts = session.query(desk.Draft).count()
        signings = session.query(desk.Signing).count()
        submissions = session.query(desk.Submission).count()
    kept = (numbers, drafts, signings, submissions)
    seen = (case.status, case.revision, case.trail, desk.open_steps(case_id), len(desk.events(case_id)))
    return (*seen, [item.revision for item in desk.items(case_id)], len(desk.documents(case_id)), *kept)


def test_a_document_that_cannot_be_set_leaves_nothing_half_done_and_uses_no_number(app):
    """A sign that no typeface has stops the report when the leader signs it."""
    given = filings.content("market")
    case_id = desk.start()
    filing = given["filing"]
    filing["need"]["reason"] += "\U0001f3d7"
    desk.act(case_id, "majuqiao", "file", filing, files=given["files"])
    desk.act(case_id, "majuqiao-sh", "township_review", {"pass": True})
    before = snapshot(case_id)
    with pytest.raises(Invalid, match="《申请报告》不能生成"):
        desk.act(case_id, "majuqiao-ld", "township_sign", {"pass": True})
    assert snapshot(case_id) == before
    desk.act(case_id, "majuqiao-ld", "township_sign", {"pass": False, "opinion": "请删去表情符号。"})
    desk.act(
        case_id,
        "majuqiao",
        "file",
        given["filing"] | {"need": filings.content("market")["filing"]["need"]},
        files=given["files"],
    )
    desk.act(case_id, "majuqiao-sh", "township_review", {"pass": True})
    desk.act(case_id, "majuqiao-ld", "township_sign", {"pass": True})
    assert [paper.number for paper in desk.documents(case_id)] == ["马政请〔2026〕1号"]


def test_a_failure_after_a_number_was_drawn_gives_it_back(at):
    """The notice of acceptance cannot be numbered: what the person did stands, no number is lost by it."""
    case_id = at("filed")
    with unit_of_work() as session:
        filings.agency(session, "hrss").document_code = None
    papers = len(desk.documents(case_id))
    desk.act(case_id, "renshe", "acceptance", filings.content("market")["acceptance"])
    desk.review_papers(case_id)
    assert len(desk.documents(case_id)) == papers
    (incident,) = _incidents(case_id)
    assert "没有设置机关代字" in incident.message
    with unit_of_work() as session:
        filings.agency(session, "hrss").document_code = "通人社"
    with unit_of_work() as session:
        case = steps.locked_case(session, case_id)
        assert steps.retry(session, case, filings.actor(session, "admin"), incident.task_id)
    assert [paper.number for paper in desk.documents(case_id)][papers:] == [
        "通人社受〔2026〕1号",
        "通人社函〔2026〕1号",
    ]
    assert desk.open_steps(case_id) == set(filings.BODIES)


def _incidents(case_id):
    with read_only() as session:
        return list(session.scalars(select(Incident).where(Incident.case_id == case_id)))


def test_a_failure_between_two_documents_of_one_step_keeps_neither(at, monkeypatch):
    case_id = at("filed")
    desk.act(case_id, "renshe", "acceptance", filings.content("market")["acceptance"])
    before = snapshot(case_id)
    genuine = desk.document_services.document_facts

    def without_recipients(*args, **kwargs):
        facts = genuine(*args, **kwargs)
        if kwargs["given"].get("recipients"):
            del facts["参数"]["recipients"]
        return facts

    with monkeypatch.context() as patched:
        patched.setattr(desk.document_services, "document_facts", without_recipients)
        with pytest.raises(Invalid, match="《征求意见函》不能生成"):
            desk.review_papers(case_id)
    assert snapshot(case_id) == before
    desk.review_papers(case_id)
    assert desk.documents(case_id)[1].number == "通人社受〔2026〕1号"


def test_two_townships_name_the_same_new_operator_at_once(app, at_once):
    with unit_of_work() as session:
        case_ids = [filings.started(session).id, filings.started(session, "station").id]
    given = filings.content("market")
    filing = {}
    for username in ("majuqiao", "songzhuang"):
        with unit_of_work() as session:
            papers = filings.files(session, filings.actor(session, username, "clerk"), given["files"])
        filing[username] = given["filing"] | papers
    acts = [
        completing(case_ids[0], "majuqiao", "file", filing["majuqiao"]),
        completing(case_ids[1], "songzhuang", "file", filing["songzhuang"], "clerk"),
    ]
    assert at_once(*acts, case_id=case_ids[0]) == ["done", "done"]
    with read_only() as session:
        (operator,) = session.query(desk.Operator)
    assert {desk.market_of(key).operator_id for key in case_ids} == {operator.id}
