"""欠薪与争议调解 played through the public page and the services by people of the demonstration; all says 演示."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tests.integration.recognition import desk
from webapp.models.case import Case
from webapp.uow import read_only

if TYPE_CHECKING:
    from uuid import UUID

    from tests.application import Browser

CLERK, LEADER, UNION, POLICE = "majuqiao", "majuqiao-ld", "gonghui", "gongan"
TOLD = {
    "person-name": "演示张三",
    "person-phone": "13800001234",
    "matter-kind": "拖欠工钱",
    "matter-violations": ["拖欠报酬"],
    "matter-employer": "演示劳务公司",
    "matter-place": "演示工地",
    "matter-amount": "3000",
    "matter-since": "2026-10-01",
    "matter-happened": "干了十天没有给钱（演示）",
    "matter-danger": "false",
    "wish": "尽快给钱（演示）",
    "consent": "true",
}
"""What a worker fills in, by the names of the page."""
ACCEPTED = {"decision": "accept", "plan": "本周五下午调解（演示）"}
AGREED = {
    "held_on": "2026-11-20",
    "mediator": "马驹桥镇调解委员会（演示）",
    "summary": "双方同意分两次付清（演示）",
    "result": "agreement",
    "payments": [{"amount": 1000, "due": "2026-11-25"}, {"amount": 2000, "due": "2026-12-10"}],
}
REMINDED = {
    "told_on": "2026-11-26",
    "way": "电话",
    "reply": "资金紧张，月底前付（演示）",
    "result": "track",
    "promised_on": "2026-11-30",
}


def send(browser: Browser, market_no: str, **changes: Any) -> Any:
    """Fill the public form in as somebody without an account does, and send it."""
    page = browser.get(f"/help/{market_no}")
    assert page.status_code == 200
    (drawn,) = re.findall(r'name="page" value="([^"]+)"', page.text)
    return browser.post(f"/help/{market_no}", data={"page": drawn} | TOLD | changes)


def receipt(answer: Any) -> tuple[str, str]:
    """Return the number and the look-up code of a receipt."""
    number, code = re.findall(r'<b class="mono">([^<]+)</b>', answer.text)
    return number, code


def case_id(no: str) -> UUID:
    """Return the id of a case by its number."""
    with read_only() as session:
        return session.scalars(select(Case.id).where(Case.no == no)).one()


def asked(browse: Any, market_no: str, **changes: Any) -> UUID:
    """Let the public ask for help; return the id of the case."""
    return case_id(receipt(send(browse(), market_no, **changes))[0])


def look_up(browser: Browser, no: str, code: str) -> Any:
    """Look up how far a request has come."""
    return browser.post("/help/status", data={"no": no, "code": code})


def receive(case: UUID, **values: Any) -> None:
    """Let the township's clerk receive a request."""
    desk.act(case, CLERK, "receive", values or ACCEPTED, position="clerk")


def mediate(case: UUID, values: dict[str, Any] | None = None) -> None:
    """Let the clerk enter what mediation came to."""
    given = values or AGREED
    files = {"agreement": ["调解协议（演示）.pdf"]} if given["result"] == "agreement" else None
    desk.act(case, CLERK, "mediate", given, position="clerk", files=files)


def sign(case: UUID) -> None:
    """Let the township's leader sign the letter that sends a request on."""
    desk.act(case, LEADER, "sign_referral", {"pass": True})


def paid(case: UUID, *received: tuple[int, str]) -> None:
    """Let the clerk register everything that was paid so far."""
    rows = [{"amount": amount, "paid_on": day} for amount, day in received]
    desk.act(
        case, CLERK, "track", {"received": rows}, position="clerk", files={"proof": ["收条（演示）.pdf"]}
    )
