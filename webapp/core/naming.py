"""Names of agencies as people abbreviate them."""

from __future__ import annotations

_LEADS = ("北京市", "区委", "区", "市")


def telling_character(name: str) -> str:
    """Return the one character that tells an agency from others: 人 for 区人力社保局."""
    for lead in _LEADS:
        if name.startswith(lead) and len(name) > len(lead):
            name = name.removeprefix(lead)
    return name[:1]
