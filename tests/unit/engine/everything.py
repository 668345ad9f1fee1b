"""One process with everything that a state can hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from tests.unit.engine.build import Nodes, Process, items
from tests.unit.engine.test_decisions import DMN

DATA = {
    "text": "乡镇“申请”",
    "truth": True,
    "count": 3,
    "large": 2**70,
    "area": Decimal("5000.50"),
    "day": date(2026, 11, 20),
    "moment": datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
    "nothing": None,
    "typename": "date",
}
SCOPE = {
    "case": {"no": "TZ-RD-2026-0001"},
    "market": {"name": "演示零工市场"},
    "facts": {"zones": ["办公区", "服务区"]},
    "settings": {"large": 5000, "days": 3},
}
RULES = DMN


def everything() -> Process:
    """Ask, decide by table, inquire of some bodies, visit zones, issue, wait; back as often as asked."""
    process = Process("everything", data=", ".join(DATA))
    process.message("reply_message", "答复")
    process.start()
    process.user("file", result="police, traffic")
    process.rule("rate", "rules.dmn#kind", "kind")
    process.gateway("split", "inclusive", default="no_one")
    process.gateway("join", "inclusive")
    process.user("ask_police", result="opinion_police")
    process.boundary("late", "ask_police", 'duration("P" + string(settings.days) + "D")', interrupting=False)
    process.service("remind", "send", to='case.no + "逾期"')
    process.end("reminded")
    process.user("ask_traffic", result="opinion_traffic")
    process.boundary("give_up", "ask_traffic", 'duration("P1M")')
    process.gateway("traffic_done")
    process.gateway("both", "parallel")
    process.gateway("joined", "parallel")
    inner = Nodes()
    inner.prefix = "inner"
    inner.start("inner_start")
    inner.user("inspect", items("facts.zones", item="zone", output="findings", output_item="finding"))
    inner.user("report")
    inner.end("inner_end")
    inner.chain("inner_start", "inspect", "report", "inner_end")
    process.sub("visit", inner)
    process.node(
        "intermediateCatchEvent", "answer", '<bpmn:messageEventDefinition messageRef="reply_message"/>'
    )
    process.user("lead", result="again")
    process.gateway("ok", default="enough")
    process.service("issue", "issue_document", "number", template='"reply"', title='kind + "：" + text')
    process.end()
    process.chain("start", "file", "rate", "split")
    process.flow("split", "ask_police", "police")
    process.flow("split", "ask_traffic", "traffic")
    process.flow("split", "join", id="no_one")
    process.flow("ask_police", "join")
    process.chain("late", "remind", "reminded")
    process.chain("ask_traffic", "traffic_done", "join")
    process.flow("give_up", "traffic_done")
    process.chain("join", "both", "visit", "joined", "lead", "ok")
    process.chain("both", "answer", "joined")
    process.flow("ok", "file", "again")
    process.flow("ok", "issue", id="enough")
    process.flow("issue", "end")
    return process
