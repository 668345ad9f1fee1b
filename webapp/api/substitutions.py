"""代理: one's own, and everybody's for those who manage them. A token itself acts for its owner only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.api.blueprint import api
from webapp.api.collaboration_models import NewSubstitution, SubstitutionRow, Substitutions
from webapp.api.describing import COLLABORATION, Operation, described
from webapp.api.reading import read_body
from webapp.api.rendering import answered
from webapp.core.errors import Missing
from webapp.queries import substitutions as queries
from webapp.services import substitutions as services
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Response
    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor


@api.get("/substitutions")
@signed_in
@described(
    Operation(COLLABORATION, "本人的代理；有 substitution.manage 权限的为全部（最近 20 项）", Substitutions)
)
def list_substitutions() -> Response:
    """Who acts for whom."""
    with read_only() as session:
        return answered(Substitutions(items=_rows(session, current_actor())))


@api.get("/substitutions/<substitution_id>")
@signed_in
@described(Operation(COLLABORATION, "一项代理", SubstitutionRow, problems=(404,)))
def show_substitution(substitution_id: str) -> Response:
    """One of them."""
    with read_only() as session:
        return answered(_row(session, current_actor(), key_of(substitution_id)))


@api.post("/substitutions")
@signed_in
@described(
    Operation(
        COLLABORATION,
        "设置代理",
        SubstitutionRow,
        status=201,
        body=NewSubstitution,
        problems=(400, 403, 404, 413, 415, 422),
    )
)
def create_substitution() -> Response:
    """Let somebody act for oneself, or for another if one manages that."""
    actor, asked = current_actor(), read_body(NewSubstitution)
    with unit_of_work() as session:
        made = services.appoint(
            session,
            actor,
            person_id=asked.person or actor.person,
            substitute_id=asked.substitute,
            position_id=asked.position,
            process_key=asked.process,
            starts_on=asked.starts_on,
            ends_on=asked.ends_on,
            reason=asked.reason,
        )
        return answered(_row(session, actor, made.id), 201)


@api.delete("/substitutions/<substitution_id>")
@signed_in
@described(Operation(COLLABORATION, "撤销代理，立即生效", SubstitutionRow, problems=(404,)))
def revoke_substitution(substitution_id: str) -> Response:
    """End one at once."""
    actor = current_actor()
    with unit_of_work() as session:
        ended = services.revoke(session, actor, key_of(substitution_id))
        return answered(_row(session, actor, ended.id))


def _rows(session: Session, actor: Actor) -> list[SubstitutionRow]:
    manages = actor.may(services.MANAGE)
    rows = (
        queries.all_substitutions(session, actor, 1).rows
        if manages
        else queries.substitutions_of(session, actor)
    )
    return [SubstitutionRow.model_validate(row) for row in rows]


def _row(session: Session, actor: Actor, key: UUID) -> SubstitutionRow:
    found = queries.substitution(session, actor, key)
    if found is None:
        raise Missing("没有找到这项代理，或您不能查看。")
    return SubstitutionRow.model_validate(found)
