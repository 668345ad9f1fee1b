"""Cases of the demonstration, played through the services as the people concerned would.

Each is told by a file of `workflows/tongzhou/demo`: what is entered in every step. Everything says 演示.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

import forms
from webapp.core import clock as time
from webapp.models.account import Appointment, Person, Position
from webapp.models.job import Job
from webapp.models.work_item import WorkItem
from webapp.queries.actors import Actor, actor_of
from webapp.queries.settings import pack_in_force
from webapp.queries.work_forms import form_context
from webapp.services import attachments, cases, demo_hours, work_items
from webapp.services.made_up_files import made_up_file

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from webapp.models.case import Case

FOLDER = Path(__file__).parents[2] / "workflows" / "tongzhou" / "demo"
BUREAU = {
    "acceptance": "renshe",
    "paper_review": "renshe-kz",
    "opinion_police": "gongan",
    "opinion_traffic": "jiaotong",
    "opinion_finance": "caizheng",
    "opinion_union": "gonghui",
    "opinion_cac": "wangxin",
    "site_check": "renshe",
    "draft_opinion": "renshe-kz",
    "leader_decision": "renshe-fj",
}
MAJUQIAO = {"file": "majuqiao", "township_review": "majuqiao-sh", "township_sign": "majuqiao-ld"}
SONGZHUANG = {"file": "songzhuang", "township_review": "songzhuang", "township_sign": "songzhuang-ld"}
TOWNSHIP_POSITIONS = {
    "file": "clerk",
    "correction": "clerk",
    "township_review": "reviewer",
    "township_sign": "leader",
}
SECOND_INSPECTOR = "renshe-2"
MINUTES_TO_BEGIN, MINUTES_A_STEP = 25, 130
"""Of office hours."""


@dataclass(frozen=True)
class Story:
    """One case and how far it has come.

    Attributes:
        kind: File that tells what is entered.
        township: Who acts for the township.
        workdays_ago: When it was started, in working days before the present one.
        stops_before: Steps at which it still waits; without any it runs to its end.
        changes: What differs in the filing from the file, by path.
        needs_correction: Whether the bureau asks for a correction first.
    """

    kind: str
    township: dict[str, str]
    workdays_ago: int
    stops_before: frozenset[str] = frozenset()
    changes: dict[str, Any] = field(default_factory=dict)
    needs_correction: bool = False


STORIES = (
    Story("market", MAJUQIAO, 18),
    Story("station", SONGZHUANG, 13),
    Story(
        "market",
        SONGZHUANG,
        4,
        stops_before=frozenset({"opinion_traffic", "opinion_cac"}),
        changes={
            "short_name": "宋庄镇北寺",
            "township": "北京市通州区宋庄镇人民政府",
            "site.address": {"text": "北京市通州区宋庄镇北寺村演示路16号", "lng": 116.7021, "lat": 39.9362},
            "site.area": 5300,
        },
    ),
    Story(
        "market",
        MAJUQIAO,
        3,
        stops_before=frozenset({"correction"}),
        changes={
            "short_name": "马驹桥镇金桥",
            "site.address": {"text": "北京市通州区马驹桥镇演示科创街3号", "lng": 116.5601, "lat": 39.7702},
        },
        needs_correction=True,
    ),
    Story(
        "station",
        SONGZHUANG,
        2,
        stops_before=frozenset({"acceptance"}),
        changes={
            "short_name": "宋庄镇疃里",
            "site.address": {"text": "北京市通州区宋庄镇疃里村演示街5号", "lng": 116.6876, "lat": 39.9241},
            "site.host_name": "疃里社区服务站",
        },
    ),
)


def play_all(session: Session) -> list[Case]:
    """Play every story, each at its own time; the clock of this process is put back afterwards.

    What the stories leave to the worker is due from now on: it has not been late for weeks.
    """
    now = time.now()
    try:
        played = [_Player(session, story, now).play() for story in STORIES]
    finally:
        time.set_clock(None)
    session.flush()
    session.execute(update(Job).where(Job.run_at < now).values(run_at=now, created_at=now))
    return played


def content(kind: str) -> dict[str, Any]:
    """Return what a story's people enter, by step."""
    told: dict[str, Any] = json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
    return copy.deepcopy(told)


class _Player:
    def __init__(self, session: Session, story: Story, now: datetime) -> None:
        self.session = session
        self.story = story
        self.told = content(story.kind)
        self.who = {**BUREAU, **story.township}
        here = self._actor("file").jurisdiction_id
        self.calendar = pack_in_force(session, here).calendar
        start = demo_hours.morning_before(now, story.workdays_ago, self.calendar)
        self.instant = demo_hours.later(start, MINUTES_TO_BEGIN, self.calendar)
        for path, value in story.changes.items():
            _put(self.told["filing"], path.split("."), value)
        time.set_clock(lambda: self.instant)

    def play(self) -> Case:
        case = cases.start(self.session, self._actor("file"), "recognition")
        while waiting := self._next(case):
            self.instant = demo_hours.later(self.instant, MINUTES_A_STEP, self.calendar)
            self._complete(waiting)
        return case

    def _next(self, case: Case) -> WorkItem | None:
        items = self.session.scalars(
            select(WorkItem)
            .where(WorkItem.case_id == case.id, WorkItem.status == "open")
            .order_by(WorkItem.opened_at, WorkItem.id)
        )
        return next((item for item in items if item.element_id not in self.story.stops_before), None)

    def _complete(self, item: WorkItem) -> None:
        actor = self._actor(item.element_id)
        values = self._values(item, actor)
        work_items.complete_now(self.session, actor, item, values)
        if item.status == "open":  # the second of two who must sign
            second = self._person(SECOND_INSPECTOR, item.position.key)
            work_items.complete_now(self.session, second, item, values)

    def _values(self, item: WorkItem, actor: Actor) -> dict[str, Any]:
        step = item.element_id
        if step == "file":
            return {**self.told["filing"], **self._files(actor, self.told["files"])}
        if step == "acceptance" and self.story.needs_correction and item.case.corrections == 0:
            correction: dict[str, Any] = self.told["acceptance_correct"]
            return correction
        if step == "correction":
            current = form_context(self.session, item, actor).current or {}
            corrected: dict[str, Any] = forms.to_json(current)
            for path, value in self.told["correction"].items():
                _put(corrected, path.split("."), value)
            return corrected
        values: dict[str, Any] = dict(self.told[step])
        if step == "site_check":
            values["checked_on"] = time.beijing_date(self.instant).isoformat()
            values |= self._files(actor, self.told["site_check_files"])
        return values

    def _files(self, actor: Actor, named: dict[str, list[str]]) -> dict[str, list[str]]:
        return {path: [self._upload(actor, name) for name in names] for path, names in named.items()}

    def _upload(self, actor: Actor, name: str) -> str:
        return str(attachments.upload(self.session, actor, name, made_up_file(name)).id)

    def _actor(self, step: str) -> Actor:
        username = self.who["file" if step == "correction" else step]
        return self._person(username, TOWNSHIP_POSITIONS.get(step))

    def _person(self, username: str, position: str | None) -> Actor:
        held = select(Appointment.id).join(Person).join(Position).where(Person.username == username)
        if position is not None:
            held = held.where(Position.key == position)
        return actor_of(self.session, self.session.scalars(held.order_by(Appointment.id).limit(1)).one())


def _put(values: dict[str, Any], path: list[str], value: Any) -> None:
    for key in path[:-1]:
        values = values.setdefault(key, {})
    values[path[-1]] = value
