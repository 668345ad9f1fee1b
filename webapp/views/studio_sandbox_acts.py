"""What officers do with a step other than completing it, in a sandbox: 退回, 转办, 委派, 加签, 拿回, 会签."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request

from webapp.core.errors import Invalid
from webapp.packs.scenarios import ASKS, RETURN, SIGN, TAKE_BACK, Move
from webapp.services.sandbox_forms import about
from webapp.views.parameters import key_of
from webapp.views.security import right
from webapp.views.studio_sandbox import EDIT, acted

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from webapp.services.sandbox_moves import Stage

_AGREES = {"yes": True, "no": False, "abstain": None}

studio_sandbox_acts = Blueprint("studio_sandbox_acts", __name__, url_prefix="/studio/<draft_id>/sandbox")


@studio_sandbox_acts.post("/steps/<item_id>/return")
@right(EDIT)
def send_back(draft_id: str, item_id: str) -> BaseResponse | tuple[str, int]:
    """退回 to an earlier step, perhaps with fields marked."""
    said, reason = request.form, request.form.get("reason", "").strip()
    marks = tuple({"path": path, "what": said.get(f"what-{path}", "")} for path in said.getlist("marks"))
    to = said.get("to", "")
    return acted(
        draft_id,
        lambda stage: about(stage, key_of(item_id), RETURN, to=to, reason=reason, marks=marks),
    )


@studio_sandbox_acts.post("/steps/<item_id>/ask")
@right(EDIT)
def ask(draft_id: str, item_id: str) -> BaseResponse | tuple[str, int]:
    """转办, 委派 or 加签: ask another position to do something with a step."""
    do, to = request.form.get("do", ""), request.form.get("to", "")
    reason = request.form.get("reason", "").strip()

    def told(stage: Stage) -> Move:
        if do not in ASKS:
            raise Invalid("请选择转办、委派或加签。", field="do")
        return about(stage, key_of(item_id), do, to=to, reason=reason)

    return acted(draft_id, told)


@studio_sandbox_acts.post("/take-back")
@right(EDIT)
def take_back(draft_id: str) -> BaseResponse | tuple[str, int]:
    """拿回 what was completed last."""
    step, position = request.form.get("step", ""), request.form.get("position", "")
    number = request.form.get("case", 1, type=int)
    return acted(draft_id, lambda _: Move(TAKE_BACK, step=step, position=position, case=number))


@studio_sandbox_acts.post("/steps/<item_id>/sign")
@right(EDIT)
def sign(draft_id: str, item_id: str) -> BaseResponse | tuple[str, int]:
    """Sign in a seat that waits (会签)."""
    agrees, position = _AGREES.get(request.form.get("agrees", "")), request.form.get("position", "")
    return acted(
        draft_id,
        lambda stage: about(stage, key_of(item_id), SIGN, position=position, agrees=agrees),
    )
