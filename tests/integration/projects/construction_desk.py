"""综合性零工市场建设项目 played through the services by the people of the demonstration; everything says 演示."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.services import cases
from webapp.uow import unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

CLERK, REVIEWER, LEADER = "majuqiao", "majuqiao-sh", "majuqiao-ld"
PAPERS = {"papers": ["预算书（演示）.pdf"]}
EVIDENCE = {"evidence": ["支付凭证（演示）.pdf"]}
MINUTES = {"minutes_files": ["会议纪要（演示）.pdf"]}
PHOTOS = {"photos": ["现场（演示）.png"]}
FILING: dict[str, Any] = {
    "project_name": "马驹桥镇综合性零工市场建设项目（演示）",
    "mode": "政府购买服务",
    "reason": "演示路每日清晨有自发劳务市场占道聚集（演示）",
    "surveyed_on": "2026-11-02",
    "gathering": [
        {"place": "演示路口", "peak": 420, "trades": "装卸、保洁", "hours": "4:30至7:30"},
        {"place": "演示物流园南门", "peak": 180, "trades": "分拣", "hours": "17:00至20:00"},
    ],
    "siting": {
        "demand": True,
        "demand_note": "日均需求约500人（演示）",
        "trades": True,
        "trades_note": "物流、建筑为主（演示）",
        "similar": True,
        "similar_note": "装卸、分拣为主（演示）",
        "transport": True,
        "transport_note": "距地铁站800米（演示）",
        "address": "北京市通州区马驹桥镇演示街1号",
        "area": 5600,
    },
    "budget": [
        {"item": "场地改造装修", "quantity": 5600, "price": "300.00"},
        {"item": "信息化建设", "quantity": 1, "price": "420000.00"},
    ],
    "budget_total": "2100000.00",
    "funds": [
        {"source": "申请区级支持资金", "amount": "1200000.00"},
        {"source": "街道乡镇自筹", "amount": "900000.00", "note": "镇级预算（演示）"},
    ],
    "funds_total": "2100000.00",
    "procurement": {"way": "竞争性磋商", "way_reason": "技术要求难以事先完全确定（演示）"},
    "targets": [{"indicator": "年撮合上岗人次", "target": "不少于20000人次"}],
    "plan": [{"stage": "场地改造", "planned_on": "2027-03-31"}],
    "contact": {"name": "演示甲", "phone": "13800138000"},
}
SIGNED = {"pass": True, "secrecy": "不涉密"}
NONE_FOUND = {"looked_at": ["本局历年补贴和项目", "财政部门项目库"], "found": False}
MEETING: dict[str, Any] = {
    "meeting": "党组会",
    "minutes_no": "演示纪要〔2026〕8号",
    "held_on": "2026-11-20",
    "attendees": 7,
    "result": "approve",
    "approved": "1000000.00",
    "main_points": "同意立项，核定支持资金（演示）",
}
CHECKS = dict.fromkeys(("site", "sign", "zones", "facilities", "purchase", "goals"), "符合")


def filing(**changes: Any) -> dict[str, Any]:
    """Return the application with some of its top-level entries replaced."""
    return FILING | changes


def start() -> UUID:
    """Let the township begin a project; return the case's id."""
    with unit_of_work() as session:
        return cases.start(session, filings.actor(session, CLERK, "clerk"), "construction").id


def file(case_id: UUID, values: dict[str, Any] = FILING) -> None:
    """Let the township's clerk fill the application in."""
    desk.act(case_id, CLERK, "file", values, position="clerk", files=PAPERS)


def send(case_id: UUID, values: dict[str, Any] = FILING) -> None:
    """Let the township fill in, review and sign: it lies at the bureau."""
    file(case_id, values)
    desk.act(case_id, REVIEWER, "project_review", {"pass": True})
    desk.act(case_id, LEADER, "project_sign", SIGNED)


def accept(case_id: UUID, decision: str = "accept", **more: Any) -> None:
    """Let the bureau's clerk decide about acceptance."""
    desk.act(case_id, "renshe", "project_acceptance", {"decision": decision} | more)


