"""What a form said that was refused: it is kept nowhere yet, so the page that answers shows it."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import HTTPException

from forms import PAGE_NAMES

RESUME_AS = "resume_as"
"""Names the appointment to go back to."""
_CHOSEN = {"answer", "how", "item", "number", "people", "reader", "rule", "target"}
"""Fields of office verbs that send a choice by its key, which says nothing to people."""
_TICKS = {"true", "false"}
"""What a box or a yes-or-no sends; without its label it says nothing."""
_FORMS_OF_WORK = {"batches", "case_acts", "cases", "circulations", "operations", "verbs", "work_items"}


def typed_texts() -> list[str]:
    """Return what was typed into a form about a case; nothing of any other form, such as a password."""
    if request.method != "POST" or request.blueprint not in _FORMS_OF_WORK:
        return []
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:  # too large, or not readable: that is what the answer says
        return []
    left_out = PAGE_NAMES | _CHOSEN
    return [text for name, text in sent if name not in left_out and text.strip() and text not in _TICKS]
