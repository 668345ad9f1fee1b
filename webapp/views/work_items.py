"""One step of a case: its form, its draft, its completion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import joinedload, undefer
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict

from webapp.core.errors import Invalid, Locked, Missing, Stale
from webapp.models.work_item import WorkItem
from webapp.queries import case_page
from webapp.queries.case_access import visible_case
from webapp.queries.inbox import next_item
from webapp.queries.readers import Readers
from webapp.queries.task_panels import task_panel
from webapp.queries.work_forms import form_context
from webapp.services import documents
from webapp.services import work_items as services
from webapp.uow import read_only, unit_of_work
from webapp.views import uploads
from webapp.views.cases import page_context
from webapp.views.errors import is_collision
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right, wants_json
from webapp.views.typed import NOT_FIELDS, typed_texts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response as BaseResponse

    from webapp.models.work_item import Draft
    from webapp.queries.actors import Actor
    from webapp.views.uploads import Entered

work_items = Blueprint("work_items", __name__, url_prefix="/cases/<no>/tasks/<item_id>")


@work_items.get("")
@right("task.act")
def show(no: str, item_id: str) -> str | BaseResponse:
    """The page of a case with one of its steps open."""
    actor = current_actor()
    with read_only() as session:
        item = _item(session, actor, no, item_id)
        if item.status != "open" or item.position_id != actor.position_id:
            return redirect(url_for("cases.show", no=no))
        return _page(session, actor, item)


@work_items.post("")
@right("task.act")
def complete(no: str, item_id: str) -> tuple[str, int] | BaseResponse:
    """Sign or complete a step with what was filled in."""
    actor = current_actor()
    entered = uploads.with_files(actor, _entered())
    revision = request.form.get("revision", type=int, default=-1)
    try:
        with unit_of_work() as session:
            found = _item(session, actor, no, item_id)
            item = services.open_item(session, actor, found.id, revision=revision)
            values = form_context(session, item, actor).values_of(entered.fields)
            entered.check()
            item = services.complete(
                session,
                actor,
                item.id,
                revision=revision,
                values=values,
                declares_no_conflict="declaration" in request.form,
            )
            done, name = item.status == "done", item.name
            onward = next_item(session, actor, item.case) if done else None
    except Invalid as refused:
        return _again(actor, no, item_id, entered, errors=refused.errors), 422
    except (Stale, Locked) as conflict:
        return _conflict(actor, no, item_id, entered, conflict)
    except (DBAPIError, StaleDataError) as error:
        if not is_collision(error):
            raise
        return _conflict(actor, no, item_id, entered, Stale())
    flash(f"“{name}”已提交。" if done else f"您已签署“{name}”，还需另一名人员签署。", "ok")
    return redirect(onward or url_for("cases.show", no=no))


@work_items.post("/draft")
@right("task.act")
def save_draft(no: str, item_id: str) -> Response | BaseResponse | tuple[str, int]:
    """Keep what was typed so far."""
    actor = current_actor()
    entered = uploads.with_files(actor, _entered())
    try:
        with unit_of_work() as session:
            draft = _keep(session, actor, _item(session, actor, no, item_id), entered)
    except Stale as stale:
        if wants_json():
            raise
        return _conflict(actor, no, item_id, entered, stale)
    if wants_json():
        return jsonify(saved_at=draft.saved_at.isoformat(), revision=draft.revision)
    flash("已暂存，您可以稍后继续填写。", "ok")
    if entered.refused:
        return _again(actor, no, item_id, entered, errors=entered.refused), 422
    return redirect(url_for("work_items.show", no=no, item_id=item_id))


@work_items.post("/form")
@right("task.act")
def refresh(no: str, item_id: str) -> str:
    """Set the form anew after something that other fields depend on, or with a row more or less."""
    actor = current_actor()
    entered = uploads.with_files(actor, _entered())
    more = _shown_again(entered)
    with read_only() as session:
        item = _own_item(session, actor, no, item_id)
        if wants_json():
            panel = _panel(session, actor, item, **more)
            head = case_page.case_page(session, actor, item.case).case
            return render_template("cases/task_form.html", case=head, task=panel)
        return _page(session, actor, item, **more)


@work_items.post("/claim")
@right("task.act")
def claim(no: str, item_id: str) -> BaseResponse:
    """认领."""
    actor = current_actor()
    with unit_of_work() as session:
        services.claim(session, actor, _item(session, actor, no, item_id).id)
    return redirect(url_for("work_items.show", no=no, item_id=item_id))


@work_items.post("/release")
@right("task.act")
def release(no: str, item_id: str) -> BaseResponse:
    """释放. What was typed and not yet kept becomes the draft."""
    actor = current_actor()
    entered = uploads.with_files(actor, _entered())
    with unit_of_work() as session:
        item = _item(session, actor, no, item_id)
        if entered.fields:
            _keep(session, actor, item, entered)
        services.release(session, actor, item.id)
    flash("已退回待认领，您填写的内容仍保留在草稿中。", "ok")
    return redirect(url_for("work.inbox"))


@work_items.get("/preview.pdf")
@right("task.act")
def preview(no: str, item_id: str) -> Response:
    """The document that the form would become, from the draft."""
    actor = current_actor()
    with read_only() as session:
        item = _own_item(session, actor, no, item_id)
        template = item.properties.get("preview")
        if template is None:
            raise Missing("这一步没有可以预览的公文。")
        values = task_panel(session, actor, item, None).form.data
        pdf = documents.preview(session, item.case, template=template, forms={item.form_key: values})
        return Response(pdf, mimetype="application/pdf")


def _item(session: Session, actor: Actor, no: str, item_id: str) -> WorkItem:
    case = visible_case(session, actor, no)
    shown = (joinedload(WorkItem.case), joinedload(WorkItem.position), undefer(WorkItem.awaiting))
    item = session.get(WorkItem, key_of(item_id), options=shown)
    if item is None or item.case_id != case.id:
        raise Missing("没有找到这项待办，或您当前的岗位不能查看。")
    return item


def _own_item(session: Session, actor: Actor, no: str, item_id: str) -> WorkItem:
    """Return an open step of one's own position: its form shows what is entered in full."""
    item = _item(session, actor, no, item_id)
    if item.status != "open" or item.position_id != actor.position_id:
        raise Missing("没有找到这项待办，它可能已经办结，或由其他岗位办理。")
    return item