def consult(case_id: UUID) -> None:
    """Let the three bodies answer."""
    agreed = {"conclusion": "同意"}
    finance = {"support": "可按实施方案统筹安排", "source_note": "区级资金（演示）"}
    desk.act(case_id, "caizheng", "opinion_finance", agreed | finance)
    desk.act(case_id, "gongan", "opinion_police", agreed | {"security": "可设警务站（演示）"})
    desk.act(case_id, "jiaotong", "opinion_traffic", agreed | {"order": "设临时停车区（演示）"})


def look_for_duplicates(case_id: UUID, values: dict[str, Any] = NONE_FOUND) -> None:
    """Let the bureau's clerk look for money granted before."""
    desk.act(case_id, "renshe", "duplicate_check", values)


def draft(case_id: UUID, amount: str = "1000000.00") -> None:
    """Let the section propose."""
    said = {"recommend": "approve", "amount": amount, "summary": "三家单位均同意（演示）"}
    desk.act(case_id, "renshe-kz", "project_opinion", said)


def meet(case_id: UUID, **changes: Any) -> None:
    """Let the office enter the minutes."""
    values = {key: value for key, value in (MEETING | changes).items() if value is not None}
    desk.act(case_id, "renshe-bgs", "project_meeting", values, files=MINUTES)


def decide(case_id: UUID, **said: Any) -> None:
    """Let the deputy director sign what the meeting decided."""
    values = said or {"decision": "approve", "secrecy": "不涉密"}
    desk.act(case_id, "renshe-fj", "project_decision", values)


def milestone(case_id: UUID, spent: str, support: str, state: str = "continue", progress: int = 50) -> None:
    """Let the township report a milestone."""
    values = {
        "stage": "演示阶段",
        "reported_on": "2026-11-20",
        "progress": progress,
        "spent": spent,
        "support_spent": support,
        "state": state,
        "note": "按计划实施（演示）",
    }
    desk.act(case_id, CLERK, "milestone_report", values, position="clerk", files=EVIDENCE)


def check_milestone(case_id: UUID, result: str = "accept", note: str | None = None) -> None:
    """Let the bureau's clerk check a milestone."""
    said = {"milestone": result} | ({"note": note} if note else {})
    desk.act(case_id, "renshe", "milestone_check", said)


def inspect(case_id: UUID, conclusion: str = "通过", **checks: str) -> None:
    """Let two people of the bureau inspect the site."""
    with unit_of_work() as session:
        photos = filings.files(session, filings.actor(session, "renshe"), PHOTOS)
    values: dict[str, Any] = {
        "inspected_on": "2026-11-20",
        "area": 5580,
        "checks": CHECKS | checks,
        "conclusion": conclusion,
        **photos,
    }
    if conclusion == "不通过":
        values["problems"] = "消防应急设备未调试（演示）"
    for who in ("renshe", "renshe-2"):
        desk.act(case_id, who, "project_inspection", values, declares_no_conflict=True)


def settle(case_id: UUID, **changes: Any) -> None:
    """Let the township settle: 950 000 of the support used, 1 000 000 received, 50 000 returned."""
    values = {
        "final": [
            {"item": "场地改造装修", "amount": "1650000.00"},
            {"item": "信息化建设", "amount": "400000.00"},
        ],
        "final_total": "2050000.00",
        "support_final": "950000.00",
        "support_received": "1000000.00",
        "returned_on": "2026-11-20",
        "return_voucher": "演示退2026-01",
    }
    desk.act(case_id, CLERK, "settlement", values | changes, position="clerk", files=PAPERS)


def approved() -> UUID:
    """Return a project that was approved with 1 000 000: it is being built."""
    case_id = start()
    send(case_id)
    accept(case_id)
    consult(case_id)
    look_for_duplicates(case_id)
    draft(case_id)
    meet(case_id)
    decide(case_id)
    return case_id


def built() -> UUID:
    """Return a project that is finished: it is to be inspected."""
    case_id = approved()
    milestone(case_id, "2050000.00", "950000.00", "finished", 100)
    check_milestone(case_id)
    return case_id
