"""综合性零工市场建设项目 played through the services by the people of the demonstration; everything says 演示."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests import stories
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
SAID = stories.said("construction")
FILING: dict[str, Any] = SAID["filing"]
SIGNED = SAID["signed"]
NONE_FOUND = SAID["none_found"]
MEETING: dict[str, Any] = SAID["meeting"]
CHECKS = SAID["inspection"]["checks"]


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
    desk.act(case_id, "caizheng", "opinion_finance", SAID["finance"])
    desk.act(case_id, "gongan", "opinion_police", SAID["police"])
    desk.act(case_id, "jiaotong", "opinion_traffic", SAID["traffic"])


def look_for_duplicates(case_id: UUID, values: dict[str, Any] = NONE_FOUND) -> None:
    """Let the bureau's clerk look for money granted before."""
    desk.act(case_id, "renshe", "duplicate_check", values)


def draft(case_id: UUID, amount: str = "1000000.00") -> None:
    """Let the section propose."""
    desk.act(case_id, "renshe-kz", "project_opinion", SAID["opinion"] | {"amount": amount})


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
    changes = {"progress": progress, "spent": spent, "support_spent": support, "state": state}
    values = SAID["milestone"] | changes
    desk.act(case_id, CLERK, "milestone_report", values, position="clerk", files=EVIDENCE)


def check_milestone(case_id: UUID, result: str = "accept", note: str | None = None) -> None:
    """Let the bureau's clerk check a milestone."""
    said = {"milestone": result} | ({"note": note} if note else {})
    desk.act(case_id, "renshe", "milestone_check", said)


def inspect(case_id: UUID, conclusion: str = "通过", **checks: str) -> None:
    """Let two people of the bureau inspect the site."""
    with unit_of_work() as session:
        photos = filings.files(session, filings.actor(session, "renshe"), PHOTOS)
    changes = {"checks": CHECKS | checks, "conclusion": conclusion}
    values: dict[str, Any] = SAID["inspection"] | changes | photos
    if conclusion == "不通过":
        values["problems"] = "消防应急设备未调试（演示）"
    for who in ("renshe", "renshe-2"):
        desk.act(case_id, who, "project_inspection", values, declares_no_conflict=True)


def settle(case_id: UUID, **changes: Any) -> None:
    """Let the township settle: 950 000 of the support used, 1 000 000 received, 50 000 returned."""
    values = SAID["settlement"] | changes
    desk.act(case_id, CLERK, "settlement", values, position="clerk", files=PAPERS)


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
