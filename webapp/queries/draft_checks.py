"""What is to be mended in a draft before it may be released, each at its file and element."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import asdict, dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar

from webapp import packs
from webapp.packs.paths import is_shared
from webapp.packs.specs import hash_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webapp.packs import Finding, Pack

_KEPT = 4
"""Checks that are remembered: whoever looks at a page again, and the one who approves, need no new one."""
_FILE = re.compile(r"[\w./-]+\.(?:toml|bpmn|dmn|json|md|txt)")


@dataclass(frozen=True, slots=True)
class DraftFinding:
    """One thing to mend.

    Attributes:
        path: File of the draft that it is in; empty if it is about the pack as a whole.
        element: What it is about, as people see it.
        element_id: Id of the element in that file, where there is one.
        reason: What is wrong.
        mend: What to do about it.
        severity: `error` or `warning`.
        trace: Ids of the elements on the shortest way to it.
    """

    path: str
    element: str
    element_id: str
    reason: str
    mend: str
    severity: str
    trace: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as the pages of the editors take it."""
        return asdict(self) | {"trace": list(self.trace)}


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of reading and checking files as a pack.

    Attributes:
        pack: The pack; `None` if it cannot be read.
        findings: What is to be mended, errors first.
    """

    pack: Pack | None
    findings: tuple[DraftFinding, ...]

    @property
    def errors(self) -> tuple[DraftFinding, ...]:
        """What forbids a release."""
        return tuple(finding for finding in self.findings if finding.severity == "error")


class _Remembered:
    lock = Lock()
    checks: ClassVar[OrderedDict[str, Checked]] = OrderedDict()


def checked(files: Mapping[str, str]) -> Checked:
    """Read and check files as a pack; never raises for their content."""
    key = hash_of({path: text.encode() for path, text in files.items()})
    with _Remembered.lock:
        known = _Remembered.checks.get(key)
    if known is None:
        known = _check(files)
        with _Remembered.lock:
            _Remembered.checks[key] = known
            while len(_Remembered.checks) > _KEPT:
                _Remembered.checks.popitem(last=False)
    return known


def _check(files: Mapping[str, str]) -> Checked:
    try:
        pack = packs.read(files)
    except packs.PackError as error:
        named = _FILE.search(error.message)
        path = _path_of(files, named[0]) if named else ""
        mend = "请按说明改正后再检查。"
        return Checked(None, (DraftFinding(path, "", "", error.message, mend, "error", ()),))
    found = [_adopted(finding) for finding in packs.check(pack)]
    return Checked(pack, tuple(sorted(found, key=lambda one: one.severity != "error")))


def _adopted(finding: Finding) -> DraftFinding:
    return DraftFinding(
        path=finding.path,
        element=finding.element,
        element_id=finding.element_id,
        reason=finding.reason,
        mend=finding.mend,
        severity=finding.severity,
        trace=finding.trace,
    )


def _path_of(files: Mapping[str, str], name: str) -> str:
    """Return the path of the file that a message calls by its name; the pack's own before a shared one."""
    if name in files:
        return name
    ends = sorted((path for path in files if path.endswith(f"/{name}")), key=is_shared)
    return ends[0] if ends else ""
