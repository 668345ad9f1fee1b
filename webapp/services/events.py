"""History: what happened is recorded with the change itself, and can be proved afterwards.

Events are gathered while a transaction runs and written just before it commits. Thus the
head of the chain, which every writer of a jurisdiction needs, is locked last and shortest,
and no two transactions can wait for each other over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import event as sa_event
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.core import clock
from webapp.core.crypto import keyed_digest
from webapp.core.identifiers import uuid7
from webapp.models.account import Jurisdiction
from webapp.models.event import ChainHead, Event, digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy import Row, Select
    from sqlalchemy.orm import SessionTransaction

    from webapp.models.case import Case
    from webapp.models.document import Document
    from webapp.models.market import Market
    from webapp.models.work_item import WorkItem
    from webapp.queries.actors import Actor

_GENESIS = "0" * 64
_GATHERED = "gathered_events"
_NAME_CONTEXT = "event.actor_name"
_HEAD_CONTEXT = "chain_head"
_BATCH = 1000


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold.

    Attributes:
        seq: Number of the link.
        reason: What is wrong there, a plain sentence.
        event_id: The row found there, if there is one.
    """

    seq: int
    reason: str
    event_id: UUID | None = None


def record(
    session: Session,
    kind: str,
    *,
    actor: Actor,
    case: Case | None = None,
    market: Market | None = None,
    work_item: WorkItem | None = None,
    document: Document | None = None,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Record what happened; it becomes part of history if, and only if, the transaction commits.

    Args:
        session: The open unit of work.
        kind: Past tense key, such as `case.started`.
        actor: Who did it; `Actor.system` when nobody did.
        case: The case that it belongs to.
        market: The market that it is about.
        work_item: The human step in which it happened.
        document: The document that it is about.
        data: Plain JSON without personal data and without floating point numbers.

    Raises:
        ValueError: If the data are not plain JSON that reads back the same on every database.
    """
    named = actor.person_name
    happened = Event(
        id=uuid7(),
        jurisdiction_id=actor.jurisdiction_id,
        at=clock.now(),
        kind=kind,
        actor_person_id=actor.person_id,
        actor_name_digest=keyed_digest(named, _NAME_CONTEXT) if named else None,
        position_title=actor.title,
        case_id=case.id if case else None,
        market_id=market.id if market else None,
        work_item_id=work_item.id if work_item else None,
        document_id=document.id if document else None,
        data=_plain({**(data or {}), **_stood_in_for(actor)}),
    )
    transaction = session.get_nested_transaction() or session.get_transaction() or session.begin()
    _gathered(session).append((transaction, happened))
    return happened


def _stood_in_for(actor: Actor) -> dict[str, str]:
    return {"for_person": str(actor.for_person_id)} if actor.for_person_id else {}


def write(session: Session) -> None:
    """Append what was gathered to the chain now. The commit does this by itself."""
    waiting = [happened for _, happened in _gathered(session)]
    _gathered(session).clear()
    if not waiting:
        return
    session.flush()
    for jurisdiction_id in sorted({happened.jurisdiction_id for happened in waiting}):
        head = _locked_head(session, jurisdiction_id)
        for happened in waiting:
            if happened.jurisdiction_id == jurisdiction_id:
                _append(head, happened)
        head.seal = _seal(head.seq, head.hash)
    session.add_all(waiting)
    session.flush()


def verify(session: Session, jurisdiction_id: UUID) -> list[Break]:
    """Walk a jurisdiction's chain and name every place where it does not hold.

    Finds changed, inserted, removed and reordered events and a cut-off tail. A tail cut off
    together with an older copy of the head row is found only by comparing with a head that
    was kept elsewhere (`chain_state`).
    """
    return walk(session, jurisdiction_id)[1]


def walk(session: Session, jurisdiction_id: UUID) -> tuple[int, list[Break]]:
    """Return the number of a chain's last link and what `verify` finds.

    Head and links are read by one statement: others may append meanwhile, and are not seen half.
    """
    found: list[Break] = []
    expected, prev, head = 1, _GENESIS, None
    for row in session.execute(_links(jurisdiction_id).execution_options(yield_per=_BATCH)):
        head = row
        if row.id is None:
            break
        if row.seq != expected:
            found.append(Break(expected, f"第 {expected} 条至第 {row.seq - 1} 条记录缺失。", row.id))
        elif row.prev_hash != prev:
            found.append(Break(row.seq, "与上一条记录不相衔接，顺序或内容被改动。", row.id))
        if digest(row) != row.hash:
            found.append(Break(row.seq, "记录内容与其校验值不符，内容被改动。", row.id))
        expected, prev = row.seq + 1, row.hash
    return expected - 1, found + _verify_head(head, expected - 1, prev)


def verify_all(session: Session) -> dict[str, list[Break]]:
    """Verify the chain of every jurisdiction; the result is by jurisdiction name."""
    everywhere = session.execute(select(Jurisdiction.id, Jurisdiction.name).order_by(Jurisdiction.key)).all()
    return {name: verify(session, jurisdiction_id) for jurisdiction_id, name in everywhere}


def chain_state(session: Session, jurisdiction_id: UUID) -> tuple[int, str]:
    """Return number and hash of the last link, to be kept outside the system."""
    head = session.get(ChainHead, jurisdiction_id)
    return (head.seq, head.hash) if head else (0, _GENESIS)


def _append(head: ChainHead, happened: Event) -> None:
    happened.seq, happened.prev_hash = head.seq + 1, head.hash
    happened.hash = digest(happened)
    head.seq, head.hash = happened.seq, happened.hash


def _locked_head(session: Session, jurisdiction_id: UUID) -> ChainHead:
    query = (
        select(ChainHead)
        .where(ChainHead.jurisdiction_id == jurisdiction_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    head = session.scalar(query)
    if head is None:
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        first = {
            "jurisdiction_id": jurisdiction_id,
            "seq": 0,
            "hash": _GENESIS,
            "seal": _seal(0, _GENESIS),
        }
        session.execute(insert(ChainHead).values(first).on_conflict_do_nothing())
        head = session.scalars(query).one()
    return head


def _links(jurisdiction_id: UUID) -> Select[Any]:
    head = (ChainHead.seq.label("head_seq"), ChainHead.hash.label("head_hash"), ChainHead.seal.label("seal"))
    return (
        select(*Event.__table__.columns, *head)
        .select_from(Jurisdiction)
        .outerjoin(ChainHead, ChainHead.jurisdiction_id == Jurisdiction.id)
        .outerjoin(Event, Event.jurisdiction_id == Jurisdiction.id)
        .where(Jurisdiction.id == jurisdiction_id)
        .order_by(Event.seq)
    )


def _verify_head(head: Row[Any] | None, last: int, last_hash: str) -> list[Break]:
    if head is None or head.head_seq is None:
        return [Break(last, "链首记录缺失。")] if last else []
    if head.seal != _seal(head.head_seq, head.head_hash):
        return [Break(head.head_seq, "链首记录的签章不符，被改动。")]
    if head.head_seq > last:
        return [Break(last + 1, f"末尾第 {last + 1} 条至第 {head.head_seq} 条记录缺失。")]
    if (head.head_seq, head.head_hash) != (last, last_hash):
        return [Break(last, "末条记录与链首不符。")]
    return []


def _seal(seq: int, head_hash: str) -> str:
    return keyed_digest(f"{seq}:{head_hash}", _HEAD_CONTEXT)


def _plain(value: Any) -> Any:
    """Return a copy that is JSON which both databases give back unchanged."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        if "\x00" in value:
            raise ValueError("事件数据不得含有空字符。")
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _plain(item) for key, item in value.items()}
    raise ValueError(f"事件数据不接受 {type(value).__name__}，请用文本、整数、真假值、列表或对象。")


def _gathered(session: Session) -> list[tuple[SessionTransaction, Event]]:
    return cast("list[tuple[SessionTransaction, Event]]", session.info.setdefault(_GATHERED, []))


@sa_event.listens_for(Session, "before_commit")
def _write_before_commit(session: Session) -> None:
    """Write at the commit of the whole transaction, not when a savepoint is released."""
    if not session.in_nested_transaction():
        write(session)


@sa_event.listens_for(Session, "after_soft_rollback")
def _forget_what_was_rolled_back(session: Session, previous: SessionTransaction) -> None:
    kept = [(began, happened) for began, happened in _gathered(session) if not _within(began, previous)]
    session.info[_GATHERED] = kept


def _within(began: SessionTransaction | None, rolled_back: SessionTransaction) -> bool:
    while began is not None:
        if began is rolled_back:
            return True
        began = began.parent
    return False
