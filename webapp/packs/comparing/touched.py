"""Which procedures a change touches: by their own files, their forms, and the documents that they issue."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from webapp.packs.checks.steps import read_steps

if TYPE_CHECKING:
    from webapp.packs.specs import Pack, ProcessSpec

_TEXT = re.compile(r'"([a-z][a-z0-9_]*)"')


@dataclass(frozen=True, slots=True)
class TouchedProcess:
    """A procedure that a change touches.

    Attributes:
        key: Its key.
        title: Its title, that of the new version where there is one.
        change: Whether it is new, gone, or goes on in another way.
        files: Paths of the files that differ and that it uses.
        is_flow_changed: Its process or its rules differ, so that running cases can move only after a check.
    """

    key: str
    title: str
    change: Literal["added", "removed", "changed"]
    files: tuple[str, ...] = ()
    is_flow_changed: bool = False


def touched(before: Pack, after: Pack) -> list[TouchedProcess]:
    """Return the procedures that a change touches, in the order of the new version, then those that are gone.

    Args:
        before: The old version.
        after: The new version.
    """
    found = []
    for key, process in after.processes.items():
        old = before.processes.get(key)
        if old is None:
            found.append(TouchedProcess(key, process.title, "added", is_flow_changed=True))
            continue
        used = _used(before, old) | _used(after, process)
        files = tuple(sorted(path for path in used if before.files.get(path) != after.files.get(path)))
        moved = (old.content_hash, old.process_id) != (process.content_hash, process.process_id)
        if files or moved:
            found.append(TouchedProcess(key, process.title, "changed", files, is_flow_changed=moved))
    gone = [process for key, process in before.processes.items() if key not in after.processes]
    return [*found, *(TouchedProcess(each.key, each.title, "removed", is_flow_changed=True) for each in gone)]


def _used(pack: Pack, process: ProcessSpec) -> set[str]:
    """Paths of everything that a procedure uses."""
    found = set()
    for name, source in process.sources.items():
        found |= {
            path
            for path in (f"workflows/{room}/{name}" for room in (pack.key, "common"))
            if path in pack.files
        }
        for step in read_steps(source) if name.endswith(".bpmn") else ():
            found.add(f"forms/{pack.key}/{step.form}.json")
            found |= {
                path
                for key in _documents(step.parameters.get("template", ""))
                for path in _templates(pack, key)
            }
    return found & pack.files.keys()


def _documents(expression: str) -> list[str]:
    return _TEXT.findall(expression)


def _templates(pack: Pack, key: str) -> list[str]:
    name = pack.documents[key].template if key in pack.documents else key
    return [f"docs_templates/{room}/{name}.md" for room in (pack.key, "common")]
