"""欠薪与争议调解 with nothing but engine and rules: every way through it, and when a payment is overdue.

Policy: TZ-4.4, TZ-7.4.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.packs.opened import tongzhou
from webapp import dmn, engine

FIRST, SECOND = date(2026, 11, 25), date(2026, 12, 10)
AGREED = {"payments": [{"amount": Decimal(1000), "due": FIRST}, {"amount": Decimal(2000), "due": SECOND}]}


class Walk:
    """One dispute, moved by hand; every effect is answered at once and written down."""

    def __init__(self) -> None:
        process = tongzhou().processes["dispute"]
        self.facts: dict[str, Any] = {
            "dispute_mediation": AGREED,
            "dispute_payment": None,
            "dispute_reminder": None,
        }
        scope = {"case": {}, "market": {}, "facts": self.facts, "settings": {}}
        self.effects: list[tuple[str, dict[str, Any]]] = []
        self.run = engine.start(engine.load(dict(process.sources), process.process_id), {}, scope)
        self._take(self.run.step())
        self.act("request")

    @property
    def open(self) -> set[str]:
        return {task.element_id for task in self.run.tasks}

    @property
    def watched_until(self) -> date:
        """The day at whose beginning a payment counts as late."""
        (timer,) = self.run.timers
        return timer.value

    def act(self, element: str, **entered: Any) -> None:
        (task,) = (task for task in self.run.tasks if task.element_id == element)
        keys = [key for key in task.properties.get("result", "").split(",") if key]
        self._take(self.run.complete(task.task_id, {key: entered.get(key) for key in keys}))

    def paid(self, *amounts: int) -> None:
        self.facts["dispute_payment"] = {"received": [{"amount": Decimal(amount)} for amount in amounts]}
        self.act("track")

    def late(self) -> None:
        (timer,) = self.run.timers
        self._take(self.run.fire(timer.task_id))

    def _take(self, result: engine.StepResult) -> None:
        waiting = list(result.effects)
        while waiting:
            effect = waiting.pop(0)
            self.effects.append((effect.operator, dict(effect.parameters)))
            waiting.extend(self.run.deliver(effect.task_id, {}).effects)


@pytest.fixture
def walk():
    return Walk()


def test_payments_are_tracked_until_all_is_paid(walk):
    walk.act("receive", decision="accept")
    walk.act("mediate", result="agreement")
    assert (walk.open, walk.watched_until) == ({"track"}, date(2026, 11, 26))
    walk.paid(1000)
    assert walk.watched_until == date(2026, 12, 11)
    walk.paid(1000, 1500)
    assert walk.watched_until == date(2026, 12, 11)
    walk.paid(1000, 1500, 500)
    assert walk.open == {"close"}
    walk.act("close")
    assert walk.run.finished
    assert walk.effects[-1][1] == {"outcome": "approved", "label": "达成协议并付清"}


def test_a_late_payment_is_reminded_and_watched_until_the_promised_day(walk):
    walk.act("receive", decision="accept")
    walk.act("mediate", result="agreement")
    walk.late()
    assert walk.open == {"remind"}
    walk.facts["dispute_reminder"] = {"promised_on": date(2026, 11, 30)}
    walk.act("remind", result="track")
    assert (walk.open, walk.watched_until) == ({"track"}, date(2026, 12, 1))


@pytest.mark.parametrize(
    ("result", "label"),
    [("legal_aid", "转法律援助"), ("arbitration", "引导申请劳动仲裁"), ("transfer", "移送有关部门查处")],
)
@pytest.mark.parametrize("step", ["mediate", "remind"])
def test_the_worker_is_sent_on_after_mediation_and_after_reminders(walk, step, result, label):
    walk.act("receive", decision="accept")
    if step == "remind":
        walk.act("mediate", result="agreement")
        walk.late()
    walk.facts["dispute_mediation"] = AGREED | {"refer_to": "演示单位"}
    walk.act(step, result=result)
    assert walk.open == {"sign_referral"}
    walk.act("sign_referral", **{"pass": True})
    assert walk.run.finished
    (letter,) = (given for name, given in walk.effects if name == "issue_document")
    assert (letter["way"], letter["to"]) == (result, "演示单位")
    assert walk.effects[-1][1] == {"outcome": "approved", "label": label}


def test_a_letter_that_is_not_signed_goes_back_to_mediation(walk):
    walk.act("receive", decision="accept")
    walk.act("mediate", result="legal_aid")
    walk.act("sign_referral", **{"pass": False})
    assert walk.open == {"mediate"}
    assert "issue_document" not in [name for name, _ in walk.effects]


@pytest.mark.parametrize(
    ("union", "danger", "asked"),
    [
        (False, False, {"mediate"}),
        (True, False, {"union_advice"}),
        (False, True, {"police_check"}),
        (True, True, {"union_advice", "police_check"}),
        (None, None, {"mediate"}),
    ],
)
def test_only_those_who_are_asked_take_part(walk, union, danger, asked):
    walk.act("receive", decision="accept", with_union=union, danger=danger)
    assert walk.open == asked
    for step in asked - {"mediate"}:
        walk.act(step)
    assert walk.open == {"mediate"}


def test_what_cannot_be_received_is_refused(walk):
    walk.act("receive", decision="reject")
    assert walk.run.finished
    assert walk.effects[-1][1] == {"outcome": "refused", "label": "不予受理"}


def test_what_belongs_elsewhere_goes_there_by_a_signed_letter(walk):
    walk.facts["dispute_receive"] = {"refer_to": "演示单位", "reason": "不属本通道（演示）"}
    walk.act("receive", decision="refer_out")
    assert walk.open == {"sign_referral"}
    walk.act("sign_referral", **{"pass": False})
    assert walk.open == {"receive"}
    walk.act("receive", decision="refer_out")
    walk.act("sign_referral", **{"pass": True})
    assert walk.run.finished
    (letter,) = (given for name, given in walk.effects if name == "issue_document")
    assert (letter["way"], letter["to"], letter["reason"]) == ("refer_out", "演示单位", "不属本通道（演示）")
    assert walk.effects[-1][1] == {"outcome": "refused", "label": "转其他渠道办理"}


@pytest.mark.parametrize("step", ["receive", "mediate", "remind"])
def test_whatever_is_no_clear_answer_stays_where_it_is(walk, step):
    if step != "receive":
        walk.act("receive", decision="accept")
    if step == "remind":
        walk.act("mediate", result="agreement")
        walk.late()
    walk.act(step, decision="anything", result="anything")
    assert walk.open == {step}


@pytest.mark.parametrize(
    ("paid", "promised", "due"),
    [
        ([], None, FIRST),
        ([999], None, FIRST),
        ([1000], None, SECOND),
        ([1000, 1999], None, SECOND),
        ([3000], None, None),
        ([3001], None, None),
        ([], date(2026, 11, 30), date(2026, 11, 30)),
        ([], date(2026, 11, 20), FIRST),
        ([1000], date(2026, 11, 30), SECOND),
        ([3000], date(2026, 12, 30), None),
    ],
)
def test_the_next_payment_is_the_first_that_is_not_covered_or_the_promised_day(paid, promised, due):
    facts = {
        "dispute_mediation": AGREED,
        "dispute_payment": {"received": [{"amount": Decimal(amount)} for amount in paid]},
        "dispute_reminder": {"promised_on": promised},
    }
    rules = tongzhou().rules["dispute.dmn"]
    assert dmn.evaluate(rules, "next_due", {"facts": facts}).outputs == due
