"""What a position may start: the procedures, and what has to be at hand for them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.core import clock
from webapp.models.account import Position
from webapp.models.case import Case
from webapp.queries.bases import BasisView, basis_views
from webapp.queries.releases import (
    current_processes,
    definition_of,
    form_of,
    pack_of_release,
    why_none_starts,
)
from webapp.queries.starters import is_about_listed_market, may_start

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from webapp.packs import Pack
    from webapp.queries.actors import Actor

USUAL_WITHIN = timedelta(days=180)
_LAST_STARTED = 200
_FILE = "filepicker"


@dataclass(frozen=True, slots=True)
class Material:
    """A file that the first form asks for; `only_if` when not everybody has to hand it in."""

    label: str
    only_if: bool


@dataclass(frozen=True, slots=True)
class Startable:
    """A process that the actor may start; `about_market` if a market of the directory is chosen first."""

    process_key: str
    title: str
    description: str
    basis: list[BasisView]
    materials: list[Material]
    about_market: bool
    none_starts: str
    """Why nobody may start it today; empty if the actor may."""


def startable(session: Session, actor: Actor) -> list[Startable]:
    """Return the processes that the actor's position may start, in the order of the pack."""
    if not actor.may("case.start"):
        return []
    position = session.get_one(Position, actor.position, options=[joinedload(Position.agency)])
    found = []
    versions = current_processes(session, actor.jurisdiction_id)
    order = {
        key: n for one in versions for n, key in enumerate(pack_of_release(session, one.release_id).processes)
    }
    for version in sorted(versions, key=lambda one: order[one.process_key]):
        definition = definition_of(session, version)
        if may_start(definition, position):
            pack = pack_of_release(session, version.release_id)
            first = next((s for s in definition.steps if s.kind == "userTask"), None)
            found.append(
                Startable(
                    version.process_key,
                    version.title,
                    first.documentation if first else "",
                    basis_views(pack, definition.properties.get("basis")),
                    _materials(pack, first.properties.get("form", "") if first else ""),
                    is_about_listed_market(definition),
                    why_none_starts(session, version),
                )
            )
    return found


def usual_first(session: Session, actor: Actor, offered: Sequence[Startable]) -> list[Startable]:
    """Return what may be started with what the actor started most in the last half year before the rest."""
    lately = (
        select(Case.process_key)
        .where(
            Case.jurisdiction_id == actor.jurisdiction_id,
            Case.started_by_id == actor.person_id,
            Case.started_at > clock.now() - USUAL_WITHIN,
        )
        .order_by(Case.started_at.desc(), Case.id)
        .limit(_LAST_STARTED)
    )
    times = Counter(session.scalars(lately))
    return sorted(offered, key=lambda one: -times[one.process_key])


def _materials(pack: Pack, form: str) -> list[Material]:
    if not form:
        return []
    fields = form_of(pack, form).fields
    return [
        Material(one.label, not one.required or one.hide is not None) for one in fields if one.type == _FILE
    ]
