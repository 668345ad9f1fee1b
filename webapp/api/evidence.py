"""存证包 of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from webapp.api.blueprint import api
from webapp.api.describing import FILES, Operation, described
from webapp.api.reading import read_body
from webapp.api.requests import Plain, Request
from webapp.queries.case_access import visible_case
from webapp.services import evidence_packages
from webapp.uow import unit_of_work
from webapp.views.evidence import sent
from webapp.views.security import current_actor, right

if TYPE_CHECKING:
    from flask import Response


class Export(Request):
    """A package to be taken out."""

    reason: Annotated[Plain, Field(min_length=4, max_length=200)] = Field(
        description="导出事由，记入办理过程"
    )


@api.post("/cases/<no>/evidence")
@right("evidence.export")
@described(
    Operation(
        FILES,
        "导出存证包（ZIP）：公文、材料、决策、事件链、归档目录和离线核验程序",
        "application/zip",
        body=Export,
        problems=(400, 404, 413, 415, 422),
    )
)
def export_evidence(no: str) -> Response:
    """The whole file of a case."""
    actor, asked = current_actor(), read_body(Export)
    with unit_of_work() as session:
        case = visible_case(session, actor, no)
        package = evidence_packages.export(session, actor, case, reason=asked.reason)
    return sent(package)
