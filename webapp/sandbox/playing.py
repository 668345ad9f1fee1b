"""Playing the scenarios of a pack, each in a sandbox that is gone afterwards."""

from __future__ import annotations

import tempfile
import time as machine
from pathlib import Path
from typing import TYPE_CHECKING, Final

from webapp.core.errors import DomainError, Invalid
from webapp.core.recent import Recent
from webapp.packs.paths import SCENARIOS
from webapp.packs.scenarios import read_scenario
from webapp.sandbox.site import Site
from webapp.services import sandbox_moves, scenarios
from webapp.services.sandbox_moves import OwnTime
from webapp.services.scenarios import Problem, ScenarioResult

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from webapp.packs import Pack
    from webapp.packs.scenarios import Expected, Scenario

SECONDS: Final = 60.0
"""Seconds of the processor that the scenarios of a pack may take in all; others' work does not count."""
_OUT_OF_TIME: Final = "场景的运算量超过上限，没有走完。请减少场景或缩短步骤。"


def play_all(pack: Pack, *, seconds: float = SECONDS) -> list[ScenarioResult]:
    """Play every scenario of a pack.

    Args:
        pack: A pack that could be read, with or without errors.
        seconds: How much of the processor all may take together; those that are not reached are told as not
            passed.

    Raises:
        PackError: If a scenario's file cannot be understood.
    """
    until = machine.thread_time() + seconds
    told = [read_scenario(name, text) for name, text in sorted(pack.scenarios.items())]
    return [play(pack, scenario, until=until) for scenario in told]


def play(pack: Pack, scenario: Scenario, *, until: float | None = None) -> ScenarioResult:
    """Play a scenario on a pack, in a database that is gone afterwards.

    Args:
        pack: The pack.
        scenario: What happens.
        until: Second of this thread's processor time after which no further move is made; `None`:
            :data:`SECONDS` from now.
    """
    began = machine.monotonic()
    until = machine.thread_time() + SECONDS if until is None else until
    with tempfile.TemporaryDirectory(prefix="sandbox-") as folder:
        site = Site(Path(folder) / "site", OwnTime.morning_of(scenario.begins))
        try:
            run = _Run(site, pack, scenario, until)
            problems = tuple(run.problems())
        finally:
            site.close()
    return ScenarioResult(
        name=scenario.name,
        title=scenario.title,
        process=scenario.process,
        problems=problems,
        came=run.came,
        trail=run.trail,
        seconds=machine.monotonic() - began,
    )


_PLAYED: Recent[str, tuple[ScenarioResult, ...]] = Recent(20)


def played(pack: Pack) -> tuple[ScenarioResult, ...]:
    """Return what came of the scenarios of a pack; content whose scenarios passed is played only once.

    Raises:
        PackError: If a scenario's file cannot be understood.
    """
    results = _PLAYED.of(pack.content_hash, lambda: tuple(play_all(pack)))
    if not all(result.passed for result in results):
        _PLAYED.drop(pack.content_hash)  # it may only have been short of time
    return results


def require_passed(pack: Pack) -> None:
    """Refuse a pack whose scenarios do not come to what they expect.

    Raises:
        Invalid: With what went another way, by scenario.
        PackError: If a scenario's file cannot be understood.
    """
    failed = [result for result in played(pack) if not result.passed]
    if failed:
        names = "、".join(f"“{result.title}”" for result in failed)
        raise Invalid(
            f"演练场景{names}没有通过：{failed[0].problems[0].reason}请在沙箱中查看，改正草稿或重新保留场景后再提交。",
            errors={
                f"{SCENARIOS}/{result.name}.json": [problem.reason for problem in result.problems]
                for result in failed
            },
        )


class _Run:
    def __init__(self, site: Site, pack: Pack, scenario: Scenario, until: float) -> None:
        self.site, self.pack, self.scenario, self.until = site, pack, scenario, until
        self.came: Expected | None = None
        self.trail: tuple[str, ...] = ()
        self.known: set[UUID] = set()

    def problems(self) -> Iterator[Problem]:
        """Play, and yield what goes another way; after the first move that fails no further one is made."""
        number, found = 0, list(self._started())
        for number, move in enumerate(self.scenario.moves, start=1):
            if found:
                break
            try:
                with self.site.open() as stage:
                    self._refuse_late()
                    sandbox_moves.perform(stage, move)
            except DomainError as refused:
                found.append(Problem(number, move.step, _said(refused)))
            found.extend(self._looked(number))
        yield from found
        if self.came is not None and not found:
            for text in scenarios.differences(self.scenario.expected, self.came):
                yield Problem(number + 1, "", text)

    def _started(self) -> Iterator[Problem]:
        told = self.scenario
        try:
            self._refuse_late()
            self.site.make(self.pack)
            with self.site.open() as stage:
                sandbox_moves.start(stage, told.process, starter=told.starter, market=told.market)
        except DomainError as refused:
            yield Problem(0, "", _said(refused))
            return
        yield from self._looked(0)

    def _looked(self, number: int) -> Iterator[Problem]:
        """Look at how far it has come, and yield the automatic steps that failed on the way."""
        with self.site.open() as stage:
            self.came = scenarios.outcome(stage.session, stage.jurisdiction)
            self.trail = tuple(sandbox_moves.cases_of(stage.session, stage.jurisdiction)[0].trail)
            for incident in scenarios.new_incidents(stage.session, stage.jurisdiction, self.known):
                yield Problem(number, incident.element_id, f"“{incident.name}”没有办成：{incident.message}")

    def _refuse_late(self) -> None:
        if machine.thread_time() > self.until:
            raise Invalid(_OUT_OF_TIME)


def _said(refused: DomainError) -> str:
    """Return what a refusal says, with the field of each message."""
    if not isinstance(refused, Invalid):
        return refused.message
    return "；".join(
        f"{path}：{text}" if path else text for path, texts in refused.errors.items() for text in texts
    )
