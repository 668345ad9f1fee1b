"""What every table shares: one metadata, one naming of constraints, keys, tenancy."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID  # noqa: TC003 - read at run time by the mapper

from sqlalchemy import ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from webapp.core import clock
from webapp.core.identifiers import uuid7
from webapp.models.types import UTCDateTime


class Base(DeclarativeBase):
    """The declarative base. Constraint names are fixed, so that both databases migrate alike."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: UTCDateTime},
    )


class Row:
    """A row with a time-ordered key (UUID version 7) and the instant it was made."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-20)
    created_at: Mapped[datetime] = mapped_column(default=clock.now, sort_order=90)


class InJurisdiction:
    """A row that belongs to one jurisdiction; every query on it names that jurisdiction."""

    jurisdiction_id: Mapped[UUID] = mapped_column(ForeignKey("jurisdiction.id"), index=True, sort_order=-10)
