"""流程运维: incidents, tokens, messages, timers, handing over in bulk, migrations of running cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.api import operation_models as models
from webapp.api.blueprint import api
from webapp.api.describing import OPERATIONS, Operation, described
from webapp.api.reading import read_body
from webapp.api.rendering import answered
from webapp.queries import case_migrations as migration_queries
from webapp.queries import flow_versions
from webapp.queries import operations as queries
from webapp.services import case_migrations, reassignments
from webapp.services import operations as services
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask import Response
    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

RIGHT = "operation.manage"
_PROBLEMS = (400, 404, 409, 413, 415, 422)


@api.get("/operations/incidents")
@right(RIGHT)
@described(Operation(OPERATIONS, "运行事件：未成功的自动办理", models.Incidents))
def list_incidents() -> Response:
    """What failed and waits for somebody to act."""
    with read_only() as session:
        return answered(
            models.Incidents.model_validate({"items": queries.incidents(session, current_actor())})
        )


@api.post("/operations/incidents/<incident_id>/retry")
@right(RIGHT)
@described(Operation(OPERATIONS, "重新执行未成功的自动办理", models.Retried, problems=(404, 409, 422)))
def retry_incident(incident_id: str) -> Response:
    """Try a failed step again."""
    actor, key = current_actor(), key_of(incident_id)
    with unit_of_work() as session:
        return answered(models.Retried(done=services.retry(session, actor, key)))


@api.post("/operations/incidents/<incident_id>/skip")
@right(RIGHT)
@described(
    Operation(OPERATIONS, "跳过未成功的自动办理", models.Retried, body=models.Skipping, problems=_PROBLEMS)
)
def skip_incident(incident_id: str) -> Response:
    """Pass a failed step with a reason."""
    actor, asked, key = current_actor(), read_body(models.Skipping), key_of(incident_id)
    with unit_of_work() as session:
        services.skip(session, actor, key, asked.reason)
        return answered(models.Retried(done=True))


@api.get("/operations/timers")
@right(RIGHT)
@described(Operation(OPERATIONS, "流程中已启动的定时", models.Waiting))
def list_timers() -> Response:
    """Timers of flows that are armed."""
    return _waiting(queries.armed_timers)


@api.get("/operations/messages")
@right(RIGHT)
@described(Operation(OPERATIONS, "办件正在等待的消息", models.Waiting))
def list_messages() -> Response:
    """Messages that cases wait for."""
    return _waiting(queries.awaited_messages)


@api.post("/operations/messages")
@right(RIGHT)
@described(
    Operation(
        OPERATIONS, "向办件发送消息", models.Sent, status=201, body=models.NewMessage, problems=_PROBLEMS
    )
)
def send_message() -> Response:
    """Send a message to one case or to all that wait for it."""
    actor, asked = current_actor(), read_body(models.NewMessage)
    with unit_of_work() as session:
        reached = services.send_message(
            session, actor, asked.name, case_no=asked.case_no, reason=asked.reason
        )
        return answered(models.Sent(cases=reached), 201)


@api.get("/operations/cases/<no>/tokens")
@right(RIGHT)
@described(Operation(OPERATIONS, "办件所在的位置", models.Tokens, problems=(404,)))
def list_tokens(no: str) -> Response:
    """Where a case stands."""
    with read_only() as session:
        return answered(models.Tokens.model_validate(queries.tokens_view(session, current_actor(), no)))


@api.post("/operations/cases/<no>/preview")
@right(RIGHT)
@described(
    Operation(OPERATIONS, "预览移动或跳过", models.Preview, body=models.TokenTarget, problems=_PROBLEMS)
)
def preview_move(no: str) -> Response:
    """Show before and after of a move, tried on a copy."""
    actor, asked = current_actor(), read_body(models.TokenTarget)
    with read_only() as session:
        shown = queries.preview(session, actor, no, asked.token, asked.target)
        return answered(models.Preview.model_validate(shown))


@api.post("/operations/cases/<no>/move")
@right(RIGHT)
@described(
    Operation(OPERATIONS, "按预览移动或跳过", models.Tokens, body=models.TokenMove, problems=_PROBLEMS)
)
def move_token(no: str) -> Response:
    """Do what was previewed, with a reason."""
    actor, asked = current_actor(), read_body(models.TokenMove)
    why, seen = asked.reason, asked.revision
    with unit_of_work() as session:
        key = queries.case_of(session, actor, no).id
        if asked.target:
            services.move_token(session, actor, key, asked.token, asked.target, reason=why, revision=seen)
        else:
            services.pass_token(session, actor, key, asked.token, reason=why, revision=seen)
        return answered(models.Tokens.model_validate(queries.tokens_view(session, actor, no)))


@api.post("/operations/reassign")
@right(RIGHT)
@described(
    Operation(OPERATIONS, "批量移交待办", models.Reassigned, body=models.Reassignment, problems=_PROBLEMS)
)
def reassign_tasks() -> Response:
    """Hand the open steps of a position or person over in bulk."""
    actor, asked = current_actor(), read_body(models.Reassignment)
    with unit_of_work() as session:
        done = reassignments.reassign(
            session,
            actor,
            from_position_id=asked.from_position,
            to_position_id=asked.to_position,
            from_person_id=asked.from_person,
            to_person_id=asked.to_person,
            reason=asked.reason,
        )
        return answered(models.Reassigned(moved=done.moved, left=done.left, beyond=done.beyond))


@api.get("/operations/versions")
@right(RIGHT)
@described(Operation(OPERATIONS, "流程版本和各版本在办件数", models.Versions))
def list_versions() -> Response:
    """The versions of every process."""
    with read_only() as session:
        return answered(
            models.Versions.model_validate({"items": flow_versions.versions(session, current_actor())})
        )


@api.get("/operations/migrations")
@right(RIGHT)
@described(Operation(OPERATIONS, "在办件迁移", models.Migrations))
def list_migrations() -> Response:
    """Migrations of running cases."""
    with read_only() as session:
        rows = migration_queries.migrations(session, current_actor())
        return answered(models.Migrations.model_validate({"items": rows}))


@api.get("/operations/migrations/<migration_id>")
@right(RIGHT)
@described(Operation(OPERATIONS, "一次迁移：逐件检查、进度和结果", models.Migration, problems=(404,)))
def show_migration(migration_id: str) -> Response:
    """One migration."""
    with read_only() as session:
        return _migration(session, current_actor(), migration_id)


@api.post("/operations/migrations")
@right(RIGHT)
@described(
    Operation(
        OPERATIONS,
        "检查在办件能否迁移到另一版本",
        models.Migration,
        status=201,
        body=models.MigrationPlan,
        problems=_PROBLEMS,
    )
)
def plan_migration() -> Response:
    """Check all running cases of a version against another one; nothing is moved yet."""
    actor, asked = current_actor(), read_body(models.MigrationPlan)
    with unit_of_work() as session:
        made = case_migrations.plan(
            session,
            actor,
            from_version_id=asked.from_version,
            to_version_id=asked.to_version,
            mapping=asked.mapping,
        )
        return _migration(session, actor, str(made.id), 201)


@api.post("/operations/migrations/<migration_id>/start")
@right(RIGHT)
@described(Operation(OPERATIONS, "后台迁移检查通过的办件", models.Migration, problems=(404, 409)))
def start_migration(migration_id: str) -> Response:
    """Have the safe cases moved in the background."""
    return _change(migration_id, case_migrations.start)


@api.post("/operations/migrations/<migration_id>/undo")
@right(RIGHT)
@described(Operation(OPERATIONS, "撤销迁移", models.Migration, problems=(404, 409)))
def undo_migration(migration_id: str) -> Response:
    """Have the cases brought back that have not moved on."""
    return _change(migration_id, case_migrations.undo)


def _waiting(look: Callable[[Session, Actor], list[queries.WaitingRow]]) -> Response:
    with read_only() as session:
        return answered(models.Waiting.model_validate({"items": look(session, current_actor())}))


def _change(migration_id: str, act: Callable[[Session, Actor, UUID], None]) -> Response:
    actor = current_actor()
    with unit_of_work() as session:
        act(session, actor, key_of(migration_id))
        return _migration(session, actor, migration_id)


def _migration(session: Session, actor: Actor, migration_id: str, status: int = 200) -> Response:
    view = migration_queries.migration(session, actor, key_of(migration_id))
    return answered(models.Migration.model_validate(view), status)
