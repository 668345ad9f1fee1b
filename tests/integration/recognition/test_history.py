"""存证: every change is on record with who made it in which position, and the record can be proved."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

import forms
from tests.factories import filings
from tests.integration.recognition import desk
from webapp.core.crypto import keyed_digest
from webapp.extensions import db
from webapp.models.account import Person
from webapp.models.event import Event, digest
from webapp.queries.evidence import evidence_of
from webapp.services import events
from webapp.uow import read_only, unit_of_work

STATION = [
    ("case.started", "宋庄镇 经办", None),
    ("work_item.opened", "宋庄镇 经办", "file"),
    ("work_item.completed", "宋庄镇 经办", "file"),
    ("work_item.opened", "宋庄镇 经办", "township_review"),
    ("work_item.completed", "宋庄镇 审核", "township_review"),
    ("work_item.opened", "宋庄镇 审核", "township_sign"),
    ("work_item.completed", "宋庄镇 主要领导", "township_sign"),
    ("document.issued", "宋庄镇 主要领导", "application_report"),
    ("case.submitted", "宋庄镇 主要领导", None),
    ("clock.started", "宋庄镇 主要领导", None),
    ("work_item.opened", "宋庄镇 主要领导", "acceptance"),
    ("work_item.completed", "区人力社保局 经办", "acceptance"),
    ("work_item.opened", "区人力社保局 经办", "paper_review"),
    ("work_item.completed", "区人力社保局 科室负责人", "paper_review"),
    ("document.issued", "区人力社保局 科室负责人", "acceptance_notice"),
    ("decision.made", "区人力社保局 科室负责人", "eligible"),
    ("decision.made", "区人力社保局 科室负责人", "consulted"),
    ("document.issued", "区人力社保局 科室负责人", "opinion_request"),
    ("work_item.opened", "区人力社保局 科室负责人", "opinion_police"),
    ("work_item.opened", "区人力社保局 科室负责人", "opinion_union"),
    ("work_item.completed", "市公安局通州分局 经办", "opinion_police"),
    ("document.issued", "市公安局通州分局 经办", "opinion_reply"),
    ("work_item.completed", "区总工会 经办", "opinion_union"),
    ("document.issued", "区总工会 经办", "opinion_reply"),
    ("work_item.opened", "区总工会 经办", "site_check"),
    ("work_item.signed", "区人力社保局 经办", "site_check"),
    ("work_item.signed", "区人力社保局 经办", "site_check"),
    ("work_item.completed", "区人力社保局 经办", "site_check"),
    ("document.issued", "区人力社保局 经办", "site_check"),
    ("work_item.opened", "区人力社保局 经办", "draft_opinion"),
    ("work_item.completed", "区人力社保局 科室负责人", "draft_opinion"),
    ("work_item.opened", "区人力社保局 科室负责人", "leader_decision"),
    ("work_item.completed", "区人力社保局 分管领导", "leader_decision"),
    ("market.recognised", "区人力社保局 分管领导", None),
    ("document.issued", "区人力社保局 分管领导", "recognition_reply"),
    ("case.archived", "区人力社保局 分管领导", None),
    ("case.finished", "区人力社保局 分管领导", None),
]
"""A station from the first click to the archive. Rules run before the paper of the same move is issued or after,
as the flow has them; a step that opens is put down to whoever's act opened it."""


def told(case_id):
    steps = {item.id: item.element_id for item in desk.items(case_id)}
    papers = {paper.id: paper.template_key for paper in desk.documents(case_id)}
    return [
        (
            happened.kind,
            happened.position_title,
            steps.get(happened.work_item_id)
            or papers.get(happened.document_id)
            or happened.data.get("decision"),
        )
        for happened in desk.events(case_id)
    ]


def broken():
    with read_only() as session:
        jurisdiction_id = filings.agency(session, "hrss").jurisdiction_id
        return events.verify(session, jurisdiction_id)


def test_every_move_of_a_case_is_on_record_with_who_made_it(at):
    case_id = at("recognised", "station")
    recorded = [row for row in told(case_id) if row[0] != "attachment.bound"]
    assert sorted(recorded, key=str) == sorted(STATION, key=str)
    moves = [row for row in recorded if row[0] not in {"decision.made", "document.issued"}]
    assert moves == [row for row in STATION if row[0] not in {"decision.made", "document.issued"}]
    assert broken() == []


def test_each_event_holds_the_person_by_key_and_digest(at):
    case_id = at("recognised", "station")
    with read_only() as session:
        people = {person.id: person.name for person in session.query(Person)}
    for happened in desk.events(case_id):
        name = people[happened.actor_person_id]
        assert happened.actor_name_digest == keyed_digest(name, "event.actor_name"), happened.kind
    completed = [people[row.actor_person_id] for row in desk.events(case_id, "work_item.completed")]
    assert completed == [
        "演示孙悦",
        "演示孙悦",
        "演示马超",
        "演示周敏",
        "演示郑楠",
        "演示李锋",
        "演示许晴",
        "演示吴昊",
        "演示郑楠",
        "演示王磊",
    ]


