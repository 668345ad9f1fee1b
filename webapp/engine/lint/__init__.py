"""Checks of process files before they may run."""

from __future__ import annotations

import threading
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.spiff.parser.process import VALIDATOR

from webapp.engine import source as xml
from webapp.engine.errors import DefinitionError
from webapp.engine.findings import Finding
from webapp.engine.lint import conventions, elements, expressions, references, structure
from webapp.engine.lint.references import References

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["References", "lint", "safety"]

_FILE: Final = "流程文件"
_MAX_FINDINGS: Final = 300
_schema_lock = threading.Lock()


def lint(source: bytes | str, refer_to: References | None = None) -> list[Finding]:
    """Check a process file. Never raises, whatever the bytes.

    Args:
        source: the file.
        refer_to: what it may refer to; without it names of forms, operators and so on are not looked up.

    Returns:
        What is to be mended, in document order within each kind of check; none means it may run.
    """
    try:
        found = list(_of_itself(source))
        if refer_to is not None:
            room = _MAX_FINDINGS + 1 - len(found)
            found += islice(references.check(xml.read(source), refer_to), room)
    except DefinitionError as error:
        return [Finding(_FILE, error.message, "请上传用 BPMN 设计器保存的文件")]
    except RecursionError:
        return [Finding(_FILE, "嵌套过深，无法检查", "请精简流程，拆成调用的流程")]
    if len(found) > _MAX_FINDINGS:
        found[-1] = Finding(_FILE, f"问题超过 {_MAX_FINDINGS} 处，其余未列出", "先改正列出的问题，再检查一次")
    return found


def safety(root: xml.Element, *, strict: bool = False) -> Iterator[Finding]:
    """Yield what would make the engine refuse a file, or run it in another way than it is drawn.

    Args:
        root: the file.
        strict: what a new file may not have, though one in force may, is an error too.
    """
    listed = list(elements.check(root))
    yield from listed
    if root.tag != xml.bpmn("definitions"):
        return
    if not any(finding.severity == "error" for finding in listed):
        yield from _schema(root)
    if not xml.processes(root):
        yield Finding(_FILE, "其中没有流程", "请先画出流程")
    yield from conventions.check_steps(root)
    yield from structure.check(root, strict=strict)
    yield from expressions.check_syntax(root)


@lru_cache(maxsize=64)
def _of_itself(source: bytes | str) -> tuple[Finding, ...]:
    """What is to be mended in a file whatever it refers to; of a pack that changes, most files do not."""
    return tuple(islice(_findings(xml.read(source)), _MAX_FINDINGS + 1))


def _findings(root: xml.Element) -> Iterator[Finding]:
    yield from safety(root, strict=True)
    yield from expressions.check_names(root)
    yield from conventions.check(root)


def _schema(root: xml.Element) -> Iterator[Finding]:
    """Validate against the schema of BPMN; the library's validator keeps its errors in itself."""
    with _schema_lock:
        try:
            VALIDATOR.validate(root.getroottree())
        except ValidationException as error:
            place = f"（第 {error.line_number} 行）" if error.line_number else ""
            yield Finding(_FILE, f"不符合 BPMN 规范{place}：{error}", "请用 BPMN 设计器打开并重新保存")
