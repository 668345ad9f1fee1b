"""Random people do random things to random cases, each in a transaction of its own, as over many requests.

`make test` does some hundreds of them; `make soak` does `SOAK_OPERATIONS` (10 000).
"""

from __future__ import annotations

import os
import sys
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.application import at_work
from tests.factories import filings
from tests.integration.verbs.random_operations import WholeOffice, running
from tests.shapes import office as shapes
from webapp.services import cases, demo, events
from webapp.uow import read_only, unit_of_work
from webapp.worker import make_worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.conftest import FrozenClock
    from tests.databases import Backend

OPERATIONS = int(os.environ.get("SOAK_OPERATIONS", "150"))
STEPS = 50
TIME_PASSES, CASES_END = 0.02, 0.03
FEWEST = 3
"""Cases under way; where one ends, another begins."""
ONWARD = 8
"""How often, against any other verb, somebody just does a step: cases are to get somewhere."""
VERBS = (
    *(("complete",) * ONWARD),
    *("draft", "claim", "release", "transfer", "delegate", "hand_back", "recall", "add_signer"),
    *("call_vote", "sign", "sign", "sign", "decline", "send_back", "take_back", "hold"),
    *("urge", "supervise", "lift", "copy", "confirm", "batch", "substitute", "revoke"),
    *(
        "breakdown",
        "retry",
        "retry",
        "skip",
        "skip",
        "signal",
        "signal",
        "reassign",
        "move_token",
        "skip_step",
    ),
)
LAST = ("withdraw", "terminate")
"""What ends a case: once in a while."""
STAGES = ("started", "filed", "accepted", "checked")
TOTAL = {"done": 0, "refused": 0, "verbs": {}}


class OfficeMachine(RuleBasedStateMachine):
    """One example: three cases of the shapes and one recognition, and what people do to them."""

    office: WholeOffice
    fresh: Callable[[], WholeOffice]
    """Replaces the database by one with the people of both packs and no case."""

    @initialize(stage=st.sampled_from(STAGES))
    def begin(self, stage):
        self.office = type(self).fresh()
        for process in ("shapes", "shapes", "waits"):
            self.open(process)
        self.open(stage)

    def open(self, kind):
        if kind in STAGES:
            self.office.begin(getattr(filings, kind))
        else:
            self.office.begin(lambda session: cases.start(session, shapes.actor(session, "zhen"), kind))

    @rule(seed=st.integers(0, 2**32))
    def act(self, seed):
        """Seeds are mixed with the number of the act: Hypothesis likes to repeat small ones."""
        number = self.office.memory.done + self.office.memory.refused
        chance = Random(f"{TOTAL['done']} {number} {seed}")  # noqa: S311 - no secret
        self.office.clock.move(seconds=1)  # what was typed since is told from what was typed before
        if chance.random() < TIME_PASSES:
            self.office.let_time_pass(chance.randrange(1, 60))
        else:
            verb = chance.choice(LAST if chance.random() < CASES_END else VERBS)
            self.office.act(verb, chance.randrange(10_000), chance.randrange(10_000))
        if len(running(self.office)) < FEWEST:
            self.open(chance.choice(("shapes", "waits")))

    def teardown(self):
        if not hasattr(self, "office"):
            return
        if sys.exc_info()[1] is not None:
            print("\n".join(self.office.memory.story))  # noqa: T201
        left = running(self.office)
        self.office.finish(left[self.office.memory.done % len(left)])
        self.office.check()
        with read_only() as session:
            assert not any(events.verify_all(session).values()), "the chain does not hold"
        memory = self.office.memory
        TOTAL["done"] += memory.done
        TOTAL["refused"] += memory.refused
        for verb, count in memory.kinds.items():
            TOTAL["verbs"][verb] = TOTAL["verbs"].get(verb, 0) + count


@pytest.fixture
def app(_app: Flask, backend: Backend, frozen_clock: FrozenClock) -> Iterator[Flask]:
    """The application with the people of both packs."""
    with at_work(_app):
        worker, begins = make_worker(_app), frozen_clock.instant

        def seed() -> None:
            backend.bring("empty", lambda: None)
            with unit_of_work() as session:
                shapes.seed(session)
                demo.seed(session)

        def fresh() -> WholeOffice:
            frozen_clock.instant = begins
            backend.bring("both", seed)
            return WholeOffice(worker, frozen_clock)

        OfficeMachine.fresh = staticmethod(fresh)
        yield _app


def test_nothing_is_lost_doubled_or_dead_whatever_people_do(app):
    TOTAL.update(done=0, refused=0, verbs={})
    while (count := TOTAL["done"] + TOTAL["refused"]) < OPERATIONS:
        run_state_machine_as_test(
            OfficeMachine,
            settings=settings(
                max_examples=max(1, (OPERATIONS - count) // STEPS),
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
                print_blob=True,
            ),
        )
    print(f"acts done {TOTAL['done']}, refused {TOTAL['refused']}: {TOTAL['verbs']}")  # noqa: T201
    assert TOTAL["done"] > 0.4 * OPERATIONS, "most acts are refused: the test does not test much"
