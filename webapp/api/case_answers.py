"""A case as the API answers it: the same views as its page, personal data masked."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID  # noqa: TC003 - pydantic reads annotations at run time

from pydantic import Field

from webapp.api.answers import Answer, Basis, Clock, DocumentRow, Instant, Section, link


class CaseRow(Answer):
    """One line of a list of cases."""

    no: str
    title: str
    applicant: str
    kind: str
    status: str = Field(
        description="running 办理中，suspended 已暂停，finished 已办结，withdrawn 已撤回，terminated 已终止"
    )
    status_label: str
    step: str = Field(validation_alias="phase", description="目前的环节")
    process_title: str
    clock: Clock | None
    started_at: Instant
    url: Annotated[str, link("/cases/{}")] = Field(validation_alias="no")


class CaseMarket(Answer):
    """The market that a case is about."""

    no: str | None = Field(description="认定后的编号")
    name: str
    kind: str
    status: str = Field(description="proposed 办理中，recognised 已认定，refused 不予认定，dropped 已撤回")


class Step(Answer):
    """One step that was reached."""

    id: UUID
    element_id: str
    name: str
    agency: str
    position: str
    status: str = Field(description="open 待办，done 已办结，presumed 逾期视为无意见，cancelled 已取消")
    opened_at: Instant
    done_at: Instant | None
    done_by: str | None
    claimed_by: str | None
    mine: bool = Field(description="由本令牌的岗位办理")


class Event(Answer):
    """One thing that happened."""

    at: Instant
    title: str
    who: str
    text: str


class Material(Answer):
    """A file that was handed in."""

    id: UUID
    name: str
    field_label: str
    sha256: str
    url: Annotated[str, link("/attachments/{}")] = Field(validation_alias="id")


class Opinion(Answer):
    """One body's answer in the joint opinion."""

    agency: str
    since: Instant
    due: Instant | None
    conclusion: str
    opinion: str
    by: str
    at: Instant | None
    late_rule: str
    basis: list[Basis]


class DecisionLine(Answer):
    """One condition that was tested."""

    label: str
    requirement: str
    figure: str
    met: bool
    basis: Basis | None


class Decision(Answer):
    """A decision explained line by line."""

    name: str
    version: str
    at: Instant
    verdict: str
    lines: list[DecisionLine]


class Change(Answer):
    """One value that a correction changed."""

    path: str
    label: str
    before: str
    after: str


class Submission(Answer):
    """What was entered in one step."""

    id: UUID
    step_name: str
    by: str
    at: Instant
    sections: list[Section]
    changes: list[Change]


class Case(Answer):
    """A case with everything that its page shows."""

    no: str
    title: str
    kind: str
    process_title: str
    version_label: str
    applicant: str
    status: str = Field(
        description="running 办理中，suspended 已暂停，finished 已办结，withdrawn 已撤回，terminated 已终止"
    )
    status_label: str
    outcome: str | None = Field(description="approved 已认定，refused 不予认定")
    started_at: Instant
    submitted_at: Instant | None
    finished_at: Instant | None
    retention: str | None
    disclosure: str | None
    is_demo: bool
    basis: list[Basis]
    market: CaseMarket | None
    clock: Clock | None
    steps: list[Step] = Field(description="到过的环节，按时间顺序")
    events: list[Event] = Field(description="办理过程，最新的在前")
    opinions: list[Opinion]
    decisions: list[Decision]
    submissions: list[Submission] = Field(description="各环节填写的内容，个人信息已遮蔽，最新的在前")
    materials: list[Material]
    documents: list[DocumentRow]
    may_withdraw: bool

    @classmethod
    def of(cls, case: Any, page: Any, steps: list[Step]) -> Case:
        """Return the answer of a case from its row, its page and the steps that it reached."""
        head = page.case
        return cls.model_validate(
            {
                **{name: getattr(head, name) for name in cls.model_fields if hasattr(head, name)},
                "outcome": case.outcome,
                "finished_at": case.finished_at,
                "market": case.market,
                "clock": page.clock,
                "steps": steps,
                "events": page.timeline,
                "opinions": page.matrix.rows if page.matrix else [],
                "decisions": page.decisions,
                "submissions": page.submissions,
                "materials": page.materials,
                "documents": page.documents,
                "may_withdraw": page.may_withdraw,
            }
        )
