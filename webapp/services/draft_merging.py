"""Taking up in a draft what was released since it was opened: three ways, part by part of each file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.core.errors import Invalid, Locked
from webapp.packs.merging import Choice, Conflict, Merge
from webapp.queries import pack_drafts as queries
from webapp.queries.releases import release_in_force
from webapp.services.pack_drafts import locked_draft, replace_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

NOTE = "并入现行版本"


class Conflicting(Invalid):
    """Both sides changed something, and nobody chose.

    Attributes:
        conflicts: What, with both texts.
    """

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__(
            "有些地方在草稿和现行版本中都改过，请逐处选择保留哪一份。",
            errors={conflict.place: ["两边都改过。"] for conflict in conflicts},
        )
        self.conflicts = tuple(conflicts)


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge of files would give.

    Attributes:
        files: Path to text.
        conflicts: What both sides changed, each in another way, and that nobody chose for.
    """

    files: dict[str, str]
    conflicts: tuple[Conflict, ...]


def merge(
    base: Mapping[str, str],
    mine: Mapping[str, str],
    theirs: Mapping[str, str],
    choices: Mapping[str, Choice] | None = None,
) -> Merged:
    """Put two later versions of the same files together; what only one side changed is that side's."""
    merging, files = Merge(choices or {}), {}
    for path in sorted(base.keys() | mine.keys() | theirs.keys()):
        text = merging.text(path, base.get(path), mine.get(path), theirs.get(path))
        if text is not None:
            files[path] = text
    return Merged(files, tuple(merging.conflicts))


def take_up(session: Session, actor: Actor, draft_id: UUID, choices: Mapping[str, Choice]) -> int:
    """Bring what is in force now into a draft that began before; returns how many files changed.

    Args:
        session: The open unit of work.
        actor: Who edits it.
        draft_id: Which draft.
        choices: By place, whose text to keep where both sides changed it.

    Raises:
        Locked: If the draft began as what is in force, or is not being edited any more.
        Conflicting: If both sides changed something and nobody chose; each place is named.
    """
    draft = locked_draft(session, actor, draft_id)
    present = release_in_force(session, actor.jurisdiction_id)
    if present is None or present.id == draft.base_release_id or present.pack_key != draft.pack_key:
        raise Locked("草稿已经以现行版本为基础，不用并入。")
    mine = queries.files_of(session, draft.id)
    merged = merge(queries.base_files(session, draft), mine, present.files, choices)
    if merged.conflicts:
        raise Conflicting(merged.conflicts)
    changed = replace_files(session, actor, draft_id, merged.files, NOTE)
    draft.base_release_id = present.id
    session.flush()
    return changed
