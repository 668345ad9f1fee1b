"""Files that come with a form when the page has no scripts: stored, and named by id among the fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request
from werkzeug.datastructures import MultiDict

from webapp.core.errors import Invalid
from webapp.services import attachments
from webapp.uow import unit_of_work

if TYPE_CHECKING:
    from webapp.queries.actors import Actor

SUFFIX = ".file"


@dataclass(frozen=True, slots=True)
class Entered:
    """What a page sent.

    Attributes:
        fields: The fields, with the ids of the files that were accepted among them.
        refused: Why files were refused, by the path of their field.
    """

    fields: MultiDict[str, str]
    refused: dict[str, list[str]]

    def check(self) -> None:
        """Go on only with every file.

        Raises:
            Invalid: If one was refused; each message is at its field.
        """
        if self.refused:
            raise Invalid(errors=self.refused)


def with_files(actor: Actor, fields: MultiDict[str, str]) -> Entered:
    """Return the fields with the files that came along; one that is refused takes nothing else with it."""
    entered = Entered(MultiDict(fields), {})
    with_content = [(name, file) for name, file in request.files.items(multi=True) if file.filename]
    if not with_content:
        return entered
    with unit_of_work() as session:
        for name, file in with_content:
            field = name.removesuffix(SUFFIX)
            try:
                kept = attachments.upload(session, actor, file.filename or "", file.read())
            except Invalid as refusal:
                entered.refused.setdefault(field.replace("-", "."), []).append(refusal.message)
            else:
                entered.fields.add(field, str(kept.id))
    return entered
