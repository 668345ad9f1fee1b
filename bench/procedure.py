"""Procedures made for measuring: packs written in memory and put in force by the real deployment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.unit.engine.build import Process, items, properties
from webapp import packs

if TYPE_CHECKING:
    from webapp.packs import Pack

KEY = "bench"
BUREAU = "bureau"
REVIEWERS = ("review1", "review2", "review3", "review4", "review5")
CLERK = "clerk"
FORM = "step"
LONG, BLOCKS, ONE_BLOCK, RETURNS, MANY, TIMED = "long", "blocks", "one_block", "returns", "many", "timed"

_BASIS = "本地缺省：为测量而设"
APPLICANT = "east"
_AROUND = 10
"""Steps in a row before and after the five parallel reviews of the long procedure."""
_RIGHTS = '["case.start", "case.read", "case.read_all", "task.act"]'


def pack() -> Pack:
    """Return the pack of all procedures that are measured."""
    home = f"workflows/{KEY}"
    flows = {process.id: process for process in _processes()}
    files = {f"{home}/{key}.bpmn": process.xml().decode() for key, process in flows.items()}
    return packs.read(
        files
        | {
            f"{home}/pack.toml": _manifest(list(flows)),
            f"{home}/clauses.toml": _CLAUSES,
            f"{home}/policy.txt": "第一条 为测量而设。",
            f"forms/{KEY}/{FORM}.json": _form(),
        }
    )


def long_process() -> Process:
    """Ten steps, five parallel reviews, ten steps: twenty-five user tasks."""
    process = _Procedure(LONG)
    before = process.start()
    for place in range(_AROUND):
        before = process.step(f"before{place}", before)
    before = process.reviews("review", before)
    for place in range(_AROUND):
        before = process.step(f"after{place}", before)
    return process.finished(before)


def block_process(count: int, key: str) -> Process:
    """Blocks of five parallel reviews, one after the other."""
    process = _Procedure(key)
    before = process.step("begin", process.start())
    for place in range(count):
        before = process.reviews(f"block{place}", before)
    return process.finished(before)


def return_process() -> Process:
    """A filing that a reviewer may send back any number of times."""
    process = _Procedure(RETURNS)
    start = process.start()
    file = process.step("file", start)
    check = process.step("check", file, result="passed")
    process.node("exclusiveGateway", "verdict", properties(basis=_BASIS), default="back")
    process.flow(check, "verdict")
    process.flow("verdict", file, id="back")
    return process.finished("verdict", condition="passed = true")


def timed_process() -> Process:
    """One step with a time limit."""
    process = _Procedure(TIMED)
    return process.finished(process.step("answer", process.start(), due="5 workday"))


def many_process(children: int, key: str = MANY) -> Process:
    """One step for each of so many items, all open at once."""
    process = _Procedure(key)
    before = process.step("begin", process.start())
    before = process.step("each", before, inner=items(cardinality=str(children)))
    return process.finished(before)


STEPS_BEFORE_REVIEWS = _AROUND
LONG_STEPS = 2 * _AROUND + len(REVIEWERS)
MANY_SIZES = (10, 1_000)


def many_key(children: int) -> str:
    """Return the key of the procedure with so many items."""
    return f"{MANY}{children}"


def _processes() -> list[Process]:
    return [
        long_process(),
        block_process(5, BLOCKS),
        block_process(1, ONE_BLOCK),
        return_process(),
        timed_process(),
        *(many_process(size, many_key(size)) for size in MANY_SIZES),
    ]


class _Procedure(Process):
    """A process whose steps have all that a pack demands of them."""

    def __init__(self, key: str) -> None:
        super().__init__(
            key,
            title="测量用流程",
            starters=f"{packs.APPLICANT}.{CLERK}",
            case_series=key.upper().replace("_", ""),
            basis=_BASIS,
            case_due="20 workday",
            agency=BUREAU,
            retention="10年",
            disclosure="不予公开",
        )
        self._members: dict[str, list[str]] = {packs.APPLICANT: [], BUREAU: []}

    def step(self, key: str, before: str, *, agency: str = BUREAU, inner: str = "", **more: str) -> str:
        values = {"form": FORM, "position": CLERK, "basis": _BASIS, "phase": "办理"} | more
        self.user(key, inner, **values)
        self.flow(before, key)
        self._members.setdefault(self._lane_of(agency), []).append(key)
        return key

    def _lane_of(self, agency: str) -> str:
        """The first step is the applicant's; everything else belongs to who is asked for it."""
        return agency if self._members[packs.APPLICANT] else packs.APPLICANT

    def reviews(self, key: str, before: str) -> str:
        """Open five reviews by five bodies at once, each with its own time limit, and wait for all."""
        split = self.gateway(f"{key}_split", "parallel")
        join = self.gateway(f"{key}_join", "parallel")
        self.flow(before, split)
        for agency in REVIEWERS:
            self.flow(self.step(f"{key}_{agency}", split, agency=agency, due="5 workday"), join)
        return join

    def finished(self, before: str, condition: str = "") -> _Procedure:
        """End the process and lay out its lanes."""
        self.end()
        self.flow(before, "end", condition)
        for agency, steps in self._members.items():
            self.lane(agency, *steps, agency=agency)
        return self


