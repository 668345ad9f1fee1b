"""Errors that a person can understand and mend.

Every message is plain Chinese and may be shown as it is. ``status`` is the HTTP
status that pages and the API answer with; nothing here knows a web framework.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class DomainError(Exception):
    """A rule of the domain refuses what was asked.

    Attributes:
        message: Chinese sentence for the person who asked.
        field: Path of the field it is about (``operator.uscc``), if any.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "refused"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Invalid(DomainError):  # noqa: N818 - named by what is wrong
    """What was entered cannot be accepted.

    Attributes:
        errors: Messages by field path, such as ``operator.uscc`` or ``zones.0.name``;
            the empty path is the whole input.
    """

    status = 422
    code = "invalid"

    def __init__(
        self,
        message: str = "填写的内容有误，请按提示修改后再提交。",
        *,
        field: str | None = None,
        errors: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        super().__init__(message, field=field)
        found = {path: list(messages) for path, messages in (errors or {}).items()}
        self.errors: dict[str, list[str]] = found or {field or "": [message]}


class Missing(DomainError):  # noqa: N818 - named by what is wrong
    """It does not exist, or this person may not know that it does."""

    status = 404
    code = "missing"


class Forbidden(DomainError):  # noqa: N818 - named by what is wrong
    """It is known to exist, but this person may not do this with it."""

    status = 403
    code = "forbidden"


class Stale(DomainError):  # noqa: N818 - named by what is wrong
    """It changed after this person had read it.

    Attributes:
        current_revision: The revision that is valid now.
        changes: What happened since, one plain sentence each.
    """

    status = 409
    code = "stale"

    def __init__(
        self,
        message: str = "内容已被他人更新，请核对最新内容后再提交。",
        *,
        current_revision: int | None = None,
        changes: Iterable[str] = (),
        field: str | None = None,
    ) -> None:
        super().__init__(message, field=field)
        self.current_revision = current_revision
        self.changes = list(changes)


class Locked(DomainError):  # noqa: N818 - named by what is wrong
    """Somebody else is working on it at this moment."""

    status = 409
    code = "locked"


class TooMany(DomainError):  # noqa: N818 - named by what is wrong
    """Too many attempts in a short time.

    Attributes:
        retry_after: Seconds until another attempt makes sense, if known.
    """

    status = 429
    code = "too_many"

    def __init__(self, message: str, *, retry_after: int | None = None, field: str | None = None) -> None:
        super().__init__(message, field=field)
        self.retry_after = retry_after
