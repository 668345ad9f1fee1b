"""What came of a scenario, and whether it is what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.models.document import Document
from webapp.models.operation import Incident
from webapp.packs.scenarios import Expected
from webapp.queries.releases import definition_of
from webapp.services.sandbox_moves import cases_of, open_items

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.account import Jurisdiction


@dataclass(frozen=True, slots=True)
class Problem:
    """Where a scenario went another way than it was told.

    Attributes:
        move: Number of the move, from 1; 0 is the start, and after the last comes the end.
        element_id: Element of the process that it is about; empty where there is none.
        reason: What is wrong, a plain sentence.
    """

    move: int
    element_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """What came of playing a scenario.

    Attributes:
        name: Name of its file.
        title: Its title.
        process: Key of its procedure.
        problems: What went another way; none if it passed.
        came: What came of it, as far as it went; `None` if it could not even begin.
        trail: Elements and flows that its case passed, in order of first passing.
        seconds: How long it took.
    """

    name: str
    title: str
    process: str
    problems: tuple[Problem, ...]
    came: Expected | None
    trail: tuple[str, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether everything went as it was told."""
        return not self.problems


def outcome(session: Session, jurisdiction: Jurisdiction) -> Expected:
    """Return what has come of the first case of a sandbox so far."""
    case = cases_of(session, jurisdiction)[0]
    steps = definition_of(session, case.process_version)
    ends = [key for key in case.trail if (step := steps.find(key)) is not None and step.kind == "endEvent"]
    papers = select(Document.template_key).where(Document.jurisdiction_id == jurisdiction.id)
    market = case.market
    return Expected(
        status=case.status,
        ends=tuple(ends),
        outcome=case.outcome,
        waiting=tuple(sorted(item.element_id for item in open_items(session, jurisdiction))),
        documents=tuple(session.scalars(papers.order_by(Document.id))),
        market={"status": market.status, "name": market.name, "kind": market.kind} if market else None,
    )


def differences(expected: Expected, came: Expected) -> Iterator[str]:
    """Yield a sentence for everything that came otherwise than expected."""
    texts = {
        "办件状态": (expected.status, came.status),
        "结果": (expected.outcome or "无", came.outcome or "无"),
        "到达的结束节点": (_listed(expected.ends), _listed(came.ends)),
        "仍在等待的环节": (_listed(expected.waiting), _listed(came.waiting)),
        "制发的公文": (_listed(expected.documents), _listed(came.documents)),
        "名录": (_register(expected), _register(came)),
    }
    for label, (wanted, found) in texts.items():
        if wanted != found:
            yield f"{label}：预期“{wanted}”，实际“{found}”。"


def new_incidents(session: Session, jurisdiction: Jurisdiction, known: set[UUID]) -> list[Incident]:
    """Return the automatic steps that failed and are not known yet; they are known from then on."""
    failed = select(Incident).where(Incident.jurisdiction_id == jurisdiction.id, Incident.status == "open")
    found = [row for row in session.scalars(failed.order_by(Incident.id)) if row.id not in known]
    known.update(row.id for row in found)
    return found


def _listed(names: tuple[str, ...]) -> str:
    return "、".join(names) or "无"


def _register(said: Expected) -> str:
    return "，".join(said.market[key] for key in sorted(said.market)) if said.market else "无"
