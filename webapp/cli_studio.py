"""Commands that carry a pack between the project's folders and the studio."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from webapp import packs
from webapp.core.errors import DomainError
from webapp.models.account import Jurisdiction, Person
from webapp.queries.actors import actor_of
from webapp.queries.releases import release_in_force
from webapp.services import accounts, draft_openings
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

EDIT = "studio.edit"


@click.command("export")
@click.argument("key")
@click.argument("target", type=click.Path(path_type=Path, file_okay=False))
@with_appcontext
def export_pack(key: str, target: Path) -> None:
    """Write the pack that is in force in a jurisdiction as the folders of a project."""
    with read_only() as session:
        jurisdiction = session.scalar(select(Jurisdiction).where(Jurisdiction.key == key))
        release = release_in_force(session, jurisdiction.id) if jurisdiction is not None else None
        if release is None:
            raise click.ClickException(f"没有正在施行政策包的辖区“{key}”。")
        files, named = dict(release.files), f"{release.pack_key} {release.pack_version}"
    for path, text in files.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    click.echo(f"政策包 {named}：已写出 {len(files)} 个文件到 {target}。")


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--username", required=True, help="Whose draft it becomes.")
@click.option("--title", required=True, help="Name of the draft.")
@with_appcontext
def import_pack(folder: Path, username: str, title: str) -> None:
    """Begin a draft with the files of a pack's folder, such as `workflows/tongzhou`; nothing is released."""
    home = folder.resolve().parents[1]
    try:
        pack = packs.load(folder.resolve(), forms_root=home / "forms", templates_root=home / "docs_templates")
        with unit_of_work() as session:
            draft = draft_openings.from_files(
                session, _editor(session, username), title=title, pack_key=pack.key, files=pack.files
            )
            key = draft.id
    except DomainError as refused:
        raise click.ClickException(refused.message) from None
    click.echo(f"已新建草稿：/studio/{key}")


def _editor(session: Session, username: str) -> Actor:
    """Return somebody in the first position that may edit drafts."""
    person = session.scalar(select(Person).where(Person.username == username.lower(), Person.is_active))
    held = accounts.appointments_in_force(session, person.id) if person is not None else []
    for appointment in held:
        if EDIT in appointment.position.rights:
            return actor_of(session, appointment.id)
    raise click.ClickException(f"“{username}”没有可以编辑政策包的岗位。")
