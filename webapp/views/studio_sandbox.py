"""沙箱试办: a draft tried out in the browser, every position played by whoever edits it.

What is done here is done in a database of its own; the office's own is only read for the draft.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, send_file, url_for

from webapp import packs, sandbox
from webapp.config import current_settings
from webapp.core import clock as time
from webapp.core.errors import DomainError, Invalid, Missing
from webapp.packs import scenarios
from webapp.packs.paths import SCENARIOS
from webapp.queries import pack_drafts
from webapp.queries import sandbox as queries
from webapp.services import pack_drafts as drafts
from webapp.services import sandbox_forms, sandbox_papers
from webapp.services.sandbox_moves import cases_of
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from werkzeug.datastructures import MultiDict
    from werkzeug.wrappers import Response as BaseResponse

    from webapp.packs import Pack
    from webapp.sandbox import Trial, Trials

EDIT = "studio.edit"
_NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")
LONGEST_TITLE = 80

studio_sandbox = Blueprint("studio_sandbox", __name__, url_prefix="/studio/<draft_id>/sandbox")


@dataclass(frozen=True, slots=True)
class _Own:
    """The draft of this page, and where its trial is."""

    draft_id: UUID
    title: str
    trials: Trials

    @property
    def trial(self) -> Trial:
        """The trial of this draft by whoever asks.

        Raises:
            Missing: If there is none.
        """
        found = self.trials.find(self.draft_id, current_actor().person)
        if found is None:
            raise Missing("沙箱已经结束，请重新开始。")
        return found


@studio_sandbox.get("")
@right(EDIT)
def show(draft_id: str) -> str | tuple[str, int]:
    """The sandbox of a draft; before it begins, or where it cannot go on, what can be tried."""
    own = _own(draft_id)
    trial = own.trials.find(own.draft_id, current_actor().person)
    if trial is None:
        return _choose(own)
    try:
        return _page(own, trial)
    except DomainError as refused:
        return _choose(own, refused), _status(refused)


@studio_sandbox.post("")
@right(EDIT)
def begin(draft_id: str) -> BaseResponse | tuple[str, int]:
    """Begin anew with the draft as it is now."""
    return _begun(draft_id, lambda _, pack: _beginning(pack))


@studio_sandbox.post("/again")
@right(EDIT)
def again(draft_id: str) -> BaseResponse | tuple[str, int]:
    """从头再来: the same beginning, with the draft as it is now."""
    return _begun(draft_id, lambda own, _: own.trial.how)


@studio_sandbox.post("/end")
@right(EDIT)
def end(draft_id: str) -> BaseResponse:
    """Leave the sandbox; nothing of it stays."""
    own = _own(draft_id)
    own.trials.end(own.trial)
    flash("沙箱已结束，其中的内容已经清除。", "ok")
    return _back(own)


@studio_sandbox.post("/steps/<item_id>")
@right(EDIT)
def submit(draft_id: str, item_id: str) -> BaseResponse | tuple[str, int]:
    """Submit a step as whoever's turn it is."""
    own = _own(draft_id)
    trial = own.trial
    try:
        with own.trials.look(trial) as stage:
            move = sandbox_forms.submission(stage, key_of(item_id), _entered(stage, item_id))
        own.trials.move(trial, move)
    except DomainError as refused:
        return _page(own, trial, item_id, refused=refused), _status(refused)
    flash("已提交，可以继续扮演下一岗位。", "ok")
    return _back(own)


@studio_sandbox.post("/steps/<item_id>/form")
@right(EDIT)
def refresh(draft_id: str, item_id: str) -> str:
    """Set the form anew after something that other fields depend on, or with a row more or less."""
    own = _own(draft_id)
    return _page(own, own.trial, item_id, entered=True)


@studio_sandbox.post("/steps/<item_id>/fill")
@right(EDIT)
def fill(draft_id: str, item_id: str) -> BaseResponse:
    """Fill the form in as a scenario of the draft does."""
    own = _own(draft_id)
    with own.trials.look(own.trial) as stage:
        sandbox_forms.fill(stage, key_of(item_id), request.form.get("scenario", ""))
    return redirect(url_for("studio_sandbox.show", draft_id=own.draft_id, step=item_id))


