"""Checks the document templates of a pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp import documents
from webapp.core.clauses import Basis
from webapp.packs.checks.findings import Finding, adopt, check_basis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webapp.packs.checks.facts import FactPaths
    from webapp.packs.specs import Pack

BASIS, FORMS = "依据", "表"


def check(pack: Pack, paths: FactPaths) -> Iterator[Finding]:
    """Yield faults of the templates, and documents of the pack that have none."""
    for name, text in pack.templates.items():
        file = f"{name}.md"
        for finding in documents.check_template(text):
            yield adopt(file, finding)
        try:
            template = documents.load_template(text)
        except documents.DocumentError:
            continue  # Reported above.
        yield from _bases(pack, file, template)
        yield from _line_bases(pack, file, template)
        yield from _facts(paths, file, template)
    for document in pack.documents.values():
        if document.template not in pack.template_names:
            yield Finding(
                "pack.toml",
                f"公文 {document.key}",
                f"没有公文模板“{document.template}”。",
                f"请在 docs_templates/{pack.key} 中加上它，或改正名称。",
            )


def _bases(pack: Pack, file: str, template: documents.Template) -> Iterator[Finding]:
    if not template.bases:
        yield from check_basis(pack, file, BASIS, None)
    for text in template.bases:
        try:
            basis = Basis.parse(text)
        except ValueError as error:
            yield Finding(file, BASIS, str(error), "请写条款号（如 TZ-3.1），或“本地缺省：理由”。")
            continue
        yield from check_basis(pack, file, BASIS, basis)


def _line_bases(pack: Pack, file: str, template: documents.Template) -> Iterator[Finding]:
    """Yield clauses that do not exist, each once, at the first line that rests on it."""
    told: set[Basis] = set()
    for line in template.lines:
        for basis in line.bases:
            if basis not in told:
                told.add(basis)
                yield from check_basis(pack, file, f"{BASIS}（第 {line.number} 行）", basis)


def _facts(paths: FactPaths, file: str, template: documents.Template) -> Iterator[Finding]:
    for name in template.names:
        root, _, rest = name.partition(".")
        form, _, path = rest.partition(".")
        if root == FORMS and form and not paths.has(form, path):
            yield Finding(file, name, "模板用到的表单字段不存在。", "请改成表单里已有的字段路径。")
