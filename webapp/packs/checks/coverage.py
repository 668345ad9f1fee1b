"""Checks that every clause is carried by something: a step, a field, a rule, a document, a setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp import dmn, documents
from webapp.core.clauses import Basis
from webapp.packs.checks.clauses import CLAUSES, entries
from webapp.packs.checks.findings import Finding
from webapp.packs.checks.rules import BASIS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import forms
    from webapp.packs.checks.steps import StepText
    from webapp.packs.specs import Pack


def check(
    pack: Pack, schemas: Mapping[str, forms.FormSchema], steps: Mapping[str, Sequence[StepText]]
) -> Iterator[Finding]:
    """Yield clauses that nothing rests on, unless the catalogue says why they ask for nothing.

    Args:
        pack: The pack.
        schemas: Its forms that could be read.
        steps: Steps of its process files, by file.
    """
    carried = {
        *(basis.clause for _, basis in entries(pack)),
        *(field.basis.clause for schema in schemas.values() for field in schema.fields if field.basis),
        *_written(text for found in steps.values() for step in found for text in _bases_of(step)),
        *_written(_of_rules(pack)),
        *_of_templates(pack),
    }
    for clause in pack.clauses.values():
        if clause.id not in carried and clause.asks_nothing is None:
            yield Finding(
                CLAUSES,
                clause.id,
                "没有一个环节、填报项、规则、公文或参数以这一条为依据。",
                "请加上落实它的内容，或在条款的“没有步骤、字段或公文承载的原因”（asks_nothing）中写明。",
                "warning",
            )


def _bases_of(step: StepText) -> tuple[str, str]:
    return step.properties.get("basis", ""), step.process_properties.get("basis", "")


def _written(texts: Iterator[str]) -> Iterator[str | None]:
    for text in texts:
        for part in Basis.parts(text):
            try:
                yield Basis.parse(part).clause
            except ValueError:
                continue  # Reported where it is written.


def _of_rules(pack: Pack) -> Iterator[str]:
    for source in pack.rules.values():
        try:
            decisions = dmn.read(source).decisions
        except dmn.DmnError:
            continue  # Reported by the check of the file itself.
        for decision in decisions:
            yield from (
                rule.annotations.get(BASIS, "") for rule in (decision.table.rules if decision.table else ())
            )


def _of_templates(pack: Pack) -> Iterator[str | None]:
    for text in pack.templates.values():
        try:
            template = documents.load_template(text)
        except documents.DocumentError:
            continue  # Reported by the check of the template itself.
        yield from _written(iter(template.bases))
        yield from (basis.clause for line in template.lines for basis in line.bases)
