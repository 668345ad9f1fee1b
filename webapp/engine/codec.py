# ruff: noqa: SLF001 - tasks are put back exactly as they were, past the library's notifications
"""A running procedure as bytes, and back.

A state is a mark, a version and the compression, then JSON. It holds rows of what is finished and kept
or still open, parents before children, with the data that differ from the parent's; of the occurrences
of a step that runs per item only those that somebody has touched (`webapp.engine.resting`). It holds
nothing of the definition: names of steps are looked up in the definition when the state is read, and the
exits that lie before an open step are laid out anew.

Row: parent's row number, step name's number, state, id of the task or 0, flags, inner data, changed data,
dropped keys, state of the process inside; zeros at the end are left out.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from webapp.engine import resting
from webapp.engine.errors import StateError
from webapp.engine.values import decode, decode_all, encode, encode_all, same
from webapp.engine.workflow import OPEN, SubWorkflow, Workflow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webapp.engine.definition import Definition
    from webapp.engine.evaluation import Evaluator

_MARK: Final = b"LG"
VERSION: Final = 1
_PLAIN, _ZLIB = b"p", b"z"
_WORTH_PACKING: Final = 512
_MAX_STATE: Final = 64 * 1024 * 1024
_HASH_LENGTH: Final = 16
_TRIGGERED: Final = 1
_ROW: Final = 9
_CORRUPT: Final = "办件的流程状态已损坏，无法读取。"


def dump(workflow: Any, definition: Definition) -> bytes:
    """Write the state of a running or ended procedure."""
    body: dict[str, Any] = {"h": definition.content_hash[:_HASH_LENGTH]}
    if workflow.completed:
        body["end"] = 1 if workflow.success else 2
        body["d"] = encode_all(workflow.last_task.data) if workflow.last_task is not None else {}
    else:
        names: dict[str, int] = {}
        body["r"] = _rows(workflow, names)
        body["n"] = list(names)
    raw = orjson.dumps(body)
    packed = zlib.compress(raw, 6) if len(raw) > _WORTH_PACKING else raw
    kind, content = (_ZLIB, packed) if len(packed) < len(raw) else (_PLAIN, raw)
    return _MARK + bytes([VERSION]) + kind + content


def load(state: bytes, definition: Definition, evaluator: Evaluator) -> Workflow:
    """Read a state.

    Raises:
        StateError: if it is no state, of a version that is not known, or of another definition.
    """
    body = _body(state)
    if body.get("h") != definition.content_hash[:_HASH_LENGTH]:
        raise StateError("办件的流程状态属于另一个版本的流程，不能用这个版本继续办理。")
    main, inner = definition.specs[definition.id], dict(definition.specs)
    workflow = Workflow(main, inner, script_engine=evaluator, deserializing=True)
    try:
        if "end" in body:
            _ended(workflow, body)
        else:
            _Reader(workflow, body["n"]).fill(workflow, body["r"])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise StateError(_CORRUPT) from error
    return workflow


def _body(state: bytes) -> dict[str, Any]:
    head, version, kind = state[:2], state[2:3], state[3:4]
    if head != _MARK:
        raise StateError(_CORRUPT)
    if version != bytes([VERSION]):
        raise StateError("办件的流程状态由另一版程序保存，本程序不认识它的格式。")
    try:
        body = orjson.loads(_unpacked(kind, state[4:]))
    except (zlib.error, ValueError) as error:
        raise StateError(_CORRUPT) from error
    if not isinstance(body, dict):
        raise StateError(_CORRUPT)
    return body


def _unpacked(kind: bytes, content: bytes) -> bytes:
    if kind == _PLAIN:
        return content
    unpacker = zlib.decompressobj()
    raw = unpacker.decompress(content, _MAX_STATE)
    if kind != _ZLIB or unpacker.unconsumed_tail or unpacker.unused_data or not unpacker.eof:
        raise StateError(_CORRUPT)
    return raw


def _ended(workflow: Workflow, body: Mapping[str, Any]) -> None:
    root = Task(workflow, workflow.spec.start, state=TaskState.COMPLETED)
    root.data = decode_all(body["d"])
    workflow.task_tree = workflow.last_task = root
    workflow.completed, workflow.success = True, body["end"] == 1


def _rows(workflow: Any, names: dict[str, int]) -> list[list[Any]]:
    rows: list[list[Any]] = []
    places: dict[Any, int] = {}
    stack = [workflow.task_tree]
    while stack:
        task = stack.pop()
        if task.has_state(TaskState.FUTURE | TaskState.PREDICTED_MASK):
            continue
        places[task.id] = len(rows)
        rest = resting.untouched(task)
        rows.append(_row(task, places.get(task._parent, -1), names, rest))
        stack.extend(workflow.tasks[child] for child in reversed(task._children) if child not in rest)
    return rows


def _row(task: Any, parent: int, names: dict[str, int], rest: Mapping[Any, int]) -> list[Any]:
    before = task.workflow.tasks[task._parent].data if parent >= 0 else {}
    # Known keys first, in the order of the parent: so they come back, and are written alike once more.
    keys = (*(key for key in before if key in task.data), *(key for key in task.data if key not in before))
    changed = {key: task.data[key] for key in keys if not _known(before, key, task.data[key])}
    inner = task.workflow.top_workflow.subprocesses.get(task.id)
    row = [
        parent,
        names.setdefault(task.task_spec.name, len(names)),
        task._state,
        task.id.hex if task.has_state(OPEN) else 0,
        _TRIGGERED if task.triggered else 0,
        _inner_data(task.internal_data, resting.noted(task, rest.values())),
        encode_all(changed) or 0,
        [key for key in before if key not in task.data] or 0,
        _rows(inner, names) if inner is not None and not inner.completed else 0,
    ]
    while row[-1] == 0:
        row.pop()
    return row


def _known(before: Mapping[str, Any], key: str, value: Any) -> bool:
    return key in before and same(before[key], value)


def _inner_data(data: Mapping[str, Any], rest: int) -> dict[str, Any] | int:
    """Write a task's own notes; a mapping of results by item is one level deeper than token data."""
    if rest:
        data = {**data, resting.RESTING: rest}
    written = {
        key: ["o", encode_all(value)] if isinstance(value, dict) else encode(value)
        for key, value in data.items()
    }
    return written or 0


