"""Putting a pack in force: an immutable release, and the versions of its processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from webapp import packs
from webapp.core import clock as time
from webapp.core.errors import Invalid
from webapp.models.release import ProcessVersion, Release
from webapp.services import calendars
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from webapp.models.account import Jurisdiction
    from webapp.packs import Pack, ProcessSpec
    from webapp.queries.actors import Actor


def deploy(session: Session, jurisdiction: Jurisdiction, pack: Pack, actor: Actor) -> Release:
    """Put a pack in force. Cases that run stay on the release that they were started under.

    The same content twice is the same release; nothing changes then.

    Raises:
        Invalid: If the checker finds an error in the pack; lists each with its mend.
    """
    errors = [finding for finding in packs.check(pack) if finding.severity == "error"]
    if errors:
        raise Invalid(
            "政策包有错误，不能启用。",
            errors={finding.element: [f"{finding.reason} {finding.mend}"] for finding in errors},
        )
    release = prepare(session, jurisdiction, pack)
    activate(session, jurisdiction, release, pack, actor)
    return release


def prepare(session: Session, jurisdiction: Jurisdiction, pack: Pack) -> Release:
    """Keep a checked pack as a release, with the versions of its processes; it is not in force yet."""
    release = session.scalar(
        select(Release).where(
            Release.jurisdiction_id == jurisdiction.id,
            Release.pack_key == pack.key,
            Release.content_hash == pack.content_hash,
        )
    )
    if release is None:
        release = Release(
            jurisdiction_id=jurisdiction.id,
            pack_key=pack.key,
            pack_version=pack.version,
            content_hash=pack.content_hash,
            files=dict(pack.files),
        )
        session.add(release)
        session.flush()
        for process in pack.processes.values():
            _add_version(session, release, process)
    return release


def activate(
    session: Session,
    jurisdiction: Jurisdiction,
    release: Release,
    pack: Pack,
    actor: Actor,
    *,
    tells: Mapping[str, Any] | None = None,
) -> None:
    """Put a release in force: from now on cases start under it.

    Args:
        session: The open unit of work.
        jurisdiction: Where it holds.
        release: The release.
        pack: Its pack.
        actor: Who puts it in force.
        tells: What its event says besides, such as whom it names.
    """
    _activate(session, release)
    calendars.adopt(session, jurisdiction, pack)
    record(
        session,
        "release.activated",
        actor=actor,
        data={"pack": pack.key, "content": pack.content_hash, **(tells or {})},
    )


def is_in_force(session: Session, jurisdiction: Jurisdiction, pack: Pack) -> bool:
    """Tell whether exactly this content of a pack is what cases start under."""
    current = (
        select(ProcessVersion.id)
        .join(Release)
        .where(
            ProcessVersion.jurisdiction_id == jurisdiction.id,
            ProcessVersion.is_current,
            Release.pack_key == pack.key,
            Release.content_hash == pack.content_hash,
        )
    )
    return session.scalar(current.limit(1)) is not None


def _add_version(session: Session, release: Release, process: ProcessSpec) -> None:
    """Number the process of a release: as before if its own sources are known, else one more."""
    known = (
        ProcessVersion.jurisdiction_id == release.jurisdiction_id,
        ProcessVersion.process_key == process.key,
    )
    same = session.scalar(
        select(func.max(ProcessVersion.version)).where(
            *known, ProcessVersion.content_hash == process.content_hash
        )
    )
    newest = session.scalar(select(func.max(ProcessVersion.version)).where(*known))
    session.add(
        ProcessVersion(
            jurisdiction_id=release.jurisdiction_id,
            release_id=release.id,
            process_key=process.key,
            version=same or (newest or 0) + 1,
            title=process.title,
            content_hash=process.content_hash,
        )
    )


def _activate(session: Session, release: Release) -> None:
    """Let cases start under the processes of a release only; one that it no longer has starts no more."""
    session.flush()
    of_pack = (
        select(ProcessVersion)
        .join(Release)
        .where(
            ProcessVersion.jurisdiction_id == release.jurisdiction_id, Release.pack_key == release.pack_key
        )
    )
    for version in session.scalars(of_pack):
        version.is_current = version.release_id == release.id
    release.activated_at, release.planned_for = time.now(), None
