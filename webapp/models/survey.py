"""Surveys that people outside answer without an account, one answer for each invitation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, InJurisdiction, Row
from webapp.models.case import Case
from webapp.models.types import EncryptedText, JSONDoc, UTCDateTime


class Survey(Row, InJurisdiction, Base):
    """满意度调查: what a case asks people outside, and what came of it (Policy: TZ-3.4)."""

    __tablename__ = "survey"
    __table_args__ = (UniqueConstraint("case_id"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    closes_on: Mapped[date]
    """Last Beijing day on which an answer is taken."""
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the answers were counted; `None` while it is open."""
    groups: Mapped[list[dict[str, Any]]] = mapped_column(JSONDoc)
    """Who is asked: `key`, `label`, `form` and `number` of invitations of each group."""
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONDoc)
    """By group: `n`, `score` (0 to 100, as text) and `averages` (1 to 5, as text, by question)."""

    case: Mapped[Case] = relationship()


class Invitation(Base):
    """邀请: the right to answer once.

    Nothing here tells when it was used, and its key is random: a row of `answer` written at the same time
    cannot be recognised by either.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        UniqueConstraint("survey_id", "group_key", "serial"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"))
    group_key: Mapped[str]
    serial: Mapped[int]
    """Number printed on the sheet, from 1 in each group; the sheets are handed out unsorted."""
    token_hash: Mapped[str]
    """SHA-256 of the token in the link; the token itself is nowhere, it is derived when links are printed."""
    answered: Mapped[bool] = mapped_column(default=False)

    survey: Mapped[Survey] = relationship()


class Answer(Base):
    """答卷: what somebody answered. It knows neither its invitation nor its time, only the day."""

    __tablename__ = "answer"
    __table_args__ = (Index("ix_answer_survey", "survey_id", "group_key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"))
    group_key: Mapped[str]
    answered_on: Mapped[date]
    marks: Mapped[dict[str, int]] = mapped_column(JSONDoc)
    """Mark by question, 1 (worst) to 5 (best)."""
    comment: Mapped[str | None] = mapped_column(EncryptedText("answer.comment"))
