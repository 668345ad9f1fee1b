"""Webhooks: other systems are told of events, signed, without personal data."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import select

from webapp.core import clock
from webapp.core.errors import Invalid, Missing
from webapp.models.event import Event
from webapp.models.notification import Webhook
from webapp.queries import links
from webapp.queries.notices import subject_of
from webapp.queries.notifications import notices_in_force
from webapp.services import jobs
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

JOB = "webhook.send"
LONGEST_NAME = 60
_LOCAL = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call to another system.

    Attributes:
        url: Where to.
        secret: What it is signed with.
        key: The same for every attempt, so that the receiver can tell a repetition.
        body: JSON.
    """

    url: str
    secret: str
    key: str
    body: bytes


def register(
    session: Session, actor: Actor, *, name: str, url: str, kinds: Collection[str], hosts: Collection[str]
) -> Webhook:
    """Register an address of another system; its secret is made here and shown once.

    Args:
        session: The open unit of work.
        actor: The administrator.
        name: What the other system is called.
        url: Its address; `https`, and its host among `hosts`.
        kinds: Kinds of event that it is told of.
        hosts: Hosts that the installation allows; nobody can make the server call anywhere else.

    Raises:
        Invalid: With the field to be mended.
    """
    name, url = name.strip(), url.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid(f"请填写名称，最多 {LONGEST_NAME} 字。", field="name")
    check_address(url, hosts)
    unknown = set(kinds) - set(notices_in_force(session, actor.jurisdiction_id))
    if unknown or not kinds:
        raise Invalid("请至少选择一种消息。", field="kinds")
    hook = Webhook(
        jurisdiction_id=actor.jurisdiction_id,
        name=name,
        url=url,
        secret=secrets.token_urlsafe(32),
        kinds=sorted(kinds),
        made_by_id=actor.person,
    )
    session.add(hook)
    session.flush()
    record(
        session, "webhook.registered", actor=actor, data={"webhook": str(hook.id), "name": name, "url": url}
    )
    return hook


def stop(session: Session, actor: Actor, webhook_id: UUID) -> None:
    """Tell a system no more.

    Raises:
        Missing: If there is no such webhook in the actor's jurisdiction.
    """
    hook = session.get(Webhook, webhook_id)
    if hook is None or hook.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这个推送地址。")
    hook.is_active = False
    record(session, "webhook.stopped", actor=actor, data={"webhook": str(hook.id), "name": hook.name})


def pass_on(session: Session, jurisdiction_id: UUID, events: Sequence[Event]) -> None:
    """Put in line a call for each event that some system wants to be told of."""
    hooks = session.scalars(
        select(Webhook).where(Webhook.jurisdiction_id == jurisdiction_id, Webhook.is_active)
    ).all()
    for hook in hooks:
        for event in events:
            if event.kind in hook.kinds:
                payload = {"webhook": str(hook.id), "event": str(event.id)}
                jobs.enqueue(session, JOB, payload, jurisdiction_id=jurisdiction_id)


def call_for(session: Session, webhook_id: UUID, event_id: UUID, public_url: str) -> Call | None:
    """Return the call to be made, or nothing if the webhook was stopped meanwhile."""
    hook, event = session.get(Webhook, webhook_id), session.get(Event, event_id)
    if hook is None or event is None or not hook.is_active:
        return None
    subject = subject_of(session, event)
    case, item, document = subject.case, subject.item, subject.document
    body: dict[str, Any] = {
        "id": str(event.id),
        "kind": event.kind,
        "at": event.at.isoformat(timespec="seconds"),
        "case": case.no if case else None,
        "process": case.process_key if case else None,
        "step": item.element_id if item else None,
        "document": document.number if document else None,
        "url": public_url.rstrip("/") + links.case(case.no) if case else None,
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Call(hook.url, hook.secret, f"{hook.id}:{event.id}", text.encode())


def note_answer(session: Session, webhook_id: UUID, answer: str) -> None:
    """Keep what the other system answered last."""
    hook = session.get_one(Webhook, webhook_id)
    hook.last_status, hook.last_sent_at = answer, clock.now()


def check_address(url: str, hosts: Collection[str]) -> None:
    """Check that the server may call an address, when it is registered and again before each call.

    Raises:
        Invalid: If it is no address, not encrypted, or its host is not allowed.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port  # read here, for only then is it checked
    except ValueError:
        raise Invalid("推送地址的写法不正确，请检查主机和端口。", field="url") from None
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise Invalid("推送地址须以 https:// 开头。", field="url")
    if parts.hostname is None or parts.hostname not in hosts or parts.username or parts.password:
        raise Invalid(
            "该主机不在允许推送的名单中，请由运维人员在 LINGGONG_WEBHOOK_HOSTS 中登记后再填。", field="url"
        )
