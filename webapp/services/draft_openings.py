"""What a draft begins as: the version in force, an older one, a file, or a new jurisdiction's skeleton."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp import packs
from webapp.core.errors import Forbidden, Invalid, Missing
from webapp.models.account import Jurisdiction
from webapp.models.release import Release
from webapp.packs import archives, skeleton
from webapp.queries.releases import release_in_force
from webapp.queries.studio import release_of
from webapp.services.pack_drafts import open_draft

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.pack_draft import PackDraft
    from webapp.packs.skeleton import NewJurisdiction
    from webapp.queries.actors import Actor

ROOT = Path(__file__).resolve().parents[2]


def from_release(session: Session, actor: Actor, *, title: str, release_id: UUID | None = None) -> PackDraft:
    """Begin a draft with the version in force, or with an older one; it is compared with the one in force.

    Raises:
        Missing: If there is no such release here, or none is in force.
        Invalid: If the title is missing.
    """
    present = release_in_force(session, actor.jurisdiction_id)
    source = release_of(session, actor, release_id) if release_id is not None else present
    if source is None:
        raise Missing("本辖区还没有启用政策包。")
    return open_draft(session, actor, title=title, pack_key=source.pack_key, files=source.files, base=present)


def from_archive(
    session: Session, actor: Actor, *, title: str, content: bytes
) -> tuple[PackDraft, list[str]]:
    """Begin a draft with the files of a ZIP; returns what in it was passed over, too.

    Raises:
        PackError: If it is no ZIP of a pack, or too large.
        Forbidden: If the pack is another jurisdiction's.
        Invalid: If the title is missing, or the files are no pack.
    """
    found = archives.read_archive(content)
    draft = from_files(session, actor, title=title, pack_key=found.key, files=found.files)
    return draft, list(found.left_out)


def from_files(
    session: Session, actor: Actor, *, title: str, pack_key: str, files: Mapping[str, str]
) -> PackDraft:
    """Begin a draft with files as they are; a pack of one's own is compared with the one in force.

    Raises:
        Forbidden: If the pack is another jurisdiction's.
        Invalid: If the title is missing, or the files are no pack.
    """
    base = _base(session, actor, pack_key)
    return open_draft(session, actor, title=title, pack_key=pack_key, files=files, base=base)


def from_skeleton(session: Session, actor: Actor, *, wanted: NewJurisdiction) -> PackDraft:
    """Begin the pack of a new jurisdiction: one procedure that can be walked to its end, to go on from.

    Raises:
        Invalid: If a name is missing, cannot be used or is taken; each is told at its field.
    """
    taken = session.scalar(select(Jurisdiction.id).where(Jurisdiction.key == wanted.key).limit(1))
    if taken is not None:
        raise Invalid(errors={"key": ["已有这个辖区，请换一个。"]})
    pack = packs.load(
        ROOT / "workflows" / skeleton.KEY, forms_root=ROOT / "forms", templates_root=ROOT / "docs_templates"
    )
    files = skeleton.build(pack.files, wanted)
    return open_draft(session, actor, title=f"{wanted.short}政策包", pack_key=wanted.key, files=files)


def _base(session: Session, actor: Actor, pack_key: str) -> Release | None:
    """Return the release that a pack of this key is compared with; one of another jurisdiction is refused."""
    present = release_in_force(session, actor.jurisdiction_id)
    if present is not None and present.pack_key == pack_key:
        return present
    owner = session.scalar(
        select(Jurisdiction)
        .join(Release, Release.jurisdiction_id == Jurisdiction.id)
        .where(Release.pack_key == pack_key, Jurisdiction.id != actor.jurisdiction_id)
        .limit(1)
    )
    if owner is not None:
        raise Forbidden(f"政策包“{pack_key}”是{owner.name}的，由该辖区的人员编辑。")
    return None
