"""政策推演: the rules of a draft asked again about closed cases, with the facts that were frozen then.

Nothing is written. Rules never see personal fields, and neither does this: what it looks at is what the
decision kept, and what the forms of the case said at that time.
"""

from __future__ import annotations

import time as machine
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

import forms
from webapp import dmn, engine, feel
from webapp.core.recent import Recent
from webapp.models.case import Case
from webapp.models.decision import Decision
from webapp.models.release import SettingValue
from webapp.models.work_item import Submission
from webapp.queries.agencies import township_of
from webapp.queries.facts import case_scope, facts_in, facts_of, market_scope
from webapp.queries.releases import definition_of, pack_of_case
from webapp.queries.settings import settings_of
from webapp.services.frozen_facts import overlaid, readings
from webapp.services.rule_lines import LineChange, changed_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.packs import Pack

PAGE: Final = 200
"""Decisions that are looked at in one go."""
SECONDS: Final = 15.0
"""After so long a page ends where it is."""


@dataclass(frozen=True, slots=True)
class ChangedResult:
    """A result that the draft's rules would change.

    Attributes:
        before: What was decided, as plain JSON.
        after: What the draft would decide.
        lines: The lines of the rules that make the difference.
    """

    case_no: str
    case_title: str
    township: str
    step: str
    decided_at: datetime
    before: Any
    after: Any
    lines: list[LineChange]


@dataclass(frozen=True, slots=True)
class NotJudged:
    """A decision about which nothing can be said, and why."""

    case_no: str
    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class TownshipTotal:
    """How many results of a township were looked at, and how many would change."""

    township: str
    looked_at: int
    changed: int


@dataclass(slots=True)
class WhatIf:
    """What the draft's rules would change among the closed cases that were looked at.

    Attributes:
        looked_at: How many decisions.
        changed: Those whose result would change, the newest first.
        not_judged: Those that could not be asked again.
        totals: By township, the most changed first.
        older_than: Decision after which the next page begins; `None` if this is the last.
    """

    looked_at: int = 0
    changed: list[ChangedResult] = field(default_factory=list)
    not_judged: list[NotJudged] = field(default_factory=list)
    totals: list[TownshipTotal] = field(default_factory=list)
    older_than: UUID | None = None


class _CannotJudge(Exception):  # noqa: N818 - named by what is the matter
    """Nothing can be said about a decision; the message says why."""


_DEFINITIONS: Recent[str, engine.Definition] = Recent(60)


def run(
    session: Session,
    jurisdiction_id: UUID,
    draft: Pack,
    *,
    older_than: UUID | None = None,
    limit: int = PAGE,
    seconds: float = SECONDS,
) -> WhatIf:
    """Ask the rules of a draft again about closed cases, the newest first.

    Args:
        session: A session that reads.
        jurisdiction_id: Whose cases.
        draft: The draft as a pack.
        older_than: Go on after this decision.
        limit: How many decisions at most.
        seconds: How long at most; at least one decision is looked at.
    """
    found, until = WhatIf(), machine.monotonic() + seconds
    looked, changed = Counter[str](), Counter[str]()
    rows = _decisions(session, jurisdiction_id, older_than, limit + 1)
    for number, (decision, case) in enumerate(rows):
        if number == limit or (number and machine.monotonic() > until):
            found.older_than = rows[number - 1][0].id
            break
        township = township_of(case).short
        looked[township] += 1
        try:
            result = _asked_again(session, draft, decision, case, township)
        except _CannotJudge as problem:
            found.not_judged.append(NotJudged(case.no, decision.name, str(problem)))
            continue
        if result is not None:
            changed[township] += 1
            found.changed.append(result)
    found.looked_at = looked.total()
    found.totals = [TownshipTotal(name, count, changed[name]) for name, count in looked.items()]
    found.totals.sort(key=lambda total: (-total.changed, total.township))
    return found


def _decisions(
    session: Session, jurisdiction_id: UUID, older_than: UUID | None, limit: int
) -> list[tuple[Decision, Case]]:
    query = (
        select(Decision, Case)
        .join(Case, Case.id == Decision.case_id)
        .where(Decision.jurisdiction_id == jurisdiction_id, Case.status == "finished")
        .options(joinedload(Case.applicant), joinedload(Case.market), joinedload(Case.process_version))
        .order_by(Decision.id.desc())
        .limit(limit)
    )
    if older_than is not None:
        query = query.where(Decision.id < older_than)
    return [(decision, case) for decision, case in session.execute(query)]


