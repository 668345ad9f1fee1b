"""The worker: what is done in the background, in a thread of the web server or as a process.

What it can do is in the three tables at the end: `HANDLERS` for jobs, `SWEEPS` for what is found by
looking and becomes a job, `ROUNDS` for what is found by looking and done at once.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from webapp.background import (
    Handler,
    Leased,
    LeasedJob,
    Round,
    Sweep,
    Transactional,
    Worker,
)
from webapp.config import current_settings
from webapp.core import clock
from webapp.core.errors import Invalid
from webapp.integrations import webhook
from webapp.sandbox import Trials
from webapp.services import (
    calendars,
    case_migrations,
    chain_checks,
    documents,
    draft_retention,
    jobs,
    letters,
    notifications,
    operations,
    pack_releases,
    sign_in,
    substitutions,
    timers,
    vacancies,
    webhooks,
    yearly_rounds,
)
from webapp.uow import read_only

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Flask
    from sqlalchemy.orm import Session

log = structlog.get_logger("worker")

__all__ = ["Handler", "Leased", "LeasedJob", "Round", "Sweep", "Transactional", "Worker", "make_worker"]


def make_worker(app: Flask) -> Worker:
    """Return a worker with all handlers."""
    with app.app_context():
        poll_seconds = current_settings().worker_poll_seconds
    return Worker(app, HANDLERS, SWEEPS, poll_seconds, ROUNDS)


class _Embedded:
    """The worker thread of this process, if there is one."""

    lock = threading.Lock()
    worker: Worker | None = None
    thread: threading.Thread | None = None


def start_embedded(app: Flask) -> None:
    """Run a worker in a thread of this process; a second call changes nothing."""
    with _Embedded.lock:
        if _Embedded.thread is not None and _Embedded.thread.is_alive():
            return
        _Embedded.worker = make_worker(app)
        _Embedded.thread = threading.Thread(target=_Embedded.worker.run, name="worker", daemon=True)
        _Embedded.thread.start()


def stop_embedded(timeout_seconds: float = 10) -> None:
    """Let the worker thread finish what it is doing and end."""
    with _Embedded.lock:
        if _Embedded.worker is not None and _Embedded.thread is not None:
            _Embedded.worker.stop()
            _Embedded.thread.join(timeout_seconds)
        _Embedded.worker = _Embedded.thread = None


def _forget_session(session: Session, payload: Mapping[str, Any]) -> None:
    sign_in.forget(session, UUID(payload["id"]))


def _forget_drafts(session: Session, payload: Mapping[str, Any]) -> None:
    draft_retention.forget(session, UUID(payload["id"]))


def _forget_lock(session: Session, payload: Mapping[str, Any]) -> None:
    sign_in.forget_lock(session, payload["id"])


def _verify_chain(job: LeasedJob) -> None:
    with read_only() as session:
        found = chain_checks.walk(session, UUID(job.payload["id"]))
    with job.step() as (session, _):
        chain_checks.keep(session, found)


def _handle_clock(session: Session, payload: Mapping[str, Any]) -> None:
    timers.handle_clock(session, UUID(payload["id"]))


def _recompute_clocks(job: LeasedJob) -> None:
    more = True
    while more:
        with job.step() as (session, progress):
            done = calendars.recompute_some(session, UUID(job.payload["id"]))
            progress["done"] = int(progress.get("done", 0)) + done
            more = bool(done)


def _give_back(session: Session, payload: Mapping[str, Any]) -> None:
    substitutions.give_back(session, UUID(payload["id"]))


def _refill_seats(session: Session, payload: Mapping[str, Any]) -> None:
    vacancies.refill(session, UUID(payload["id"]))


def _seal_document(job: LeasedJob) -> None:
    document_id = UUID(job.payload["document_id"])
    with read_only() as session:
        waiting = documents.unsealed(session, document_id)
    if waiting is not None:
        file = waiting.sealed()
        with job.step() as (session, _):
            documents.seal(session, document_id, file)


def _follow_history(session: Session, payload: Mapping[str, Any]) -> None:
    notifications.follow(session, UUID(payload["id"]))


def _send_notification(job: LeasedJob) -> None:
    with read_only() as session:
        letter = letters.single(session, UUID(job.payload["id"]), current_settings().public_url)
    _post(job, letter)


def _send_digest(job: LeasedJob) -> None:
    with read_only() as session:
        letter = letters.digest(session, UUID(job.payload["id"]), current_settings().public_url)
    _post(job, letter)


def _post(job: LeasedJob, letter: letters.Letter | None) -> None:
    server = current_settings().mail_server
    if letter is None or server is None:
        return
    server.send(to=letter.to, subject=letter.subject, text=letter.text, key=letter.key)
    with job.step() as (session, _):
        letters.note_sent(session, letter)


def _call_webhook(job: LeasedJob) -> None:
    webhook_id, event_id = UUID(job.payload["webhook"]), UUID(job.payload["event"])
    with read_only() as session:
        call = webhooks.call_for(session, webhook_id, event_id, current_settings().public_url)
    if call is None:
        return
    moment = str(int(clock.now().timestamp()))
    try:
        webhooks.check_address(call.url, current_settings().allowed_hosts)
        answer = webhook.call(call.url, secret=call.secret, key=call.key, moment=moment, body=call.body)
    except (Invalid, webhook.WebhookError) as error:
        with job.step() as (session, _):
            webhooks.note_answer(session, webhook_id, f"未送达：{error}")
        raise
    with job.step() as (session, _):
        webhooks.note_answer(session, webhook_id, answer)


def _open_round(session: Session, payload: Mapping[str, Any]) -> None:
    yearly_rounds.open_round(session, payload["id"])


def _fire_timer(session: Session, payload: Mapping[str, Any]) -> None:
    operations.fire_timer(session, UUID(payload["id"]))


def _deliver_message(session: Session, payload: Mapping[str, Any]) -> None:
    operations.deliver_message(session, UUID(payload["id"]))


def _activate_release(session: Session, payload: Mapping[str, Any]) -> None:
    pack_releases.activate_planned(session, UUID(payload["id"]))


def _migrate_cases(job: LeasedJob) -> None:
    _each_case(job, "waiting", case_migrations.move, "finished")


def _undo_migration(job: LeasedJob) -> None:
    _each_case(job, "moved", case_migrations.bring_back, "undone")


def _each_case(job: LeasedJob, status: str, act: Callable[[Session, UUID], None], end: str) -> None:
    """Take the cases of a migration one by one, each in a transaction of its own."""
    migration_id = UUID(job.payload["id"])
    with read_only() as session:
        rows = case_migrations.waiting(session, migration_id, status)
    for row_id in rows:
        try:
            with job.step() as (session, _):
                act(session, row_id)
        except jobs.LeaseLost:
            raise
        except Exception:  # whatever it is, it is this case's, and the others go on
            log.exception("migration_failed", row=str(row_id))
            with job.step() as (session, _):
                case_migrations.note_failure(session, row_id)
    with job.step() as (session, _):
        case_migrations.finish(session, migration_id, end)


def _trials() -> Trials:
    return Trials(current_settings().var / "sandboxes")


def _old_sandboxes(_: Session) -> list[str]:
    return ["old"] if _trials().old() else []


def _forget_sandboxes(_: Session, __: Mapping[str, Any]) -> None:
    _trials().forget_old()


HANDLERS: dict[str, Handler] = {
    documents.SEAL_JOB: Leased(_seal_document),
    chain_checks.JOB: Leased(_verify_chain, lease_seconds=900),
    timers.JOB: Transactional(_handle_clock),
    calendars.JOB: Leased(_recompute_clocks),
    notifications.FOLLOW_JOB: Transactional(_follow_history),
    notifications.MAIL_JOB: Leased(_send_notification),
    letters.DIGEST_JOB: Leased(_send_digest),
    webhooks.JOB: Leased(_call_webhook),
    operations.TIMER_JOB: Transactional(_fire_timer),
    operations.MESSAGE_JOB: Transactional(_deliver_message),
    pack_releases.JOB: Transactional(_activate_release),
    case_migrations.JOB: Leased(_migrate_cases),
    case_migrations.UNDO_JOB: Leased(_undo_migration),
    draft_retention.JOB: Transactional(_forget_drafts),
    substitutions.JOB: Transactional(_give_back),
    vacancies.JOB: Transactional(_refill_seats),
    "sandbox.forget": Transactional(_forget_sandboxes),
    yearly_rounds.JOB: Transactional(_open_round),
    "session.forget": Transactional(_forget_session),
    "sign_in_lock.forget": Transactional(_forget_lock),
}
"""What to do for each kind of job."""

SWEEPS: list[Sweep] = [
    Sweep(calendars.JOB, calendars.behind, every_seconds=600, owner=lambda _, found: found),
    Sweep(chain_checks.JOB, chain_checks.due, every_seconds=600, owner=lambda _, found: found),
    Sweep(notifications.FOLLOW_JOB, notifications.behind, every_seconds=2, owner=lambda _, found: found),
    Sweep(operations.TIMER_JOB, operations.due_timers, 5, owner=operations.jurisdiction_of_timer),
    Sweep(pack_releases.JOB, pack_releases.due, every_seconds=15, owner=pack_releases.owner_of),
    Sweep(letters.DIGEST_JOB, letters.due_digests, every_seconds=300),
    Sweep(draft_retention.JOB, draft_retention.due, 3600, owner=draft_retention.jurisdiction_of),
    Sweep(substitutions.JOB, substitutions.ended, every_seconds=600, owner=substitutions.jurisdiction_of),
    Sweep(vacancies.JOB, vacancies.left, every_seconds=600, owner=vacancies.jurisdiction_of),
    Sweep("sandbox.forget", _old_sandboxes, every_seconds=3600),
    Sweep(yearly_rounds.JOB, yearly_rounds.due, every_seconds=600, owner=yearly_rounds.jurisdiction_of),
    Sweep("session.forget", sign_in.forgettable, every_seconds=3600),
    Sweep("sign_in_lock.forget", sign_in.old_locks, every_seconds=3600),
]
"""What to look for, and how often."""

ROUNDS: list[Round] = [
    Round("clock.act", timers.due, timers.handle, timers.set_aside),
]
"""What to look for and do at once."""
