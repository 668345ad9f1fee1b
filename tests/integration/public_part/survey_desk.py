"""满意度调查 played through the services and public pages by people of the demonstration; all says 演示."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tests import stories
from tests.factories import filings
from tests.integration.recognition import desk
from webapp.models.survey import Answer, Invitation, Survey
from webapp.services import cases, surveys
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

    from tests.application import Browser

CLERK, CHIEF = "renshe", "renshe-kz"
SAID = stories.said("satisfaction")
PLAN = SAID["plan"]
EMPLOYER = SAID["employer"]
WORKER = SAID["worker"]


def start(market_no: str | None) -> UUID:
    """Let the bureau's clerk begin a survey about a market; return the case's id."""
    with unit_of_work() as session:
        return cases.start(session, filings.actor(session, CLERK), "satisfaction", market_no=market_no).id


def opened(market_no: str | None, **changes: Any) -> UUID:
    """Begin a survey and make its invitations; return the case's id."""
    case_id = start(market_no)
    desk.act(case_id, CLERK, "plan", PLAN | changes)
    return case_id


def tokens(case_id: UUID, group: str) -> list[str]:
    """Return the tokens of a group's invitations by number."""
    with read_only() as session:
        rows = session.scalars(
            select(Invitation)
            .join(Survey, Survey.id == Invitation.survey_id)
            .where(Survey.case_id == case_id, Invitation.group_key == group)
            .order_by(Invitation.serial)
        )
        return [surveys.token_of(row.id) for row in rows]


def answers(case_id: UUID) -> list[Answer]:
    """Return what was answered."""
    with read_only() as session:
        query = select(Answer).join(Survey, Survey.id == Answer.survey_id).where(Survey.case_id == case_id)
        return list(session.scalars(query.order_by(Answer.id)))


def fill(browser: Browser, token: str, values: dict[str, str]) -> Any:
    """Answer as somebody with a link does: open the page, choose, send."""
    assert browser.get(f"/s/{token}").status_code == 200
    return browser.post(f"/s/{token}", data=values)


def everybody_answers(browse: Any, case_id: UUID) -> None:
    """Let all answer who were invited, workers once more contented than the other."""
    for token in tokens(case_id, "employers"):
        assert fill(browse(), token, EMPLOYER).status_code == 200
    for token in tokens(case_id, "workers"):
        assert fill(browse(), token, WORKER).status_code == 200


def close(case_id: UUID) -> None:
    """Let the clerk end the collecting."""
    given = {"given_employers": 2, "given_workers": 3, "ends": True}
    desk.act(case_id, CLERK, "collect", given)


def text_of(page: str) -> str:
    """Return a page without tags and runs of blanks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
