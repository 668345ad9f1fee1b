"""What callers send and get for the office verbs of a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from webapp.api.answers import Answer, Instant
from webapp.api.requests import Plain, Request
from webapp.queries.verbs import waiting_for

if TYPE_CHECKING:
    from webapp.models.work_item import WorkItem


def _uuid(text: object) -> object:
    """Read an id from text: bodies are read strictly, and JSON has no other way to write one."""
    return UUID(text) if isinstance(text, str) else text


Key = Annotated[UUID, BeforeValidator(_uuid)]
Words = Annotated[Plain, Field(max_length=500)]
_SEEN = Field(default=None, ge=0, le=2**31 - 1, description="读取待办时的修订号；之后有变动则返回 409")
Revision = Annotated[int | None, _SEEN]


class Someone(Request):
    """A person in one of their positions."""

    person_id: Key = Field(description="人员编号，见 /appointments")
    position_id: Key = Field(description="岗位编号，见 /appointments")


class Transfer(Request):
    """转办."""

    position_id: Key = Field(description="转给本单位哪个岗位，见 /appointments")
    person_id: Key | None = Field(default=None, description="指定的人员；不写则由该岗位的人员认领")
    reason: Annotated[Plain, Field(min_length=1, max_length=500)] = Field(description="转办的原因")
    revision: Revision


class Delegation(Request):
    """委派."""

    person_id: Key = Field(description="委派给谁，须为本单位人员")
    position_id: Key = Field(description="其岗位")
    note: Words = Field(default="", description="交代的话")
    revision: Revision


class HandingBack(Request):
    """交回."""

    data: dict[str, Any] = Field(description="表单内容，写法同办结")
    opinion: Words = Field(default="", description="需要说明的情况")
    revision: Revision


class Signers(Request):
    """加签."""

    role: Literal["before", "after"] = Field(description="before 提交前先签，after 提交后再签")
    people: list[Someone] = Field(min_length=1, max_length=20, description="请谁签")
    in_order: bool = Field(default=False, description="按所列顺序依次签署")
    note: Words = Field(default="", description="请其签署什么")
    revision: Revision


class Vote(Request):
    """会签."""

    people: list[Someone] = Field(min_length=1, max_length=20, description="请谁会签")
    rule: Annotated[Plain, Field(pattern=r"^(all|majority|veto|[1-9][0-9]?)$")] = Field(
        default="all",
        description="all 全部同意，majority 过半数同意，veto 无人反对，数字表示须有多少人同意",
    )
    note: Words = Field(default="", description="请其签署什么")
    revision: Revision


class Opinion(Request):
    """A signature in a seat."""

    agrees: bool | None = Field(description="true 同意，false 不同意，null 弃权")
    opinion: Words = Field(default="", description="意见；不同意或弃权时必须写明")
    declaration: bool = Field(default=False, description="回避声明")
    revision: Revision


class Refusal(Request):
    """A seat given back."""

    reason: Annotated[Plain, Field(min_length=1, max_length=500)] = Field(description="不能办理的原因")


class Remark(Request):
    """Something that may be said about it."""

    reason: Words = Field(default="", description="原因")


class FieldMark(Request):
    """A field to be mended."""

    path: Annotated[Plain, Field(min_length=1, max_length=200)] = Field(description="表单字段的路径")
    what: Annotated[Plain, Field(min_length=1, max_length=200)] = Field(description="缺什么或哪里不对")
    how: Annotated[Plain, Field(max_length=200)] = Field(default="", description="怎样修改")


class Return(Request):
    """退回."""

    target_id: Key = Field(description="退回到哪项待办，见 /tasks/{task_id}/verbs 的 return_targets")
    reason: Annotated[Plain, Field(min_length=1, max_length=500)] = Field(description="退回的原因")
    marks: list[FieldMark] = Field(
        default_factory=list, max_length=100, description="需要修改的项目；列出后只可修改这些项目"
    )
    revision: Revision


class TaskState(Answer):
    """How a task stands after an act."""

    id: UUID
    name: str
    status: str = Field(
        description="open 待办，done 已办结，presumed 逾期视为无意见，carried 沿用原意见，returned 已退回，"
        "taken_back 已拿回，cancelled 已取消"
    )
    revision: int
    claimed_by: str | None
    waiting_for: list[str] = Field(description="还在等谁签署或交回")
    case_no: str
    case_status: str

    @classmethod
    def of(cls, item: WorkItem) -> TaskState:
        """Return the state of a work item."""
        return cls(
            id=item.id,
            name=item.name,
            status=item.status,
            revision=item.revision,
            claimed_by=item.claimed_by.name if item.claimed_by else None,
            waiting_for=waiting_for(item) if item.status == "open" else [],
            case_no=item.case.no,
            case_status=item.case.status,
        )


class Verb(Answer):
    """Something that can be done with a task."""

    key: str
    label: str
    reason: str | None = Field(description="现在为什么不能做；null 表示可以")


class Seat(Answer):
    """One person's part in a task."""

    id: UUID
    role: str = Field(description="sign 签署，before 前加签，after 后加签，vote 会签，delegate 委派")
    role_label: str
    person: str
    position: str
    for_person: str | None = Field(description="代谁办理")
    asked_by: str | None = Field(description="由谁提出；null 表示流程规定")
    note: str
    state: str = Field(description="waits 待签署，given 有效，void 已失效或取消")
    state_label: str
    agrees: bool | None
    opinion: str
    at: Instant | None


class MarkableField(Answer):
    """A field that can be marked."""

    path: str
    label: str


class ReturnTarget(Answer):
    """An earlier step that the case can be sent back to."""

    item_id: UUID
    element_id: str
    name: str
    who: str
    done_at: Instant | None
    fields: list[MarkableField]


class TaskVerbs(Answer):
    """What can be done with a task now."""

    verbs: list[Verb]
    seats: list[Seat]
    waiting_for: list[str]
    return_targets: list[ReturnTarget]
