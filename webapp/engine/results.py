"""What the engine tells the rest of the system after each move."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime, timedelta

    from webapp import dmn, feel


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A human step that waits.

    Attributes:
        task_id: the engine's id of this very occurrence; stable until it closes.
        element_id: the step in the diagram.
        name: the step's name.
        lane: name of its lane; a step of a called process without lanes takes that of the call.
        agency: the lane's agency key; empty when the lane names none.
        properties: the step's properties (form, position, basis, ...).
        item: the item this occurrence is about when the step runs once per item, else None.
        number: its place among the items, counted from 1; None when the step runs once.
    """

    task_id: str
    element_id: str
    name: str
    lane: str
    agency: str
    properties: Mapping[str, str] = field(hash=False)
    item: Any = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class ClosedTask:
    """Something that waited before and waits no longer: a human step, effect, timer or message."""

    task_id: str
    element_id: str
    state: Literal["completed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Effect:
    """Work that the caller does and then answers with `Run.deliver`.

    Attributes:
        operator: name of the operator to perform.
        parameters: its parameters as FEEL values.
        result_variable: the token key that the answer should give, if the step names one.
        properties: the step's properties.
    """

    task_id: str
    element_id: str
    operator: str
    parameters: Mapping[str, Any] = field(hash=False)
    result_variable: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class OpenTimer:
    """A timer that was armed. The caller works out when it is due and then calls `Run.fire`.

    Attributes:
        kind: `duration` counted from now, or `date`.
        value: what the timer's expression gave when the timer was armed.
        attached_to: id of the step it watches; empty for a timer on the way.
        interrupting: whether firing closes the step it watches.
        properties: the event's properties.
    """

    task_id: str
    element_id: str
    kind: Literal["duration", "date"]
    value: timedelta | feel.YearMonthDuration | datetime | date
    attached_to: str = ""
    interrupting: bool = False
    properties: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class OpenMessage:
    """A message that is waited for. The caller answers with `Run.receive`."""

    task_id: str
    element_id: str
    name: str
    attached_to: str = ""
    interrupting: bool = False
    properties: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Token:
    """Where the procedure stands: one of possibly several places at once.

    Attributes:
        id: the engine's id of the waiting task; the same as its `task_id` elsewhere.
        element_id: the element where it stands; for a branch that has ended, its end event.
        kind: what it waits for: a person, an effect's result, a timer, a message, or other branches.
        level: ids of the calls and subprocesses that it lies in, outermost first.
        number: its place among the items, counted from 1; None when the step runs once.
    """

    id: str
    element_id: str
    kind: Literal["human", "effect", "timer", "message", "join"]
    level: tuple[str, ...] = ()
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was taken on the way.

    Attributes:
        decision_id: id of the decision in its file.
        name: the step's name.
        source_hash: SHA-256 of the decision file, hexadecimal.
        result: outputs and trace.
        inputs: the facts that the answer rests on, by path (`facts.site.area`), and nothing else.
    """

    task_id: str
    element_id: str
    decision_id: str
    name: str
    source_hash: str
    result: dmn.Result = field(hash=False)
    inputs: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class StepResult:
    """Everything that changed in one move.

    Attributes:
        opened: human steps that now wait and did not before.
        closed: what waited before and no longer does.
        effects: work for the caller, newly asked for.
        timers: timers newly armed.
        messages: messages newly waited for.
        decisions: decisions taken on the way.
        trail: ids of the elements and flows passed, in order.
        finished: whether the procedure has ended.
    """

    opened: tuple[OpenTask, ...] = ()
    closed: tuple[ClosedTask, ...] = ()
    effects: tuple[Effect, ...] = ()
    timers: tuple[OpenTimer, ...] = ()
    messages: tuple[OpenMessage, ...] = ()
    decisions: tuple[Decided, ...] = ()
    trail: tuple[str, ...] = ()
    finished: bool = False
