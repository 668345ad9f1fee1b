"""What an endpoint takes and answers, said once beside it: the OpenAPI document is read off it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

View = TypeVar("View", bound="Callable[..., Any]")
_OPERATION = "described_operation"

CASES, TASKS, COLLABORATION, OPERATIONS, FILES, REPORTS, OPEN_DATA = TAGS = (
    *("办件", "待办", "协同办理", "流程运维", "材料和公文", "平台报入", "公开信息"),
)
"""Headings in the order in which they are read."""


@dataclass(frozen=True)
class Operation:
    """One endpoint in words.

    Attributes:
        tag: Heading under which it stands.
        summary: What it does.
        answer: Model of a JSON answer, or the media type of a file.
        status: HTTP status of success.
        body: Model of the JSON body, if it takes one.
        query: Model of the parameters in the address, if it takes any.
        upload: Whether it takes a file as a form.
        problems: Statuses that may be answered instead, besides those of authentication.
    """

    tag: str
    summary: str
    answer: type[BaseModel] | str
    status: int = 200
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    upload: bool = False
    problems: tuple[int, ...] = ()


def described(operation: Operation) -> Callable[[View], View]:
    """Keep the description of an endpoint with it."""

    def keep(view: View) -> View:
        setattr(view, _OPERATION, operation)
        return view

    return keep


def operation_of(view: Callable[..., Any]) -> Operation | None:
    """Return the description of an endpoint."""
    return cast("Operation | None", getattr(view, _OPERATION, None))