def _keep(session: Session, actor: Actor, item: WorkItem, entered: Entered) -> Draft:
    typed = form_context(session, item, actor).bound(entered.fields).draft
    return services.save_draft(session, actor, item.id, typed)


def _entered() -> MultiDict[str, str]:
    return MultiDict([(k, v) for k, v in request.form.items(multi=True) if k not in NOT_FIELDS])


def _panel(session: Session, actor: Actor, item: WorkItem, **more: Any) -> Any:
    return task_panel(session, actor, item, case_page.item_clock(session, item), **more)


def _page(
    session: Session, actor: Actor, item: WorkItem, changed: list[str] | None = None, **more: Any
) -> str:
    readers = Readers(session, actor, item.case)
    panel = _panel(session, actor, item, readers=readers, **more)
    context = page_context(session, actor, item.case, readers=readers, task=panel, changed=changed or [])
    return render_template("cases/show.html", **context)


def _shown_again(entered: Entered) -> dict[str, Any]:
    """Return what of the page that was sent stands on the page that answers."""
    declared = "declaration" in request.form
    return {"entered": entered.fields, "refused": entered.refused, "declared": declared}


def _again(actor: Actor, no: str, item_id: str, entered: Entered, errors: dict[str, list[str]]) -> str:
    """Show the form again as it was filled in, each message at its field."""
    with read_only() as session:
        item = _own_item(session, actor, no, item_id)
        return _page(session, actor, item, errors=errors, **_shown_again(entered))


def _conflict(
    actor: Actor, no: str, item_id: str, entered: Entered, conflict: Stale | Locked
) -> tuple[str, int]:
    """Tell what changed meanwhile; what was typed stays on the page where it can still be used."""
    changed = (conflict.changes if isinstance(conflict, Stale) else []) or [conflict.message]
    with read_only() as session:
        item = _item(session, actor, no, item_id)
        if item.status == "open" and item.position_id == actor.position_id and isinstance(conflict, Stale):
            return _page(session, actor, item, changed=changed, **_shown_again(entered)), 409
        return render_template(
            "errors/409.html",
            message=conflict.message,
            changes=changed,
            reload_url=url_for("cases.show", no=no),
            typed=typed_texts(),
        ), 409