def _manifest(processes: list[str]) -> str:
    agencies = [(packs.APPLICANT_KIND, APPLICANT), ("机关", BUREAU), *(("机关", key) for key in REVIEWERS)]
    rows = "\n".join(
        f'  {{ key = "{key}", name = "测量用单位 {key}", short = "{key}", kind = "{kind}",'
        f' document_code = "测{key}" }},'
        for kind, key in agencies
    )
    started = "\n".join(
        f'[[processes]]\nkey = "{key}"\nfile = "{key}.bpmn"\ntitle = "测量用流程 {key}"\n'
        for key in processes
    )
    return _MANIFEST.format(rows=rows, processes=started, rights=_RIGHTS, basis=_BASIS)


_MANIFEST = """
agencies = [
{rows}
]

[pack]
key = "bench"
name = "测量用政策包"
version = "1"
effective_from = 2026-01-01
effective_basis = "{basis}"
source = "测〔2026〕1号"
source_title = "关于测量的通知"
source_text = "policy.txt"

[jurisdiction]
key = "bench"
name = "测量区"
short = "测量区"
division_code = "000000"
case_prefix = "BM"

[agency_defaults]
seal_diameter_mm = 42
basis = "{basis}"

[[positions]]
key = "clerk"
name = "经办"
agency = ["属地", "机关"]
rights = {rights}

{processes}

[calendar]
name = "测量用日历"
version = "1"
holidays = [2026-01-01]
workdays = [2026-01-04]
"""

_CLAUSES = """
[[clause]]
id = "BM-1"
title = "第一条"
text = "为测量而设。"
source = "测〔2026〕1号"
line = 1
"""


def _form() -> str:
    """A form of a dozen fields, as an opinion has: texts, a choice, a date, figures, one personal field."""
    fields = [
        _field("conclusion", "select", "结论", values=[{"label": n, "value": n} for n in ("同意", "不同意")]),
        _field("reason", "textarea", "理由"),
        _field("day", "datetime", "日期", subtype="date"),
        *(_field(f"figure{n}", "number", f"数字{n}") for n in range(4)),
        *(_field(f"note{n}", "textfield", f"备注{n}") for n in range(4)),
        _field("contact", "textfield", "联系电话", format="phone", personal="true"),
        _field("passed", "checkbox", "通过"),
    ]
    schema = {"type": "default", "id": FORM, "title": "测量用表", "reads": [], "components": fields}
    return json.dumps(schema, ensure_ascii=False)


def _field(key: str, kind: str, label: str, **more: object) -> dict[str, object]:
    extensions: dict[str, object] = {name: more.pop(name) for name in ("format", "personal") if name in more}
    return {
        "type": kind,
        "key": key,
        "label": label,
        "properties": {"basis": _BASIS, **extensions},
        **more,
    }


def answers(*, passed: bool = True) -> dict[str, object]:
    """What an officer enters in a step."""
    return {
        "conclusion": "同意",
        "reason": "材料齐全，符合条件，同意按程序办理。" * 5,
        "day": "2026-11-20",
        **{f"figure{n}": str(n * 12.5) for n in range(4)},
        **{f"note{n}": "现场情况与申报一致。" for n in range(4)},
        "contact": "13800138000",
        "passed": passed,
    }
