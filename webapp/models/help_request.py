"""Requests for help that somebody made on a public page: how they find their case again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base, InJurisdiction, Row
from webapp.models.case import Case


class HelpRequest(Row, InJurisdiction, Base):
    """求助登记: the look-up code of a case that the public began. What was said is the case's submission."""

    __tablename__ = "help_request"
    __table_args__ = (UniqueConstraint("case_id"), UniqueConstraint("page_hash"))

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    page_hash: Mapped[str]
    """Keyed digest of the page that was sent: sent a second time, it is the same request."""
    code_hash: Mapped[str]
    """Keyed digest of number and look-up code."""
    rating: Mapped[int | None]
    """How the help was found, 1 (worst) to 5 (best), said once when the case is over."""
    rated_on: Mapped[date | None]

    case: Mapped[Case] = relationship()
