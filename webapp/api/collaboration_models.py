"""What callers send and get for 催办, 督办, 抄送, 传阅, 暂停, 终止, 代理 and 批量办理."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from webapp.api.answers import Answer, Instant, link
from webapp.api.requests import Plain, Query, Request


def _key(text: object) -> object:
    try:
        return UUID(text) if isinstance(text, str) else text
    except ValueError:
        raise PydanticCustomError("key", "an id") from None


def _day(text: object) -> object:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else text
    except ValueError:
        raise PydanticCustomError("day", "a date") from None


Key = Annotated[UUID, BeforeValidator(_key)]
"""An id as text."""
Day = Annotated[date, BeforeValidator(_day), Field(description="北京日期，例如 2026-11-20")]
Words = Annotated[Plain, Field(max_length=200)]


class Reason(Request):
    """Why a case is suspended or ended."""

    reason: Annotated[Plain, Field(min_length=1, max_length=500)] = Field(description="理由，办件页上可见")


class NewSupervision(Request):
    """A leader's eye on a case."""

    requirement: Annotated[Plain, Field(min_length=1, max_length=500)] = Field(description="督办要求")
    due_on: Day | None = Field(default=None, description="督办期限，不改变法定时限")


class Sending(Request):
    """To whom a case is shown."""

    readers: list[Key] = Field(min_length=1, max_length=50, description="任职编号，见 /appointments")
    note: Words = Field(default="", description="附言")


class Urging(Request):
    """A word to those who have a step."""

    words: Words = Field(default="", description="催办的话；不写为“请尽快办理。”")


class Confirmation(Request):
    """A reader's 已阅."""

    answer: Words = Field(default="", description="阅后意见")


class NewSubstitution(Request):
    """Somebody acts for somebody else."""

    person: Key | None = Field(
        default=None, description="由谁外出或请假；不写为本人，他人须有 substitution.manage 权限"
    )
    substitute: Key = Field(description="代理人，须在同一单位任职")
    position: Key | None = Field(default=None, description="代理岗位；不写为全部岗位")
    process: Annotated[Plain, Field(max_length=60)] | None = Field(
        default=None, description="代理业务；不写为全部业务"
    )
    starts_on: Day
    ends_on: Day = Field(description="含当日")
    reason: Words = ""


class BatchItem(Request):
    """One step of a batch."""

    id: Key
    revision: int = Field(ge=0, le=2**31 - 1, description="读取待办时的修订号")


class BatchCompletion(Request):
    """One content for several steps."""

    items: list[BatchItem] = Field(min_length=1, max_length=50, description="同一环节的待办")
    data: dict[str, Any] = Field(description="表单内容，用于每一件")


class CirculationQuery(Query):
    """Which of what was sent."""

    tab: Literal["unread", "all"] = Field(default="unread", description="unread 未阅，all 全部")


class CaseState(Answer):
    """Where a case stands after an act beside its steps."""

    no: str
    status: str = Field(
        description="running 办理中，suspended 已暂停，finished 已办结，withdrawn 已撤回，terminated 已终止"
    )
    reason: str | None = Field(validation_alias="hold_reason", description="暂停或终止的理由")


class Supervised(Answer):
    """A supervision."""

    case_no: str
    requirement: str
    due_on: date | None
    began_at: Instant


class Sent(Answer):
    """How many were newly shown a case; who had it unread already gets it once."""

    case_no: str
    sent: int


class Urged(Answer):
    """An urging."""

    task_id: UUID = Field(validation_alias="work_item_id")
    urged_at: Instant
    words: str


class Circulation(Answer):
    """A case that was sent to the holder."""

    id: UUID
    kind: str = Field(description="抄送或传阅")
    sender: str
    at: Instant
    note: str
    read_at: Instant | None
    answer: str
    case_no: str
    case_title: str
    case_url: Annotated[str, link("/cases/{}")] = Field(validation_alias="case_no")


class Confirmed(Answer):
    """A confirmation."""

    id: UUID
    read_at: Instant
    answer: str


class Appointment(Answer):
    """Somebody in a position."""

    id: UUID
    person_id: UUID
    person: str
    position_id: UUID
    position: str
    agency: str


class Appointments(Answer):
    """Everybody who may act today."""

    items: list[Appointment]


class SubstitutionRow(Answer):
    """A substitution."""

    id: UUID
    person: str
    substitute: str
    position: str
    process: str
    starts_on: date
    ends_on: date
    reason: str
    state: str = Field(description="未开始、生效中、已到期或已撤销")


class Substitutions(Answer):
    """The holder's substitutions, or everybody's for those who manage them."""

    items: list[SubstitutionRow]


class BatchOutcome(Answer):
    """What became of one step of a batch."""

    id: UUID
    done: bool
    code: str = Field(description="未办成时的错误代码")
    message: str = Field(description="未办成的原因")


class BatchOutcomes(Answer):
    """What became of each step, in the order in which they were sent."""

    items: list[BatchOutcome]
    done: int
    refused: int
