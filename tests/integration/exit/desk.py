"""整改 and 退出 played through the services by the people of the demonstration; everything says 演示."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tests.factories import filings
from tests.integration.recognition import desk as office
from webapp.models.case import Case
from webapp.queries.facts import scope_of
from webapp.services import cases
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

TOWNSHIP = ("majuqiao", "majuqiao-ld")
STATION_TOWNSHIP = ("songzhuang", "songzhuang-ld")
CLERKS, CHIEF, DEPUTY = ("renshe", "renshe-2"), "renshe-kz", "renshe-fj"
SIGNED = {"pass": True, "secrecy": "不涉密"}
DUE = "2026-12-18"


@dataclass(frozen=True)
class File:
    """A file that is uploaded when the form that holds it is handed in."""

    name: str


def act(case_id: UUID, username: str, element_id: str, values: dict[str, Any], **more: Any) -> None:
    """Complete the open step in whichever of a person's positions it is for."""
    position = more.pop("position", None)
    with unit_of_work() as session:
        who = filings.actor(session, username, position)
        case = session.get_one(Case, case_id)
        filings.complete(session, who, case, element_id, _uploaded(session, who, values), **more)


def by_two(case_id: UUID, element_id: str, values: dict[str, Any]) -> None:
    """Let both clerks of the bureau sign the same content, each declaring no conflict of interest."""
    with unit_of_work() as session:
        placed = _uploaded(session, filings.actor(session, CLERKS[0]), values)
    for username in CLERKS:
        act(case_id, username, element_id, placed, declares_no_conflict=True)


def _uploaded(session: Session, who: Actor, value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"file"}:
        value = File(value["file"])
    if isinstance(value, File):
        return filings.files(session, who, {"file": [value.name]})["file"][0]
    if isinstance(value, dict):
        return {key: _uploaded(session, who, entry) for key, entry in value.items()}
    return [_uploaded(session, who, entry) for entry in value] if isinstance(value, list) else value


def number(case_id: UUID) -> str:
    """Return the number of the market of a case."""
    no = office.market_of(case_id).no
    assert no is not None
    return no


def start(process: str, market_no: str, username: str = "renshe", position: str = "clerk") -> UUID:
    """Let somebody begin a procedure about a market; return the case's id."""
    with unit_of_work() as session:
        who = filings.actor(session, username, position)
        return cases.start(session, who, process, market_no=market_no).id


def records(case_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    """Return the file of a case's market as expressions see it: kind and values."""
    with read_only() as session:
        found = scope_of(session, session.get_one(Case, case_id))["market"]["records"]
        return [(row["kind"], row["values"]) for row in found]


def opened_by(case_id: UUID) -> list[Case]:
    """Return the cases that a case opened."""
    with read_only() as session:
        return list(session.scalars(select(Case).where(Case.origin_id == case_id)))


def printed(case_id: UUID, template: str) -> str:
    """Return the text of the newest document of a kind."""
    paper = [row for row in office.documents(case_id) if row.template_key == template][-1]
    return "\n".join(text for _, text in paper.outline)


def templates(case_id: UUID) -> list[str]:
    """Return which documents a case issued, in order."""
    return [row.template_key for row in office.documents(case_id)]


# ---- 整改 ------------------------------------------------------------------------------


def problem(text: str, weight: str = "一般", unit: str = "市场运营机构", due: str = DUE) -> dict[str, Any]:
    """Return one 整改事项 as the form takes it."""
    clause = "二（一）综合性零工市场"
    return {"problem": text, "clause": clause, "weight": weight, "unit": unit, "due": due}


FIVE = [
    problem("消防通道被占用（演示）", weight="重要"),
    problem("暖心服务区无防寒设施（演示）"),
    problem("岗位信息更新不及时（演示）"),
    problem("业务流程未公示（演示）"),
    problem("周边秩序无人引导（演示）", unit="街道乡镇"),
]


def notified(
    market_no: str, problems: list[dict[str, Any]] | None = None, joined: tuple[str, ...] = ()
) -> UUID:
    """Begin a rectification and issue its notice: the township is to report."""
    case_id = start("rectification", market_no)
    values = {"occasion": "联合检查", "checked_on": "2026-11-18", "background": "联合检查发现（演示）"}
    values |= {
        "joined": list(joined),
        "problems": FIVE if problems is None else problems,
        "evidence": [File("检查记录（演示）.pdf")],
    }
    act(case_id, "renshe", "list_problems", values)
    act(case_id, CHIEF, "review_problems", {"pass": True})
    act(case_id, DEPUTY, "sign_problems", SIGNED)
    return case_id


def report(case_id: UUID, done: dict[int, str], people: tuple[str, str] = TOWNSHIP) -> None:
    """Let the township report items as done on a day, and its leader sign."""
    rows = [
        {"no": str(no), "measures": "已整改（演示）", "done_on": day, "evidence": [File(f"照片{no}.png")]}
        for no, day in done.items()
    ]
    values = {"matter": "report", "reports": rows, "summary": "整改情况（演示）"}
    act(case_id, people[0], "report_rectification", values, position="clerk")
    act(case_id, people[1], "forward_report", SIGNED)


def ask_extension(case_id: UUID, until: str) -> None:
    """Let the township ask for more time."""
    values = {
        "matter": "extension",
        "until": until,
        "reason": "设备供货延迟（演示）",
        "summary": "正在整改（演示）",
    }
    act(case_id, TOWNSHIP[0], "report_rectification", values, position="clerk")
    act(case_id, TOWNSHIP[1], "forward_report", SIGNED)


def check(case_id: UUID, closed: list[int], total: int = 5) -> None:
    """Let the bureau close these items and return the others."""
    rows: list[dict[str, Any]] = [
        {"no": str(no), "result": "同意销号"}
        if no in closed
        else {"no": str(no), "result": "退回整改", "comment": "还未到位（演示）"}
        for no in range(1, total + 1)
    ]
    act(case_id, "renshe", "check_rectification", {"results": rows, "note": "逐项检查（演示）"})


def recheck(case_id: UUID, done: list[int], total: int = 5) -> None:
    """Let two people find these items done on site, and the others not."""
    rows: list[dict[str, Any]] = [
        {"no": str(no), "result": "已整改到位"}
        if no in done
        else {"no": str(no), "result": "未整改到位", "finding": "现场仍未整改（演示）"}
        for no in range(1, total + 1)
    ]
    values = {
        "checked_on": "2026-11-20",
        "results": rows,
        "photos": [File("现场（演示）.png")],
        "summary": "现场复查（演示）",
    }
    by_two(case_id, "site_recheck", values)


def conclude(case_id: UUID) -> None:
    """Let the section propose and the deputy director sign what the rules found."""
    act(case_id, CHIEF, "propose_result", {"comment": "按规则结论办理（演示）"})
    act(case_id, DEPUTY, "sign_result", SIGNED)


def failed(market_no: str) -> UUID:
    """Play a rectification that ends in an exit procedure; return the case of the exit."""
    case_id = notified(market_no)
    report(case_id, dict.fromkeys(range(1, 6), "2026-11-20"))
    check(case_id, [1, 2, 3, 4, 5])
    recheck(case_id, [2, 3, 4, 5])
    conclude(case_id)
    (opened,) = opened_by(case_id)
    return opened.id
