"""权益求助: somebody without an account tells what happened, and a case begins (Policy: TZ-4.4, TZ-7.4).

A process takes such requests if its property `intake` names its first step. What the public page asks is
that step's form; the step is answered by 公众, and the case goes on as any other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.crypto import keyed_digest
from webapp.core.errors import Invalid, Missing
from webapp.models.case import Case
from webapp.models.help_request import HelpRequest
from webapp.models.market import Market
from webapp.models.work_item import WorkItem
from webapp.queries.actors import Actor
from webapp.queries.help_requests import CODE_SIGNS, code_digest, found_by, intake_of
from webapp.queries.market_changes import ON_PAGE
from webapp.queries.work_forms import form_context
from webapp.services import cases, submissions
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

CODE_LENGTH = 8
RATINGS = {5: "很满意", 4: "满意", 3: "一般", 2: "不满意", 1: "很不满意"}
"""How the help may be found, the best first."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the public is given to find its request again.

    Attributes:
        no: Number of the case.
        code: Look-up code; it is shown here and kept nowhere.
        again: Whether the page had been sent before; nothing new was begun.
    """

    no: str
    code: str = field(repr=False)
    again: bool = False


def request_help(
    session: Session, jurisdiction_id: UUID, market_no: str, values: Mapping[str, Any], *, page: str
) -> Receipt:
    """Begin a case of the market's township with what somebody told; sent twice, it is one request.

    Args:
        session: Database session.
        jurisdiction_id: Where.
        market_no: The market whose page it came from; wages may be owed after it has left the directory.
        values: Values of the intake form as JSON types; they are checked here.
        page: Random text that the page was given when it was drawn.

    Raises:
        Missing: If no such market is listed, or nothing takes requests here.
        Invalid: With the messages of each field.
    """
    intake = intake_of(session, jurisdiction_id)
    listed = select(Market).where(
        Market.jurisdiction_id == jurisdiction_id, Market.no == market_no, Market.status.in_(ON_PAGE)
    )
    market = session.scalar(listed.with_for_update())  # two clicks come one after the other
    if market is None:
        raise Missing("名录中没有这个编号的零工市场（驿站）。")
    code, page_hash = _code(page), keyed_digest(page, "help_request.page")
    earlier = session.scalar(
        select(Case.no)
        .join(HelpRequest, HelpRequest.case_id == Case.id)
        .where(HelpRequest.page_hash == page_hash)
    )
    if earlier is not None:
        return Receipt(earlier, code, again=True)
    public = Actor.public(jurisdiction_id)
    case = cases.begin(session, public, intake.version, agency=market.township, market=market)
    item = session.scalars(
        select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.element_id == intake.step.id)
    ).one()
    stored = form_context(session, item, public).checked(values)
    submissions.submit(session, public, item, stored, author=submissions.Author())
    session.add(
        HelpRequest(
            jurisdiction_id=jurisdiction_id,
            case_id=case.id,
            page_hash=page_hash,
            code_hash=code_digest(case.no, code),
        )
    )
    session.flush()
    return Receipt(case.no, code)


def rate(session: Session, jurisdiction_id: UUID, *, no: str, code: str, rating: int) -> None:
    """Keep how somebody found the help, once, when the case is over.

    Raises:
        Missing: If number and code do not belong together.
        Invalid: If the case is not over, was rated before, or the mark is none.
    """
    found = found_by(session, jurisdiction_id, no, code, lock=True)
    if found is None:
        raise Missing("编号或查询码不对，请核对后再填。")
    if found.case.status != "finished" or rating not in RATINGS:
        raise Invalid("请在办结后选择一项评价。", field="rating")
    if found.rating is not None:
        raise Invalid("您已经评价过，谢谢。", field="rating")
    found.rating, found.rated_on = rating, beijing_date(time.now())
    told = {"reason": RATINGS[rating]}
    record(session, "help.rated", actor=Actor.public(jurisdiction_id), case=found.case, data=told)


def _code(page: str) -> str:
    """Return the look-up code of a page: 40 bits that only the holder of the index key can make."""
    digest = int(keyed_digest(page, "help_request.code"), 16)
    signs = []
    for _ in range(CODE_LENGTH):
        digest, place = divmod(digest, len(CODE_SIGNS))
        signs.append(CODE_SIGNS[place])
    return "".join(signs)