def _read_inner(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: decode_all(value[1]) if isinstance(value, list) and value[0] == "o" else decode(value)
        for key, value in data.items()
    }


class _Reader:
    """Puts tasks back into a workflow and the processes inside it."""

    def __init__(self, top: Workflow, names: list[str]) -> None:
        self.top = top
        self.names = names

    def fill(self, workflow: Any, rows: list[list[Any]]) -> None:
        """Put back every row, then lay out what lies before the open tasks."""
        tasks: list[Any] = []
        for short in rows:
            row = short + [0] * (_ROW - len(short))
            task = self._task(workflow, row, tasks[row[0]] if row[0] >= 0 else None)
            tasks.append(task)
        workflow.task_tree = tasks[0]
        for task, row in zip(tasks, rows, strict=True):
            if task.has_state(OPEN):
                task.task_spec._predict(task, mask=OPEN)
            if len(row) == _ROW:
                self._inside(task, row[-1])

    def _task(self, workflow: Any, row: list[Any], parent: Any) -> Any:
        _, name, state, identity, flags, notes, changed, dropped, _ = row
        spec = workflow.spec.task_specs[self.names[name]]
        task = Task(workflow, spec, parent, state, UUID(hex=identity) if identity else None)
        task.triggered = bool(flags & _TRIGGERED)
        task.internal_data = _read_inner(notes) if notes else {}
        task.data = dict(parent.data) if parent is not None else {}
        for key in dropped or ():
            del task.data[key]
        task.data.update(decode_all(changed) if changed else {})
        return task

    def _inside(self, task: Any, rows: list[list[Any]]) -> None:
        spec = self.top.subprocess_specs[task.task_spec.spec]
        inner = SubWorkflow(spec, task.id, self.top, deserializing=True)
        self.top.subprocesses[task.id] = inner
        task.task_spec.follow(task, inner)
        self.fill(inner, rows)
