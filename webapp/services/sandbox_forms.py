"""Forms of a sandbox: filled in on its page as whoever's turn it is, and turned into moves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict

import forms
from webapp.core.clock import beijing_date
from webapp.core.errors import Invalid, Missing
from webapp.models.work_item import WorkItem
from webapp.packs.scenarios import HAND_BACK, PUBLIC, SUBMIT, Move
from webapp.queries import sandbox as queries
from webapp.queries.case_page import item_clock
from webapp.queries.files import size_text
from webapp.queries.own_items import waiting_seat
from webapp.queries.releases import pack_of_case
from webapp.queries.task_panels import task_panel
from webapp.queries.verbs import return_targets
from webapp.queries.work_forms import form_context
from webapp.services import attachments, work_items
from webapp.services.made_up_files import made_up_file, made_up_name
from webapp.services.made_up_values import made_up_values
from webapp.services.sandbox_moves import cases_of, next_instant, open_items, replaced_files, with_files
from webapp.services.sandbox_office import is_for_public, whose_turn, written_position

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from webapp.models.case import Case
    from webapp.queries.actors import Actor
    from webapp.queries.task_panels import TaskPanel
    from webapp.queries.work_forms import FormContext
    from webapp.services.sandbox_moves import Stage


def submission(stage: Stage, item_id: UUID, sent: MultiDict[str, str]) -> Move:
    """Return what a page sent of a step as a move: its values, files by their names.

    Raises:
        Invalid: If a field is refused, with the messages by path.
        Missing: If the step does not wait.
    """
    item = _item(stage, item_id)
    actor = whose_turn(stage.session, stage.jurisdiction, item)
    context = form_context(stage.session, item, actor)
    values = _named(context, context.values_of(sent))
    if actor.person_id is None:
        return about(stage, item_id, SUBMIT, position=PUBLIC, values=values)
    seat = waiting_seat(actor, item)
    if seat is not None and seat.role == "delegate":
        return about(stage, item_id, HAND_BACK, position=written_position(seat.position), values=values)
    return about(stage, item_id, SUBMIT, values=values)


def about(stage: Stage, item_id: UUID, do: str, **more: Any) -> Move:
    """Return a move about a step that waits, as its own position unless another is given.

    Raises:
        Missing: If the step does not wait.
    """
    item = _item(stage, item_id)
    number = [case.id for case in cases_of(stage.session, stage.jurisdiction)].index(item.case_id) + 1
    position = more.pop("position", "") or written_position(item.position)
    return Move(do, step=item.element_id, position=position, case=number, **more)


def made_up_upload(stage: Stage, item_id: UUID, name: str) -> dict[str, Any]:
    """Keep a made-up file in the place of one that was chosen, and return what the field shows of it."""
    item = _item(stage, item_id)
    actor = whose_turn(stage.session, stage.jurisdiction, item)
    kept = attachments.upload(stage.session, actor, made_up_name(name), made_up_file(made_up_name(name)))
    shown = {"id": str(kept.id), "name": kept.name, "size": kept.size, "sha256": kept.sha256}
    return {**shown, "size_text": size_text(kept.size), "type": kept.media_type}


def fill(stage: Stage, item_id: UUID, title: str) -> None:
    """Fill the form of a step in, as a scenario of the draft does or with what is made up.

    It becomes the draft of whose turn it is.

    Args:
        stage: The sandbox, opened.
        item_id: The step.
        title: Title of the scenario; empty, or one that enters nothing there, for what is made up.
    """
    item = _item(stage, item_id)
    actor = whose_turn(stage.session, stage.jurisdiction, item)
    context = form_context(stage.session, item, actor)
    there = _named(context, context.bound().draft)
    made_up = made_up_values(context.schema, there, beijing_date(stage.time.instant))
    values = _scenario_values(stage, item).get(title, made_up)
    work_items.save_draft(stage.session, actor, item.id, with_files(stage, actor, item, values))


def entered(
    stage: Stage, item_id: UUID, sent: MultiDict[str, str], files: Iterable[tuple[str, str]]
) -> MultiDict[str, str]:
    """Return what a page sent, with a made-up file for each that came along without scripts."""
    fields = MultiDict([(key, text) for key, text in sent.items(multi=True) if key not in forms.PAGE_NAMES])
    for field, name in files:
        fields.add(field.removesuffix(".file"), made_up_upload(stage, item_id, name)["id"])
    return fields


def shown(
    stage: Stage,
    moves: Sequence[Move],
    item_id: UUID | None,
    *,
    address: str,
    case: int | None = None,
    entered: MultiDict[str, str] | None = None,
    refused: Invalid | None = None,
) -> dict[str, Any]:
    """Return what the page of a sandbox is filled in with; nothing of it needs the sandbox any more.

    Args:
        stage: The sandbox, opened.
        moves: What was done.
        item_id: The step whose form is open; the first that waits if it is none of them.
        address: Address of the page.
        case: Number of the case to show; that of the open step if not given.
        entered: What was just typed, to be shown again.
        refused: Why it was refused.
    """
    session, jurisdiction = stage.session, stage.jurisdiction
    waiting = open_items(session, jurisdiction)
    item = next((one for one in waiting if one.id == item_id), waiting[0] if waiting else None)
    cases = cases_of(session, jurisdiction)
    chosen = _chosen(cases, case, item)
    return {
        "page": queries.sandbox_page(session, jurisdiction, cases, chosen, moves),
        "cases": [(number, one.title) for number, one in enumerate(cases, start=1)],
        "number": cases.index(chosen) + 1,
        "next_at": next_instant(session, jurisdiction),
        "now_there": stage.time.instant,
        "item": item.id if item else None,
        "task": _panel(stage, item, address, entered, refused) if item else None,
        "by_public": item is not None and is_for_public(session, item),
        "actor": _who(whose_turn(session, jurisdiction, item)) if item else "",
        "fills": list(_scenario_values(stage, item)) if item else [],
        "returns": return_targets(session, item) if item else [],
        "asks": queries.asking_choices(session, item) if item else None,
        "taken_back": queries.take_back_choices(session, chosen),
    }


def _panel(
    stage: Stage,
    item: WorkItem,
    address: str,
    typed: MultiDict[str, str] | None,
    refused: Invalid | None,
) -> TaskPanel:
    session = stage.session
    actor = whose_turn(session, stage.jurisdiction, item)
    errors = refused.errors if refused and typed is not None else None
    panel = task_panel(session, actor, item, item_clock(session, item), entered=typed, errors=errors)
    for key, file in panel.files.items():
        file["url"] = f"{address}/files/{key}"
    if actor.person_id is None:  # nobody's to do, but the public's to fill in
        return replace(panel, may_act=True, hindrance=None)
    return panel


def _who(actor: Actor) -> str:
    """Return who is played: title and name, or 公众."""
    return f"{actor.title} {actor.person_name}".strip() if actor.person_id else actor.title or ""


def _scenario_values(stage: Stage, item: WorkItem) -> dict[str, Mapping[str, Any]]:
    """Return what the scenarios of the draft enter in a step, by their titles."""
    cases = cases_of(stage.session, stage.jurisdiction)
    number = [case.id for case in cases].index(item.case_id) + 1
    return {
        scenario.title: move.values
        for scenario in queries.scenarios_of(pack_of_case(stage.session, item.case))
        if scenario.process == cases[0].process_key
        for move in reversed(scenario.moves)
        if (move.do, move.step, move.case) == (SUBMIT, item.element_id, number)
    }


def _named(context: FormContext, values: Mapping[str, Any]) -> Any:
    """Return values whose file fields hold names in the place of ids."""
    known = context.scope["attachments"]
    ids = forms.attachments_by_field(context.schema, values)
    names = {path: {key: known[key]["name"] for key in keys if key in known} for path, keys in ids.items()}
    return replaced_files(dict(values), names)


def _chosen(cases: Sequence[Case], number: int | None, item: WorkItem | None) -> Case:
    if number is not None and 1 <= number <= len(cases):
        return cases[number - 1]
    return next((case for case in cases if item and case.id == item.case_id), cases[0])


def _item(stage: Stage, item_id: UUID) -> WorkItem:
    item = stage.session.get(WorkItem, item_id)
    if item is None or item.status != "open":
        raise Missing("这一步已经不在等待办理，请从待办列表中另选。")
    return item
