"""Who may start a process: the one rule for offering it and for doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.packs import APPLICANT, APPLICANT_KIND

if TYPE_CHECKING:
    from webapp.engine import Definition
    from webapp.models.account import Position


def may_start(definition: Definition, position: Position) -> bool:
    """Tell whether a position is named by a process's property `starters`, such as `township.clerk`.

    An entry names the position by its agency's own key, or by `township` for any agency that can apply.
    """
    starters = {key.strip() for key in definition.properties.get("starters", "").split(",")}
    names = {f"{position.agency.key}.{position.key}"}
    if position.agency.kind == APPLICANT_KIND:
        names.add(f"{APPLICANT}.{position.key}")
    return bool(starters & names)
