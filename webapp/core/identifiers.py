"""Keys, public tokens, and the numbers that identify people and organisations."""

from __future__ import annotations

import re
import secrets
import threading
import time
import unicodedata
from datetime import date
from uuid import UUID

from webapp.core import clock

_PUBLIC_TOKEN_BYTES = 24
_SHORT_NAME = 1
_LAST_COUNTER = 0xFFF

_RESIDENT_ID = re.compile(r"[0-9]{17}[0-9X]")
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS = "10X98765432"

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(rf"[{_USCC_ALPHABET}]{{2}}[0-9]{{6}}[{_USCC_ALPHABET}]{{10}}")

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"(?:0[1-9][0-9]{1,2}-?)?[2-8][0-9]{6,7}(?:-[0-9]{1,6})?")
_HOTLINE = re.compile(r"(?:400|800)-?[0-9]{3}-?[0-9]{4}|12[0-9]{3}|96[0-9]{3,4}")


class _Sequence:
    """Last millisecond and counter, so that keys of one process never go backwards."""

    lock = threading.Lock()
    millisecond = 0
    counter = 0


def uuid7() -> UUID:
    """Return a UUID of version 7 (RFC 9562): ordered by time of creation, within a process strictly."""
    with _Sequence.lock:
        millisecond = max(time.time_ns() // 1_000_000, _Sequence.millisecond)
        if millisecond > _Sequence.millisecond:
            _Sequence.counter = secrets.randbits(11)
        elif _Sequence.counter == _LAST_COUNTER:
            millisecond += 1
            _Sequence.counter = 0
        else:
            _Sequence.counter += 1
        _Sequence.millisecond = millisecond
        counter = _Sequence.counter
    value = millisecond << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


def public_token() -> str:
    """Return an unguessable token for addresses open to the public: 192 random bits, URL-safe."""
    return secrets.token_urlsafe(_PUBLIC_TOKEN_BYTES)


def check_resident_id(value: str) -> str:
    """Return a resident identity number (GB 11643) in its normal form, 18 characters with capital X.

    The region code is not checked: codes are withdrawn, numbers stay.

    Raises:
        ValueError: With the reason in Chinese.
    """
    number = _compact(value).upper()
    if not _RESIDENT_ID.fullmatch(number):
        raise ValueError("身份证号应为 18 位：前 17 位是数字，末位是数字或 X。")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise ValueError("身份证号第 7 至 14 位不是有效的出生日期，请核对。") from None
    if born > clock.beijing_date(clock.now()):
        raise ValueError("身份证号中的出生日期晚于今天，请核对。")
    total = sum(int(digit) * weight for digit, weight in zip(number, _RESIDENT_WEIGHTS, strict=False))
    if _RESIDENT_CHECKS[total % 11] != number[17]:
        raise ValueError("身份证号的校验位不对，请逐位核对。")
    return number


def check_uscc(value: str) -> str:
    """Return a unified social credit code (GB 32100) in its normal form, 18 capital characters.

    Raises:
        ValueError: With the reason in Chinese.
    """
    code = _compact(value).upper()
    if not _USCC.fullmatch(code):
        raise ValueError("统一社会信用代码应为 18 位，由数字和大写字母组成，不含 I、O、S、V、Z。")
    total = sum(_USCC_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    if _USCC_ALPHABET[-total % 31] != code[17]:
        raise ValueError("统一社会信用代码的校验位不对，请对照营业执照逐位核对。")
    return code


def check_phone(value: str) -> str:
    """Return a mainland mobile, landline or service number without spaces.

    Raises:
        ValueError: With the reason in Chinese.
    """
    number = _compact(value).removeprefix("+86")
    if not any(kind.fullmatch(number) for kind in (_MOBILE, _LANDLINE, _HOTLINE)):
        raise ValueError("电话号码不对：手机请填 11 位，座机请写成 010-12345678。")
    return number


def mask_name(name: str) -> str:
    """Keep the first character of a personal name: ``张三丰`` becomes ``张**``."""
    text = name.strip()
    return "*" if len(text) <= _SHORT_NAME else text[0] + "*" * (len(text) - 1)


def mask_phone(number: str) -> str:
    """Hide the middle of a telephone number: ``138****5678``."""
    return _mask(number.strip(), 3, 4)


def mask_resident_id(number: str) -> str:
    """Hide birth date and most of the rest of an identity number, keeping the first 3 and last 4 places."""
    return _mask(number.strip(), 3, 4)


def _mask(text: str, head: int, tail: int) -> str:
    """Put stars in the middle; a text too short to hide anything becomes stars altogether."""
    hidden = len(text) - head - tail
    return "*" * len(text) if hidden < head else text[:head] + "*" * hidden + text[-tail:]


def _compact(value: str) -> str:
    """Drop blanks and turn full-width characters, as Chinese keyboards give them, into plain ones."""
    return "".join(unicodedata.normalize("NFKC", value).split())
