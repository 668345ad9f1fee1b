"""How the name of somebody who acted is written, also when they stood in for another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.queries.actors import PUBLIC

if TYPE_CHECKING:
    from webapp.models.account import Person
    from webapp.models.work_item import WorkItem


def acting_name(person: Person | None, for_person: Person | None = None, *, nobody: str = "系统") -> str:
    """Return `甲`, or `乙 代 甲` when 乙 stood in for 甲.

    Args:
        person: Who acted.
        for_person: Whom they stood in for.
        nobody: What is said when no person acted.
    """
    if person is None:
        return nobody
    return standing_in(person.name, for_person.name if for_person else None)


def answered_by(item: WorkItem) -> str:
    """Return who answered a step: a person, the public, or the system for one who was late."""
    nobody = PUBLIC if item.status == "done" else "系统"
    return acting_name(item.done_by, item.done_for, nobody=nobody)


def standing_in(name: str, for_name: str | None) -> str:
    """Return `乙 代 甲` of two names, or the one name there is."""
    return f"{name} 代 {for_name}" if for_name else name
