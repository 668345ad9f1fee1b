"""试运营奖励补贴 played through the services by the people of the demonstration; everything says 演示."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests import stories
from tests.factories import filings
from tests.integration.recognition import desk
from webapp.models.case import Case
from webapp.queries.market_records import records_scope
from webapp.services import cases
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

    from tests.conftest import FrozenClock

AFTER_TRIAL = datetime(2027, 6, 10, 2, tzinfo=UTC)
"""Thursday 2027-06-10, 10:00 in Beijing; the trial runs of the demonstration ended on 2027-05-31 and 02-28."""
TODAY = "2027-06-10"
ACCOUNT = "6222000011112222"
AMOUNT = "77200.00"
"""For 7 of 200 that were not found: 7 ÷ 200 = 0.035; 4000 × 0.035 = 140; (4000 - 140) × 20 = 77 200."""
TOWNS = {
    "market": ("majuqiao", "majuqiao-sh", "majuqiao-ld"),
    "station": ("songzhuang", "songzhuang", "songzhuang-ld"),
}
DETAILS = {"details": ["撮合上岗明细表（演示）.pdf"]}
PAPERS = {"papers": ["抽查记录（演示）.pdf"]}
MINUTES = {"minutes_files": ["会议纪要（演示）.pdf"]}
VOUCHER = {"voucher": ["支付凭证（演示）.pdf"]}
STANDARDS = ["“零工驿站”标识", "免费场地", "开放时间公示", "服务内容公示"]
SAID = stories.said("subsidy")
MARKET: dict[str, Any] = SAID["market"]
STATION: dict[str, Any] = SAID["station"]
MEETING: dict[str, Any] = SAID["meeting"]


def papers(case_id: UUID) -> list[str]:
    """Return the kinds of documents that a case issued, in order."""
    return [paper.template_key for paper in desk.documents(case_id)]


def text_of(case_id: UUID, template: str) -> str:
    """Return everything that the newest document of a kind says, line by line."""
    paper = [paper for paper in desk.documents(case_id) if paper.template_key == template][-1]
    return "\n".join(text for _, text in paper.outline)


def records(case_id: UUID, kind: str) -> list[dict[str, Any]]:
    """Return what the file of a case's market holds of a kind."""
    with read_only() as session:
        market = session.get_one(Case, case_id).market
        assert market is not None
        return [row for row in records_scope(session, market) if row["kind"] == kind]


def payee(case_id: UUID) -> dict[str, Any]:
    """Return the payee that the directory knows, with a made-up account."""
    with read_only() as session:
        case = session.get_one(Case, case_id)
        assert case.market is not None
        operator, township = case.market.operator, case.applicant.name
        holder = None if operator is None else (operator.name, operator.uscc)
    account = {"bank": "演示银行通州支行", "account": ACCOUNT}
    if holder is None:
        return account | {"kind": "属地单位", "name": township, "uscc": "111101120000000008"}
    return account | {"kind": "运营机构", "name": holder[0], "uscc": holder[1]}


def start(recognition: UUID, clock: FrozenClock, kind: str = "market", who: str | None = None) -> UUID:
    """Let a township claim for the market of a recognition, after its trial run; return the case's id."""
    clock.instant = AFTER_TRIAL
    number = desk.market_of(recognition).no
    with unit_of_work() as session:
        actor = filings.actor(session, who or TOWNS[kind][0], "clerk")
        return cases.start(session, actor, "subsidy", market_no=number).id


def file(case_id: UUID, kind: str = "market", **changes: Any) -> None:
    """Let the township's clerk fill the claim in."""
    values = (MARKET if kind == "market" else STATION) | {"payee": payee(case_id)} | changes
    desk.act(case_id, TOWNS[kind][0], "file", values, position="clerk", files=DETAILS)


