"""What colleagues do about a case beside its steps: urge, supervise, copy, circulate, stand in, send back."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.account import Person, Position
from webapp.models.base import Base, InJurisdiction, Row
from webapp.models.case import Case
from webapp.models.types import EncryptedText, JSONDoc
from webapp.models.work_item import WorkItem


class SendBack(Row, InJurisdiction, Base):
    """退回 or 拿回: one way back of a case, with what is to be mended."""

    __tablename__ = "send_back"
    __table_args__ = (Index("ix_send_back_case", "case_id", "sent_at"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str]
    """`return` (退回), `take_back` (拿回) or `move` (an administrator moved the token)."""
    from_item_id: Mapped[UUID | None] = mapped_column(ForeignKey("work_item.id"))
    to_item_id: Mapped[UUID | None] = mapped_column(ForeignKey("work_item.id"))
    sent_at: Mapped[datetime]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    position_id: Mapped[UUID] = mapped_column(ForeignKey("position.id"))
    for_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Whom the acting person stood in for (乙 代 甲)."""
    reason: Mapped[str] = mapped_column(EncryptedText("send_back.reason"))
    marks: Mapped[list[dict[str, str]]] = mapped_column(JSONDoc, default=list)
    """Fields to be mended: `path`, `label`, `what`, `how`; empty when all of the form may change."""
    answered_at: Mapped[datetime | None]
    """When the step that it went back to was completed again."""

    case: Mapped[Case] = relationship()
    from_item: Mapped[WorkItem | None] = relationship(foreign_keys=[from_item_id])
    to_item: Mapped[WorkItem | None] = relationship(foreign_keys=[to_item_id])
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    position: Mapped[Position] = relationship()


class Urge(Row, InJurisdiction, Base):
    """催办: somebody asks those who have a step to get on with it."""

    __tablename__ = "urge"
    __table_args__ = (Index("ix_urge_work_item", "work_item_id", "urged_at"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    work_item_id: Mapped[UUID] = mapped_column(ForeignKey("work_item.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    position_id: Mapped[UUID] = mapped_column(ForeignKey("position.id"))
    urged_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(EncryptedText("urge.words"))

    person: Mapped[Person] = relationship()
    position: Mapped[Position] = relationship()


class Supervision(Row, InJurisdiction, Base):
    """督办: a leader keeps an eye on a case until it is lifted or the case ends."""

    __tablename__ = "supervision"
    __table_args__ = (Index("ix_supervision_case", "case_id", "lifted_at"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    position_id: Mapped[UUID] = mapped_column(ForeignKey("position.id"))
    began_at: Mapped[datetime]
    requirement: Mapped[str] = mapped_column(EncryptedText("supervision.requirement"))
    due_on: Mapped[date | None]
    """A Beijing date."""
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    case: Mapped[Case] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    position: Mapped[Position] = relationship()


class Circulation(Row, InJurisdiction, Base):
    """抄送 or 传阅: a person is shown a case; a circulated one confirms that they read it."""

    __tablename__ = "circulation"
    __table_args__ = (
        Index("ix_circulation_reader", "person_id", "read_at"),
        Index("ix_circulation_case", "case_id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str]
    """`copy` (抄送) or `circulate` (传阅)."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    """Who is to read it."""
    position_id: Mapped[UUID] = mapped_column(ForeignKey("position.id"))
    """In which position."""
    sent_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    sender_position_id: Mapped[UUID] = mapped_column(ForeignKey("position.id"))
    sent_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(EncryptedText("circulation.note"), default="")
    read_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(EncryptedText("circulation.answer"), default="")
    """What the reader wrote back, if anything."""

    case: Mapped[Case] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    position: Mapped[Position] = relationship(foreign_keys=[position_id])
    sent_by: Mapped[Person] = relationship(foreign_keys=[sent_by_id])
    sender_position: Mapped[Position] = relationship(foreign_keys=[sender_position_id])


class Substitution(Row, InJurisdiction, Base):
    """代理: while one person is away, another acts for them; every act reads `乙 代 甲`."""

    __tablename__ = "substitution"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="period"),
        CheckConstraint("person_id <> substitute_id", name="two_people"),
        Index("ix_substitution_substitute", "substitute_id", "revoked_at"),
        Index("ix_substitution_person", "person_id", "revoked_at"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    """Who is away."""
    substitute_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    """Who acts for them."""
    position_id: Mapped[UUID | None] = mapped_column(ForeignKey("position.id"))
    """In which of their positions; `None` for all."""
    process_key: Mapped[str | None]
    """In which procedure; `None` for all."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """Beijing dates, both included."""
    reason: Mapped[str] = mapped_column(EncryptedText("substitution.reason"), default="")
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    substitute: Mapped[Person] = relationship(foreign_keys=[substitute_id])
    position: Mapped[Position | None] = relationship()
