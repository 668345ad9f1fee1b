"""责令退出 and 主动退出 played through the services; everything says 演示."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests import stories
from tests.integration.exit.desk import CHIEF, DEPUTY, SIGNED, TOWNSHIP, File, act, by_two

if TYPE_CHECKING:
    from uuid import UUID

LEGAL, OFFICE, DIRECTOR = "renshe-fz", "renshe-bgs", "renshe-jz"
BODIES = {
    "police_view": ("gongan", {"security": "秩序较差（演示）", "disputes": "多次纠纷（演示）"}),
    "traffic_view": ("jiaotong", {"order": "占道明显（演示）"}),
    "union_view": ("gonghui", {"care": "职工之家未开放（演示）"}),
}
OUT, STAY, NONE = "建议责令退出", "不建议退出", "无意见"
POINTS = ["消防通道已于次日清理（演示）", "其余事项均已完成（演示）"]


def state(case_id: UUID) -> None:
    """Let the bureau's clerk state why the operator is to leave."""
    found = [
        {"fact": "消防通道被占用，经通知整改仍未到位（演示）", "clause": "二（一）综合性零工市场"},
        {"fact": "经复查认定整改不力", "clause": "三（四）退出机制"},
    ]
    act(case_id, "renshe", "state_case", {"found": found, "evidence": [File("复查意见书（演示）.pdf")]})


def judge_together(case_id: UUID, police: str = OUT, traffic: str = OUT, union: str = NONE) -> None:
    """Let the three bodies say what they think."""
    said = {"police_view": police, "traffic_view": traffic, "union_view": union}
    for step, (username, duties) in BODIES.items():
        act(case_id, username, step, duties | {"conclusion": said[step], "reason": "见检查记录（演示）"})


def evaluate(case_id: UUID, conclusion: str = "exit") -> None:
    """Let the section evaluate and the deputy director agree."""
    values = {"building": "较差（演示）", "running": "较差（演示）", "service": "一般（演示）"}
    act(case_id, CHIEF, "evaluate", values | {"conclusion": conclusion, "reason": "综合各单位意见（演示）"})
    act(case_id, DEPUTY, "sign_evaluation", SIGNED)


def evaluated(case_id: UUID) -> None:
    """Bring an exit to the notice: the township is to hand in what the operator says."""
    state(case_id)
    judge_together(case_id)
    evaluate(case_id)


def waive(case_id: UUID) -> None:
    """Hand in the operator's waiver."""
    values = {"kind": "放弃陈述申辩", "papers": [File("放弃声明（演示）.pdf")]}
    act(case_id, TOWNSHIP[0], "defend", values, position="clerk")


def defend(case_id: UUID) -> None:
    """Hand in what the operator says in its defence."""
    points = [{"point": text} for text in POINTS]
    values = {"kind": "提出陈述申辩", "points": points, "papers": [File("陈述申辩书（演示）.pdf")]}
    act(case_id, TOWNSHIP[0], "defend", values, position="clerk")


def reply(*, stands: bool = True, numbers: tuple[int, ...] = (1, 2)) -> dict[str, Any]:
    """Return the record of the hearing with an answer to points."""
    answers = [{"no": str(no), "adopted": "不采纳", "reason": f"现场复查不符{no}（演示）"} for no in numbers]
    return {
        "heard_on": "2026-11-20",
        "place": "区人力社保局（演示）",
        "record": [File("笔录（演示）.pdf")],
        "replies": answers,
        "stands": stands,
    }


def review(case_id: UUID, *, lawful: bool = True, username: str = LEGAL) -> None:
    """Let the legal officer review."""
    parts = ("subject_ok", "facts_ok", "basis_ok", "procedure_ok", "paper_ok", "remedy_ok")
    values: dict[str, Any] = dict.fromkeys(parts, "合法适当")
    if not lawful:
        values["facts_ok"] = "存在问题"
    act(case_id, username, "review_law", values | {"lawful": lawful, "opinion": "法制审核意见（演示）"})


def study(case_id: UUID, agree: int = 4, against: int = 1, members: int = 7) -> None:
    """Record the meeting: whoever votes attends, and nobody abstains."""
    values = {
        "name": "局长办公会议",
        "held_on": "2026-11-20",
        "chair": "演示甲局长",
        "members": members,
        "attendants": [{"name": f"演示{n}"} for n in range(1, agree + against + 1)],
        "agree": agree,
        "against": against,
        "abstain": 0,
        "main_points": "责令运营机构退出（演示）",
        "minutes_files": [File("会议记录（演示）.pdf")],
    }
    act(case_id, OFFICE, "study", values)


def order(case_id: UUID) -> None:
    """Let the director sign the decision, and two people serve it."""
    act(case_id, DIRECTOR, "sign_exit", SIGNED | {"effective_on": "2026-12-01"})
    values = {
        "method": "直接送达",
        "delivered_on": "2026-11-20",
        "delivered_time": "10:30",
        "place": "马驹桥镇人民政府（演示）",
        "receiver": "马驹桥镇经办人（演示）",
        "receipt": [File("送达回证（演示）.pdf")],
    }
    by_two(case_id, "serve", values)


def matters() -> dict[str, Any]:
    """Return the five matters to settle: four done with evidence, one that does not apply."""
    told: dict[str, Any] = stories.said("leaving")["matters"]
    return told


def settle(case_id: UUID, succession: str = "close") -> None:
    """Let the township settle what is left and its leader sign."""
    values = stories.said("exit")["settlement"] | {"succession": succession}
    if succession != "another":
        del values["successor"]
    act(case_id, TOWNSHIP[0], "settle", values, position="clerk")
    act(case_id, TOWNSHIP[1], "sign_settlement", SIGNED)
