"""The demonstration in a fresh database for each test, on Friday 2026-11-20, 10:00 in Beijing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.projects import subsidy_desk as desk
from tests.integration.recognition.conftest import (  # noqa: F401 - fixtures are found by name
    app,
    at,
    browse,
    stages,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask import Flask

    from tests.conftest import FrozenClock


@pytest.fixture
def claimed(
    at: Callable[..., UUID],  # noqa: F811
    frozen_clock: FrozenClock,
    played: Callable[[str, Callable[[], UUID]], UUID],
) -> Callable[..., UUID]:
    """Return how to claim for a recognised market after its trial run: the sample is to be verified."""

    def bring(kind: str = "market", **changes: object) -> UUID:
        def play() -> UUID:
            case_id = desk.start(at("recognised", kind), frozen_clock, kind)
            desk.send(case_id, kind, **changes)
            desk.accept(case_id)
            return case_id

        return played(f"a subsidy is claimed: {kind} {changes}", play)

    return bring


@pytest.fixture
def undisputed(
    claimed: Callable[..., UUID],
    app: Flask,  # noqa: F811
    frozen_clock: FrozenClock,
    played: Callable[[str, Callable[[], UUID]], UUID],
) -> Callable[..., UUID]:
    """Return how to bring a claim through its publicity without an objection: the meeting is to decide."""

    def bring(**changes: object) -> UUID:
        def play() -> UUID:
            case_id = claimed(**changes)
            desk.sample(case_id)
            desk.publish(app, frozen_clock)
            return case_id

        return played(f"a subsidy is undisputed: {changes}", play)

    return bring


@pytest.fixture
def paid(
    undisputed: Callable[..., UUID], played: Callable[[str, Callable[[], UUID]], UUID]
) -> Callable[..., UUID]:
    """Return how to bring a claim to its payment: it is to be looked at again."""

    def bring(**changes: object) -> UUID:
        def play() -> UUID:
            case_id = undisputed(**changes)
            desk.meet(case_id)
            desk.recheck(case_id, desk.AMOUNT)
            desk.approve(case_id)
            desk.pay(case_id, desk.AMOUNT)
            return case_id

        return played(f"a subsidy is paid: {changes}", play)

    return bring
