"""欠薪与争议调解 played through the public page and the services by people of the demonstration; all says 演示."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tests import stories
from tests.integration.recognition import desk
from webapp.models.case import Case
from webapp.uow import read_only

if TYPE_CHECKING:
    from uuid import UUID

    from tests.application import Browser

CLERK, LEADER, UNION, POLICE = "majuqiao", "majuqiao-ld", "gonghui", "gongan"
SAID = stories.said("dispute")


def _fields(told: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in told.items():
        if isinstance(value, dict):
            found |= _fields(value, f"{prefix}{key}-")
        else:
            found[f"{prefix}{key}"] = str(value).lower() if isinstance(value, bool) else value
    return found


TOLD = _fields(SAID["told"])
"""What a worker fills in, by the names of the page."""
ACCEPTED = SAID["accepted"]
AGREED = SAID["agreed"]
REMINDED = SAID["reminded"]


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
