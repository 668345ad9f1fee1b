"""年度考核 played through the services by the people of the demonstration; everything says 演示."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

import forms
from tests.factories import filings
from tests.factories.assessments import BAD, GOOD, LITTLE_MERIT, MERIT
from tests.integration.recognition import desk as office
from webapp.models.case import Case
from webapp.models.market import Market
from webapp.models.work_item import WorkItem
from webapp.queries.facts import scope_of
from webapp.services import cases, market_records
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

CLERK, CHIEF, OFFICE, LEADER = "renshe", "renshe-kz", "renshe-bgs", "renshe-jz"
TOWNSHIP = "majuqiao"
SCORERS = {
    "hrss": "renshe-2",
    "police": "gongan",
    "traffic": "jiaotong",
    "union": "gonghui",
    "cac": "wangxin",
}
PLAN = {
    "name": "2026年度零工市场（驿站）考核方案（演示）",
    "published_on": "2026-01-15",
    "published_in": "区政府网站（演示）",
}
OPENING = {"year": "2026", "cutoff": "2026-10-31", "plan": PLAN}
FIGURES = {"seekers": "8200", "posts": "9000", "matched": "6100"}
SELF = {
    "figures": FIGURES,
    **{
        part: {"summary": "运行正常（演示）", "score": "95"}
        for part in ("base", "operation", "effect", "feature")
    },
}


def listed(case_id: UUID, since: date = date(2025, 11, 1)) -> str:
    """Let the market of a recognition have been in the directory since a day; return its number."""
    with unit_of_work() as session:
        market = session.get_one(Case, case_id).market
        assert market is not None
        assert market.no is not None
        market.recognised_on = since
        return market.no


def start(market_no: str, process: str = "assessment", username: str = CLERK) -> UUID:
    """Let somebody begin a procedure about a market; return the case's id."""
    with unit_of_work() as session:
        return cases.start(session, filings.actor(session, username), process, market_no=market_no).id


def opened(market_no: str, **changes: Any) -> UUID:
    """Begin an assessment and fill in its opening."""
    case_id = start(market_no)
    office.act(case_id, CLERK, "open_assessment", OPENING | changes)
    return case_id


def assessed_themselves(case_id: UUID, **figures: str) -> None:
    """Let the market assess itself, by the township's clerk."""
    values = SELF | {"figures": FIGURES | figures}
    files = {"evidence": ["自评佐证（演示）.pdf"]}
    office.act(case_id, TOWNSHIP, "self_assessment", values, position="clerk", files=files)


def marks(agency: str, off: dict[str, str], merit: dict[str, str] | None = None) -> dict[str, Any]:
    """Return what an agency fills in: points taken off and points of merit, each with its reason."""
    with unit_of_work() as session:
        who = filings.actor(session, SCORERS[agency])
        proof = filings.files(session, who, {key: [f"{key}（演示）.pdf"] for key in off})
    values: dict[str, Any] = {
        "no_interest": True,
        "deductions": [
            {"indicator": key, "points": points, "reason": "检查记录（演示）", "evidence": proof[key]}
            for key, points in off.items()
        ],
    }
    if merit:
        values["awards"] = [
            {"indicator": key, "points": points, "reason": "做法有效（演示）"}
            for key, points in merit.items()
        ]
    return values


def scored(case_id: UUID, off: dict[str, dict[str, str]], merit: dict[str, str]) -> None:
    """Let all five agencies score what belongs to them."""
    for agency, username in SCORERS.items():
        values = marks(agency, off[agency], merit if agency == "hrss" else None)
        office.act(case_id, username, f"marks_{agency}", values)


def marked(market_no: str, *, good: bool = True) -> UUID:
    """Bring an assessment to where the township compares the scores."""
    case_id = opened(market_no)
    assessed_themselves(case_id)
    scored(case_id, GOOD if good else BAD, MERIT if good else LITTLE_MERIT)
    return case_id


