"""What anybody may ask: the directory, and whether a document is genuine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.api.answers import Market, Paged, Verified
from webapp.api.blueprint import api
from webapp.api.describing import OPEN_DATA, Operation, described
from webapp.api.reading import read_query
from webapp.api.rendering import answered
from webapp.api.requests import DirectoryQuery
from webapp.core.errors import Missing
from webapp.queries import directory, verification
from webapp.queries.jurisdictions import shown_jurisdiction
from webapp.services import documents
from webapp.uow import read_only, unit_of_work
from webapp.views.security import public

if TYPE_CHECKING:
    from flask import Response


@api.get("/directory")
@public
@described(
    Operation(OPEN_DATA, "零工市场（驿站）名录", Paged[Market], query=DirectoryQuery, problems=(404, 422))
)
def list_markets() -> Response:
    """The recognised markets."""
    asked = read_query(DirectoryQuery)
    wanted = directory.DirectoryFilter(kind=asked.kind, township=asked.township, q=asked.q, number=asked.page)
    with read_only() as session:
        here = shown_jurisdiction(session, asked.at, None)
        found = directory.directory(session, here, wanted)
        return answered(Paged[Market].model_validate(found.markets))


@api.get("/verify/<token>")
@public
@described(
    Operation(OPEN_DATA, "核验公文真伪和现状，token 是公文二维码地址的末段", Verified, problems=(404,))
)
def verify_document(token: str) -> Response:
    """Whether the document behind a QR code is genuine, and its state now; each look is counted."""
    with read_only() as session:
        if verification.by_token(session, token) is None:  # whoever guesses keeps nobody from writing
            raise Missing("没有找到这份公文。请核对地址是否完整。")
    with unit_of_work() as session:
        view = verification.verification(session, documents.looked_at(session, token))
    return answered(Verified.model_validate(view))
