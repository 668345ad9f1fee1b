"""Scenarios of a pack: a case told move by move, and what is to come of it. They are played at each release.

One file of `workflows/<pack>/scenarios` is one scenario. It holds made-up content only, and no dates of its
own but the day on which it begins: time passes by its moves.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from webapp.packs.paths import SCENARIOS
from webapp.packs.tables import PackError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_MOVES: Final = 200
LONGEST: Final = 400_000
"""Characters of one file."""
_DEEPEST: Final = 20

SUBMIT, SIGN, RETURN, WAIT, MESSAGE = "submit", "sign", "return", "wait", "message"
TRANSFER, DELEGATE, HAND_BACK, TAKE_BACK = "transfer", "delegate", "hand_back", "take_back"
BEFORE, AFTER = "add_before", "add_after"
PUBLIC: Final = "public"
"""Stands for a position where somebody without an account acts."""
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    SUBMIT: ("step", "as"),
    SIGN: ("step", "as"),
    RETURN: ("step", "as", "to", "reason"),
    WAIT: ("until",),
    MESSAGE: ("name",),
    TRANSFER: ("step", "as", "to", "reason"),
    DELEGATE: ("step", "as", "to"),
    HAND_BACK: ("step", "as"),
    TAKE_BACK: ("step", "as"),
    BEFORE: ("step", "as", "to"),
    AFTER: ("step", "as", "to"),
}
_ENTERS: Final = frozenset({SUBMIT, HAND_BACK})
ASKS: Final = frozenset({TRANSFER, DELEGATE, BEFORE, AFTER})
"""Moves whose `to` is a position."""
WORKDAY, DEADLINE = "workday", "deadline"
"""How long to wait: until the same hour of the next working day, or until time brings the next act about."""


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that somebody does, or that time does.

    Attributes:
        do: `submit` a step, `sign` in a seat of it, `return` it (退回), `transfer` (转办) or `delegate` it
            (委派), `hand_back` (交回), `add_before` or `add_after` a signature (加签), `take_back` (拿回),
            `wait`, or let a `message` arrive.
        step: Element id of the step.
        position: `agency.position` that acts, or `public`.
        case: Number of the case in the order in which they began; 1 is the one that the scenario starts.
        values: What is entered, as JSON; fields for files hold names, for which files are made up.
        to: Element id of the step that it is sent back to, or `agency.position` of who is asked.
        reason: Why.
        agrees: Whether the signer agrees; `None` abstains.
        until: `workday` or `deadline`.
        name: Name of the message.
        marks: Fields to be mended where it is sent back to, each with `path`, `what` and perhaps `how`.
    """

    do: str
    step: str = ""
    position: str = ""
    case: int = 1
    values: Mapping[str, Any] = field(default_factory=dict)
    to: str = ""
    reason: str = ""
    agrees: bool | None = None
    until: str = ""
    name: str = ""
    marks: tuple[Mapping[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as its file tells it."""
        told: dict[str, Any] = {"do": self.do}
        if self.case != 1:
            told["case"] = self.case
        texts = {"step": self.step, "as": self.position, "to": self.to, "reason": self.reason}
        told |= {key: text for key, text in {**texts, "until": self.until, "name": self.name}.items() if text}
        if self.marks:
            told["marks"] = [dict(mark) for mark in self.marks]
        if self.do in _ENTERS:
            told["values"] = dict(self.values)
        if self.do == SIGN:
            told["agrees"] = self.agrees
        return told


@dataclass(frozen=True, slots=True)
class Expected:
    """What is to come of a scenario.

    Attributes:
        status: Status of the case at the end: `finished`, `running`, ….
        ends: Ids of the end events that it reached, in the order of reaching.
        outcome: How it was decided.
        waiting: Element ids of the steps that still wait, sorted.
        documents: Kinds of the papers that were issued, in order.
        market: What the register says of its market: `status`, `name`, `kind`; `None` for none.
    """

    status: str
    ends: tuple[str, ...] = ()
    outcome: str | None = None
    waiting: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    market: Mapping[str, str] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as its file tells it."""
        return {
            "status": self.status,
            "ends": list(self.ends),
            "outcome": self.outcome,
            "waiting": list(self.waiting),
            "documents": list(self.documents),
            "market": dict(self.market) if self.market is not None else None,
        }


@dataclass(frozen=True, slots=True)
class Scenario:
    """A case told move by move.

    Attributes:
        name: Name of its file, without ending.
        title: Title shown to people.
        process: Key of the procedure.
        begins: Beijing date on which it begins, at 9:00.
        starter: `agency.position` that starts it.
        market: Kind of the listed market that it is about, where the procedure is about one.
        moves: What happens, in order.
        expected: What is to come of it.
    """

    name: str
    title: str
    process: str
    begins: date
    starter: str
    market: str
    moves: tuple[Move, ...]
    expected: Expected

    def as_text(self) -> str:
        """Return the file of the scenario."""
        told = {
            "title": self.title,
            "process": self.process,
            "begins": self.begins.isoformat(),
            "starter": self.starter,
            **({"market": self.market} if self.market else {}),
            "moves": [move.as_json() for move in self.moves],
            "expected": self.expected.as_json(),
        }
        return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def read_scenario(name: str, text: str) -> Scenario:
    """Read a scenario.

    Args:
        name: Name of its file, without ending; used in messages.
        text: The file.

    Raises:
        PackError: If it cannot be understood, or is larger than it may be; names the place.
    """
    place = f"{SCENARIOS}/{name}.json"
    if len(text) > LONGEST:
        raise PackError(f"{place}：场景文件超过 {LONGEST // 1000} 千字。")
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PackError(f"{place} 不是正确的 JSON：{error}") from error
    if not isinstance(told, dict):
        raise PackError(f"{place}：应当是一个对象。")
    _refuse_depth(place, told)
    moves = _list(place, told, "moves")
    if not 1 <= len(moves) <= MOST_MOVES:
        raise PackError(f"{place}：moves 应有 1 至 {MOST_MOVES} 步。")
    return Scenario(
        name=name,
        title=_text(place, told, "title"),
        process=_text(place, told, "process"),
        begins=_day(place, _text(place, told, "begins")),
        starter=_text(place, told, "starter"),
        market=_text(place, told, "market", ""),
        moves=tuple(read_move(f"{place} 第{number}步", move) for number, move in enumerate(moves, start=1)),
        expected=_expected(f"{place} expected", told.get("expected")),
    )


def read_move(place: str, told: object) -> Move:
    """Read a move from what JSON says of it.

    Args:
        place: Where it stands, for messages.
        told: The move.

    Raises:
        PackError: If it cannot be understood; names the place.
    """
    if not isinstance(told, dict) or told.get("do") not in _NEEDED:
        raise PackError(f"{place}：do 应当是 {'、'.join(_NEEDED)} 之一。")
    for key in _NEEDED[told["do"]]:
        _text(place, told, key)
    case, values, agrees = told.get("case", 1), told.get("values", {}), told.get("agrees")
    if not isinstance(case, int) or isinstance(case, bool) or case < 1:
        raise PackError(f"{place}：case 应当是第几件，从 1 起。")
    if not isinstance(values, dict):
        raise PackError(f"{place}：values 应当是一个对象。")
    if agrees is not None and not isinstance(agrees, bool):
        raise PackError(f"{place}：agrees 应当是 true、false 或 null。")
    if told["do"] == WAIT and told["until"] not in {WORKDAY, DEADLINE}:
        raise PackError(f"{place}：until 应当是 {WORKDAY} 或 {DEADLINE}。")
    return Move(
        do=told["do"],
        step=_text(place, told, "step", ""),
        position=_text(place, told, "as", ""),
        case=case,
        values=values,
        to=_text(place, told, "to", ""),
        reason=_text(place, told, "reason", ""),
        agrees=agrees,
        until=_text(place, told, "until", ""),
        name=_text(place, told, "name", ""),
        marks=_marks(place, told),
    )


def _expected(place: str, told: object) -> Expected:
    if not isinstance(told, dict):
        raise PackError(f"{place}：请写明预期的结果。")
    market = told.get("market")
    if market is not None and not (isinstance(market, dict) and all(map(_is_text, market.values()))):
        raise PackError(f"{place}：market 应当是文字的对象，或 null。")
    return Expected(
        status=_text(place, told, "status"),
        ends=_texts(place, told, "ends"),
        outcome=_text(place, told, "outcome", "") or None,
        waiting=_texts(place, told, "waiting"),
        documents=_texts(place, told, "documents"),
        market=market,
    )


def _marks(place: str, told: Mapping[str, Any]) -> tuple[Mapping[str, str], ...]:
    marks = _list(place, told, "marks")
    if not all(isinstance(mark, dict) and all(map(_is_text, mark.values())) for mark in marks):
        raise PackError(f"{place}：marks 的每一项应写明 path 和 what（文字）。")
    return tuple(marks)


def _text(place: str, told: Mapping[str, Any], key: str, default: str | None = None) -> str:
    value = told.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or not value.strip():
        raise PackError(f"{place}：请填写“{key}”（文字）。")
    return value


def _texts(place: str, told: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = _list(place, told, key)
    if not all(map(_is_text, values)):
        raise PackError(f"{place}：“{key}”应当是文字的列表。")
    return tuple(values)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _list(place: str, told: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = told.get(key, [])
    if not isinstance(value, list):
        raise PackError(f"{place}：“{key}”应当是一个列表。")
    return value


def _day(place: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PackError(f"{place}：begins 应当是日期，如 2026-11-02。") from None


def _refuse_depth(place: str, value: object, depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise PackError(f"{place}：层数超过 {_DEEPEST}。")
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for entry in below:
        _refuse_depth(place, entry, depth + 1)