def agreed(case_id: UUID) -> None:
    """Let the township have nothing against the scores."""
    office.act(case_id, TOWNSHIP, "dispute_scores", {"objects": False}, position="clerk")


def disputed(case_id: UUID, *indicators: str) -> None:
    """Let the township dispute some scores."""
    lines = [{"indicator": key, "reason": "数据有误（演示）"} for key in indicators]
    values = {"objects": True, "lines": lines}
    office.act(case_id, TOWNSHIP, "dispute_scores", values, position="clerk")


def changed(**scores: str) -> dict[str, Any]:
    """Return how a review changes scores."""
    return {
        key: {"decision": "调整", "score": score, "reason": "核对属实（演示）"}
        for key, score in scores.items()
    }


def met(case_id: UUID, result: str = "confirm", **more: Any) -> None:
    """Let the bureau's meeting decide."""
    values = {
        "minutes_no": "局长办公会纪要〔2026〕9号（演示）",
        "held_on": "2026-11-20",
        "attendees": "7",
        "result": result,
        "main_points": "同意考核结果（演示）",
        "secrecy": "不涉密",
        **more,
    }
    if result == "return":
        del values["secrecy"]
    files = {"minutes_files": ["会议纪要（演示）.pdf"]}
    office.act(case_id, OFFICE, "meeting", values, files=files)


def no_appeal(case_id: UUID) -> None:
    """Let the township not appeal."""
    office.act(case_id, TOWNSHIP, "appeal_result", {"appeals": False}, position="clerk")


def good_year(market_no: str) -> UUID:
    """Play a good year to its end: 91.82, 优秀."""
    case_id = marked(market_no)
    agreed(case_id)
    met(case_id)
    no_appeal(case_id)
    return case_id


def bad_year(market_no: str) -> UUID:
    """Play a bad year until the township may appeal: 51.75, 不合格."""
    case_id = marked(market_no, good=False)
    agreed(case_id)
    office.act(case_id, TOWNSHIP, "hear_market", {"choice": "放弃陈述申辩"}, position="clerk")
    met(case_id, heard="市场放弃陈述申辩（演示）")
    return case_id


def records(case_id: UUID, kind: str = "assessment") -> list[dict[str, Any]]:
    """Return the entries of one kind in the file of a case's market, those that count."""
    with read_only() as session:
        found = scope_of(session, session.get_one(Case, case_id))["market"]["records"]
        return [entry for entry in found if entry["kind"] == kind]


def entered(case_id: UUID, kind: str, period: str, **values: int | str | Decimal) -> None:
    """Enter something in the file of a case's market, as another procedure does."""
    with unit_of_work() as session:
        case = session.get_one(Case, case_id)
        typed = {key: Decimal(value) if type(value) is int else value for key, value in values.items()}
        market_records.enter(session, case, kind=kind, period=period, valid_until=None, values=typed)


def offered(case_id: UUID, element_id: str, username: str = TOWNSHIP) -> dict[str, Any]:
    """Return what the form of an open step is filled in with before anybody types."""
    with read_only() as session:
        item = filings.open_item(session, session.get_one(Case, case_id), element_id)
        context = office.form_context(session, item, filings.actor(session, username))
        return forms.bind(context.schema, scope=context.scope).data


def agencies_of(case_id: UUID, prefix: str) -> dict[str, str]:
    """Return which agency has each step whose name begins so."""
    with read_only() as session:
        rows = session.scalars(select(WorkItem).where(WorkItem.case_id == case_id))
        return {row.element_id: row.agency.key for row in rows if row.element_id.startswith(prefix)}


def cases_of(process: str) -> list[Case]:
    """Return the cases of a procedure, in the order of their beginning."""
    with read_only() as session:
        query = select(Case).where(Case.process_key == process).order_by(Case.started_at, Case.id)
        return list(session.scalars(query))


def market(no: str) -> Market:
    """Return a market by its number."""
    with read_only() as session:
        return session.scalars(select(Market).where(Market.no == no)).one()
