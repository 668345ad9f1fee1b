"""Amounts in words, the clock, clauses and errors."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from webapp.core import clock
from webapp.core.clauses import Basis, Clause, ClauseCatalogue
from webapp.core.errors import DomainError, Invalid, Stale
from webapp.core.money import amount_in_figures, capital_amount


@pytest.mark.parametrize(
    ("amount", "words"),
    [  # from the annex to 支付结算办法 and, for the plain ones, worked out by hand
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("500000", "伍拾万元整"),
        ("10", "壹拾元整"),
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.5", "伍角整"),
        ("100010000", "壹亿零壹万元整"),
        ("100000001", "壹亿零壹元整"),
        ("1000000000", "壹拾亿元整"),
        ("-200000", "负贰拾万元整"),
    ],
)
def test_capital_amount(amount, words):
    assert capital_amount(Decimal(amount)) == "人民币" + words


@pytest.mark.parametrize("amount", ["0.001", "NaN", "Infinity", "1000000000000"])
def test_capital_amount_refuses(amount):
    with pytest.raises(ValueError, match="金额"):
        capital_amount(Decimal(amount))


def test_clock_can_be_set_and_given_back():
    clock.set_clock(lambda: datetime(2026, 11, 20, 23, 30, tzinfo=clock.BEIJING))
    try:
        assert clock.now() == datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
        assert clock.now().tzinfo is UTC
        clock.set_clock(lambda: datetime(2026, 11, 20))  # noqa: DTZ001 - that is the point
        with pytest.raises(ValueError, match="时区"):
            clock.now()
    finally:
        clock.set_clock(None)
    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 5


def test_a_clock_is_ahead_by_what_its_file_says(tmp_path):
    file = tmp_path / "ahead"
    read = clock.ahead_by(file)

    def ahead() -> float:
        return round((read() - datetime.now(UTC)).total_seconds())

    assert ahead() == 0
    file.write_text("86400")
    assert ahead() == 86400
    file.write_text("-3600.5")
    assert ahead() in {-3601, -3600}
    file.write_text("soon")
    assert ahead() == 0


@pytest.mark.parametrize(
    ("amount", "text"), [("77200", "77,200.00 元"), ("0.5", "0.50 元"), ("1E+6", "1,000,000.00 元")]
)
def test_amounts_in_figures_go_to_the_fen_in_groups_of_three(amount, text):
    assert amount_in_figures(Decimal(amount)) == text


def test_official_date_has_no_leading_zeros_and_is_the_date_in_beijing():
    assert clock.official_date(date(2026, 3, 5)) == "2026年3月5日"
    assert clock.official_date(datetime(2026, 11, 19, 16, 0, tzinfo=UTC)) == "2026年11月20日"


@pytest.mark.parametrize("text", ["TZ-3.1", "TZ-A", "CY-A1", "ZZ-2b", "KF-O1", "BJ-22", "TZ-1.2"])
def test_basis_reads_clause_ids(text):
    assert Basis.parse(f" {text} ") == Basis(clause=text)
    assert str(Basis.parse(text)) == text
    assert not Basis.parse(text).is_local


def test_basis_reads_local_defaults():
    basis = Basis.parse("本地缺省：条款未规定办理时限")
    assert basis == Basis(note="条款未规定办理时限")
    assert basis.is_local
    assert Basis.parse(str(basis)) == basis


@pytest.mark.parametrize(
    "text", ["", "第三条", "TZ", "TZ-", "本地缺省", "本地缺省：", "TZ-3.1, TZ-3.2", "tz-3.1"]
)
def test_basis_refuses_anything_else(text):
    with pytest.raises(ValueError, match="依据"):
        Basis.parse(text)


def test_catalogue():
    clause = Clause("TZ-3.1", "申请认定", "由所属街道乡镇综合研判", "通人社就发〔2025〕13号")
    catalogue = ClauseCatalogue([clause])
    assert catalogue["TZ-3.1"] is clause
    assert catalogue.knows(Basis.parse("TZ-3.1"))
    assert catalogue.knows(Basis.parse("本地缺省：理由"))
    assert not catalogue.knows(Basis.parse("TZ-9.9"))
    with pytest.raises(ValueError, match="重复"):
        ClauseCatalogue([clause, clause])


def test_invalid_carries_messages_by_path():
    error = Invalid(errors={"operator.uscc": ["校验位不对"], "zones.0.name": ("必填",)})
    assert error.errors == {"operator.uscc": ["校验位不对"], "zones.0.name": ["必填"]}
    assert error.status == 422
    assert Invalid("太长", field="name").errors == {"name": ["太长"]}
    assert isinstance(error, DomainError)


def test_stale_says_what_changed():
    error = Stale(current_revision=7, changes=["张三 已签收"])
    assert (error.status, error.current_revision, error.changes) == (409, 7, ["张三 已签收"])


def test_several_bases_are_parted_by_semicolons():
    both = Basis.parse_all("TZ-5.1；本地缺省：惯例")
    assert [str(basis) for basis in both] == ["TZ-5.1", "本地缺省：惯例"]
    assert Basis.parse_all("") == ()
    with pytest.raises(ValueError, match="写法不对"):
        Basis.parse_all("TZ-5.1；第五条")
