"""Checks which documents the steps of a pack lead to, as their property `preview` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp import feel
from webapp.feel.nodes import ContextNode, If, Literal
from webapp.packs.checks.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webapp.feel.nodes import Node
    from webapp.packs.checks.facts import FactPaths
    from webapp.packs.checks.steps import StepText
    from webapp.packs.specs import Pack

_SCOPE = frozenset({"case", "market", "facts", "settings"})
_WRITE = '请写公文代码，或写“=”和得出公文代码的表达式，如 =if pass then "letter" else "notice"。'


def preview(pack: Pack, paths: FactPaths, file: str, step: StepText) -> Iterator[Finding]:
    """A preview must lead to documents of the pack, by names that the form and the case have."""
    written = step.properties.get("preview")
    if written is None:
        return
    if not written.startswith("="):
        yield from _document(pack, file, step, written)
        return
    known = _SCOPE | pack.forms.keys() | {path.split(".")[0] for path in paths.fields(step.form)}
    try:
        found = feel.parse(written[1:], known)
    except feel.FeelError as problem:
        yield _at(file, step, f"公文预览的表达式有误：{problem}", _WRITE)
        return
    for reference in found.references:
        yield from _name(pack, paths, file, step, reference)
    yield from paths.check(pack, file, step.label, written, step.id)
    for outcome in _outcomes(found.node):
        yield from _outcome(pack, file, step, outcome)


def _outcomes(node: Node) -> Iterator[Node]:
    """What an expression can give, choice by choice."""
    if isinstance(node, If):
        yield from _outcomes(node.yes)
        yield from _outcomes(node.no)
    else:
        yield node


def _outcome(pack: Pack, file: str, step: StepText, outcome: Node) -> Iterator[Finding]:
    if isinstance(outcome, Literal) and isinstance(outcome.value, str):
        yield from _document(pack, file, step, outcome.value)
        return
    if not isinstance(outcome, ContextNode):
        yield _at(file, step, "公文预览的表达式得出的不是公文代码。", _WRITE)
        return
    results = {key.strip() for key in step.properties.get("result", "").split(",")}
    for key, _ in outcome.entries:
        if key not in results:
            yield _at(
                file,
                step,
                f"公文预览试填的“{key}”不是这一步的结果。",
                "请改成属性 result 中的字段，如 ={pass: true}。",
            )


def _name(pack: Pack, paths: FactPaths, file: str, step: StepText, reference: str) -> Iterator[Finding]:
    """A name is a field of the step's own form, or a form with one of its fields behind it."""
    name, _, path = reference.partition(".")
    if name in _SCOPE or paths.has(step.form, reference):
        return
    if name not in pack.forms or not paths.has(name, path):
        yield _at(
            file,
            step,
            f"公文预览的表达式用到的“{reference}”在表单中没有。",
            "请写本步骤表单的字段，或写“表单.字段”，如 draft_opinion.recommend。",
        )


def _document(pack: Pack, file: str, step: StepText, key: str) -> Iterator[Finding]:
    if key not in pack.documents:
        yield _at(
            file,
            step,
            f"公文预览的公文“{key}”没有列入 pack.toml。",
            "请在基本信息的“公文”中加上它，或改正公文代码。",
        )


def _at(file: str, step: StepText, reason: str, mend: str) -> Finding:
    return Finding(file, step.label, reason, mend, element_id=step.id)
