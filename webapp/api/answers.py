"""What the API answers, as models: they render the views of `queries` and describe themselves.

Instants are UTC in ISO 8601, numbers are text, names are those of the views unless said otherwise.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from webapp.api.blueprint import PREFIX

T = TypeVar("T")

Instant = Annotated[datetime, BeforeValidator(lambda at: at.astimezone(UTC) if at else at)]


def link(template: str) -> BeforeValidator:
    """Turn a key into an address of this API."""
    return BeforeValidator(lambda key: f"{PREFIX}{template.format(key)}")


class Answer(BaseModel):
    """Something that is answered; it is read from the attributes of a view."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Problem(BaseModel):
    """An error as RFC 9457 has it."""

    title: str = Field(description="错误的类别")
    status: int = Field(description="HTTP 状态码")
    detail: str = Field(description="发生了什么、怎样处理")
    code: str = Field(description="供程序判断的错误代码")
    errors: dict[str, list[str]] | None = Field(
        default=None, description="422：按字段路径列出的提示，例如 operator.uscc、staff.0.name"
    )
    changes: list[str] | None = Field(default=None, description="409：读取之后发生的变动")
    current_revision: int | None = Field(default=None, description="409：目前的修订号")
    retry_after: int | None = Field(default=None, description="429：多少秒后可以再试")


class Paged(Answer, Generic[T]):
    """One page of a list."""

    items: list[T] = Field(validation_alias="rows")
    total: int
    page: int = Field(validation_alias="number")
    pages: int


class Basis(Answer):
    """依据: a clause, or a default of this installation with its reason."""

    label: str
    text: str
    url: str | None = Field(description="条款页面")
    is_default: bool = Field(description="本地缺省，条款没有规定")


class ClockPause(Answer):
    """A stretch in which a time limit stood still."""

    reason: str
    began_at: Instant
    ended_at: Instant | None = Field(description="null 表示尚未恢复")
    days: int = Field(description="因此不计的天数")
    workdays: int = Field(description="其中的工作日")
    document: str = Field(description="所依据的公文；不供查阅或没有时为空")


class Clock(Answer):
    """A time limit."""

    label: str
    state: str = Field(validation_alias="tone", description="ok、warn、late 或 paused")
    used: int
    total: int
    text: str
    due_at: Instant = Field(description="最后时刻；暂停时为最早可能的时刻")
    paused: bool
    pauses: list[ClockPause] = Field(description="历次暂停，最早的在前")


class Urge(Answer):
    """The newest urging of a step."""

    who: str
    at: Instant
    words: str
    times: int


class TaskRow(Answer):
    """A step that waits for the holder's position."""

    id: UUID
    case_no: str
    case_title: str
    applicant: str
    process_title: str
    kind: str = Field(validation_alias="kind_label")
    name: str = Field(validation_alias="step_name")
    arrived_at: Instant
    clock: Clock | None
    claimed_by: str | None
    supervised: bool = Field(validation_alias="is_supervised", description="督办件")
    suspended: bool = Field(validation_alias="is_suspended", description="办件已暂停，暂不能办理")
    may_batch: bool = Field(description="可以批量办理")
    urged: Urge | None = Field(description="最近一次催办")
    url: Annotated[str, link("/tasks/{}")] = Field(validation_alias="id")


class Mark(Answer):
    """A field to be corrected."""

    path: str
    label: str
    what: str
    how: str


class Signature(Answer):
    """A signature that holds."""

    name: str
    at: Instant


class File(Answer):
    """A file that the form may name."""

    id: UUID
    name: str
    sha256: str
    url: Annotated[str, link("/attachments/{}")] = Field(validation_alias="id")


class Value(Answer):
    """One value to read; personal data is masked."""

    path: str
    label: str
    text: str
    personal: bool
    files: list[UUID]


class Section(Answer):
    """Values under one heading; a list has columns and records."""

    title: str
    rows: list[Value]
    columns: list[str]
    records: list[list[Value]]


class Task(Answer):
    """A step with its form."""

    id: UUID
    case_no: str
    name: str
    status: str = Field(description="open 待办，done 已办结，presumed 逾期视为无意见，cancelled 已取消")
    revision: int = Field(description="提交时原样交回")
    opened_at: Instant
    clock: Clock | None
    basis: list[Basis]
    help: str
    claimed_by: str | None
    signers_needed: int
    signatures: list[Signature]
    needs_declaration: bool = Field(description="提交时须作回避声明（declaration 为 true）")
    marks: list[Mark] = Field(description="需要补正的项目")
    editable: list[str] | None = Field(description="只可修改的路径；null 表示都可以填写")
    form: dict[str, Any] = Field(description="表单（form-js 格式）")
    data: dict[str, Any] | None = Field(description="目前的内容，含暂存；不由您填写或办结后为 null")
    content: list[Section] = Field(description="请您签署的内容，个人信息已遮盖；由您填写时为空，见 data")
    files: list[File]


class Completed(Answer):
    """What became of a step that was signed."""

    id: UUID
    name: str
    status: str = Field(description="done 已办结；open 还需另一人签署")
    revision: int
    signatures: int
    signers_needed: int
    case_no: str
    case_status: str


class Attachment(Answer):
    """A file that was handed in."""

    id: UUID
    name: str
    size: int = Field(description="字节数")
    sha256: str
    media_type: str
    uploaded_at: Instant
    url: Annotated[str, link("/attachments/{}")] = Field(validation_alias="id")


class DocumentRow(Answer):
    """An official document."""

    id: UUID
    title: str
    number: str | None = Field(description="发文字号")
    agency: str
    status: str = Field(
        description="typeset 正在用印，issued 已印发，corrected 已更正，revoked 已撤销，superseded 已被替代"
    )
    status_label: str
    issued_at: Instant
    pages: int
    url: Annotated[str, link("/documents/{}")] = Field(validation_alias="id")
    pdf_url: Annotated[str, link("/documents/{}.pdf")] = Field(validation_alias="id")


class Document(DocumentRow):
    """An official document with what identifies its file."""

    case_no: str
    sha256: str | None = Field(description="用印后文件的校验值")
    sealed: bool = Field(description="文件上有印章和签名；现场核查表由核查人签字，不用印")
    disclosure: str | None
    retention: str | None
    verify_url: str = Field(description="公开核验页面")


class Market(Answer):
    """A market in the public directory."""

    no: str
    name: str
    kind: str
    township: str
    address: str
    hours: str
    phone: str
    services: list[str]
    operator: str
    area_m2: Decimal | None = Field(description="面积（平方米），写成文字")
    lng: Decimal | None
    lat: Decimal | None
    status_label: str
    recognised_on: date | None
    trial_from: date | None
    trial_until: date | None
    is_demo: bool
    url: str


class Verified(Answer):
    """Whether a document is genuine."""

    genuine: bool
    title: str
    number: str | None
    agency: str
    issued_at: Instant
    state: str = Field(validation_alias="state_label")
    sha256: str | None
    market: str | None = Field(description="所涉零工市场（驿站）和它的状态")
    look_ups: int = Field(validation_alias="looked_up_count", description="被核验的次数")
    is_demo: bool
