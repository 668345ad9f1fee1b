"""A filing on its way from the township to the reply, as the people of the demonstration do it."""

from __future__ import annotations

import json
import urllib.parse
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from demo_client import Browser, Person, check, upload_all
from demo_server import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTENT = ROOT / "workflows" / "tongzhou" / "demo"
OPINIONS = {
    "gongan": "opinion_police",
    "jiaotong": "opinion_traffic",
    "caizheng": "opinion_finance",
    "gonghui": "opinion_union",
    "wangxin": "opinion_cac",
}


@dataclass
class Journey:
    """One filing on its way."""

    base: str
    kind: str
    town: dict[str, Person]
    bureau: dict[str, Person]
    today: str
    no: str = ""
    steps: int = 0
    told: dict[str, Any] = field(default_factory=dict)

    def walk(self, *, correct: bool) -> Any:
        """Go the whole way; return the finished case."""
        self.told = json.loads((CONTENT / f"{self.kind}.json").read_text(encoding="utf-8"))
        self._use_a_free_name()
        self._file()
        self._complete(self.town["reviewer"], self.told["township_review"], note="同意报签")
        self._complete(self.town["leader"], self.told["township_sign"], note="签发")
        if correct:
            self._be_corrected()
        self._complete(self.bureau["renshe"], self.told["acceptance"], note="予以受理")
        self._complete(self.bureau["renshe-kz"], self.told["paper_review"], note="核稿")
        self._say("条件测试", "；".join(f"{d['name']}：{d['verdict']}" for d in self._case()["decisions"]))
        self._give_opinions()
        self._check_site()
        self._complete(self.bureau["renshe-kz"], self.told["draft_opinion"], note="建议认定")
        self._complete(self.bureau["renshe-fj"], self.told["leader_decision"], note="同意认定")
        case = self._case()
        wanted = {"status": "finished", "outcome": "approved"}
        check({key: case[key] for key in wanted} == wanted, f"{self.no} 没有认定：{case['status_label']}")
        self._say("认定", f"{case['market']['name']}，编号 {case['market']['no']}")
        return case

    def _use_a_free_name(self) -> None:
        short = self.told["filing"]["short_name"]
        query = urllib.parse.quote(short)
        listed = Browser(self.base).send(f"/api/v1/directory?q={query}").json["total"]
        if listed:
            self.told["filing"]["short_name"] = f"{short}演示{listed + 1}"
        self.told["draft_opinion"]["market_short_name"] = self.told["filing"]["short_name"]

    def _file(self) -> None:
        clerk = self.town["clerk"]
        files = upload_all(clerk, self.told["files"])
        data = self.told["filing"] | files
        incomplete = {**data, "site_files": []}
        refused = clerk.post("/cases", {"process": "recognition", "data": incomplete}, expect=422)
        check(list(refused["errors"]) == ["site_files"], f"缺材料的申请应只提示材料：{refused}")
        self._say("试报", f"缺场地图文资料，不予接收：{refused['errors']['site_files'][0]}")
        case = clerk.post("/cases", {"process": "recognition", "data": data}, expect=201)
        self.no = case["no"]
        count = sum(len(ids) for ids in files.values())
        self._say("填写认定申请", f"{self.no}《{case['title']}》，材料 {count} 份")

    def _be_corrected(self) -> None:
        self._complete(self.bureau["renshe"], self.told["acceptance_correct"], note="需要补正，发补正通知书")
        self._complete(self.bureau["renshe-kz"], self.told["paper_review"], note="核稿")
        check(self._case()["clock"]["paused"], "补正期间应暂停计时")
        task = self._task(self.town["clerk"])
        for mark in task["marks"]:
            self._say("需要补正", f"{mark['label']}：{mark['what']}（{mark['how']}）")
        check(set(task["editable"]) == set(self.told["correction"]), f"可改的项目不对：{task['editable']}")
        self._complete(self.town["clerk"], nested(self.told["correction"]))
        check(not self._case()["clock"]["paused"], "补正后应恢复计时")

    def _give_opinions(self) -> None:
        asked = 0
        for person, form in OPINIONS.items():
            if self._waiting(self.bureau[person]):
                self._complete(self.bureau[person], self.told[form], note=self.told[form]["conclusion"])
                asked += 1
        check(asked == {"market": 5, "station": 2}[self.kind], f"征求意见的单位数不对：{asked}")

    def _check_site(self) -> None:
        first, second = self.bureau["renshe"], self.bureau["renshe-2"]
        files = upload_all(first, self.told["site_check_files"])
        values = self.told["site_check"] | files | {"checked_on": self.today}
        once = self._complete(first, values, note="第一人签署并作回避声明", declaration=True)
        check(once["status"] == "open", "一个人签署不应办结现场核查")
        seen = self._task(second)["data"]
        twice = self._complete(second, seen, note="第二人核对相同内容后签署", declaration=True)
        check(twice["status"] == "done", "两个人签署后应办结现场核查")

    def _complete(self, person: Person, data: Mapping[str, Any], *, note: str = "", **more: Any) -> Any:
        task = self._task(person)
        body = {"data": data, "revision": task["revision"], **more}
        done = person.post(f"/tasks/{task['id']}/complete", body)
        step = next(step for step in self._case()["steps"] if step["id"] == task["id"])
        who = step["done_by"] or person.get(f"/tasks/{task['id']}").json["signatures"][-1]["name"]
        self._say(task["name"], "，".join(filter(None, [f"{step['agency']} {step['position']} {who}", note])))
        return done

    def _waiting(self, person: Person) -> list[Any]:
        return list(person.get(f"/tasks?q={self.no}").json["items"])

    def _task(self, person: Person) -> Any:
        rows = self._waiting(person)
        check(len(rows) == 1, f"{self.no}：应有一项待办，实有 {[row['name'] for row in rows]}")
        return person.get(f"/tasks/{rows[0]['id']}").json

    def _case(self) -> Any:
        return self.town["clerk"].get(f"/cases/{self.no}").json

    def _say(self, what: str, text: str) -> None:
        self.steps += 1
        print(f"  {self.steps:>2}. {what}：{text}", flush=True)


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn dotted paths into nested values."""
    found: dict[str, Any] = {}
    for path, value in values.items():
        *groups, key = path.split(".")
        place = found
        for group in groups:
            place = place.setdefault(group, {})
        place[key] = value
    return found
