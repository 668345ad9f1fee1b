"""满意度调查 for those who run it: how many answered, what came of it, the links (Policy: TZ-3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from webapp.core.errors import Forbidden, Missing
from webapp.models.survey import Answer, Invitation, Survey
from webapp.queries.agencies import deciding_agency
from webapp.queries.releases import definition_of, form_of, pack_of_case

if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from sqlalchemy.orm import Session

    import forms
    from webapp.models.case import Case
    from webapp.queries.actors import Actor

COMMENT = "comment"
"""Key of the field of a questionnaire that takes free words; every other field is a mark."""
ASKS = "survey"
"""Property of a process whose cases make surveys; of others nobody need look for one."""
FEW_FOR_COMMENTS = 3
"""Below so many answers of a group its comments are not shown: few people could be told from their words."""


@dataclass(frozen=True, slots=True)
class GroupView:
    """One group of people who were asked."""

    key: str
    label: str
    invited: int
    answered: int
    score: str | None
    averages: list[tuple[str, str]]
    comments: list[str]


@dataclass(frozen=True, slots=True)
class SurveyView:
    """The survey of a case as its page shows it.

    Attributes:
        closes_on: Last Beijing day on which answers are taken.
        is_open: Whether answers are still taken; results are there only afterwards.
        groups: Those who were asked.
        may_hand_out: Whether the reader may print and export the links.
    """

    closes_on: date
    is_open: bool
    groups: list[GroupView]
    may_hand_out: bool


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What an invitation asks: about which market, whom, until when, and the questions."""

    market: str
    township: str
    group: str
    closes_on: date
    schema: forms.FormSchema
    is_demo: bool


def questionnaire(session: Session, invitation: Invitation) -> Questionnaire:
    """Return what an invitation asks."""
    survey = invitation.survey
    case, market = survey.case, survey.case.market
    (group,) = (group for group in survey.groups if group["key"] == invitation.group_key)
    return Questionnaire(
        market=market.name if market else case.title,
        township=market.township.short if market else "",
        group=group["label"],
        closes_on=survey.closes_on,
        schema=form_of(pack_of_case(session, case), group["form"]),
        is_demo=case.is_demo,
    )


def survey_of(session: Session, case: Case, *, lock: bool = False) -> Survey | None:
    """Return the survey that a case made, if it has made one yet."""
    query = select(Survey).where(Survey.case_id == case.id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def survey_view(session: Session, actor: Actor, case: Case) -> SurveyView | None:
    """Return the survey of a case that the actor may see; `None` if it has none."""
    asks = definition_of(session, case.process_version).properties.get(ASKS) == "true"
    survey = survey_of(session, case) if asks else None
    if survey is None:
        return None
    own = deciding_agency(session, case).id == actor.agency_id
    used = dict(
        session.execute(
            select(Invitation.group_key, func.count(Invitation.id))
            .where(Invitation.survey_id == survey.id, Invitation.answered)
            .group_by(Invitation.group_key)
        ).all()
    )
    is_open = survey.closed_at is None
    return SurveyView(
        closes_on=survey.closes_on,
        is_open=is_open,
        groups=[_group(session, case, survey, group, used, own=own) for group in survey.groups],
        may_hand_out=own and is_open and actor.may("task.act") and case.status == "running",
    )


def survey_to_hand_out(session: Session, actor: Actor, case: Case) -> Survey:
    """Return the open survey of a case for those who hand its invitations out.

    Raises:
        Missing: If the case has no open survey.
        Forbidden: If the actor is not of the agency that decides the case.
    """
    survey = survey_of(session, case)
    if survey is None or survey.closed_at is not None or case.status != "running":
        raise Missing("本件没有正在收集的调查，不能打印或导出邀请。")
    if deciding_agency(session, case).id != actor.agency_id or not actor.may("task.act"):
        raise Forbidden("邀请由开展调查的单位发放，您当前的岗位不能打印或导出。")
    return survey


def invitations_of(session: Session, survey: Survey) -> list[Invitation]:
    """Return the invitations of a survey by group and number."""
    query = select(Invitation).where(Invitation.survey_id == survey.id)
    return list(session.scalars(query.order_by(Invitation.group_key, Invitation.serial)))


def _group(
    session: Session, case: Case, survey: Survey, group: dict[str, Any], used: dict[str, int], *, own: bool
) -> GroupView:
    key, found = group["key"], (survey.result or {}).get(group["key"], {})
    schema = form_of(pack_of_case(session, case), group["form"])
    labels = {field.path: field.label for field in schema.fields}
    means = found.get("averages", {})
    return GroupView(
        key=key,
        label=group["label"],
        invited=group["number"],
        answered=found.get("n", used.get(key, 0)),
        score=found.get("score"),
        averages=[(label, means[path]) for path, label in labels.items() if path in means],
        comments=_comments(session, survey, key) if own and found.get("n", 0) >= FEW_FOR_COMMENTS else [],
    )


def _comments(session: Session, survey: Survey, key: str) -> list[str]:
    """Return what people added in their own words, once the survey is closed."""
    if survey.closed_at is None:
        return []
    query = select(Answer.comment).where(
        Answer.survey_id == survey.id, Answer.group_key == key, Answer.comment.is_not(None)
    )
    return sorted(text for text in session.scalars(query) if text)
