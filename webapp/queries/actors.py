"""Who acts: one person in one position at a time, with the rights of that position, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.core.errors import Forbidden, Missing
from webapp.models.account import Appointment

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session


PUBLIC = "公众"
"""Title of whoever acts on a public page."""


@dataclass(frozen=True)
class Actor:
    """Who acts, in which position.

    Attributes:
        person_id: `None` when the system acts by itself (a timer, a presumed answer).
        title: Agency and position in words, such as `马驹桥镇 经办`.
        rights: What the position may do, such as `task.act` or `case.read_all`.
        for_person_id: Whom the person stands in for (乙 代 甲); then the position is that person's.
        for_person_name: Their name.
        process_key: The only procedure in which the person stands in, if the substitution names one.
    """

    jurisdiction_id: UUID
    person_id: UUID | None = None
    person_name: str | None = None
    title: str | None = None
    appointment_id: UUID | None = None
    position_id: UUID | None = None
    agency_id: UUID | None = None
    rights: frozenset[str] = frozenset()
    for_person_id: UUID | None = None
    for_person_name: str | None = None
    process_key: str | None = None

    @classmethod
    def system(cls, jurisdiction_id: UUID) -> Actor:
        """Return the system itself, acting in one jurisdiction."""
        return cls(jurisdiction_id=jurisdiction_id, title="系统")

    @classmethod
    def public(cls, jurisdiction_id: UUID) -> Actor:
        """Return somebody without an account, who acts on a public page of one jurisdiction."""
        return cls(jurisdiction_id=jurisdiction_id, title=PUBLIC)

    @property
    def person(self) -> UUID:
        """Id of the acting person.

        Raises:
            Forbidden: If the system acts, where only a person may.
        """
        if self.person_id is None:
            raise Forbidden("这一步须由本人办理。")
        return self.person_id

    @property
    def position(self) -> UUID:
        """Id of the position acted in.

        Raises:
            Forbidden: If there is none.
        """
        if self.position_id is None:
            raise Forbidden("您目前没有任职，不能办理。请联系系统管理员。")
        return self.position_id

    def may(self, right: str) -> bool:
        """Tell whether the position carries a right."""
        return right in self.rights


def actor_of(session: Session, appointment_id: UUID) -> Actor:
    """Return the actor of an appointment.

    Raises:
        Missing: If there is no such appointment.
    """
    appointment = session.get(Appointment, appointment_id)
    if appointment is None:
        raise Missing("没有找到该任职。")
    position, person = appointment.position, appointment.person
    return Actor(
        jurisdiction_id=appointment.jurisdiction_id,
        person_id=person.id,
        person_name=person.name,
        title=position.full_title,
        appointment_id=appointment.id,
        position_id=position.id,
        agency_id=position.agency_id,
        rights=frozenset(position.rights),
    )
