"""What callers may send, as models: they check requests and describe them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from webapp.views.parameters import FURTHEST_PAGE

Plain = Annotated[str, Field(pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
"""Text without control characters; lines and tabs may be in it."""


class Request(BaseModel):
    """A body; names that are not described are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewCase(Request):
    """A case to be started."""

    process: Annotated[Plain, Field(min_length=1, max_length=60)] = Field(
        description="业务标识，例如 recognition（零工市场（驿站）申请认定）", examples=["recognition"]
    )
    market: Annotated[Plain, Field(min_length=1, max_length=60)] | None = Field(
        default=None, description="业务涉及名录中的市场时必填：市场的认定编号", examples=["TZ-SC-2026-001"]
    )
    data: dict[str, Any] | None = Field(
        default=None, description="第一步的表单内容；给出时一并提交，内容有误则不建立办件。不给出时只发起。"
    )


class Withdrawal(Request):
    """A filing taken back."""

    reason: Annotated[Plain, Field(min_length=1, max_length=1000)] = Field(description="撤回的理由")


class Completion(Request):
    """A step signed with its content."""

    data: dict[str, Any] = Field(
        description="表单内容，按表单字段的路径嵌套；数字和金额写成文字，日期写成 2026-11-20。"
        "补正时只需给出需要补正的项目。"
    )
    revision: int = Field(ge=0, le=2**31 - 1, description="读取待办时的修订号；之后有变动则返回 409")
    declaration: bool = Field(
        default=False, description="回避声明：本人与该市场及其运营机构没有利害关系。两人签署的环节必须为 true"
    )


class MarketReport(Request):
    """Figures that a platform reports."""

    values: dict[Annotated[Plain, Field(min_length=1, max_length=60)], int | Plain] = Field(
        max_length=50,
        description="各项数据，名称以政策包为准，逐项必填；整数，或写成文字的数字，最多两位小数",
        examples=[{"posts": 320, "seekers": 280, "confirmed": 190, "settled": 188, "paid": "41360.50"}],
    )


class Query(BaseModel):
    """Parameters in an address."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    page: int = Field(default=1, ge=1, le=FURTHEST_PAGE, description="页码，从 1 开始，每页 20 条")


Search = Annotated[Plain, Field(max_length=80)]


class CaseQuery(Query):
    """Which cases."""

    status: Literal["", "running", "suspended", "approved", "refused", "withdrawn", "terminated"] = Field(
        default="",
        description="状态：running 办理中，suspended 已暂停，approved 已认定，refused 不予认定，"
        "withdrawn 已撤回，terminated 已终止",
    )
    q: Search = Field(default="", description="标题或办件编号中的文字")


class TaskQuery(Query):
    """Which tasks."""

    tab: Literal["all", "soon", "late", "marked", "mine"] = Field(
        default="all",
        description="all 全部，soon 三日内到期，late 已超期，marked 退回补正，mine 本人已认领",
    )
    process: Search = Field(default="", description="业务标识，例如 recognition")
    attention: Literal["", "supervised", "urged"] = Field(
        default="", description="supervised 督办件，urged 被催办"
    )
    q: Search = Field(default="", description="标题或办件编号中的文字")
    sort: Literal["due", "newest", "oldest"] = Field(
        default="due", description="due 期限由近到远，newest 最新收到，oldest 最早收到"
    )


class DirectoryQuery(Query):
    """Which markets."""

    at: Search = Field(default="", description="辖区的标识，例如 tongzhou；不填为首个设置的辖区")
    kind: Search = Field(default="", description="类别：综合性零工市场，零工驿站")
    township: Search = Field(default="", description="街道乡镇的标识，例如 majuqiao")
    q: Search = Field(default="", description="名称、地址或编号中的文字")
