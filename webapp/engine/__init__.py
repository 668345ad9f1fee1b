"""The only door to SpiffWorkflow: read a process, run it, store it. Takes data and returns data."""

from webapp.engine.definition import Definition, Flow, Lane, Step
from webapp.engine.errors import (
    ConditionError,
    Deadlock,
    DefinitionError,
    EngineError,
    InvalidValue,
    StateError,
    StepLimitExceeded,
    UnknownTask,
)
from webapp.engine.findings import Finding
from webapp.engine.lint import References, lint
from webapp.engine.loading import load
from webapp.engine.migration import MigrationPlan, migrate, plan_migration
from webapp.engine.operators import OperatorSignature, pure_operator
from webapp.engine.results import (
    ClosedTask,
    Decided,
    Effect,
    OpenMessage,
    OpenTask,
    OpenTimer,
    StepResult,
    Token,
)
from webapp.engine.run import Run, resume, start
from webapp.engine.values import decode_all, encode_all

__all__ = [
    "ClosedTask",
    "ConditionError",
    "Deadlock",
    "Decided",
    "Definition",
    "DefinitionError",
    "Effect",
    "EngineError",
    "Finding",
    "Flow",
    "InvalidValue",
    "Lane",
    "MigrationPlan",
    "OpenMessage",
    "OpenTask",
    "OpenTimer",
    "OperatorSignature",
    "References",
    "Run",
    "StateError",
    "Step",
    "StepLimitExceeded",
    "StepResult",
    "Token",
    "UnknownTask",
    "decode_all",
    "encode_all",
    "lint",
    "load",
    "migrate",
    "plan_migration",
    "pure_operator",
    "resume",
    "start",
]
