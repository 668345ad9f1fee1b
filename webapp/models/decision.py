"""Decisions of rules: frozen facts, rule version, result and trace."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base, InJurisdiction, Row
from webapp.models.types import JSONDoc, UTCDateTime


class Decision(Row, InJurisdiction, Base):
    """决策: what a decision table said, with everything needed to say it again and to explain it."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_case", "case_id", "decided_at"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    element_id: Mapped[str]
    decision_id: Mapped[str]
    name: Mapped[str]
    source_hash: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONDoc)
    """The inputs as they were, without personal data."""
    outputs: Mapped[Any] = mapped_column(JSONDoc, nullable=True)
    trace: Mapped[dict[str, Any]] = mapped_column(JSONDoc)
