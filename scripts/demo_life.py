"""The second story: one market through good and bad years to its exit, on a server whose clock is moved.

What is done, by whom and when stands in `workflows/tongzhou/demo/life.json`.
"""

from __future__ import annotations

import json
import re
import time
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from demo_client import Browser, Person, check
from demo_recognition import CONTENT, OPINIONS, Journey
from demo_server import BEIJING, server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OPENED = re.compile(r"转入“.*”，办件编号 (\S+)")
MORNING = timedelta(hours=9, minutes=30)
WORKER_SECONDS = 60
"""How long the server's own worker may take to do what the moved clock made due."""


class Clock:
    """The clock of the story's server, moved through a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def move_to(self, day: str) -> None:
        """Let it be the morning of a Beijing day."""
        wanted = datetime.combine(date.fromisoformat(day), datetime.min.time(), BEIJING) + MORNING
        ahead = wanted - datetime.now(BEIJING)
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(ahead.total_seconds()), encoding="ascii")
        fresh.replace(self.file)


class Life:
    """The people of the story at work; each signs in anew when the clock has moved."""

    def __init__(self, base: str, clock: Clock) -> None:
        self.base = base
        self.clock = clock
        self.market = ""
        self._here: dict[str, Person] = {}
        self._opened = ""

    def on(self, day: str) -> None:
        """Let it be a day: sessions and tokens of earlier days are over."""
        self.clock.move_to(day)
        self._here.clear()
        print(f"  {day}", flush=True)

    def person(self, name: str) -> Person:
        """Return somebody who is signed in."""
        if name not in self._here:
            self._here[name] = Person.sign_in(self.base, name)
        return self._here[name]

    def recognise(self, today: str) -> None:
        """Let the market be applied for and recognised in one day."""
        bureau = {
            name: self.person(name) for name in ("renshe", "renshe-2", "renshe-kz", "renshe-fj", *OPINIONS)
        }
        town = {
            "clerk": self.person("majuqiao"),
            "reviewer": self.person("majuqiao-sh"),
            "leader": self.person("majuqiao-ld"),
        }
        journey = Journey(self.base, "market", town, bureau, today)
        self.market = journey.walk(correct=False)["market"]["no"]

    def play(self, chapter: Mapping[str, Any]) -> None:
        """Play one procedure of the market's life to its end."""
        print(f"\n{chapter['title']}")
        self.on(chapter["on"])
        no = self._opened if chapter.get("opened") else self._start(chapter["process"], chapter["by"])
        for step in chapter["steps"]:
            if "on" in step:
                self.on(step["on"])
            elif step.get("vote"):
                self._vote(no, step)
            else:
                self._do(no, step)
        case = self._case(no)
        check(case["status"] == "finished", f"{no} 没有办结：{case['status_label']}")
        if "opens" in chapter:
            self._opened = self._opened_by(no)

    def _start(self, process: str, by: str) -> str:
        case = self.person(by).post("/cases", {"process": process, "market": self.market}, expect=201)
        return str(case["no"])

    def _do(self, no: str, step: Mapping[str, Any]) -> None:
        names = step["by"] if isinstance(step["by"], list) else [step["by"]]
        first = self.person(names[0])
        task = self._task(first, no, step["step"])
        body = {"data": uploaded(first, step["data"]), "revision": task["revision"]}
        declaration = {"declaration": True} if len(names) > 1 else {}
        first.post(f"/tasks/{task['id']}/complete", body | declaration)
        for name in names[1:]:
            other = self.person(name)
            seen = self._task(other, no, step["step"])
            body = {"data": seen["data"], "revision": seen["revision"], **declaration}
            other.post(f"/tasks/{seen['id']}/complete", body)
        print(f"    {'、'.join(names)}：{step['step']}", flush=True)

    def _vote(self, no: str, step: Mapping[str, Any]) -> None:
        open_steps = [row for row in self._case(no)["steps"] if row["status"] == "open"]
        (asked,) = [row for row in open_steps if row["name"] == step["step"]]
        person = self.person(step["by"])
        revision = person.get(f"/tasks/{asked['id']}").json["revision"]
        body = {"agrees": True, "opinion": "同意（演示）", "revision": revision}
        person.post(f"/tasks/{asked['id']}/sign", body)
        print(f"    {step['by']}：{step['step']}，同意", flush=True)

    def _task(self, person: Person, no: str, name: str) -> Any:
        """Return a step that waits for somebody; what the worker brings about may take a moment."""
        until = time.monotonic() + WORKER_SECONDS
        while True:
            rows = [row for row in person.get(f"/tasks?q={no}").json["items"] if row["name"] == name]
            if rows:
                return person.get(f"/tasks/{rows[0]['id']}").json
            check(time.monotonic() < until, f"{no}：没有等到“{name}”")
            time.sleep(0.3)

    def _case(self, no: str) -> Any:
        return self.person("renshe").get(f"/cases/{no}").json

    def _opened_by(self, no: str) -> str:
        """Return the number of the case that one opened, as its history tells it."""
        found = [OPENED.search(event["title"]) for event in self._case(no)["events"]]
        numbers = [match[1] for match in found if match]
        check(len(numbers) == 1, f"{no} 没有转入另一项业务")
        return numbers[0]


def uploaded(person: Person, value: Any) -> Any:
    """Return values with the ids of materials in the place of their names."""
    if isinstance(value, dict):
        if set(value) == {"file"}:
            return person.upload(value["file"])
        return {key: uploaded(person, entry) for key, entry in value.items()}
    return [uploaded(person, entry) for entry in value] if isinstance(value, list) else value


def play(var: Path) -> None:
    """Play the life of a market on a server of its own; at the end it is out of the directory."""
    began = time.monotonic()
    story = json.loads((CONTENT / "life.json").read_text(encoding="utf-8"))
    var.mkdir(parents=True, exist_ok=True)
    clock = Clock(var / "clock")
    clock.move_to(story["recognised"])
    print(f"\n三、{story['title']}")
    with server(var, DEMO_CLOCK=str(clock.file)) as base:
        life = Life(base, clock)
        life.recognise(story["recognised"])
        for chapter in story["chapters"]:
            life.play(chapter)
        visitor = Browser(base)
        page = visitor.send(f"/directory/{life.market}").text
        check("已移出名录" in page and "责令退出" in page, "市场页没有写明已移出名录")
        for entry in ("优秀", "四星级", "不合格"):
            check(entry in page, f"市场页没有公开记录“{entry}”")
        check(life.market not in visitor.send("/directory").text, "名录里还有这个市场")
    print(f"\n{life.market} 已移出名录，用时 {time.monotonic() - began:.0f} 秒。数据在 {var}")
