"""试运营奖励补贴: the good way and the figures, on paper as in the file (Policy: TZ-5.1, TZ-5.2)."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import pytest

from tests.integration.projects import subsidy_desk as desk
from tests.integration.projects.subsidy_desk import AMOUNT, papers, records, text_of
from tests.integration.recognition import desk as office
from webapp.core.errors import Forbidden, Invalid, Locked, Missing


def recomputed(printed):
    """Compute the amount from the printed lines alone, as somebody with the paper and a pencil would."""
    cells = [row.split("\t") for row in printed.splitlines()]
    lines = {int(row[0]): row[-1] for row in cells if len(row) == 4 and row[0].isdecimal()}
    claimed, sampled, missing = (Decimal(lines[no]) for no in (1, 3, 4))
    rate = (missing / sampled).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    if rate > Decimal("0.1") or lines[13] != "符合":
        return Decimal(0)
    deducted = missing if rate <= Decimal("0.02") else Decimal(math.ceil(claimed * rate))
    unit, fixed, cap = (Decimal(lines[no]) for no in (9, 10, 12))
    return min(fixed + (claimed - deducted) * unit, cap)


def test_a_subsidy_is_paid_and_can_be_recomputed_from_the_paper(paid):
    case_id = paid()
    for template in ("subsidy_form", "subsidy_notice"):
        told = text_of(case_id, template)
        assert recomputed(told) == Decimal(AMOUNT)
        assert "77,200.00元（人民币柒万柒仟贰佰元整）" in told
    (entry,) = records(case_id, "subsidy")
    assert entry["period"] == "2026-12-01至2027-05-31"
    assert (entry["values"]["amount"], entry["values"]["verified"]) == (Decimal(77200), Decimal(3860))
    desk.follow_up(case_id)
    case = office.case_of(case_id)
    assert (case.status, case.outcome, case.outcome_label) == ("finished", "approved", "已拨付补贴")
    assert case.no.startswith("TZ-BT-2027-")
    assert papers(case_id) == [
        *("subsidy_application", "subsidy_publicity", "subsidy_payment", "subsidy_form", "subsidy_notice")
    ]


def test_the_form_names_who_did_what(paid):
    told = text_of(paid(), "subsidy_form")
    for row in (
        "受理\t演示周敏",
        "抽查\t演示周敏",
        "抽查\t演示吴昊",
        "复核\t演示郑楠",
        "审批\t演示王磊",
        "拨付\t演示曹颖",
    ):
        assert row in told
    assert "2027年6月10日拨付77,200.00元，凭证号：演示付2027-18" in told


@pytest.mark.parametrize(
    ("claim", "size", "missing", "amount"),
    [
        (4000, 200, 4, 79920),  # 4 ÷ 200 = 0.02: as found, (4000 - 4) × 20
        (4001, 200, 7, 77200),  # 4001 × 0.035 = 140.035, rounded up to 141: 3860 × 20
        (4000, 200, 20, 72000),  # 20 ÷ 200 = 0.1: 4000 × 0.1 = 400, 3600 × 20
        (20000, 300, 0, 300000),  # 20000 × 20 = 400000, capped
    ],
)
def test_the_amount_follows_the_sample(claimed, claim, size, missing, amount):
    months = [{"month": "2026年12月至2027年5月", "placed": claim}]
    case_id = claimed(claimed=claim, registered=claim * 2, months=months)
    desk.sample(case_id, missing, size)
    assert f"{amount:,}.00元" in text_of(case_id, "subsidy_publicity")


def test_a_station_is_paid_its_fixed_sum_and_a_rate(claimed):
    case_id = claimed("station")  # 1 ÷ 100 = 0.01: as found, 30000 + (800 - 1) × 10
    desk.sample(case_id, 1, 100, standards=desk.STANDARDS)
    assert "37,990.00元" in text_of(case_id, "subsidy_publicity")


@pytest.mark.parametrize(
    ("kind", "changes", "sampled", "condition"),
    [
        ("market", {"gathered_after": 201}, {}, "占道聚集明显减少"),
        ("market", {"registered": 13000}, {}, "撮合成功率"),
        ("market", {"incidents": 1}, {}, "安全事故和群体性事件"),
        ("market", {}, {"not_found": 21}, "抽查差错率"),
        ("station", {"open_days": 80}, {}, "运营平稳"),
        ("station", {}, {"standards": desk.STANDARDS[1:]}, "标识"),
    ],
)
def test_who_fails_a_condition_is_refused_by_rule_and_told_which(claimed, kind, changes, sampled, condition):
    case_id = claimed(kind, **changes)
    size = {"sampled": 100, "not_found": 1, "standards": desk.STANDARDS} if kind == "station" else {}
    desk.sample(case_id, **(size | sampled))
    case = office.case_of(case_id)
    assert (case.status, case.outcome, case.outcome_label) == ("finished", "refused", "不予补贴")
    told = text_of(case_id, "subsidy_refusal")
    assert "以下补贴条件没有达到：" in told
    assert condition in told
    assert records(case_id, "subsidy") == []


def test_below_the_number_of_placements_there_is_no_subsidy(claimed):
    months = [{"month": "2027年1月", "placed": 3000}]
    case_id = claimed(claimed=3000, months=months)
    desk.sample(case_id, 1)  # 3000 - 1 = 2999
    assert "以下补贴条件没有达到：撮合上岗人次" in text_of(case_id, "subsidy_refusal")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sampled": 199}, "sampled"),
        ({"not_found": 6}, "not_found"),
        ({"first": 21}, "first"),  # 4000 ÷ 200: every 20th
    ],
)
def test_a_sample_that_is_too_small_or_does_not_add_up_is_not_taken(claimed, changes, field):
    case_id = claimed()
    with pytest.raises(Invalid) as refused:
        desk.sample(case_id, **{"unfound": [{"serial": n, "cause": "未上岗"} for n in range(1, 8)]} | changes)
    assert list(refused.value.errors) == [field]
    assert office.open_steps(case_id) == {"subsidy_sampling"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"claimed": 3999}, "claimed"),
        ({"period": {"begins": "2026-11-30", "ends": "2027-05-31"}}, "period.begins"),
        ({"period": {"begins": "2026-12-01", "ends": "2027-06-01"}}, "period.ends"),
    ],
)
def test_a_claim_that_contradicts_itself_or_the_register_is_not_taken(at, frozen_clock, changes, field):
    case_id = desk.start(at("recognised"), frozen_clock)
    with pytest.raises(Invalid) as refused:
        desk.file(case_id, **changes)
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize(
    ("part", "value"), [("uscc", "52110112MJ0123456T"), ("name", "演示他人公司"), ("kind", "属地单位")]
)
def test_nobody_but_the_operator_of_the_register_is_paid(at, frozen_clock, part, value):
    case_id = desk.start(at("recognised"), frozen_clock)
    with pytest.raises(Invalid) as refused:
        desk.file(case_id, payee=desk.payee(case_id) | {part: value})
    assert f"payee.{part}" in refused.value.errors


def test_the_account_is_kept_out_of_what_rules_and_history_see(claimed):
    case_id = claimed()
    said = office.submission(case_id, "subsidy_filing")
    assert desk.ACCOUNT not in str(said.data)
    assert desk.ACCOUNT in str(said.personal)
    assert not any(desk.ACCOUNT in str(event.data) for event in office.events(case_id))


def test_the_account_stands_in_the_letter_to_finance_and_on_no_public_paper(paid):
    case_id = paid()
    assert desk.ACCOUNT in text_of(case_id, "subsidy_payment")
    for template in ("subsidy_application", "subsidy_publicity", "subsidy_form", "subsidy_notice"):
        assert desk.ACCOUNT not in text_of(case_id, template)


def test_one_claim_of_a_market_at_a_time_and_only_by_its_own_township(at, frozen_clock):
    recognition = at("recognised")
    desk.start(recognition, frozen_clock)
    with pytest.raises(Locked):
        desk.start(recognition, frozen_clock)
    with pytest.raises(Missing):
        desk.start(recognition, frozen_clock, who="songzhuang")
    with pytest.raises(Forbidden):
        desk.start(recognition, frozen_clock, who="caizheng")
