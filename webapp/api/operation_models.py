"""What administrators send and get: incidents, tokens, messages, timers, handing over, migrations."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID  # noqa: TC003 - pydantic reads it at run time

from pydantic import Field

from webapp.api.answers import Answer, Instant
from webapp.api.collaboration_models import Key  # noqa: TC001 - pydantic reads it at run time
from webapp.api.requests import Plain, Request

Why = Annotated[Plain, Field(min_length=4, max_length=500, description="理由，记入办件历史")]
Element = Annotated[Plain, Field(max_length=200)]


class Skipping(Request):
    """A failed step is passed."""

    reason: Why


class TokenTarget(Request):
    """Where a token is to go."""

    token: Element = Field(description="见 /operations/cases/{no}/tokens")
    target: Element = Field(default="", description="移到哪个环节之前；不写为跳过所在的环节")


class TokenMove(TokenTarget):
    """A move as it was previewed."""

    reason: Why
    revision: int = Field(description="预览时的修订号")


class NewMessage(Request):
    """A message for one case, or for all that wait for it."""

    name: Element = Field(description="消息名称，见 /operations/messages")
    case_no: Element = Field(default="", description="不写为所有等待这条消息的办件")
    reason: Why


class Reassignment(Request):
    """Open steps of a position, or of one person in it, handed over."""

    from_position: Key
    to_position: Key
    from_person: Key | None = Field(default=None, description="只移交由此人认领的")
    to_person: Key | None = Field(default=None, description="移交后由此人认领")
    reason: Why


class MigrationPlan(Request):
    """Running cases checked against another version."""

    from_version: Key
    to_version: Key
    mapping: dict[str, str] = Field(default_factory=dict, max_length=500, description="旧环节到新环节")


class IncidentRow(Answer):
    """An automatic step that failed."""

    id: UUID
    case_no: str
    name: str
    message: str
    at: Instant
    attempts: int


class Incidents(Answer):
    """What failed and waits for somebody to act."""

    items: list[IncidentRow]


class Retried(Answer):
    """What came of another try."""

    done: bool = Field(description="false：仍未成功，原因见 /operations/incidents")


class WaitingRow(Answer):
    """A timer that is armed, or a message that is awaited."""

    id: UUID
    case_no: str
    name: str
    due_at: Instant | None


class Waiting(Answer):
    """What cases wait for."""

    items: list[WaitingRow]


class Sent(Answer):
    """How many cases a message will reach."""

    cases: int


class TokenRow(Answer):
    """A place where a case stands."""

    id: str
    element_id: str
    name: str
    lane: str
    kind: str
    level: str


class Tokens(Answer):
    """Where a case stands."""

    no: str
    status: str
    revision: int
    tokens: list[TokenRow]


class Preview(Answer):
    """Where a case would stand after a move."""

    before: list[TokenRow]
    after: list[TokenRow]
    revision: int


class Reassigned(Answer):
    """How much was handed over."""

    moved: int
    left: int = Field(description="正在送签或委派办理，未移交")
    beyond: int = Field(description="超出一次移交的上限，未移交，可再次移交")


class VersionRow(Answer):
    """A version of a process."""

    id: UUID
    title: str
    process: str = Field(validation_alias="process_key")
    version: int
    current: bool
    running: int


class Versions(Answer):
    """The versions of every process."""

    items: list[VersionRow]


class MigratedCaseRow(Answer):
    """One case of a migration."""

    no: str
    verdict: str
    reasons: list[str]
    state: str
    message: str


class Migration(Answer):
    """One migration: the check per case, the progress, what became of each."""

    id: UUID
    title: str
    from_version: int
    to_version: int
    status: str
    at: Instant
    mapping: dict[str, str]
    total: int
    done: int
    safe: int
    cases: list[MigratedCaseRow]


class Migrations(Answer):
    """The migrations of a jurisdiction, without their cases."""

    items: list[Migration]
