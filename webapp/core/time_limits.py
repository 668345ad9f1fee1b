"""What processes write about time: how long a period is, when to warn, what happens when it has run out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webapp.core.workdays import Unit

_PERIOD: Final = re.compile(r"([1-9][0-9]{0,3}|[a-z][a-z0-9_]*) (workday|day|hour)")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_TAKE: Final = re.compile(r"(?:^|,)\s*take:")

ActKind = Literal["notify", "escalate", "presume", "wait", "take", "setting"]
PLAIN_ACTS: Final = ("notify", "escalate", "presume", "wait")


@dataclass(frozen=True, slots=True)
class Period:
    """A period as it is written: ``5 workday``, ``10 day``, ``24 hour``, ``opinion_days workday``.

    Attributes:
        amount: Digits, or the key of a setting that holds the number.
        unit: ``workday``, ``day`` (calendar day) or ``hour``.
    """

    amount: str
    unit: Unit

    @property
    def setting(self) -> str | None:
        """Key of the setting that holds the number, if it is not written out."""
        return None if self.amount.isdecimal() else self.amount


def parse_period(text: str) -> Period:
    """Read a period.

    Raises:
        ValueError: If it is written otherwise.
    """
    found = _PERIOD.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"时限“{text}”写法不对，应如“5 workday”“10 day”“24 hour”，数字处可写设置的名称。")
    return Period(found[1], cast("Unit", found[2]))


@dataclass(frozen=True, slots=True)
class OverdueAct:
    """One thing that happens when a period has run out.

    Attributes:
        kind: ``notify`` (those concerned are told; they always are), ``escalate`` (it comes on the
            leaders' list), ``presume`` (the step's own presumed answer is submitted), ``take`` (the step
            ends with a given result), ``wait`` (nothing more), ``setting`` (what a setting says).
        setting: Key of the setting.
        result: Token keys with which the step ends.
    """

    kind: ActKind
    setting: str = ""
    result: Mapping[str, Any] | None = None


def parse_overdue(text: str) -> tuple[OverdueAct, ...]:
    """Read what happens when a period has run out: acts with commas between, ``take:{...}`` the last.

    Raises:
        ValueError: If it is written otherwise.
    """
    taken = _TAKE.search(text)
    head = text[: taken.start()] if taken else text
    acts = [_act(word.strip()) for word in head.split(",") if word.strip()]
    if taken:
        acts.append(OverdueAct("take", result=_result(text[taken.end() :])))
    if not acts:
        raise ValueError("没有写逾期后怎样处理，可写 notify、escalate、presume、take:{…} 或设置的名称。")
    return tuple(acts)


def _act(word: str) -> OverdueAct:
    if word in PLAIN_ACTS:
        return OverdueAct(cast("ActKind", word))
    if _NAME.fullmatch(word):
        return OverdueAct("setting", setting=word)
    raise ValueError(f"逾期处理“{word}”写法不对，可写 notify、escalate、presume、take:{{…}} 或设置的名称。")


def _result(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or not value:
        raise ValueError('逾期按默认方式办理（take）后面应写一个 JSON 对象，例如 take:{"pass": true}。')
    return value
