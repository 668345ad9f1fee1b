"""A process without any fault, which tests then spoil in one place."""

from __future__ import annotations

from tests.unit.engine.build import Nodes, Process, items, properties, timer
from webapp import engine

REFERENCES = engine.References(
    operators={
        "issue_document": engine.OperatorSignature(
            required=frozenset({"template"}), optional=frozenset({"title"})
        ),
        "send": engine.OperatorSignature(open_ended=True, returns=False),
    },
    forms={"filing": {"area", "kind"}, "check": {"verdict"}, "opinion": {"opinion"}, "visit": set()},
    templates={"reply"},
    clauses={"TZ-3.1", "TZ-2.1"},
    positions={"clerk", "leader"},
    decisions={"rules.dmn#kind"},
    agencies={"hrss", "police"},
    processes={"common_correction"},
)


def human(process: Nodes, step: str, form: str, inner: str = "", **values: str) -> str:
    return process.user(
        step, inner, **{"form": form, "position": "clerk", "basis": "本地缺省：办公惯例", **values}
    )


def sound() -> Process:
    process = Process("recognition", title="申请认定", basis="TZ-3.1", data="source", case_due="20 workday")
    process.message("reply_message", "答复")
    process.start()
    human(process, "file", "filing", result="area, kind", basis="TZ-3.1")
    human(process, "check", "check", result="verdict", due="5 workday", overdue="wait", signers="2")
    process.node("exclusiveGateway", "ok", properties(basis="本地缺省：先核对再受理"), default="back")
    process.gateway("split", "parallel")
    process.gateway("join", "parallel")
    human(process, "police", "opinion", result="opinion", due="24 hour", presume='{"opinion": "无意见"}')
    inner = Nodes()
    inner.prefix = "inner_flow"
    inner.start("visit_start")
    human(inner, "visit", "visit", items("facts.zones", item="zone"))
    inner.end("visit_end")
    inner.chain("visit_start", "visit", "visit_end")
    process.sub("site", inner)
    process.node(
        "boundaryEvent", "late", properties(basis="本地缺省：催办") + timer('duration("P3D")'),
        attachedToRef="police", cancelActivity="false",
    )  # fmt: skip
    process.service("remind", "send", to='case.no + "逾期"')
    process.end("reminded")
    process.rule("rate", "rules.dmn#kind", "rating")
    process.service("issue", "issue_document", "number", template='"reply"', title="kind + rating")
    process.call("correct", "common_correction")
    process.node("receiveTask", "answer", messageRef="reply_message")
    process.end()
    process.chain("start", "file", "check", "ok")
    process.flow("ok", "split", 'verdict = "pass" and area > 0', id="forward")
    process.flow("ok", "correct", id="back")
    process.flow("correct", "file")
    process.chain("split", "police", "join", "rate", "issue", "answer", "end")
    process.chain("split", "site", "join")
    process.chain("late", "remind", "reminded")
    process.lane("乡镇", "file", agency="township")
    process.lane("区人力社保局", "check", "site", agency="hrss")
    process.lane("市公安局通州分局", "police", agency="police")
    return process


def found(source: bytes, references: engine.References | None = REFERENCES) -> list[tuple[str, str]]:
    """What the lint finds, as (element id, reason)."""
    return [(finding.element_id, finding.reason) for finding in engine.lint(source, references)]
