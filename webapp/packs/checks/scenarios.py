"""Scenarios of a pack as files: each can be understood, and names what the pack has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp import engine
from webapp.packs.checks.findings import Finding
from webapp.packs.paths import SCENARIOS
from webapp.packs.scenarios import ASKS, PUBLIC, read_scenario
from webapp.packs.tables import PackError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webapp.packs.scenarios import Scenario
    from webapp.packs.specs import Pack

_MEND = "请改正，或在沙箱中重新走一遍后保留。"


def check(pack: Pack) -> Iterator[Finding]:
    """Yield what is wrong with the files; whether they come to what they expect is seen by playing them."""
    positions = {f"{agency}.{spec.key}" for spec in pack.positions for agency in spec.agencies}
    for name, text in pack.scenarios.items():
        file = f"{SCENARIOS}/{name}.json"
        try:
            scenario = read_scenario(name, text)
        except PackError as unreadable:
            yield Finding(file, name, unreadable.message, _MEND)
            continue
        for reason in _unknown(pack, scenario, positions):
            yield Finding(file, scenario.title, reason, _MEND)


def _unknown(pack: Pack, scenario: Scenario, positions: set[str]) -> Iterator[str]:
    process = pack.processes.get(scenario.process)
    if process is None:
        yield f"没有流程“{scenario.process}”。"
        return
    asked = (move.to for move in scenario.moves if move.do in ASKS)
    named = [scenario.starter, *(move.position for move in scenario.moves if move.position), *asked]
    for position in dict.fromkeys(named):
        if position not in positions | {PUBLIC}:
            yield f"没有岗位“{position}”。"
    try:
        definition = engine.load(process.sources, process.process_id)
    except engine.EngineError:
        return  # the process is refused for its own reason
    steps = (move.step for move in scenario.moves if move.step and move.case == 1)
    for step in dict.fromkeys(steps):
        if definition.find(step) is None:
            yield f"流程“{process.title}”没有环节“{step}”。"
