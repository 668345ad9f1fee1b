"""Amounts of money, in figures and in words."""

from __future__ import annotations

from decimal import Decimal

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿")
_LIMIT = Decimal(10) ** 12


def amount_in_figures(amount: Decimal) -> str:
    """Write yuan in figures, to the 分 and in groups of three: ``77,200.00 元``."""
    return f"{amount:,.2f} 元"


def capital_amount(amount: Decimal) -> str:
    """Write yuan in capital characters, as 票据 rules ask: ``人民币伍拾万元整``.

    Args:
        amount: Yuan, at most two decimals, below 10^12 in size; negative amounts read ``人民币负…``.

    Raises:
        ValueError: If it is not finite, too large, or has parts of a 分.
    """
    if not amount.is_finite() or abs(amount) >= _LIMIT:
        raise ValueError("金额超出范围，无法写成大写。")
    fen, rest = divmod(abs(amount) * 100, 1)
    if rest:
        raise ValueError("金额最多保留两位小数（到分）。")
    yuan, cents = divmod(int(fen), 100)
    jiao, fen_digit = divmod(cents, 10)
    sign = "负" if amount < 0 and fen else ""
    return "人民币" + sign + _whole(yuan, alone=not cents) + _parts(jiao, fen_digit, after_yuan=yuan > 0)


def _whole(yuan: int, *, alone: bool) -> str:
    if not yuan:
        return "零元" if alone else ""
    text = ""
    gap = False
    for power in range(2, -1, -1):
        group = yuan // 10_000**power % 10_000
        if not group:
            gap = bool(text)
            continue
        if text and (gap or group < 1000):  # noqa: PLR2004 - a thousands place that is empty
            text += "零"
        text += _group(group) + _GROUPS[power]
        gap = False
    return text + "元"


def _group(number: int) -> str:
    text = ""
    pending = False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if not digit:
            pending = bool(text)
            continue
        text += ("零" if pending else "") + _DIGITS[digit] + _PLACES[place]
        pending = False
    return text


def _parts(jiao: int, fen: int, *, after_yuan: bool) -> str:
    if not jiao and not fen:
        return "整"
    text = _DIGITS[jiao] + "角" if jiao else "零" * after_yuan
    return text + (_DIGITS[fen] + "分" if fen else "整")
