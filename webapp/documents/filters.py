"""Filters for templates, named as officers would name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from jinja2 import Undefined

from webapp.core.clock import BEIJING, official_date, utc
from webapp.core.money import capital_amount
from webapp.documents.errors import TemplateError, WrongValue
from webapp.documents.facts import MissingFact, as_text, plain_number


def day_of(value: Any) -> date:
    """Read a date, an aware instant, or either in ISO 8601.

    Raises:
        DocumentError: If it is none of them, or missing.
    """
    if isinstance(value, Undefined):
        str(value)  # refuses with the path of the fact
    if isinstance(value, date):
        return value
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as problem:
        raise WrongValue(f"“{value}”不是日期。", value) from problem
    return moment if moment.tzinfo else moment.date()


def _date(value: Any) -> str:
    """``2026年11月20日``; aware instants are taken at their Beijing date."""
    return official_date(day_of(value))


def _moment(value: Any) -> str:
    """``2026年11月20日14时30分`` in Beijing time."""
    day = day_of(value)
    if not isinstance(day, datetime):
        raise WrongValue(f"“{value}”没有时刻，或没有时区。", value)
    local = utc(day).astimezone(BEIJING)
    return f"{official_date(day)}{local.hour}时{local.minute:02d}分"


def _amount(value: Any) -> str:
    """``人民币伍拾万元整`` from yuan."""
    return capital_amount(_decimal(value))


def _sum(value: Any) -> str:
    """``58,500.50`` from yuan: to the cent, parted by thousands."""
    amount = _decimal(value)
    if not amount.is_finite() or amount != amount.quantize(_CENT):
        raise WrongValue(f"“{value}”不是精确到分的金额。", value)
    return f"{amount:,.2f}"


def _number(value: Any) -> str:
    """A number without exponent and without idle zeros."""
    return plain_number(_decimal(value))


def _decimal(value: Any) -> Decimal:
    try:
        return Decimal(as_text(value))
    except InvalidOperation as problem:
        raise WrongValue(f"“{value}”不是数字。", value) from problem


def _listing(value: Any, separator: str = "、") -> str:
    """Join a list with 、 or another mark."""
    if isinstance(value, Undefined):
        str(value)
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TemplateError("“列”只能用于一组数据。")
    return separator.join(as_text(item) for item in value)


def _label(value: Any, **labels: str) -> str:
    """Write a stored value in the words given for it; an unknown value is an error, never printed."""
    code = as_text(value)
    if code not in labels:
        raise WrongValue(f"模板没有写明“{code}”怎样印出来。", code)
    return labels[code]


def _sentence(value: Any) -> str:
    """End a text that people entered with one full stop, so that the wording goes on after it."""
    text = as_text(value).strip().rstrip("，、；：,;: ")
    return text if text.endswith(_SENTENCE_ENDS) else text.removesuffix(".") + "。"


def _phrase(value: Any) -> str:
    """Take the closing marks off a text that people entered, so that it can stand inside a sentence."""
    return as_text(value).strip().rstrip("。，、；：.,;: ")


def _or_else(value: Any, fallback: str) -> Any:
    """Print a neutral word where a fact may be absent."""
    return fallback if isinstance(value, MissingFact) else value


_CENT = Decimal("0.01")
_SENTENCE_ENDS = ("。", "！", "？", "”", "…")

FILTERS: dict[str, Callable[..., Any]] = {
    "日期": _date,
    "时刻": _moment,
    "金额": _sum,
    "金额大写": _amount,
    "数": _number,
    "列": _listing,
    "名称": _label,
    "或": _or_else,
    "句": _sentence,
    "短语": _phrase,
}
