"""What can go wrong when a procedure is read or moved; every message is Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from webapp.core.errors import DomainError

if TYPE_CHECKING:
    from webapp.engine.findings import Finding


class EngineError(DomainError):
    """A procedure cannot go on as asked. After one of these a run must be thrown away, not saved."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "engine"


class DefinitionError(EngineError):
    """Process files that must not run.

    Attributes:
        findings: what is wrong, each with its mend; empty when the files could not be read at all.
    """

    code = "definition"

    def __init__(self, message: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(message)
        self.findings = findings


class ConditionError(EngineError):
    """A condition gave neither true nor false, or none of the exits of a gateway can be taken."""

    code = "condition"


class StepLimitExceeded(EngineError):  # noqa: N818 - named by what is wrong
    """Automatic steps went on and on without reaching a person, a timer or an effect."""

    code = "step_limit"


class Deadlock(EngineError):  # noqa: N818 - named by what is wrong
    """Nothing is waiting and nothing can run, yet the procedure has not ended."""

    code = "deadlock"


class UnknownTask(EngineError):  # noqa: N818 - named by what is wrong
    """The task is not waiting: it was completed or cancelled before, or never existed."""

    status = 409
    code = "unknown_task"


class InvalidValue(EngineError):  # noqa: N818 - named by what is wrong
    """A value that may not travel with the token."""

    status = 422
    code = "invalid_value"


class StateError(EngineError):
    """A stored state that cannot be read, or belongs to another definition."""

    code = "state"
