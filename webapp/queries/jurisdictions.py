"""The jurisdiction whose public pages this installation shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.core.errors import Missing
from webapp.models.account import Jurisdiction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def home_jurisdiction(session: Session) -> Jurisdiction:
    """Return the jurisdiction of the public pages: the first one set up.

    Raises:
        Missing: If none is set up.
    """
    found = session.scalar(select(Jurisdiction).order_by(Jurisdiction.id).limit(1))
    if found is None:
        raise Missing("系统尚未设置辖区。")
    return found
