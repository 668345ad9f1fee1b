"""满意度调查: invitations with links nobody can guess, one answer for each, counted by code (Policy: TZ-3.4).

An answer is kept without its invitation and with its day only. While the survey is open, a database
server still knows which rows one transaction wrote; counting writes all answers anew, in random order.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import delete, func, select

import forms
from webapp.core import clock as time
from webapp.core.clock import beijing_date, official_date
from webapp.core.crypto import keyed_digest
from webapp.core.errors import Invalid
from webapp.models.survey import Answer, Invitation, Survey
from webapp.queries.releases import form_of, pack_of_case
from webapp.queries.surveys import COMMENT, invitations_of, survey_of, survey_to_hand_out
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.queries.actors import Actor

MOST = 2000
"""Invitations of one group; more is a typing error."""
BEST = 5
_TOKEN_SIGNS = 32
_CONTEXT = "invitation.token"
_CENT = Decimal("0.01")


def make_invitations(
    session: Session, case: Case, actor: Actor, element_id: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Open the survey of a case and make its invitations; once more, it changes the day and adds what lacks.

    Parameters `closes_on` (last Beijing day) and `groups`, a list of `key`, `label`, `form`, `number`.
    No invitation is ever taken back: it may be in somebody's hand.

    Raises:
        Invalid: If the last day is over, or a number is out of range.
    """
    del element_id
    groups = [_group(entry) for entry in given["groups"]]
    closes_on = given["closes_on"]
    if not isinstance(closes_on, date) or closes_on < beijing_date(time.now()):
        raise Invalid("截止日期不能早于今天，请改填今天或以后的日期。")
    survey = survey_of(session, case)
    if survey is None:
        survey = Survey(jurisdiction_id=case.jurisdiction_id, case_id=case.id, groups=groups)
        session.add(survey)
    survey.groups, survey.closes_on, survey.closed_at, survey.result = groups, closes_on, None, None
    session.flush()
    for group in groups:
        _invite(session, survey, group["key"], group["number"])
    record(session, "survey.opened", actor=actor, case=case, data={"name": official_date(closes_on)})
    return {}


def token_of(invitation_id: UUID) -> str:
    """Return the token of an invitation's link: 128 bits that only the holder of the index key can make."""
    return keyed_digest(str(invitation_id), _CONTEXT)[:_TOKEN_SIGNS]


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an answer is not taken: `unknown`, `used` or `closed`."""

    why: str


def standing(session: Session, token: str, *, lock: bool = False) -> Invitation | Refused:
    """Return the invitation of a token if it may be answered now, else why not.

    Args:
        session: Database session.
        token: As it stands in the link.
        lock: Lock its row, so that of two answers the second finds it used.
    """
    query = select(Invitation).where(Invitation.token_hash == hash_of(token))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    invitation = session.scalar(query)
    if invitation is None:
        return Refused("unknown")
    if invitation.answered:
        return Refused("used")
    survey = _survey(session, invitation, lock=lock)
    over = survey.closed_at is not None or survey.closes_on < beijing_date(time.now())
    return Refused("closed") if over or survey.case.status != "running" else invitation


def _survey(session: Session, invitation: Invitation, *, lock: bool) -> Survey:
    """Return the survey of an invitation; locked, so that no answer comes in while they are counted."""
    if not lock:
        return invitation.survey
    query = select(Survey).where(Survey.id == invitation.survey_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def answer(session: Session, invitation: Invitation, values: Mapping[str, Any]) -> None:
    """Keep an answer, and that its invitation was used. The invitation's row is locked.

    Nothing is recorded in history: the time of its entry would tell whose answer it is.

    Raises:
        Invalid: With the messages of each field.
    """
    survey = invitation.survey
    pack = pack_of_case(session, survey.case)
    (group,) = (group for group in survey.groups if group["key"] == invitation.group_key)
    typed = forms.check(form_of(pack, group["form"]), values)
    comment = typed.pop(COMMENT, None)
    invitation.answered = True
    session.add(
        Answer(
            survey_id=survey.id,
            group_key=invitation.group_key,
            answered_on=beijing_date(time.now()),
            marks={key: int(mark) for key, mark in typed.items()},
            comment=comment or None,
        )
    )


def count_answers(
    session: Session, case: Case, actor: Actor, element_id: str, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Close the survey and count: `n_<group>` and `score_<group>`, 0 to 100, null without answers.

    The score is the mean of all marks (1 to 5), as a share of the best. All questions are answered by
    everybody, so it is the mean of the questions' averages too.
    """
    del element_id, given
    survey = survey_of(session, case, lock=True)
    if survey is None:
        raise Invalid("本件还没有生成邀请，不能统计。")
    query = select(Answer).where(Answer.survey_id == survey.id).order_by(Answer.id)
    answers = list(session.scalars(query))
    result: dict[str, Any] = {}
    keys: dict[str, Any] = {}
    for group in survey.groups:
        key = group["key"]
        found = [row.marks for row in answers if row.group_key == key]
        score = score_of(found)
        keys |= {f"n_{key}": len(found), f"score_{key}": score}
        result[key] = {
            "n": len(found),
            "score": None if score is None else str(score),
            "averages": {question: str(mean) for question, mean in averages_of(found).items()},
        }
    survey.closed_at, survey.result = time.now(), result
    _shuffle(session, answers)
    told = {key: entry["n"] for key, entry in result.items()}
    record(session, "survey.counted", actor=actor, case=case, data={"answers": told})
    return keys