def send(case_id: UUID, kind: str = "market", **changes: Any) -> None:
    """Let the township fill in, review and sign: it lies at the bureau."""
    file(case_id, kind, **changes)
    desk.act(case_id, TOWNS[kind][1], "claim_review", {"pass": True}, position="reviewer")
    desk.act(case_id, TOWNS[kind][2], "claim_sign", {"pass": True, "secrecy": "不涉密"})


def accept(case_id: UUID, decision: str = "accept", who: str = "renshe", **more: Any) -> None:
    """Let the bureau's clerk decide about acceptance."""
    desk.act(case_id, who, "subsidy_acceptance", {"decision": decision} | more)


def sample(case_id: UUID, not_found: int = 7, sampled: int = 200, **changes: Any) -> None:
    """Let two clerks verify a sample, in which so many entries were not found."""
    values: dict[str, Any] = SAID["sample"] | {
        "sampled": sampled,
        "unfound": [{"serial": 3 + 20 * place, "cause": "未上岗"} for place in range(not_found)],
        "not_found": not_found,
    }
    with unit_of_work() as session:
        papers = filings.files(session, filings.actor(session, "renshe"), PAPERS)
    for who in ("renshe", "renshe-2"):
        desk.act(case_id, who, "subsidy_sampling", values | papers | changes, declares_no_conflict=True)


def publish(app: Any, clock: FrozenClock) -> None:
    """Let the period of publicity pass without a word: Thursday 06-10 to the end of Thursday 06-17.

    Nothing is published of 2027's holidays yet, so every Monday to Friday counts.
    """
    clock.instant = datetime(2027, 6, 17, 16, tzinfo=UTC)
    desk.work(app)


def object_to(case_id: UUID, outcome: str) -> None:
    """Let somebody object during publicity, and the section answer with an outcome."""
    desk.act(case_id, "renshe", "publicity", SAID["objection"])
    desk.act(case_id, "renshe-kz", "objection", SAID["answer"] | {"outcome_of": outcome})


def meet(case_id: UUID, **changes: Any) -> None:
    """Let the office enter the minutes."""
    values = {key: value for key, value in (MEETING | changes).items() if value is not None}
    desk.act(case_id, "renshe-bgs", "subsidy_meeting", values, files=MINUTES)


def recheck(case_id: UUID, amount: str, who: str = "renshe-kz", position: str | None = None) -> None:
    """Let a second person compute the amount again."""
    said = {"pass": True, "recomputed": amount}
    desk.act(case_id, who, "subsidy_recheck", said, position=position)


def approve(case_id: UUID, who: str = "renshe-fj", position: str | None = None) -> None:
    """Let the deputy director approve."""
    desk.act(case_id, who, "subsidy_approve", {"agreed": True, "secrecy": "不涉密"}, position=position)


def pay(case_id: UUID, amount: str, who: str = "caizheng", position: str | None = None) -> None:
    """Let finance pay."""
    said = SAID["payment"] | {"amount": amount}
    desk.act(case_id, who, "subsidy_pay", said, files=VOUCHER, position=position)


def follow_up(case_id: UUID, result: str = "clean") -> None:
    """Let the bureau's clerk look again after the payment."""
    desk.act(case_id, "renshe", "subsidy_followup", SAID["followup"] | {"followup": result})


def propose_recovery(case_id: UUID, way: str, amount: str | None = None) -> None:
    """Let the section propose to recover, or to pay nothing."""
    said = SAID["recovery"] | {"way": way, "amount": amount}
    desk.act(case_id, "renshe-kz", "recovery_proposal", said, files=PAPERS)


def confirm_recovery(case_id: UUID, *, confirmed: bool = True) -> None:
    """Let the deputy director decide about a recovery."""
    said = (
        {"confirmed": True, "secrecy": "不涉密"}
        if confirmed
        else {"confirmed": False, "comment": "请补充证据"}
    )
    desk.act(case_id, "renshe-fj", "recovery_decision", said)


def repay(case_id: UUID, amount: str) -> None:
    """Let finance enter what came back."""
    said = SAID["repayment"] | {"amount": amount}
    desk.act(case_id, "caizheng", "repayment", said, files=VOUCHER)
