"""The register of markets after recognition: decisions change it field by field, and what it said is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Invalid, Missing
from webapp.models.market import Market, MarketChange
from webapp.services import markets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from webapp.models.case import Case


def change(session: Session, case: Case, given: Mapping[str, Any]) -> list[str]:
    """Write what was decided to the listed market of a case; return the fields that changed.

    What is `None` stays as it is. The public directory reads the same row, so it shows the change at once;
    what the row said before is kept in a :class:`MarketChange` for each field.

    Args:
        session: Database session.
        case: The case that decided it.
        given: New values by the names of the operator `change_register`: `address` (`text`, `lng`, `lat`),
            `opening_hours`, `public_phone`, `services` (list of texts), `area_m2`, `operator` (`has`,
            `uscc`, `name`, `kind`, `licence_no`), `closed_from` and `closed_until` (Beijing days), and
            `reopens` (true ends the closing).

    Raises:
        Missing: If the case is about no listed market.
        Invalid: If nothing would change, or a value is not of its type.

    Policy: TZ-3.2
    """
    market = _locked(session, case)
    now = time.now()
    changed = []
    for field in _FIELDS:
        before = field.read(market)
        field.write(session, market, given)
        after = field.read(market)
        if after != before:
            changed.append(field.name)
            session.add(
                MarketChange(
                    jurisdiction_id=market.jurisdiction_id,
                    market_id=market.id,
                    case_id=case.id,
                    changed_at=now,
                    field=field.name,
                    before=before,
                    after=after,
                )
            )
    if not changed:
        raise Invalid("所报内容与名录现有内容相同，没有可以变更的项目，请退回修改或不予变更。")
    return changed


def leave(session: Session, case: Case, way: str) -> Market:
    """Take the market of a case out of the directory; its page and its papers say so from now on.

    Args:
        session: Database session.
        case: The case that decided it.
        way: How it leaves, in words, such as `责令退出`.

    Raises:
        Missing: If the case is about no listed market.

    Policy: TZ-3.4
    """
    market = _locked(session, case)
    market.status, market.left_on, market.left_way = "left", beijing_date(time.now()), way
    return market


def _locked(session: Session, case: Case) -> Market:
    """Lock the market, so that of two decisions the second keeps what the first one wrote as before."""
    query = select(Market).where(Market.id == case.market_id, Market.status == "recognised")
    market = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if market is None:
        raise Missing("本件所涉及的市场不在名录中，不能变更。")
    return market


@dataclass(frozen=True, slots=True)
class _Field:
    """One line of the register: how it is kept as plain JSON, and how it is written."""

    name: str
    read: Callable[[Market], Any]
    write: Callable[[Session, Market, Mapping[str, Any]], None]


def _plain(value: Decimal | date | None) -> str | None:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return None if value is None else value.isoformat()


def _text(name: str) -> _Field:
    def write(_: Session, market: Market, given: Mapping[str, Any]) -> None:
        if given.get(name) is not None:
            setattr(market, name, str(given[name]))

    return _Field(name, lambda market: getattr(market, name), write)


def _write_services(_: Session, market: Market, given: Mapping[str, Any]) -> None:
    if given.get("services"):
        market.services = [str(service) for service in given["services"]]


def _write_area(_: Session, market: Market, given: Mapping[str, Any]) -> None:
    if given.get("area_m2") is not None:
        market.area_m2 = markets.number_of(given["area_m2"])


def _read_address(market: Market) -> dict[str, str | None]:
    return {"text": market.address, "lng": _plain(market.lng), "lat": _plain(market.lat)}


def _write_address(_: Session, market: Market, given: Mapping[str, Any]) -> None:
    address = given.get("address") or {}
    if address.get("text"):
        market.address = str(address["text"])
        market.lng, market.lat = markets.number_of(address.get("lng")), markets.number_of(address.get("lat"))


def _read_operator(market: Market) -> dict[str, str | None] | None:
    operator = market.operator
    if operator is None:
        return None
    return {
        "name": operator.name,
        "uscc": operator.uscc,
        "kind": operator.kind,
        "licence_no": operator.licence_no,
    }


def _write_operator(session: Session, market: Market, given: Mapping[str, Any]) -> None:
    told = given.get("operator") or {}
    if told.get("has") is None:
        return
    market.operator = markets.operator_of(session, market, told) if told["has"] else None
    if market.operator is not None:
        markets.name_operator(market.operator, told)


def _read_closing(market: Market) -> dict[str, str | None] | None:
    if market.closed_from is None:
        return None
    return {"from": _plain(market.closed_from), "until": _plain(market.closed_until)}


def _write_closing(_: Session, market: Market, given: Mapping[str, Any]) -> None:
    if given.get("reopens"):
        market.closed_from = market.closed_until = None
    elif given.get("closed_from") is not None:
        market.closed_from = _day(given["closed_from"])
        until = given.get("closed_until")
        market.closed_until = None if until is None else _day(until)


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Invalid(f"“{value}”不是日期，名录不能变更。") from None


_FIELDS = (
    _Field("address", _read_address, _write_address),
    _text("opening_hours"),
    _text("public_phone"),
    _Field("services", lambda market: list(market.services), _write_services),
    _Field("area_m2", lambda market: _plain(market.area_m2), _write_area),
    _Field("operator", _read_operator, _write_operator),
    _Field("closing", _read_closing, _write_closing),
)
