"""补正: which fields a step may change, taken from what an earlier step marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webapp.queries.facts import facts_of
from webapp.queries.releases import form_of, pack_of_case

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.models.case import Case


def marks_for(session: Session, case: Case, source: str | None) -> list[dict[str, str]]:
    """Return the marked fields of a step.

    Args:
        session: Database session.
        case: The case.
        source: The step's `editable` property, `form.table`: the repeating table whose rows mark fields by
            their `path`; the columns `what` and `how` say what is missing and how to mend it. `None` when
            all is free.

    Returns:
        One mapping per mark with `path`, `label`, `what` and `how`.
    """
    if source is None:
        return []
    form_key, _, table = source.partition(".")
    labels = _labels(session, case)
    rows: list[dict[str, Any]] = facts_of(session, case)[form_key][table]
    return [
        {
            "path": str(row["path"]),
            "label": labels.get(str(row["path"]), str(row["path"])),
            "what": str(row.get("what") or ""),
            "how": str(row.get("how") or ""),
        }
        for row in rows
    ]


def _labels(session: Session, case: Case) -> dict[str, str]:
    pack = pack_of_case(session, case)
    return {field.path: field.label for key in pack.forms for field in form_of(pack, key).fields}
