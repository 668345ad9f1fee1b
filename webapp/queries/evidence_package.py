"""What an evidence package of a case holds, read in one go: papers by hash, everything else as text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased, joinedload, undefer

import forms
from webapp.core.clock import BEIJING, official_date
from webapp.models.decision import Decision
from webapp.models.document import Document
from webapp.models.event import Event, canonical
from webapp.models.work_item import Signing, WorkItem
from webapp.queries import archive_catalogue
from webapp.queries.agencies import deciding_agency
from webapp.queries.facts import submissions_of
from webapp.queries.names import acting_name
from webapp.queries.releases import pack_of_case
from webapp.queries.timeline import timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.queries.actors import Actor
    from webapp.queries.archive_catalogue import Paper

EXPORT = "evidence.export"
"""The right to take a case's whole file out of the system."""
PROOF = "存证"
EVENTS = f"{PROOF}/事件链.jsonl"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a package.

    Attributes:
        path: Where it lies in the package.
        content: Its bytes; `None` for a file that the store keeps.
        sha256: Hash under which the store keeps it; empty for one whose bytes are given.
    """

    path: str
    content: bytes | None = None
    sha256: str = ""


def may_export(session: Session, actor: Actor, case: Case) -> bool:
    """Tell whether an actor may take a case's whole file out: by right, in the agency that decides."""
    return actor.may(EXPORT) and deciding_agency(session, case).id == actor.agency_id


def parts_of(session: Session, case: Case, papers: Sequence[Paper], at: datetime) -> Iterator[Part]:
    """Yield every file of a package but its events, its manifest and its verifier."""
    yield Part("归档/归档目录.pdf", archive_catalogue.as_pdf(case, papers, at))
    rows = [paper.cells for paper in papers]
    yield Part("归档/归档目录.csv", archive_catalogue.as_csv(archive_catalogue.HEADINGS, rows))
    for paper in papers:
        yield Part(paper.path, sha256=paper.sha256)
    yield from _documents(session, case)
    yield from _submissions(session, case)
    yield _json("签署.json", _signings(session, case))
    yield from _decisions(session, case)
    yield from _rules(session, case)
    yield _history(session, case)


def events_of(session: Session, case: Case) -> list[dict[str, Any]]:
    """Return a case's links: what each hash is made of, the hash, and what the next link says it is."""
    after = aliased(Event)
    rows = session.execute(
        select(Event, after.prev_hash)
        .outerjoin(after, and_(after.jurisdiction_id == Event.jurisdiction_id, after.seq == Event.seq + 1))
        .where(Event.jurisdiction_id == case.jurisdiction_id, Event.case_id == case.id)
        .order_by(Event.seq)
    )
    return [{"record": canonical(row), "hash": row.hash, "next": following} for row, following in rows]


def as_lines(events: Sequence[dict[str, Any]]) -> bytes:
    """Return links of the chain, each a line of JSON."""
    return "".join(f"{json.dumps(event, ensure_ascii=False, sort_keys=True)}\n" for event in events).encode()


def _documents(session: Session, case: Case) -> Iterator[Part]:
    """Yield each document as it was before its seal, and the facts that it was set from."""
    rows = session.scalars(
        select(Document)
        .where(Document.case_id == case.id)
        .options(undefer(Document.facts), joinedload(Document.agency))
        .order_by(Document.issued_at, Document.id)
    ).all()
    for number, row in enumerate(rows, start=1):
        name = archive_catalogue.file_name(f"{number:02d} {row.number or ''} {row.title}")
        yield Part(f"{PROOF}/公文（用印前）/{name}.pdf", sha256=row.unsigned_sha256)
        yield _json(f"公文事实/{name}.json", _document(row))


def _document(row: Document) -> dict[str, Any]:
    return {
        "标题": row.title,
        "发文字号": row.number,
        "发文单位": row.agency.name,
        "状态": row.status,
        "成文日期": official_date(row.issued_on),
        "用印时间": _moment(row.sealed_at),
        "模板": row.template_key,
        "页数": row.pages,
        "公开属性": row.disclosure,
        "保管期限": row.retention,
        "用印前文件 SHA-256": row.unsigned_sha256,
        "用印后文件 SHA-256": row.sha256,
        "核验次数": row.look_ups,
        "所据事实": row.facts,
    }


def _submissions(session: Session, case: Case) -> Iterator[Part]:
    for number, row in enumerate(submissions_of(session, case), start=1):
        step = row.work_item.name if row.work_item else row.form_key
        said = {
            "环节": step,
            "表单": row.form_key,
            "提交人": acting_name(row.person),
            "提交时间": _moment(row.submitted_at),
            "内容": forms.merge_personal(row.data, row.personal),
        }
        yield _json(f"填报/{archive_catalogue.file_name(f'{number:02d} {step}')}.json", said)


def _signings(session: Session, case: Case) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(Signing)
        .join(Signing.work_item)
        .where(WorkItem.case_id == case.id)
        .options(
            joinedload(Signing.person),
            joinedload(Signing.for_person),
            joinedload(Signing.position),
            joinedload(Signing.work_item),
        )
        .order_by(Signing.id)
    )
    return [
        {
            "环节": row.work_item.name,
            "方式": row.role,
            "姓名": acting_name(row.person, row.for_person),
            "岗位": row.position.full_title,
            "签署时间": _moment(row.signed_at),
            "同意": row.agrees,
            "意见": row.opinion,
            "回避声明": row.declares_no_conflict,
            "作废时间": _moment(row.voided_at),
            "内容摘要（带密钥）": row.content_digest,
        }
        for row in rows
    ]


def _decisions(session: Session, case: Case) -> Iterator[Part]:
    rows = session.scalars(
        select(Decision).where(Decision.case_id == case.id).order_by(Decision.decided_at, Decision.id)
    )
    for number, row in enumerate(rows, start=1):
        said = {
            "决策": row.name,
            "标识": row.decision_id,
            "环节": row.element_id,
            "时间": _moment(row.decided_at),
            "规则版本 SHA-256": row.source_hash,
            "冻结的事实": row.facts,
            "结果": row.outputs,
            "推导过程": row.trace,
        }
        yield _json(f"决策/{archive_catalogue.file_name(f'{number:02d} {row.name}')}.json", said)


def _rules(session: Session, case: Case) -> Iterator[Part]:
    """Yield the process and the rules that the case follows, as they were deployed."""
    process = pack_of_case(session, case).processes[case.process_key]
    for name, source in sorted(process.sources.items()):
        yield Part(f"{PROOF}/流程和规则/{name}", source)


def _history(session: Session, case: Case) -> Part:
    items = {row.id: row for row in session.scalars(select(WorkItem).where(WorkItem.case_id == case.id))}
    papers = {row.id: row for row in session.scalars(select(Document).where(Document.case_id == case.id))}
    told = timeline(session, case, items, papers)
    rows = [(_moment(view.at) or "", view.title, view.who, view.text) for view in reversed(told)]
    return Part(f"{PROOF}/办理过程.csv", archive_catalogue.as_csv(("时间", "事项", "办理人", "说明"), rows))


def _json(name: str, value: object) -> Part:
    text = json.dumps(value, ensure_ascii=False, indent=1, default=str)
    return Part(f"{PROOF}/{name}", text.encode())


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(BEIJING).isoformat(timespec="seconds") if at else None
