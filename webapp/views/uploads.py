"""Files that come with a form when the page has no scripts: stored, and named by id among the fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from werkzeug.datastructures import MultiDict

from webapp.services import attachments
from webapp.uow import unit_of_work

if TYPE_CHECKING:
    from webapp.queries.actors import Actor

SUFFIX = ".file"


def with_files(actor: Actor, entered: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return the fields with the ids of the files that came along.

    Raises:
        Invalid: If a file cannot be accepted; the message is for its field.
    """
    complete = MultiDict(entered)
    with_content = [(name, file) for name, file in request.files.items(multi=True) if file.filename]
    if not with_content:
        return complete
    with unit_of_work() as session:
        for name, file in with_content:
            kept = attachments.upload(session, actor, file.filename or "", file.read())
            complete.add(name.removesuffix(SUFFIX), str(kept.id))
    return complete
