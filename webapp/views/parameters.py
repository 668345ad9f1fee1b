"""What addresses carry."""

from __future__ import annotations

from uuid import UUID

from flask import request

from webapp.core.errors import Missing

DIGITS = 5
FURTHEST_PAGE = 10**DIGITS - 1


def page_number() -> int:
    """Return the page of a list that was asked for; anything odd is the first."""
    text = request.args.get("page", "1")
    readable = text.isascii() and text.isdecimal() and len(text) <= DIGITS
    return max(int(text), 1) if readable else 1


def whole_number(text: str) -> int | None:
    """Return the number that a short run of digits says; anything odd is none."""
    readable = text.isascii() and text.isdecimal() and len(text) <= DIGITS
    return int(text) if readable else None


def key_of(text: str) -> UUID:
    """Return the key that an address names.

    Raises:
        Missing: If it is no key; it is answered like one that does not exist.
    """
    try:
        return UUID(text)
    except ValueError:
        raise Missing("页面不存在，或您无权查看。请检查网址，或从工作台进入。") from None
