"""Rotation of data keys: what lies under an old key is encrypted anew, a batch at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import LargeBinary, Table, and_, bindparam, select, tuple_, type_coerce, update

from webapp.core.crypto import key_id_of, key_ring
from webapp.models.base import Base
from webapp.models.types import EncryptedJSON, EncryptedText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class SealedColumn:
    """A column with encrypted values."""

    table: Table
    name: str
    context: str


def sealed_columns() -> list[SealedColumn]:
    """Return every encrypted column of every table."""
    return [
        SealedColumn(table, column.name, column.type.context)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, EncryptedText | EncryptedJSON)
    ]


def reseal(
    session: Session, column: SealedColumn, after: Sequence[Any] | None = None, batch: int = 500
) -> tuple[int, Sequence[Any] | None]:
    """Encrypt one batch of a column anew under the active key, in order of the primary key.

    Returns:
        How many values changed, and where to go on; `None` when the column is done.
    """
    keys = list(column.table.primary_key.columns)
    value = column.table.c[column.name]
    query = select(*keys, type_coerce(value, LargeBinary)).where(value.is_not(None)).order_by(*keys)
    if after is not None:
        query = query.where(tuple_(*keys) > tuple_(*after))
    rows = session.execute(query.limit(batch)).all()
    old = [row for row in rows if key_id_of(row[-1]) != key_ring().active]
    if old:
        same = and_(*(key == bindparam(f"pk_{key.name}", type_=key.type) for key in keys))
        change = update(column.table).where(same).values({value: bindparam("sealed", type_=LargeBinary())})
        session.connection().execute(
            change,
            [
                {f"pk_{key.name}": row[i] for i, key in enumerate(keys)}
                | {"sealed": _again(row[-1], column.context)}
                for row in old
            ],
        )
    return len(old), (rows[-1][:-1] if len(rows) == batch else None)


def _again(sealed: bytes, context: str) -> bytes:
    return key_ring().seal(key_ring().open(sealed, context), context)
