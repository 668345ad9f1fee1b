"""The state of the system as its administrators see it: history, background work, how much there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select

from webapp.models.case import Case
from webapp.models.clock import Clock
from webapp.models.document import Document
from webapp.models.event import ChainCheck, ChainHead
from webapp.models.job import Job, WorkerBeat
from webapp.models.market import Market

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

JOB_KINDS = {
    "document.seal": "公文用印",
    "chain.verify": "校验历史记录",
    "clock.act": "处理到期时限",
    "calendar.recompute": "按新日历重算时限",
    "substitution.ended": "退回代理到期的待办",
    "seat.refill": "补足离任人员的会签席位",
    "draft.forget": "清除到期草稿",
    "sandbox.forget": "清除到期沙箱",
    "round.open": "发起年度业务",
    "session.forget": "清除过期登录会话",
    "sign_in_lock.forget": "清除过期登录失败计数",
    "notices.follow": "生成消息",
    "notification.mail": "发送邮件",
    "notification.digest": "发送每日汇总邮件",
    "webhook.send": "推送到外部系统",
    "timer.fire": "处理流程定时",
    "message.deliver": "向办件送达消息",
    "release.activate": "启用到期的政策包版本",
    "migration.run": "办件转入新版流程",
    "migration.undo": "办件转回原版流程",
}
_MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain of events, and what the last walk along it found.

    Attributes:
        checked_at: When it was last verified; `None` if it never was.
        up_to: Number of the last event that was verified.
        ok: Whether the walk found no break; false if there was none yet.
        events: How many there are now.
    """

    checked_at: datetime | None
    up_to: int
    ok: bool
    problems: list[str]
    events: int
    head: str


@dataclass(frozen=True, slots=True)
class FailedJob:
    """Background work that failed for good."""

    id: UUID
    label: str
    case_no: str | None
    reason: str
    failed_at: datetime | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Jobs:
    """The state of background work."""

    last_sweep: datetime | None
    waiting: int
    failed: list[FailedJob]


@dataclass(frozen=True, slots=True)
class Count:
    """A number with its name."""

    label: str
    value: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The page of the system's state."""

    chain: Chain
    jobs: Jobs
    counts: list[Count]


def overview(session: Session, actor: Actor) -> Overview:
    """Return the state of the system, as far as it is this jurisdiction's."""
    here = actor.jurisdiction_id
    waiting = select(func.count(Job.id)).where(Job.jurisdiction_id == here, Job.state == "ready")
    jobs = Jobs(
        last_sweep=session.scalar(select(func.max(WorkerBeat.last_sweep_at))),
        waiting=session.scalar(waiting) or 0,
        failed=_failed(session, here),
    )
    return Overview(chain(session, actor), jobs, _counts(session, here))


def working_since(session: Session, seen_after: datetime) -> datetime | None:
    """Return since when background work goes on: when the oldest worker began that was seen lately.

    Args:
        session: Database session.
        seen_after: Who was last seen at this instant or before is gone.
    """
    alive = WorkerBeat.last_sweep_at > seen_after
    return session.scalar(select(func.min(WorkerBeat.started_at)).where(alive))


def chain(session: Session, actor: Actor) -> Chain:
    """Return the head of the chain and what the last walk found; it walks nothing itself."""
    head = session.get(ChainHead, actor.jurisdiction_id)
    check = session.get(ChainCheck, actor.jurisdiction_id)
    breaks = check.breaks if check else []
    return Chain(
        checked_at=check.checked_at if check else None,
        up_to=check.up_to if check else 0,
        ok=check is not None and not breaks,
        problems=[f"第 {place['seq']} 条：{place['reason']}" for place in breaks],
        events=head.seq if head else 0,
        head=f"{head.hash[:8]}…{head.hash[-8:]}" if head else "",
    )


def _failed(session: Session, jurisdiction_id: UUID) -> list[FailedJob]:
    rows = session.scalars(
        select(Job)
        .where(Job.jurisdiction_id == jurisdiction_id, Job.state == "dead")
        .order_by(Job.failed_at.desc(), Job.id.desc())
        .limit(_MOST_SHOWN)
    )
    return [
        FailedJob(
            id=job.id,
            label=JOB_KINDS.get(job.kind, "后台任务"),
            case_no=_case_no(session, job),
            reason=_reason(job.error),
            failed_at=job.failed_at,
            attempts=job.attempts,
        )
        for job in rows
    ]


def _case_no(session: Session, job: Job) -> str | None:
    if job.kind == "document.seal":
        found = select(Document.case_id).where(Document.id == UUID(job.payload["document_id"]))
    elif job.kind == "clock.act":
        found = select(Clock.case_id).where(Clock.id == UUID(job.payload["id"]))
    else:
        return None
    return session.scalar(select(Case.no).where(Case.id.in_(found)))


def _reason(error: str | None) -> str:
    """Return the sentence for people; the class of a fault of ours says nothing to them."""
    return (error or "").partition(": ")[2] or "系统内部错误，请运维人员查看日志"


def _counts(session: Session, here: UUID) -> list[Count]:
    cases = select(func.count(Case.id)).where(Case.jurisdiction_id == here)
    documents = select(func.count(Document.id)).where(Document.jurisdiction_id == here)
    markets = select(func.count(Market.id)).where(
        Market.jurisdiction_id == here, Market.status == "recognised"
    )
    return [
        Count("办件", session.scalar(cases) or 0),
        Count("公文", session.scalar(documents) or 0),
        Count("在册市场（驿站）", session.scalar(markets) or 0),
    ]
