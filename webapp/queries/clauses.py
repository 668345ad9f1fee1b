"""条款溯源: clauses with their wording, and every part of the system that rests on each."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp import dmn
from webapp.core.clauses import Basis
from webapp.core.errors import Missing
from webapp.models.release import Release
from webapp.queries.clause_tests import tests_by_clause
from webapp.queries.releases import (
    current_processes,
    definition_of,
    form_of,
    pack_of_release,
    template_in,
)
from webapp.queries.settings import pack_in_force

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from webapp.core.clauses import Clause
    from webapp.models.account import Jurisdiction
    from webapp.packs import Pack

_FILLED_IN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_RULE_BASIS = "依据"

TEST = "测试"
"""Kind of a use that proves the others."""


@dataclass(frozen=True, slots=True)
class Use:
    """A place that rests on a clause: what sort of thing it is, and its name."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class ClausePage:
    """A clause and its uses."""

    clause: Clause
    pack_key: str
    used_by: list[Use]


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """A clause of the list: how many things of each sort rest on it, the most frequent sort first."""

    clause: Clause
    counts: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class ClauseList:
    """All clauses of a policy document, in its order."""

    pack_key: str
    document_title: str
    source: str
    rows: list[ClauseRow]


def clause_page(session: Session, jurisdiction: Jurisdiction, pack_key: str, clause_id: str) -> ClausePage:
    """Return a clause of the pack in force.

    Raises:
        Missing: If no pack of this key is in force here, or it has no such clause.
    """
    pack = _pack(session, jurisdiction, pack_key)
    clause = pack.clauses.get(clause_id)
    if clause is None:
        raise Missing("没有找到这一条款。")
    return ClausePage(clause, pack_key, _uses(session, jurisdiction, pack).get(clause_id, []))


def clause_list(session: Session, jurisdiction: Jurisdiction) -> ClauseList:
    """Return every clause of the pack in force with what carries it.

    Raises:
        Missing: If no pack is in force here.
    """
    pack = pack_in_force(session, jurisdiction.id)
    uses = _uses(session, jurisdiction, pack)
    rows = [ClauseRow(clause, _counts(uses.get(clause.id, []))) for clause in pack.clauses.values()]
    return ClauseList(pack.key, pack.source_title, pack.source, rows)


def _pack(session: Session, jurisdiction: Jurisdiction, pack_key: str) -> Pack:
    release_id = session.scalar(
        select(Release.id)
        .where(
            Release.jurisdiction_id == jurisdiction.id,
            Release.pack_key == pack_key,
            Release.activated_at.is_not(None),
        )
        .order_by(Release.activated_at.desc(), Release.id.desc())
        .limit(1)
    )
    if release_id is None:
        raise Missing("没有找到这一条款。")
    return pack_of_release(session, release_id)


def _counts(uses: list[Use]) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for use in uses:
        found[use.kind] = found.get(use.kind, 0) + 1
    return list(found.items())


def _uses(session: Session, jurisdiction: Jurisdiction, pack: Pack) -> Mapping[str, list[Use]]:
    found: dict[str, list[Use]] = defaultdict(list)
    for clause_id, use in chain(
        _steps(session, jurisdiction),
        _fields(pack),
        _rules(pack),
        _paragraphs(pack),
        _entries(pack),
        _tests(),
    ):
        found[clause_id].append(use)
    return found


def _steps(session: Session, jurisdiction: Jurisdiction) -> Iterator[tuple[str, Use]]:
    for version in current_processes(session, jurisdiction.id):
        definition = definition_of(session, version)
        for basis in Basis.parse_all(definition.properties.get("basis", "")):
            yield _clause_of(basis), Use("业务", version.title)
        for step in (step for step in definition.steps if step.name):
            for basis in Basis.parse_all(step.properties.get("basis", "")):
                yield _clause_of(basis), Use("环节", f"{version.title}：{step.name}")


def _fields(pack: Pack) -> Iterator[tuple[str, Use]]:
    for key in pack.forms:
        schema = form_of(pack, key)
        for component in schema.fields:
            yield _clause_of(component.basis), Use("填报项", f"{schema.title}：{component.label}")


def _rules(pack: Pack) -> Iterator[tuple[str, Use]]:
    for source in pack.rules.values():
        for decision in dmn.read(source).decisions:
            for rule in decision.table.rules if decision.table is not None else ():
                name = f"{decision.name} 第 {rule.index} 条"
                yield rule.annotations.get(_RULE_BASIS, "").strip(), Use("规则", name)


def _paragraphs(pack: Pack) -> Iterator[tuple[str, Use]]:
    for spec in pack.documents.values():
        yield _clause_of(spec.basis), Use("公文", spec.title)
        for line in template_in(pack, spec.template).lines:
            for basis in line.bases:
                text = _FILLED_IN.sub("…", line.text).strip()
                yield _clause_of(basis), Use("公文段落", f"{spec.title}：{text}")


def _entries(pack: Pack) -> Iterator[tuple[str, Use]]:
    for record in pack.records.values():
        yield _clause_of(record.basis), Use("市场档案", record.title)
    for setting in pack.settings.values():
        yield _clause_of(setting.basis), Use("参数", setting.label)
    if pack.market is not None:
        yield _clause_of(pack.market.basis), Use("市场名录", "编号和名称")
        yield _clause_of(pack.market.goal), Use("市场名录", "各类市场的数量")


def _tests() -> Iterator[tuple[str, Use]]:
    for clause_id, names in tests_by_clause().items():
        for name in names:
            yield clause_id, Use(TEST, name)


def _clause_of(basis: Basis | None) -> str:
    return "" if basis is None or basis.clause is None else basis.clause