def _asked_again(
    session: Session, draft: Pack, decision: Decision, case: Case, township: str
) -> ChangedResult | None:
    """Return what would change; `None` if nothing would.

    Raises:
        _CannotJudge: If the draft has no such step, or the old rules do not give the old result any more.
    """
    old = _Rules.of(definition_of(session, case.process_version), decision.element_id)
    new = _Rules.of(_definition(draft, case.process_key), decision.element_id)
    settings = _settings(session, case, draft)
    if new == old and not settings:
        return None
    context = _context(session, case, decision)
    readable = (
        reading for reading in readings(context, decision.facts) if old.gives(reading, decision.outputs)
    )
    facts = next(readable, None)
    if facts is None:
        raise _CannotJudge("按当时的规则重新计算，与当时的结果不一致，当时的事实未能完整还原。")
    result = new.answer(overlaid(facts, {f"settings.{key}": value for key, value in settings.items()}))
    after = forms.to_json(result.outputs)
    if after == decision.outputs:
        return None
    return ChangedResult(
        case_no=case.no,
        case_title=case.title,
        township=township,
        step=decision.name,
        decided_at=decision.decided_at,
        before=decision.outputs,
        after=after,
        lines=changed_lines(decision.trace, result.trace.as_json()),
    )


@dataclass(frozen=True)
class _Rules:
    """The rules that a step asks.

    Attributes:
        source: The model.
        decision: Which decision of it.
        imports: What the model imports.
    """

    source: bytes
    decision: str
    imports: Mapping[str, bytes]

    @classmethod
    def of(cls, definition: engine.Definition, element_id: str) -> _Rules:
        """Return what a step asks.

        Raises:
            _CannotJudge: If there is no such step.
        """
        step = definition.find(element_id)
        file, _, decision = (step.properties.get("decision", "") if step else "").partition("#")
        if file not in definition.decisions:
            raise _CannotJudge("草稿中已没有这一步规则判断。")
        tables = definition.decisions
        try:
            imports = {name: tables[name] for name in dmn.needed(tables[file], tables)}
        except dmn.DmnError as error:
            raise _CannotJudge(f"草稿的规则不能读取：{error}") from error
        return cls(tables[file], decision, imports)

    def answer(self, context: Mapping[str, Any]) -> dmn.Result:
        """Return what the rules say of some facts.

        Raises:
            _CannotJudge: If they give no answer.
        """
        try:
            return dmn.evaluate(self.source, self.decision, context, imports=self.imports)
        except (dmn.DmnError, feel.FeelError) as error:
            raise _CannotJudge(f"规则没有得出结果：{error}") from error

    def gives(self, context: Mapping[str, Any], outputs: Any) -> bool:
        """Tell whether the rules still say of some facts what they said."""
        try:
            return bool(forms.to_json(self.answer(context).outputs) == outputs)
        except _CannotJudge:
            return False


def _definition(draft: Pack, process_key: str) -> engine.Definition:
    process = draft.processes.get(process_key)
    if process is None:
        raise _CannotJudge("草稿中已没有这项业务。")
    try:
        return _DEFINITIONS.of(process.content_hash, lambda: engine.load(process.sources, process.process_id))
    except engine.EngineError as error:
        raise _CannotJudge(f"草稿的流程不能读取：{error.message}") from error


def _settings(session: Session, case: Case, draft: Pack) -> dict[str, Any]:
    """Return the settings whose default the draft changes, where the office made no choice of its own."""
    chosen = select(SettingValue.key).where(SettingValue.jurisdiction_id == case.jurisdiction_id)
    kept, before = set(session.scalars(chosen)), pack_of_case(session, case).settings
    return {
        key: spec.value
        for key, spec in draft.settings.items()
        if key not in kept and (key not in before or before[key].value != spec.value)
    }


def _context(session: Session, case: Case, decision: Decision) -> dict[str, Any]:
    """Return the names that expressions saw, as far as they can be read again."""
    pack = pack_of_case(session, case)
    said = select(Submission).where(
        Submission.case_id == case.id, Submission.submitted_at <= decision.decided_at
    )
    submissions = session.scalars(said.order_by(Submission.submitted_at, Submission.id))
    origin = {"origin": case.origin.no, "origin_facts": facts_of(session, case.origin)} if case.origin else {}
    return {
        "case": case_scope(case)
        | {"origin": None, "origin_facts": None}
        | origin
        | {"decisions": _earlier(session, decision)},
        "market": market_scope(session, case.market),
        "facts": facts_in(pack, submissions),
        "settings": settings_of(session, case.jurisdiction_id, pack),
    }


def _earlier(session: Session, decision: Decision) -> dict[str, Any]:
    """Return what the rules of the case had said before, by the step that asked them."""
    rows: Iterator[Any] = iter(
        session.execute(
            select(Decision.element_id, Decision.outputs)
            .where(Decision.case_id == decision.case_id, Decision.id < decision.id)
            .order_by(Decision.id)
        )
    )
    return dict(tuple(row) for row in rows)
