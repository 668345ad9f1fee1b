"""Decisions explained line by line: each condition, what it asks, the figure found, whether it is met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from webapp.models.decision import Decision
from webapp.queries.bases import BasisView, basis_view
from webapp.queries.releases import pack_of_case

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.packs import Pack

CONDITION, REQUIREMENT, BASIS = "条件", "要求", "依据"


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One condition.

    Attributes:
        label: What is tested.
        requirement: What is asked.
        figure: What was found.
        met: Whether it is enough.
        basis: Clause or 本地缺省.
    """

    label: str
    requirement: str
    figure: str
    met: bool
    basis: BasisView | None


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One decision of a case."""

    name: str
    version: str
    at: datetime
    verdict: str
    tone: str
    lines: list[DecisionLine]


def decision_views(session: Session, case: Case) -> list[DecisionView]:
    """Return the decisions of a case that tested conditions, the newest first.

    A figure that was computed besides, such as an amount, rests on the same conditions and is no verdict.
    """
    rows = session.scalars(
        select(Decision).where(Decision.case_id == case.id).order_by(Decision.decided_at.desc(), Decision.id)
    )
    pack = pack_of_case(session, case)
    views = (_view(pack, row) for row in rows if isinstance(row.outputs, bool))
    return [view for view in views if view.lines]


def _view(pack: Pack, decision: Decision) -> DecisionView:
    lines = [
        _line(pack, rule)
        for table in decision.trace.get("decisions", [])
        for rule in table.get("rules", [])
        if CONDITION in rule.get("outputs", {}) and _applies(rule)
    ]
    unmet = sum(not line.met for line in lines)
    passed = decision.outputs is True
    return DecisionView(
        name=decision.name,
        version=decision.source_hash[:8],
        at=decision.decided_at,
        verdict="全部符合" if passed else f"{unmet} 项不符合",
        tone="ok" if passed else "warn",
        lines=lines,
    )


def _applies(rule: dict[str, Any]) -> bool:
    """A condition of the other kind of market is not a line of this one."""
    cells = rule.get("cells", [])
    return not cells or cells[0].get("label") != "类型" or bool(cells[0].get("matched"))


def _line(pack: Pack, rule: dict[str, Any]) -> DecisionLine:
    outputs = rule["outputs"]
    tested = [
        cell for cell in rule["cells"] if cell.get("test") not in {"-", ""} and cell.get("label") != "类型"
    ]
    return DecisionLine(
        label=str(outputs[CONDITION]),
        requirement=str(outputs.get(REQUIREMENT) or ""),
        figure="；".join(_figure(cell.get("value")) for cell in tested),
        met=bool(rule["matched"]),
        basis=basis_view(pack, rule.get("annotations", {}).get(BASIS)),
    )


def _figure(value: Any) -> str:
    if value is None or value in ("", []):
        return "未填写"
    if isinstance(value, bool):
        return "有" if value else "无"
    if isinstance(value, list):
        return "、".join(_figure(item) for item in value)
    return str(value)
