"""From files to a definition that may run, cached by content."""

from __future__ import annotations

import hashlib
import posixpath
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from webapp import dmn
from webapp.engine import parsing
from webapp.engine import source as xml
from webapp.engine.definition import Definition, outline
from webapp.engine.errors import DefinitionError
from webapp.engine.lint import safety

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KEPT: Final = 256
_MAX_CALLS: Final = 8

_lock = threading.RLock()
_by_files: OrderedDict[str, Definition] = OrderedDict()
_by_content: OrderedDict[str, Definition] = OrderedDict()


def load(sources: Mapping[str, bytes], process_id: str) -> Definition:
    """Read a process and all that it calls.

    Args:
        sources: file name to content: BPMN files (`*.bpmn`) and decision files (`*.dmn`).
        process_id: id of the process to run.

    Returns:
        The definition. The same content gives the same object; it is safe to share between threads.

    Raises:
        DefinitionError: if a file cannot be read, holds anything that the engine does not run safely,
            or something that is called or asked is not among the files.
    """
    key = _files_key(sources, process_id)
    with _lock:
        found = _by_files.get(key)
        if found is None:
            found = _loaded(sources, process_id)
            _remember(_by_files, key, found)
        return found


def _loaded(sources: Mapping[str, bytes], process_id: str) -> Definition:
    parts = _closure(sources, process_id)
    decisions = _decisions(sources, parts)
    content_hash = _content_hash(process_id, parts, decisions, sources)
    known = _by_content.get(content_hash)
    if known is not None:
        return known
    definition = _built(process_id, parts, decisions, content_hash)
    _remember(_by_content, content_hash, definition)
    return definition


def _remember(cache: OrderedDict[str, Definition], key: str, definition: Definition) -> None:
    cache[key] = definition
    while len(cache) > _KEPT:
        cache.popitem(last=False)


def _files_key(sources: Mapping[str, bytes], process_id: str) -> str:
    digest = hashlib.sha256(process_id.encode())
    for name in sorted(sources):
        digest.update(b"\0" + name.encode() + b"\0" + hashlib.sha256(sources[name]).digest())
    return digest.hexdigest()


class _Part:
    """A process element, with the file that it lies in."""

    def __init__(self, file: str, root: xml.Element, process: xml.Element) -> None:
        self.file = file
        self.root = root
        self.process = process

    def calls(self) -> list[tuple[str, str]]:
        """Return what it calls, each with the name of the calling step."""
        found = self.process.iter(xml.bpmn("callActivity"))
        return list({call.get("calledElement", ""): xml.label(call) for call in found}.items())


def _closure(sources: Mapping[str, bytes], process_id: str) -> dict[str, _Part]:
    """Find the process and all that it calls, the process itself first."""
    known = _processes(sources)
    parts: dict[str, _Part] = {}
    queue = [(process_id, "")]
    while queue:
        wanted, caller = queue.pop(0)
        if wanted in parts:
            continue
        part = known.get(wanted)
        if part is None:
            asked = f"步骤“{caller}”调用的流程" if caller else "流程"
            raise DefinitionError(f"{asked}“{wanted}”不在所给的文件中。")
        parts[wanted] = part
        queue.extend(part.calls())
    _refuse_circles(parts, process_id)
    return parts


def _refuse_circles(parts: Mapping[str, _Part], process_id: str) -> None:
    """Make sure that no process calls itself, directly or by way of others: it would never end.

    Raises:
        DefinitionError: if one does, or if calls nest too deeply.
    """
    level = {process_id: [process_id]}
    for _ in range(_MAX_CALLS):
        level = {called: [*path, called] for path in level.values() for called, _ in parts[path[-1]].calls()}
        for path in level.values():
            if path[-1] in path[:-1]:
                raise DefinitionError(f"流程循环调用，永远不会结束：{' → '.join(path)}。")
    if level:
        raise DefinitionError(f"流程的调用超过 {_MAX_CALLS} 层。")


def _processes(sources: Mapping[str, bytes]) -> dict[str, _Part]:
    found: dict[str, _Part] = {}
    for file, content in sources.items():
        if not file.lower().endswith(".bpmn"):
            continue
        root = xml.read(content, file)
        for process in xml.processes(root):
            identity = process.get("id", "")
            if identity in found:
                raise DefinitionError(f"流程“{identity}”在文件“{found[identity].file}”和“{file}”中重复。")
            found[identity] = _Part(file, root, process)
    return found


def _decisions(sources: Mapping[str, bytes], parts: Mapping[str, _Part]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for part in parts.values():
        for task in part.process.iter(xml.bpmn("businessRuleTask")):
            file = xml.properties(task).get("decision", "").partition("#")[0]
            content = _file(sources, file)
            if content is None:
                raise DefinitionError(f"步骤“{xml.label(task)}”的决策文件“{file}”不在所给的文件中。")
            found[file] = content
    others = {file: content for file, content in sources.items() if file.endswith(".dmn")}
    for content in tuple(found.values()):
        found |= {name: others[name] for name in dmn.needed(content, others)}
    return found


def _file(sources: Mapping[str, bytes], name: str) -> bytes | None:
    """Return a file by the name it is given under, or else by its last part alone."""
    if name in sources:
        return sources[name]
    return next((content for file, content in sources.items() if posixpath.basename(file) == name), None)


def _content_hash(
    process_id: str,
    parts: Mapping[str, _Part],
    decisions: Mapping[str, bytes],
    sources: Mapping[str, bytes],
) -> str:
    digest = hashlib.sha256(process_id.encode())
    for content in sorted({hashlib.sha256(sources[part.file]).digest() for part in parts.values()}):
        digest.update(content)
    for name in sorted(decisions):
        digest.update(b"\0" + name.encode() + b"\0" + hashlib.sha256(decisions[name]).digest())
    return digest.hexdigest()


def _built(
    process_id: str, parts: Mapping[str, _Part], decisions: Mapping[str, bytes], content_hash: str
) -> Definition:
    roots = {id(part.root): part.root for part in parts.values()}
    for part in parts.values():
        _refuse(part.file, part.root)
    main, *called = [outline(part.process) for part in parts.values()]
    process = parts[process_id].process
    definition = Definition(
        id=process_id,
        name=process.get("name") or process_id,
        content_hash=content_hash,
        properties=xml.properties(process),
        documentation=xml.text(xml.child(process, "documentation")),
        steps=(*main.steps, *(step for each in called for step in each.steps)),
        lanes=(*main.lanes, *(lane for each in called for lane in each.lanes)),
        flows=(*main.flows, *(flow for each in called for flow in each.flows)),
        keys=main.keys.union(*(each.keys for each in called)),
        decisions=decisions,
        specs=parsing.compiled(process_id, roots.values()),
    )
    _refuse_repeated(definition)
    return definition


def _refuse(file: str, root: xml.Element) -> None:
    findings = tuple(finding for finding in safety(root) if finding.severity == "error")
    if findings:
        first = findings[0]
        raise DefinitionError(
            f"文件“{file}”不能运行：{first.element}：{first.reason}。{first.mend}。", findings
        )


def _refuse_repeated(definition: Definition) -> None:
    for identity in _repeated(step.id for step in definition.steps):
        raise DefinitionError(f"步骤编号“{identity}”在流程和它调用的流程中重复，请改成不同的编号。")


def _repeated(names: Iterator[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield name
        seen.add(name)
