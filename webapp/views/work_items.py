"""One step of a case: its form, its draft, its completion."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, TypeVar

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, send_file, url_for
from markupsafe import Markup
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import joinedload, undefer
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict

from forms import PAGE_NAMES
from webapp.core.errors import Invalid, Locked, Missing, Stale
from webapp.models.work_item import WorkItem
from webapp.queries import case_page
from webapp.queries.case_access import visible_case
from webapp.queries.inbox import next_case, next_item
from webapp.queries.own_items import fills_in, waiting_seat
from webapp.queries.readers import Readers
from webapp.queries.task_panels import task_panel
from webapp.queries.verbs import waiting_for
from webapp.queries.work_forms import form_context
from webapp.services import document_drafts, looks, seats, sign_in
from webapp.services import work_items as services
from webapp.uow import read_only, unit_of_work
from webapp.views import other_position, uploads
from webapp.views.cases import page_context
from webapp.views.documents import WORD, ZIP
from webapp.views.errors import is_collision
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right, signed_in, wants_json, who
from webapp.views.typed import RESUME_AS, typed_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response as BaseResponse

    from webapp.models.work_item import Draft
    from webapp.queries.actors import Actor
    from webapp.queries.task_panels import TaskPanel
    from webapp.views.uploads import Entered

Made = TypeVar("Made")
_ONWARD: Final = Markup('{} <a href="{}">办理下一件：{}</a>')

work_items = Blueprint("work_items", __name__, url_prefix="/cases/<no>/tasks/<item_id>")
work_items.before_request(other_position.sent_from_another)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A page with a form of one's own position.

    Attributes:
        look: Whether it shows personal data in clear that this person has not yet looked at today.
    """

    page: str
    look: bool


@work_items.get("")
@right("task.act")
def show(no: str, item_id: str) -> str | BaseResponse:
    """The page of a case with one of its steps open."""
    actor = current_actor()
    with read_only() as session:
        item = item_of(session, actor, no, item_id)
        if not fills_in(actor, item):
            return redirect(url_for("cases.show", no=no))
        shown = _page(session, actor, item)
    return _given(actor, item, shown)


@work_items.post("")
@right("task.act")
def complete(no: str, item_id: str) -> tuple[str, int] | BaseResponse:
    """Sign or complete a step with what was filled in."""
    actor = current_actor()
    entered = uploads.with_files(actor, _entered())
    revision = request.form.get("revision", type=int, default=-1)
    try:
        with unit_of_work() as session:
            found = item_of(session, actor, no, item_id)
            item = services.open_item(session, actor, found.id, revision=revision, seats=True)
            values = form_context(session, item, actor).values_of(entered.fields)
            entered.check()
            item, words = _submitted(session, actor, item, revision, values)
            done = item.status == "done"
            onward = next_item(session, actor, item.case) if done else None
            after = next_case(session, actor) if done and not onward else None
    except Invalid as refused:
        return _again(actor, no, item_id, entered, errors=refused.errors), 422
    except (Stale, Locked) as conflict:
        return _conflict(actor, no, item_id, entered, conflict)
    except (DBAPIError, StaleDataError) as error:
        if not is_collision(error):
            raise
        return _conflict(actor, no, item_id, entered, Stale())
    flash(_ONWARD.format(words, after[1], after[0]) if after else words, "ok")
    return redirect(onward or url_for("cases.show", no=no))


def _submitted(
    session: Session, actor: Actor, item: WorkItem, revision: int, values: dict[str, Any]
) -> tuple[WorkItem, str]:
    """Submit a form as one's own, or hand it back if it was delegated; return what to say about it."""
    seat = waiting_seat(actor, item)
    if seat is not None and seat.role == "delegate":
        seats.hand_back(session, actor, item.id, values=values, revision=revision)
        return item, f"已交回“{item.name}”，由委派人核对提交。"
    declared = "declaration" in request.form
    item = services.complete(
        session, actor, item.id, revision=revision, values=values, declares_no_conflict=declared
    )
    if item.status == "done":
        return item, f"“{item.name}”已提交。"
    waiting = "、".join(waiting_for(item))
    return (
        item,
        f"“{item.name}”已送签，等待{waiting}签署。"
        if waiting
        else f"您已签署“{item.name}”，还需另一名人员签署。",
    )