@studio_sandbox.post("/steps/<item_id>/files")
@right(EDIT)
def upload(draft_id: str, item_id: str) -> tuple[Response, int]:
    """Take the name of a file; its content is made up."""
    own = _own(draft_id)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("请选择要上传的文件。", field="file")
    with own.trials.look(own.trial) as stage:
        return jsonify(sandbox_forms.made_up_upload(stage, key_of(item_id), file.filename)), 201


@studio_sandbox.post("/clock")
@right(EDIT)
def wait(draft_id: str) -> BaseResponse | tuple[str, int]:
    """Let time pass; what falls due on the way is done."""
    until = scenarios.DEADLINE if request.form.get("until") == scenarios.DEADLINE else scenarios.WORKDAY
    return acted(draft_id, lambda _: scenarios.Move(scenarios.WAIT, until=until))


@studio_sandbox.post("/messages")
@right(EDIT)
def message(draft_id: str) -> BaseResponse | tuple[str, int]:
    """Let a message arrive that a flow waits for."""
    name = request.form.get("name", "")
    return acted(draft_id, lambda _: scenarios.Move(scenarios.MESSAGE, name=name))


@studio_sandbox.post("/follow")
@right(EDIT)
def follow(draft_id: str) -> BaseResponse | tuple[str, int]:
    """Make the next move of the scenario that the trial follows, or all that are left."""
    own = _own(draft_id)
    trial = own.trial
    try:
        ahead = queries.moves_ahead(_pack(own), trial.how.follows, trial.moves)
        own.trials.move(trial, *(ahead if "all" in request.form else ahead[:1]))
    except DomainError as refused:
        return _page(own, own.trial, refused=refused), _status(refused)
    return _back(own)


@studio_sandbox.post("/keep")
@right(EDIT)
def keep(draft_id: str) -> BaseResponse | tuple[str, int]:
    """Keep what was done as a scenario of the draft."""
    own = _own(draft_id)
    title, name = request.form.get("title", "").strip(), request.form.get("name", "").strip()
    try:
        if not 1 <= len(title) <= LONGEST_TITLE or not _NAME.fullmatch(name):
            raise Invalid("请填写场景的名称（80 字以内）和文件名（小写字母、数字和下划线，字母开头）。")
        text = own.trials.scenario(own.trial, name, title).as_text()
        scenarios.read_scenario(name, text)  # what is too long to be read again is not kept
        _save(own, f"{SCENARIOS}/{name}.json", text)
    except DomainError as refused:
        return _page(own, own.trial, refused=refused), _status(refused)
    flash(f"场景“{title}”已保留在草稿中，每次检查发布时都会重新走一遍。", "ok")
    return _back(own)


@studio_sandbox.get("/papers/<document_id>.pdf")
@right(EDIT)
def paper(draft_id: str, document_id: str) -> Response:
    """A paper of the sandbox, marked as such."""
    own = _own(draft_id)
    with own.trials.look(own.trial) as stage:
        pdf = sandbox_papers.paper(stage.session, key_of(document_id))
    return Response(pdf, mimetype="application/pdf")


@studio_sandbox.get("/files/<attachment_id>")
@right(EDIT)
def attachment(draft_id: str, attachment_id: str) -> Response:
    """A made-up file."""
    own = _own(draft_id)
    with own.trials.look(own.trial) as stage:
        name, media_type, content = sandbox_papers.made_up_attachment(stage.session, key_of(attachment_id))
    return send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)


@studio_sandbox.get("/diagram.bpmn")
@right(EDIT)
def diagram(draft_id: str) -> Response:
    """The drawing of the process that the case shown follows, as the draft had it at the beginning."""
    own = _own(draft_id)
    number = request.args.get("case", 1, type=int)
    with own.trials.look(own.trial) as stage:
        source = queries.drawing_of(stage.session, _case(cases_of(stage.session, stage.jurisdiction), number))
    return Response(source, mimetype="application/xml")


def _own(draft_id: str) -> _Own:
    with read_only() as session:
        draft = pack_drafts.draft(session, current_actor(), key_of(draft_id))
        return _Own(draft.id, draft.title, sandbox.Trials(current_settings().var / "sandboxes"))