def score_of(marks: Sequence[Mapping[str, int]]) -> Decimal | None:
    """Return the score of answers, 0 to 100, rounded half even to two places; `None` without any."""
    every = [mark for answered in marks for mark in answered.values()]
    return (Decimal(sum(every)) * 100 / (BEST * len(every))).quantize(_CENT) if every else None


def averages_of(marks: Sequence[Mapping[str, int]]) -> dict[str, Decimal]:
    """Return the mean mark of each question, 1 to 5 with two places."""
    questions = dict.fromkeys(question for answered in marks for question in answered)
    return {
        question: (
            Decimal(sum(answered[question] for answered in marks if question in answered))
            / sum(question in answered for answered in marks)
        ).quantize(_CENT)
        for question in questions
    }


@dataclass(frozen=True, slots=True)
class Link:
    """One invitation as it is handed out."""

    group: str
    serial: int
    token: str


def hand_out(session: Session, actor: Actor, case: Case, *, way: str) -> list[Link]:
    """Return the links of the open survey of a case; that they were taken is on record.

    Args:
        session: Database session.
        actor: Who takes them.
        case: The case.
        way: What is done with them, in words: `打印` or `导出`.

    Raises:
        Missing: If the case has no open survey.
        Forbidden: If the actor is not of the agency that decides the case.
    """
    survey = survey_to_hand_out(session, actor, case)
    labels = {group["key"]: group["label"] for group in survey.groups}
    record(session, "survey.handed_out", actor=actor, case=case, data={"way": way})
    return [
        Link(labels[row.group_key], row.serial, token_of(row.id)) for row in invitations_of(session, survey)
    ]


def _group(entry: Mapping[str, Any]) -> dict[str, Any]:
    number = int(entry["number"])
    if not 1 <= number <= MOST:
        raise Invalid(f"“{entry['label']}”的邀请数应在 1 到 {MOST} 之间。")
    return {
        "key": str(entry["key"]),
        "label": str(entry["label"]),
        "form": str(entry["form"]),
        "number": number,
    }


def _invite(session: Session, survey: Survey, group_key: str, number: int) -> None:
    last = session.scalar(
        select(func.max(Invitation.serial)).where(
            Invitation.survey_id == survey.id, Invitation.group_key == group_key
        )
    )
    for serial in range((last or 0) + 1, number + 1):
        key = uuid4()
        session.add(
            Invitation(
                id=key,
                survey_id=survey.id,
                group_key=group_key,
                serial=serial,
                token_hash=hash_of(token_of(key)),
            )
        )
    session.flush()


def _shuffle(session: Session, answers: list[Answer]) -> None:
    """Write all answers anew in random order, so that nothing of a row tells when it was first written."""
    if not answers:
        return
    kept = [
        {name: getattr(row, name) for name in ("survey_id", "group_key", "answered_on", "marks", "comment")}
        for row in answers
    ]
    session.execute(delete(Answer).where(Answer.survey_id == answers[0].survey_id))
    for row in answers:
        session.expunge(row)
    secrets.SystemRandom().shuffle(kept)
    for values in kept:
        session.add(Answer(**values))
    session.flush()