def test_history_attests_to_what_was_entered(at):
    """Each form as it was handed in answers to the digest in the chain; one changed afterwards does not."""
    case_id = at("recognised", "station")
    digests = {row.work_item_id: row.data["digest"] for row in desk.events(case_id, "work_item.completed")}
    with read_only() as session:
        entered = session.query(desk.Submission).filter_by(case_id=case_id).all()
    assert len(entered) == len(digests) == 10
    for row in entered:
        whole = forms.merge_personal(row.data, row.personal or {})
        content = json.dumps(whole, ensure_ascii=False, sort_keys=True)
        assert digests[row.work_item_id] == keyed_digest(content, "signing.content"), row.form_key


def test_a_document_event_holds_the_hash_of_what_was_issued_and_of_what_was_sealed(at, app):
    case_id = at("recognised", "station")
    desk.work(app)
    papers = {paper.id: paper for paper in desk.documents(case_id)}
    with_seal = {key for key, paper in papers.items() if paper.seal_boxes}
    told = {"document.issued": ("unsigned_sha256", set(papers)), "document.sealed": ("sha256", with_seal)}
    for kind, (attribute, wanted) in told.items():
        rows = desk.events(case_id, kind)
        assert {row.document_id for row in rows} == wanted
        for row in rows:
            assert row.data["sha256"] == getattr(papers[row.document_id], attribute)
    sealed = desk.events(case_id, "document.sealed")[0]
    assert (sealed.actor_person_id, sealed.position_title) == (None, "系统")


def test_taking_and_giving_back_withdrawing_and_correcting_are_on_record(at):
    case_id = at("filed")
    (item,) = desk.items(case_id, "acceptance")
    with unit_of_work() as session:
        clerk = filings.actor(session, "renshe")
        desk.work_items.claim(session, clerk, item.id)
        desk.work_items.release(session, clerk, item.id)
    desk.act(case_id, "renshe", "acceptance", filings.content("market")["acceptance_correct"])
    desk.review_papers(case_id)
    desk.withdraw(case_id, "majuqiao", reason="重新选址")
    kinds = [happened.kind for happened in desk.events(case_id)]
    after = kinds[kinds.index("work_item.claimed") :]
    assert after == [
        "work_item.claimed",
        "work_item.released",
        "work_item.completed",
        "work_item.opened",
        "work_item.completed",
        "document.issued",
        "clock.paused",
        "work_item.opened",
        "work_item.cancelled",
        "case.withdrawn",
        "document.issued",
        "case.archived",
    ]
    (last,) = desk.events(case_id, "case.withdrawn")
    assert (last.position_title, last.data) == ("马驹桥镇 经办", {"reason": "重新选址"})
    assert broken() == []


def test_an_upload_is_on_record(at):
    at("started")
    with unit_of_work() as session:
        filings.files(session, filings.actor(session, "majuqiao"), {"site_files": ["场地平面图.pdf"]})
    with read_only() as session:
        (row,) = session.query(desk.Event).filter_by(kind="attachment.uploaded")
    assert row.position_title == "马驹桥镇 经办"


def test_what_is_refused_is_not_on_record(at):
    case_id = at("filed")
    before = [happened.hash for happened in desk.events(case_id)]
    with pytest.raises(desk.Invalid):
        desk.act(case_id, "renshe", "acceptance", {"decision": "correct"})
    with pytest.raises(desk.Forbidden):
        desk.withdraw(case_id, "songzhuang")
    assert [happened.hash for happened in desk.events(case_id)] == before


def test_the_page_proves_the_case_and_shows_when_it_was_tampered_with(at, browse):
    case_id = at("recognised", "station")
    with read_only() as session:
        evidence = evidence_of(session, session.get_one(desk.Case, case_id))
    assert evidence.chain_ok is True
    assert evidence.count == len(desk.events(case_id))
    tamper(desk.events(case_id, "market.recognised")[0].id)
    with read_only() as session:
        assert evidence_of(session, session.get_one(desk.Case, case_id)).chain_ok is False
    assert [found.seq for found in broken()] == [desk.events(case_id, "market.recognised")[0].seq]


def test_the_page_sees_a_record_that_was_changed_and_given_a_new_hash(at, browse):
    """Whoever changes a record and computes its hash anew still contradicts the record after it."""
    case_id = at("recognised", "station")
    changed = desk.events(case_id, "market.recognised")[0]
    tamper(changed.id)
    with read_only() as session:
        forged = digest(session.get_one(Event, changed.id, populate_existing=True))
    with db.engine.begin() as connection:
        unguard(connection)
        key = changed.id.hex if connection.dialect.name == "sqlite" else changed.id
        statement = "UPDATE event SET hash = :hash WHERE id = :key"
        connection.execute(text(statement), {"hash": forged, "key": key})
    assert "本件记录校验未通过" in browse("renshe").get(f"/cases/{desk.case_of(case_id).no}").text


def unguard(connection):
    """Let events be changed, as somebody with the database's own password could."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("DROP TRIGGER IF EXISTS event_no_update"))
    else:
        connection.execute(text("SET LOCAL session_replication_role = replica"))


def tamper(event_id):
    with db.engine.connect() as connection:
        unguard(connection)
        key = event_id.hex if connection.dialect.name == "sqlite" else event_id
        changed = """UPDATE event SET data = '{"no":"TZ-SC-2026-999"}' WHERE id = :key"""
        assert connection.execute(text(changed), {"key": key}).rowcount == 1
        connection.commit()
