"""Evaluate a decision or a decision service, and tell how the answer came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webapp.dmn.frame import Problems
from webapp.dmn.linking import Linked, link
from webapp.dmn.session import Session
from webapp.dmn.trace import Result, Trace
from webapp.feel import Budget, FeelLimitExceeded, Limits, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LIMITS: Final = Limits(steps=2_000_000, seconds=3.0)
"""What one decision with all its requirements may use."""
_NONE: Final[Mapping[str, bytes | str]] = {}


def evaluate(
    source: bytes | str,
    decision: str,
    inputs: Mapping[str, object],
    *,
    limits: Limits = LIMITS,
    imports: Mapping[str, bytes | str] = _NONE,
    strict: bool = True,
) -> Result:
    """Evaluate a decision.

    Args:
        source: the DMN model.
        decision: id or name.
        inputs: values by the names of the input data; more names are visible to expressions as well. An
            input that is missing is null. An input of an imported model may also be given under
            `namespace#name`.
        limits: what the evaluation may use in all.
        imports: sources of the models that the model imports, by any names; they are found by namespace.
        strict: an error ends the evaluation. Otherwise the value in question is null, as the standard says,
            and the result lists the problems.

    Raises:
        DmnSyntaxError: when a source is no DMN model, or an imported one is missing.
        DecisionError: when the decision does not exist or, if strict, gives no answer; the message names
            the place.
        FeelLimitExceeded: when a limit is reached.
    """
    linked = link(source, imports)
    wanted = linked.model.decision(decision)
    return _result(linked, inputs, limits, strict, lambda session: session.decide(linked, wanted))


def evaluate_service(
    source: bytes | str,
    service: str,
    inputs: Mapping[str, object],
    *,
    limits: Limits = LIMITS,
    imports: Mapping[str, bytes | str] = _NONE,
    strict: bool = True,
) -> Result:
    """Evaluate a decision service: the value of its output decision, or those of several by name.

    Args:
        source: the DMN model.
        service: id or name.
        inputs: values by the names of the service's input data and input decisions; see `evaluate`.
        limits: what the evaluation may use in all.
        imports: sources of the models that the model imports; see `evaluate`.
        strict: see `evaluate`.

    Raises:
        DmnSyntaxError: when a source is no DMN model, or an imported one is missing.
        DecisionError: when the service does not exist or, if strict, gives no answer.
        FeelLimitExceeded: when a limit is reached.
    """
    linked = link(source, imports)
    wanted = linked.model.service(service)
    return _result(linked, inputs, limits, strict, lambda session: session.serve(linked, wanted))


def _result(
    linked: Linked,
    inputs: Mapping[str, object],
    limits: Limits,
    strict: bool,  # noqa: FBT001 as the caller was told
    work: Callable[[Session], Value],
) -> Result:
    problems = Problems(strict=strict)
    session = Session(inputs, Budget(limits), problems)
    try:
        value = work(session)
    except RecursionError:
        raise FeelLimitExceeded("决策调用的层数超出上限") from None
    return Result(value, Trace(tuple(session.traces)), linked.model.content_hash, tuple(problems.noted))