@work_items.post("/draft")
@right("task.act")
def save_draft(no: str, item_id: str) -> Response | BaseResponse | tuple[str, int]:
    """Keep what was typed so far."""
    actor = current_actor()
    entered = uploads.with_files(actor, _entered())
    try:
        with unit_of_work() as session:
            draft = _keep(session, actor, item_of(session, actor, no, item_id), entered)
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
            part = render_template("cases/task_form.html", case=head, task=panel)
            shown = _Shown(part, look=_is_look(session, actor, item, panel))
        else:
            shown = _page(session, actor, item, **more)
    return _given(actor, item, shown)


@work_items.post("/resume")
@signed_in
def resume(no: str, item_id: str) -> tuple[str, int] | BaseResponse:
    """Go back to the position that a form belongs to; what was typed in it becomes its draft."""
    entered = uploads.Entered(_entered(), {})
    with unit_of_work() as session:
        actor = sign_in.choose_position(session, who(), key_of(request.form.get(RESUME_AS, "")))
    try:
        with unit_of_work() as session:
            _keep(session, actor, item_of(session, actor, no, item_id), entered)
    except Stale as stale:
        return _conflict(actor, no, item_id, entered, stale)
    flash(f"已切换回“{actor.title}”，您填写的内容已存为草稿，请核对后提交。", "ok")
    return redirect(url_for("work_items.show", no=no, item_id=item_id))


@work_items.post("/claim")
@right("task.act")
def claim(no: str, item_id: str) -> BaseResponse:
    """认领."""
    actor = current_actor()
    with unit_of_work() as session:
        services.claim(session, actor, item_of(session, actor, no, item_id).id)
    return redirect(url_for("work_items.show", no=no, item_id=item_id))


@work_items.post("/release")
@right("task.act")
def release(no: str, item_id: str) -> BaseResponse:
    """释放. What was typed and not yet kept becomes the draft."""
    actor = current_actor()
    entered = uploads.with_files(actor, _entered())
    with unit_of_work() as session:
        item = item_of(session, actor, no, item_id)
        if entered.fields:
            _keep(session, actor, item, entered)
        services.release(session, actor, item.id)
    flash("已退回待认领，您填写的内容仍保留在草稿中。", "ok")
    return redirect(url_for("work.inbox"))


@work_items.get("/preview.pdf")
@right("task.act")
def preview(no: str, item_id: str) -> Response:
    """The document that the form would become, from the draft."""
    return Response(_previewed(no, item_id, document_drafts.as_pdf), mimetype="application/pdf")


@work_items.get("/preview.docx")
@right("task.act")
def preview_in_word(no: str, item_id: str) -> Response:
    """The same for Word; several documents are packed together."""
    draft = _previewed(no, item_id, document_drafts.as_word)
    kind, ending = (ZIP, "zip") if draft.packed else (WORD, "docx")
    name = f"{no} Word 稿.{ending}"
    return send_file(BytesIO(draft.content), mimetype=kind, as_attachment=True, download_name=name)


def _previewed(no: str, item_id: str, make: Callable[[Session, WorkItem, Mapping[str, Any]], Made]) -> Made:
    actor = current_actor()
    with read_only() as session:
        item = _own_item(session, actor, no, item_id)
        panel = task_panel(session, actor, item, None)
        file = make(session, item, panel.form.data)
        look = _is_look(session, actor, item, panel)
    _record(actor, item, look=look)
    return file


