"""Plays the recognition of a market and of a station from filing to reply, over HTTP only.

`make demo` runs it. It starts a server of its own in a fresh folder below `var` (or in LINGGONG_VAR), signs
in as the people of the demonstration, hands in the content of the annex with its materials, and goes on until
both are in the directory. Every PDF that was issued is fetched, checked and kept. Ends with 1 on anything
unexpected. It needs nothing but Python's standard library and imports nothing of the application.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from demo_client import MULTIPART, Browser, DemoFailed, Person, as_form, check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[1]
CONTENT = ROOT / "workflows" / "tongzhou" / "demo"
BEIJING = ZoneInfo("Asia/Shanghai")
READY_SECONDS = 60
SEALED_SECONDS = 180
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
        today = datetime.now(BEIJING).date().isoformat()
        values = self.told["site_check"] | files | {"checked_on": today}
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


def keep_documents(reader: Person, no: str, count: int, folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Wait for the seals of a case, fetch every PDF, and compare it with the hash that is on record."""
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + SEALED_SECONDS
    rows = reader.get(f"/cases/{no}").json["documents"]
    while any(row["status"] != "issued" for row in rows):
        check(time.monotonic() < until, f"{no}：公文没有在 {SEALED_SECONDS} 秒内用印")
        time.sleep(0.5)
        rows = reader.get(f"/cases/{no}").json["documents"]
    check(len(rows) == count, f"{no}：应有 {count} 份公文，实有 {len(rows)} 份")
    kept = []
    for place, row in enumerate(rows, start=1):
        document = reader.get(f"/documents/{row['id']}").json
        pdf = reader.get(f"/documents/{row['id']}.pdf").content
        check(pdf.startswith(b"%PDF-"), f"{row['title']}：不是 PDF")
        check(
            document["sealed"] == (b"/ByteRange" in pdf) == bool(row["number"]), f"{row['title']}：用印不对"
        )
        check(hashlib.sha256(pdf).hexdigest() == document["sha256"], f"{row['title']}：与登记的校验值不符")
        target = folder / f"{no}-{place:02}-{(row['number'] or row['title']).replace('/', '_')}.pdf"
        target.write_bytes(pdf)
        print(
            f"      {row['number'] or '（不编号、不用印）'}《{row['title']}》 {row['pages']} 页 {target}",
            flush=True,
        )
        kept.append((target, document))
    return kept


def check_public(base: str, case: Mapping[str, Any], reply: tuple[Path, dict[str, Any]]) -> None:
    """Look at what everybody sees: the directory, the market's page, and whether the reply is genuine."""
    visitor, market, (file, document) = Browser(base), case["market"], reply
    check(market["name"] in visitor.send("/directory").text, "名录页没有这个市场")
    check(market["no"] in visitor.send(f"/directory/{market['no']}").text, "市场页没有编号")
    check(document["number"] in visitor.send(document["verify_url"]).text, "核验页没有文号")
    told = visitor.send(f"/api/v1/verify/{document['verify_url'].rpartition('/')[2]}").json
    check(told["genuine"] and told["sha256"] == document["sha256"], f"核验结果不对：{told}")
    fields = {"csrf_token": visitor.form_token("/verify")}
    page = visitor.send("/verify", as_form(fields, file.name, file.read_bytes()), MULTIPART)
    check(document["number"] in page.text, "上传核验没有认出公文")
    print(
        f"      名录、市场页、核验页均已核对：{base}/directory/{market['no']}，{base}{document['verify_url']}"
    )


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


def upload_all(person: Person, names: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Hand materials in and return their ids by field."""
    return {path: [person.upload(name) for name in wanted] for path, wanted in names.items()}


@contextmanager
def server(var: Path) -> Iterator[str]:
    """Set up and run a server of one's own; yield its address when it is ready, end it at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    base = f"http://{place}"
    settings = {
        "ENV": "demo",
        "VAR": str(var),
        "DATABASE_URL": "",  # never a database that the environment happens to name
        "BIND": place,
        "PUBLIC_URL": base,
        "EMBEDDED_WORKER": "true",
    }
    environment = os.environ | {f"LINGGONG_{name}": value for name, value in settings.items()}
    log = var / "server.log"
    with log.open("ab") as written:
        streams: dict[str, Any] = {"cwd": ROOT, "env": environment, "stdout": written, "stderr": written}
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        for command in (["db", "upgrade"], ["demo", "seed", "--without-cases"]):
            done = subprocess.run([*flask, *command], check=False, **streams)  # noqa: S603 - our own commands
            check(done.returncode == 0, f"flask {' '.join(command)} 失败，见 {log}")
        running = subprocess.Popen([sys.executable, "-m", "gunicorn"], **streams)
        try:
            wait_until_ready(base, running)
            yield base
        except DemoFailed as failed:
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:]
            raise DemoFailed(f"{failed}\n\n服务器日志末尾（{log}）：\n" + "\n".join(lines)) from failed
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(60)


def wait_until_ready(base: str, running: subprocess.Popen[bytes]) -> None:
    """Wait until the server says that database, migrations and background work are in order."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and running.poll() is None:
        try:
            Browser(base).send("/readyz")
        except (OSError, DemoFailed):
            time.sleep(0.3)
        else:
            return
    raise DemoFailed(f"服务器没有在 {READY_SECONDS} 秒内就绪")


def play(var: Path) -> None:
    """Play both filings."""
    began = time.monotonic()
    with server(var) as base:
        print(f"演示服务器：{base}，数据在 {var}")
        bureau = {
            name: Person.sign_in(base, name)
            for name in ("renshe", "renshe-2", "renshe-kz", "renshe-fj", *OPINIONS)
        }
        market_town = {
            "clerk": Person.sign_in(base, "majuqiao"),
            "reviewer": Person.sign_in(base, "majuqiao-sh"),
            "leader": Person.sign_in(base, "majuqiao-ld"),
        }
        station_town = {
            "clerk": Person.sign_in(base, "songzhuang", "经办"),
            "reviewer": Person.sign_in(base, "songzhuang", "审核"),
            "leader": Person.sign_in(base, "songzhuang-ld"),
        }
        files = 0
        for title, kind, town, count in (
            ("一、综合性零工市场（含一次补正）", "market", market_town, 11),
            ("二、零工驿站", "station", station_town, 7),
        ):
            print(f"\n{title}")
            case = Journey(base, kind, town, bureau).walk(correct=kind == "market")
            kept = keep_documents(bureau["renshe"], case["no"], count, var / "documents")
            check_public(base, case, kept[-1])
            files += len(kept)
    print(f"\n全部完成：2 件办结，{files} 份公文，用时 {time.monotonic() - began:.0f} 秒。")
    print(f"公文在 {var / 'documents'}")


def main() -> int:
    """Run the demonstration; return the exit code."""
    stamp = datetime.now(BEIJING).strftime("%Y%m%d-%H%M%S")
    var = Path(os.environ.get("LINGGONG_VAR") or ROOT / "var" / f"demo-{stamp}").resolve()
    var.mkdir(parents=True, exist_ok=True)
    try:
        play(var)
    except DemoFailed as failed:
        print(f"\n演示没有完成：{failed}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