def _pack(own: _Own) -> Pack:
    """Read the draft as a pack.

    Raises:
        PackError: If it cannot even be read; names the place.
    """
    with read_only() as session:
        return packs.read(pack_drafts.files_of(session, own.draft_id))


def _save(own: _Own, name: str, text: str) -> None:
    with unit_of_work() as session:
        draft = pack_drafts.draft(session, current_actor(), own.draft_id)
        path = f"workflows/{draft.pack_key}/{name}"
        row = pack_drafts.file_row(session, draft.id, path)
        drafts.save_file(
            session, current_actor(), draft.id, path, text, expected_revision=row.revision if row else 0
        )


def _begun(draft_id: str, how: Callable[[_Own, Pack], sandbox.Beginning]) -> BaseResponse | tuple[str, int]:
    own = _own(draft_id)
    try:
        pack = _pack(own)
        own.trials.begin(own.draft_id, current_actor().person, pack, how(own, pack))
    except DomainError as refused:
        return _choose(own, refused), _status(refused)
    return _back(own)


def _beginning(pack: Pack) -> sandbox.Beginning:
    given = request.form
    if scenario := next((s for s in queries.scenarios_of(pack) if s.name == given.get("scenario")), None):
        return sandbox.Beginning(
            scenario.process, scenario.starter, scenario.begins, scenario.market, follows=scenario.name
        )
    process, _, starter = given.get("start", "").partition("/")
    if not process or not starter:
        raise Invalid("请选择要试办的业务，或一个场景。")
    try:
        begins = date.fromisoformat(given.get("begins", ""))
    except ValueError:
        raise Invalid("请填写沙箱的起始日期，如 2026-11-02。") from None
    starter = starter.replace("township.", f"{given.get('township', '')}.")
    return sandbox.Beginning(process, starter, begins, given.get("market", ""))


def acted(draft_id: str, told: Callable[[Any], scenarios.Move]) -> BaseResponse | tuple[str, int]:
    """Make a move that the sandbox as it stands tells, and show what came of it."""
    own = _own(draft_id)
    trial = own.trial
    try:
        with own.trials.look(trial) as stage:
            move = told(stage)
        own.trials.move(trial, move)
    except DomainError as refused:
        return _page(own, trial, refused=refused), _status(refused)
    return _back(own)


def _status(refused: DomainError) -> int:
    """Return the status of an answer: what a draft cannot do is a fault of the draft, not of the server."""
    return refused.status if refused.status < HTTPStatus.INTERNAL_SERVER_ERROR else 422


def _back(own: _Own) -> BaseResponse:
    return redirect(url_for("studio_sandbox.show", draft_id=own.draft_id))


def _case(cases: list[Any], number: int) -> Any:
    return cases[number - 1] if 1 <= number <= len(cases) else cases[0]


def _choose(own: _Own, refused: DomainError | None = None) -> str:
    try:
        pack = _pack(own)
    except packs.PackError as unreadable:
        return render_template("studio/sandbox_start.html", own=own, pack=None, refused=unreadable)
    return render_template(
        "studio/sandbox_start.html",
        own=own,
        pack=pack,
        starts=queries.start_choices(pack),
        townships=queries.townships(pack),
        kinds=list(pack.market.name_suffixes) if pack.market else [],
        scenarios=queries.scenarios_of(pack),
        today=time.beijing_date(time.now()),
        given=request.form,
        refused=refused,
    )


def _entered(stage: Any, item_id: str) -> MultiDict[str, str]:
    named = [(name, file.filename) for name, file in request.files.items(multi=True) if file.filename]
    return sandbox_forms.entered(stage, key_of(item_id), request.form, named)


def _page(
    own: _Own,
    trial: Trial,
    item_id: str | None = None,
    *,
    entered: bool = False,
    refused: DomainError | None = None,
) -> str:
    item_id = item_id or request.args.get("step")
    with own.trials.look(trial) as stage:
        shown = sandbox_forms.shown(
            stage,
            trial.moves,
            key_of(item_id) if item_id else None,
            case=request.args.get("case", type=int),
            entered=_entered(stage, item_id) if item_id and (entered or refused) else None,
            refused=refused if isinstance(refused, Invalid) else None,
            address=url_for("studio_sandbox.show", draft_id=own.draft_id),
        )
    return render_template("studio/sandbox.html", own=own, trial=trial, refused=refused, **shown)
