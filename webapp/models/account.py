"""Who may do what: jurisdictions, agencies, positions, people, and how they sign in."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.clock import beijing_date
from webapp.models.base import Base, InJurisdiction, Row
from webapp.models.types import EncryptedText, JSONDoc

PHONE_CONTEXT = "person.phone"
"""Where telephone numbers of people lie, and what their blind index is made for."""


class Jurisdiction(Row, Base):
    """辖区: the tenant. Its history is one chain, its policy one pack."""

    __tablename__ = "jurisdiction"

    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Agency(Row, InJurisdiction, Base):
    """单位. Not every one is an organ of the state: `kind` is 机关, 党委, 群团, 事业 or 属地."""

    __tablename__ = "agency"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "key"),)

    key: Mapped[str]
    name: Mapped[str]
    short: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))
    document_code: Mapped[str | None]
    """发文机关代字, such as `通人社`."""
    seal_diameter_mm: Mapped[int | None]
    phone: Mapped[str | None]
    """联系电话 of the office, as its documents give it; no person's own number."""
    contact_office: Mapped[str | None]
    """联系科室: who in it answers."""
    address: Mapped[str | None]
    postcode: Mapped[str | None]

    jurisdiction: Mapped[Jurisdiction] = relationship()
    parent: Mapped[Agency | None] = relationship(remote_side="Agency.id")


class Position(Row, InJurisdiction, Base):
    """岗位: carries the rights. A person acts in one position at a time."""

    __tablename__ = "position"
    __table_args__ = (UniqueConstraint("agency_id", "key"),)

    key: Mapped[str]
    title: Mapped[str]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    rights: Mapped[list[str]] = mapped_column(JSONDoc, default=list)

    agency: Mapped[Agency] = relationship()

    @property
    def full_title(self) -> str:
        """`马驹桥镇 经办`."""
        return f"{self.agency.short} {self.title}"


class Person(Row, Base):
    """A natural person who signs in. Names and telephone numbers lie encrypted."""

    __tablename__ = "person"

    username: Mapped[str] = mapped_column(unique=True)
    """Lower case; it is what people type to sign in."""
    name: Mapped[str] = mapped_column(EncryptedText("person.name"))
    phone: Mapped[str | None] = mapped_column(EncryptedText(PHONE_CONTEXT))
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    """Blind index of `phone` under the context `person.phone`."""
    email: Mapped[str | None] = mapped_column(EncryptedText("person.email"))
    """Where mail goes to, if the person wants any."""
    password_hash: Mapped[str]
    password_changed_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)

    appointments: Mapped[list[Appointment]] = relationship(back_populates="person")


class Appointment(Row, InJurisdiction, Base):
    """任职: a person holds a position from one day to another, both included, Beijing dates.

    One that is ended (免职) is over from that instant; its last day stays for display.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="period"),
        Index("ix_appointment_person", "person_id"),
        Index("ix_appointment_position", "position_id"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    position_id: Mapped[UUID] = mapped_column(ForeignKey("position.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    """When an administrator ended it; `None` while it runs, or if it ran out by its date."""

    person: Mapped[Person] = relationship(back_populates="appointments")
    position: Mapped[Position] = relationship()

    def holds_on(self, day: date) -> bool:
        """Tell whether the appointment is in force on a Beijing date; on the day it was ended it is not."""
        if self.ended_at is not None and beijing_date(self.ended_at) <= day:
            return False
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def is_over(self, today: date) -> bool:
        """Tell whether it was ended, or ran out before today (a Beijing date)."""
        return self.ended_at is not None or (self.ends_on is not None and self.ends_on < today)


class LoginSession(Row, Base):
    """One signed-in browser. The cookie holds a random token, the row only its hash."""

    __tablename__ = "login_session"
    __table_args__ = (Index("ix_login_session_person", "person_id", "revoked_at"),)

    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    appointment_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointment.id"))
    """The position in which the person acts at present; `None` if the person holds none."""
    substitution_id: Mapped[UUID | None] = mapped_column(ForeignKey("substitution.id"))
    """The substitution under which the person acts for another at present."""
    for_appointment_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointment.id"))
    """The other's position in which they then act; `appointment` stays what they fall back to."""
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    """However busy the session is, it ends here."""
    revoked_at: Mapped[datetime | None]
    user_agent: Mapped[str]
    ip: Mapped[str | None] = mapped_column(EncryptedText("login_session.ip"))

    person: Mapped[Person] = relationship()
    appointment: Mapped[Appointment | None] = relationship(foreign_keys=[appointment_id])
    for_appointment: Mapped[Appointment | None] = relationship(foreign_keys=[for_appointment_id])


class SignInLock(Base):
    """Failed sign-ins under one account name or from one address.

    Kept by digest and for names that do not exist as well, so that a lock tells
    nobody which names exist.
    """

    __tablename__ = "sign_in_lock"

    subject: Mapped[str] = mapped_column(primary_key=True)
    """Keyed digest of the account name or of the network address."""
    failures: Mapped[int] = mapped_column(default=0)
    counted_from: Mapped[datetime]
    locked_until: Mapped[datetime | None]


class ApiToken(Row, InJurisdiction, Base):
    """A key for machines that act for one person in one position. Shown once, kept as a hash."""

    __tablename__ = "api_token"
    __table_args__ = (Index("ix_api_token_person", "person_id"),)

    name: Mapped[str]
    prefix: Mapped[str]
    """First characters, so that the owner can tell tokens apart."""
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    appointment: Mapped[Appointment] = relationship()
