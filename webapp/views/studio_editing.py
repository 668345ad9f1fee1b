"""政策包编辑: what editors ask of the server while somebody writes. Nothing here changes a draft."""

from __future__ import annotations

import base64
import json
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request

import forms
from webapp import documents, feel
from webapp.core.errors import Invalid
from webapp.packs import layout as diagrams
from webapp.packs import samples, table_edits
from webapp.packs.fragments import fragments
from webapp.packs.vocabulary import unknown_names, vocabulary_of
from webapp.queries import pack_drafts
from webapp.services.attachments import ACCEPTED
from webapp.uow import read_only
from webapp.views.parameters import key_of
from webapp.views.security import current_actor, right
from webapp.views.studio_files import EDIT, RELEASE, answers_json

studio_editing = Blueprint("studio_editing", __name__, url_prefix="/studio/<draft_id>")

MOST_TEXT = 2_000_000
"""Characters of a file that is looked at; more than any file of a pack has."""
MOST_FEEL = 20_000


@studio_editing.get("/vocabulary")
@right(EDIT, RELEASE)
@answers_json
def vocabulary(draft_id: str) -> Response:
    """Every name that an editor offers."""
    endings = [ending for each in ACCEPTED.values() for ending in sorted(each, key=len)]
    return jsonify(_vocabulary(draft_id) | {"fragments": fragments(), "file_endings": endings})


@studio_editing.post("/layout")
@right(EDIT)
@answers_json
def layout(draft_id: str) -> Response:
    """Draw a process anew: `{text}` → `{text}`; the process itself is not touched."""
    _files(draft_id)
    return jsonify(text=diagrams.layout(_sent("text").encode()).decode())


@studio_editing.post("/expression")
@right(EDIT, RELEASE)
@answers_json
def expression(draft_id: str) -> Response:
    """Try a FEEL text: `{text}` → `{message}`, empty if nothing is wrong with it."""
    names, text = _vocabulary(draft_id), _sent("text", MOST_FEEL)
    try:
        feel.parse(text)
    except feel.FeelError as fault:
        return jsonify(message=str(fault))
    missing = unknown_names(text, names)
    return jsonify(message=f"没有这些字段或设置：{'、'.join(missing)}。" if missing else "")


@studio_editing.post("/tables")
@right(EDIT, RELEASE)
@answers_json
def tables(draft_id: str) -> Response:
    """Read a TOML file, and write entries of it: `{text, edits?}` → `{text, tables}`."""
    _files(draft_id)
    body = request.get_json(silent=True)
    edits = body.get("edits", []) if isinstance(body, dict) else []
    if not isinstance(edits, list) or not all(isinstance(edit, dict) for edit in edits):
        raise Invalid("edits 应当是改动的列表。", field="edits")
    text = table_edits.apply_edits(_sent("text"), edits)
    told = {"text": text, "tables": table_edits.read_tables(text)}
    return Response(json.dumps(told, ensure_ascii=False), mimetype="application/json")  # in the file's order


@studio_editing.post("/preview")
@right(EDIT, RELEASE)
@answers_json
def preview(draft_id: str) -> Response:
    """Show what a form or template becomes: `{path, text, sample?, named?}`.

    A template is set with the facts in `sample`, or else with the sample of that name.

    Returns:
        For a form `{html}`, for a template `{pdf, sample, samples}` (Base64; facts; key and label of what
        there is to choose), and in either case `{findings}`.
    """
    names = _vocabulary(draft_id)
    path, text = _sent("path"), _sent("text")
    if path.startswith("forms/"):
        return jsonify(form_preview(text))
    sample = _sent("sample", needed=False) or samples.shipped(path, _sent("named", needed=False))
    return jsonify(template_preview(text, sample, names) | {"samples": samples.offered(path)})


def form_preview(text: str) -> dict[str, Any]:
    """Return the form as the server draws it, or what keeps it from being drawn."""
    try:
        schema = forms.read(text)
        bound = forms.bind(schema, scope={})
    except forms.SchemaError as fault:
        return {"html": "", "findings": [_finding(fault.component, fault.reason, fault.mend)]}
    return {
        "html": render_template("studio/editors/form_preview.html", form=bound, title=schema.title),
        "findings": [],
    }


def template_preview(text: str, sample: str, names: dict[str, Any]) -> dict[str, Any]:
    """Return the template set with sample facts, or what keeps it from being set."""
    told: dict[str, Any] = {"pdf": "", "sample": sample}
    try:
        facts = samples.sample_facts(text, names, sample)
        told["sample"] = current_app.json.dumps(facts, indent=1)
        made = documents.render(documents.load_template(text), facts, preview=True)
    except documents.DocumentError as fault:
        found = [_finding(fault.field or "模板", fault.message, "请修改模板或示例数据。")]
        return told | {"findings": found}
    checked = documents.check_template(text)
    return told | {
        "pdf": base64.b64encode(made.pdf).decode(),
        "pages": made.pages,
        "findings": [_finding(each.element, each.reason, each.mend, each.severity) for each in checked],
    }


def _finding(element: str, reason: str, mend: str, severity: str = "error") -> dict[str, str]:
    return {"element": element, "reason": reason, "mend": mend, "severity": severity}


def _files(draft_id: str) -> dict[str, str]:
    with read_only() as session:
        own = pack_drafts.draft(session, current_actor(), key_of(draft_id))
        return pack_drafts.files_of(session, own.id)


def _vocabulary(draft_id: str) -> dict[str, Any]:
    return vocabulary_of(_files(draft_id))


def _sent(name: str, most: int = MOST_TEXT, *, needed: bool = True) -> str:
    """Return a text of the request.

    Raises:
        Invalid: If it is missing or too long.
    """
    body = request.get_json(silent=True)
    value = body.get(name) if isinstance(body, dict) else None
    if value is None and not needed:
        return ""
    if not isinstance(value, str):
        raise Invalid(f"请求内容应当有文字 {name}。", field=name)
    if len(value) > most:
        raise Invalid(f"{name} 超过 {most} 个字符。", field=name)
    return value