def item_of(session: Session, actor: Actor, no: str, item_id: str) -> WorkItem:
    """Return a step of a case that the actor may see, whoever does it.

    Raises:
        Missing: If there is none, or the case is not theirs to see.
    """
    case = visible_case(session, actor, no)
    shown = (joinedload(WorkItem.case), joinedload(WorkItem.position), undefer(WorkItem.awaiting))
    item = session.get(WorkItem, key_of(item_id), options=shown)
    if item is None or item.case_id != case.id:
        raise Missing("没有找到这项待办，或您当前的岗位不能查看。")
    return item


def _own_item(session: Session, actor: Actor, no: str, item_id: str) -> WorkItem:
    """Return an open step that one fills in oneself: its form shows what is entered in full."""
    item = item_of(session, actor, no, item_id)
    if not fills_in(actor, item):
        raise Missing("没有找到这项待办，它可能已经办结，或由其他岗位办理。")
    return item


def _keep(session: Session, actor: Actor, item: WorkItem, entered: Entered) -> Draft:
    typed = form_context(session, item, actor).bound(entered.fields).draft
    return services.save_draft(session, actor, item.id, typed)


def _entered() -> MultiDict[str, str]:
    return MultiDict([(k, v) for k, v in request.form.items(multi=True) if k not in PAGE_NAMES])


def _panel(session: Session, actor: Actor, item: WorkItem, **more: Any) -> Any:
    return task_panel(session, actor, item, case_page.item_clock(session, item), **more)


def _page(
    session: Session, actor: Actor, item: WorkItem, changed: list[str] | None = None, **more: Any
) -> _Shown:
    readers = Readers(session, actor, item.case)
    panel = _panel(session, actor, item, readers=readers, **more)
    context = page_context(session, actor, item.case, readers=readers, task=panel, changed=changed or [])
    page = render_template("cases/show.html", **context)
    return _Shown(page, look=_is_look(session, actor, item, panel))


def _is_look(session: Session, actor: Actor, item: WorkItem, panel: TaskPanel) -> bool:
    return panel.may_act and looks.names_people(panel.form) and looks.is_first_at_task(session, actor, item)


def _given(actor: Actor, item: WorkItem, shown: _Shown) -> str:
    """Hand a page out; a look at personal data is on record before it leaves."""
    _record(actor, item, look=shown.look)
    return shown.page


def _record(actor: Actor, item: WorkItem, *, look: bool) -> None:
    if look:  # only then, so that reading seldom waits for writers
        with unit_of_work() as session:
            looks.at_task(session, actor, session.get_one(WorkItem, item.id))


def _shown_again(entered: Entered) -> dict[str, Any]:
    """Return what of the page that was sent stands on the page that answers."""
    declared = "declaration" in request.form
    return {"entered": entered.fields, "refused": entered.refused, "declared": declared}


def _again(actor: Actor, no: str, item_id: str, entered: Entered, errors: dict[str, list[str]]) -> str:
    """Show the form again as it was filled in, each message at its field."""
    with read_only() as session:
        item = _own_item(session, actor, no, item_id)
        shown = _page(session, actor, item, errors=errors, **_shown_again(entered))
    return _given(actor, item, shown)


def _conflict(
    actor: Actor, no: str, item_id: str, entered: Entered, conflict: Stale | Locked
) -> tuple[str, int]:
    """Tell what changed meanwhile; what was typed stays on the page where it can still be used."""
    changed = (conflict.changes if isinstance(conflict, Stale) else []) or [conflict.message]
    with read_only() as session:
        item = item_of(session, actor, no, item_id)
        if fills_in(actor, item) and isinstance(conflict, Stale):
            shown = _page(session, actor, item, changed=changed, **_shown_again(entered))
        else:
            page = render_template(
                "errors/409.html",
                message=conflict.message,
                changes=changed,
                reload_url=url_for("cases.show", no=no),
                typed=typed_texts(),
            )
            shown = _Shown(page, look=False)
    return _given(actor, item, shown), 409
