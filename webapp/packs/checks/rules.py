"""Checks the decision tables of a pack."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from webapp import dmn
from webapp.core.clauses import Basis
from webapp.packs.checks.findings import Finding, adopt, check_basis
from webapp.packs.sources import parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webapp.packs.checks.facts import FactPaths
    from webapp.packs.specs import Pack

BASIS = "依据"


def check(pack: Pack, paths: FactPaths) -> Iterator[Finding]:
    """Yield faults of the tables, rules without a good 依据, and facts that no form gives."""
    tables = {path: text for path, text in pack.files.items() if path.endswith(".dmn")}
    for file, source in pack.rules.items():
        imports = {path: tables[path] for path in dmn.needed(source, tables)}
        for finding in dmn.check(source, imports=imports):
            yield replace(adopt(file, finding), element_id=finding.element)
        try:
            definitions = dmn.read(source)
        except dmn.DmnError:
            continue  # Reported above.
        for decision in definitions.decisions:
            if decision.table is not None:
                for rule in decision.table.rules:
                    stated = rule.annotations.get(BASIS, "")
                    element = f"{decision.name} 第{rule.index}条（{rule.id}）"
                    yield from _rule_basis(pack, file, element, stated, rule.id)
        for element, text in _texts(source):
            yield from paths.check(pack, file, element, text, element)


def decision_names(pack: Pack) -> frozenset[str]:
    """Return every decision as ``file.dmn#decision-id``."""
    names: set[str] = set()
    for file, source in pack.rules.items():
        try:
            names.update(f"{file}#{decision.id}" for decision in dmn.read(source).decisions)
        except dmn.DmnError:
            continue  # Reported by the check of the file itself.
    return frozenset(names)


def _rule_basis(pack: Pack, file: str, element: str, stated: str, rule: str) -> Iterator[Finding]:
    try:
        basis = Basis.parse(stated) if stated.strip() else None
    except ValueError as error:
        mend = "请写条款号（如 TZ-3.1），或“本地缺省：理由”。"
        yield Finding(file, element, str(error), mend, element_id=rule)
        return
    yield from check_basis(pack, file, element, basis, rule)


def _texts(source: bytes) -> Iterator[tuple[str, str]]:
    """Every expression with the id of what holds it."""
    root = parse_xml(source)
    for text in () if root is None else root.iter("{*}text"):
        holder = text.getparent()
        yield (holder.get("id", "") if holder is not None else ""), text.text or ""
