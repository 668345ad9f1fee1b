"""One reading of every kind of value, whether it comes from a page, the API or storage.

Each reader takes text as it was entered and returns the typed value, ``None`` for nothing,
or raises :class:`Unreadable` with a Chinese sentence that says how to mend it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from webapp.core import identifiers


class Unreadable(ValueError):  # noqa: N818 - named by what is wrong
    """What was entered cannot be read; the message tells the person how to mend it."""


MAX_TEXT = 20_000
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,12})?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2060\ufeff\u00ad"))
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_PLANE_END = 0xFFFE
"""The last two code points of every plane are no characters."""
_KEY = re.compile(r"[0-9A-Za-z_-]{1,64}")

LONGITUDE = (Decimal(73), Decimal(136))
LATITUDE = (Decimal(3), Decimal(54))


def read_text(text: str, *, lines: bool = True) -> str | None:
    """Read text: ends stripped, line ends unified, invisible marks dropped.

    Raises:
        Unreadable: If it is far too long, or holds control characters, or line breaks where none may be.
    """
    if len(text) > MAX_TEXT:
        raise Unreadable(f"内容过长，最多 {MAX_TEXT} 字，请精简或改为上传附件。")
    clean = text.replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE).strip()
    for char in clean:
        if char == "\n" and not lines:
            raise Unreadable("这里只能填一行，请去掉换行。")
        if char not in "\n\t" and _is_control(char):
            raise Unreadable("含有无法显示的控制字符，请删除后重新输入，不要直接粘贴。")
    return clean or None


def storable(text: str) -> str:
    """Return unreadable text in a form that any store takes: cut, control characters replaced."""
    cut = text[:MAX_TEXT].strip()
    return "".join("\ufffd" if char not in "\n\r\t" and _is_control(char) else char for char in cut)


def _is_control(char: str) -> bool:
    """Control, surrogate, reordering and non-characters; rare hanzi unknown to this Python are none."""
    no_character = ord(char) & _PLANE_END == _PLANE_END
    return no_character or char in _REORDERING or unicodedata.category(char) in ("Cc", "Cs")


def read_number(text: str, *, decimals: int = 6) -> Decimal | None:
    """Read a decimal number; ``1,200`` and full-width digits are understood.

    Raises:
        Unreadable: If it is no number, too large, or has more decimal places than allowed.
    """
    plain = "".join(unicodedata.normalize("NFKC", text[:200]).split())
    if not plain:
        return None
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _NUMBER.fullmatch(plain):
        raise Unreadable("请填写数字，例如 1200 或 1,200.5，不要带单位。")
    number = plain_number(Decimal(plain))
    if -int(number.as_tuple().exponent) > decimals:
        raise Unreadable("请填写整数。" if decimals == 0 else f"最多保留 {decimals} 位小数。")
    return number


def plain_number(number: Decimal) -> Decimal:
    """Return the number without trailing zeros and without exponent: equal numbers look equal."""
    whole = number.to_integral_value()
    return Decimal(int(whole)) if number == whole else number.normalize()


def read_date(text: str) -> date | None:
    """Read an ISO date.

    Raises:
        Unreadable: If it is none.
    """
    plain = unicodedata.normalize("NFKC", text[:40]).strip()
    if not plain:
        return None
    if not _ISO_DATE.fullmatch(plain):
        raise Unreadable("日期请写成 2026-11-20 的样子。")
    try:
        return date.fromisoformat(plain)
    except ValueError:
        raise Unreadable("没有这一天，请核对日期。") from None


def read_key(text: str) -> str | None:
    """Read the id of an attachment.

    Raises:
        Unreadable: If it cannot be one.
    """
    plain = text.strip()
    if not plain:
        return None
    if not _KEY.fullmatch(plain):
        raise Unreadable("附件编号不对，请重新上传。")
    return plain


def read_formatted(text: str | None, style: str) -> str | None:
    """Check text of a known style and return its normal form.

    Raises:
        ValueError: With the reason.
    """
    checks = {
        "uscc": identifiers.check_uscc,
        "resident_id": identifiers.check_resident_id,
        "phone": identifiers.check_phone,
    }
    return checks[style](text) if text and style in checks else text


def read_position(lng: str, lat: str) -> tuple[Decimal | None, Decimal | None]:
    """Read a position on the map, both numbers or neither.

    Raises:
        Unreadable: If one is missing or out of range.
    """
    place = (read_number(lng, decimals=12), read_number(lat, decimals=12))
    if (place[0] is None) != (place[1] is None):
        raise Unreadable("地图位置须同时有经度和纬度，请补填，或重新取当前位置。")
    for value, (low, high), name in zip(place, (LONGITUDE, LATITUDE), ("经度", "纬度"), strict=True):
        if value is not None and not low <= value <= high:
            raise Unreadable(f"{name}应在 {low} 至 {high} 之间，请核对后重填，或重新取当前位置。")
    lng_value, lat_value = (None if v is None else plain_number(round(v, 6)) for v in place)
    return lng_value, lat_value
