"""Several things done one after the other, each in a unit of work of its own: one refusal stops no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from webapp.core.errors import DomainError, Invalid, Stale
from webapp.uow import unit_of_work
from webapp.views.errors import is_collision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of them; `message` says why it was refused."""

    id: UUID
    done: bool
    message: str = ""
    code: str = ""


def one_by_one(keys: Iterable[UUID], act: Callable[[Session, UUID], object]) -> list[Outcome]:
    """Do something with each of some keys and tell what became of each, in their order."""
    return [_outcome(key, act) for key in dict.fromkeys(keys)]


def _outcome(key: UUID, act: Callable[[Session, UUID], object]) -> Outcome:
    try:
        with unit_of_work() as session:
            act(session, key)
    except DomainError as refused:
        return Outcome(key, done=False, message=_words(refused), code=refused.code)
    except (DBAPIError, StaleDataError) as error:
        if not is_collision(error):
            raise
        return Outcome(key, done=False, message=Stale().message, code=Stale.code)
    return Outcome(key, done=True)


def _words(refused: DomainError) -> str:
    if not isinstance(refused, Invalid):
        return refused.message
    return "".join(dict.fromkeys(text for texts in refused.errors.values() for text in texts))
