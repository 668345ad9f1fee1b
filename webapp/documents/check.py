"""Checking templates before they are used: every fault as a finding, never as a crash."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from webapp.core.clauses import Basis
from webapp.documents.errors import DocumentError, MissingGlyph
from webapp.documents.faces import font_for
from webapp.documents.flow import SealPlace
from webapp.documents.rendering import DISCLOSURES, render
from webapp.documents.template import Template, load_template

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FACT_ROOTS = ("案", "市场", "表", "单位", "文", "文书", "设置", "参数", "签署", "附件")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend in a template.

    Attributes:
        element: Head key, fact or 正文.
        reason: What is wrong.
        mend: What to do about it.
        severity: ``error`` stops the template from being used; ``warning`` does not.
    """

    element: str
    reason: str
    mend: str
    severity: Literal["error", "warning"] = "error"


def check_template(template: Template | str | Path, sample: Mapping[str, Any] | None = None) -> list[Finding]:
    """Check a template, and set it once with sample facts if there are any.

    Args:
        template: A template, its text, or its file.
        sample: Facts as a case would give them.
    """
    if not isinstance(template, Template):
        try:
            template = load_template(template)
        except DocumentError as problem:
            return [Finding(problem.field or "模板", problem.message, "请按提示修改模板。")]
    unprintable = list(_check_glyphs(template))
    findings = [*_check_names(template), *_check_lines(template), *unprintable]
    if sample is None or unprintable:  # the sample would only stumble over the same character
        return findings
    return findings + _check_sample(template, sample)


@dataclass(frozen=True, slots=True)
class TemplateReport:
    """What the checker found in one template with one set of sample facts.

    Attributes:
        name: File of the template, and of the sample after a colon.
        pages: Pages of the document; 0 if it could not be set.
    """

    name: str
    pages: int
    findings: tuple[Finding, ...]


def check_folder(folder: Path) -> Iterator[TemplateReport]:
    """Check every template of a folder with each of its sample facts in ``samples``.

    A sample is named after its template, with a word of its own before ``.json`` if there are several.
    """
    for path in sorted(folder.glob("*.md")):
        if path.stem == "README":
            continue
        samples = sorted(
            {*folder.glob(f"samples/{path.stem}.json"), *folder.glob(f"samples/{path.stem}.*.json")}
        )
        if not samples:
            lack = Finding(
                "示例数据", "没有示例数据，无法试排。", f"请在 samples 中加入 {path.stem}.json。", "warning"
            )
            yield TemplateReport(path.name, 0, (*check_template(path), lack))
        for sample in samples:
            yield _report(path, sample)


def _report(path: Path, sample: Path) -> TemplateReport:
    name = f"{path.name}：{sample.name}"
    try:
        facts = json.loads(sample.read_text(encoding="utf-8"))
    except ValueError as problem:
        fault = Finding("示例数据", f"示例数据不是有效的 JSON：{problem}", "请修改示例数据。")
        return TemplateReport(name, 0, (fault,))
    findings = tuple(check_template(path, facts))
    try:
        pages = render(load_template(path), facts).pages
    except DocumentError:
        pages = 0  # a finding says why
    return TemplateReport(name, pages, findings)


def _check_names(template: Template) -> list[Finding]:
    return [
        Finding(name, f"模板用到了不认识的数据“{name}”。", f"数据名称只能以{'、'.join(FACT_ROOTS)}开头。")
        for name in template.names
        if name.split(".")[0] not in FACT_ROOTS
    ]


def _check_lines(template: Template) -> list[Finding]:
    return [
        Finding(
            "依据",
            f"第 {line.number} 行“{line.text[:20]}”上面没有依据标记。",
            "请在这一段上面加一行 [依据 TZ-3.1] 或 [依据 本地缺省：理由]。",
        )
        for line in template.lines
        if not line.bases
    ]


def _check_glyphs(template: Template) -> Iterator[Finding]:
    """Yield characters of the template itself that no face can print, each at its first line."""
    told: set[str] = set()
    for number, line in enumerate(template.source.split("\n"), start=1):
        for character in dict.fromkeys(line):
            if character in "\t\r" or character in told:
                continue
            try:
                font_for(character, "仿宋")
            except MissingGlyph:
                told.add(character)
                shown = character if character.isprintable() else "□"
                yield Finding(
                    f"第 {number} 行",
                    f"“{shown}”（U+{ord(character):04X}）在字库里没有。",
                    "请改用规范汉字，或由管理员补充字库。",
                )


def _check_sample(template: Template, sample: Mapping[str, Any]) -> list[Finding]:
    try:
        names = template.fill(sample)[0].many("署名")
        seals = tuple(SealPlace(f"sample_{number}") for number, _ in enumerate(names, start=1))
        rendered = render(template, sample, verify_url="https://example.gov.cn/v/sample", seals=seals)
    except DocumentError as problem:
        return [Finding(problem.field or "正文", problem.message, "请修改模板，或补充示例数据。")]
    findings = []
    head = rendered.head
    for basis in head.many("依据"):
        try:
            Basis.parse(basis)
        except ValueError as problem:
            findings.append(Finding("依据", str(problem), "请写条款号，或“本地缺省：理由”。"))
    if not head.many("依据"):
        findings.append(Finding("依据", "没有写明依据。", "请写条款号，或“本地缺省：理由”。"))
    if head.one("公开属性") not in DISCLOSURES:
        findings.append(
            Finding("公开属性", "公开属性没有写明，或不在规定范围内。", f"请写{'、'.join(DISCLOSURES)}之一。")
        )
    if not head.one("保管期限"):
        findings.append(Finding("保管期限", "没有写明保管期限。", "请写保管期限，如“30年”。", "warning"))
    return findings
