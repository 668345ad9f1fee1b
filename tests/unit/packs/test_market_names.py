"""How a market is called: by jurisdiction, short name and end, or as the pack has it whole."""

from __future__ import annotations

import pytest

from webapp.core.clauses import Basis
from webapp.packs import MarketSpec

SPEC = MarketSpec(
    filing_form="filing",
    opinion_form="opinion",
    number_series="SC",
    name_suffixes={"零工驿站": "零工驿站", "行业性、专业性零工市场": "XX零工市场"},
    goal=Basis.parse("TZ-1.3"),
    basis=Basis.parse("TZ-3.1"),
)


@pytest.mark.parametrize(
    ("kind", "short", "name"),
    [
        ("零工驿站", "宋庄镇小堡", "通州区宋庄镇小堡零工驿站"),
        ("行业性、专业性零工市场", "建筑装修", "建筑装修零工市场"),
    ],
)
def test_a_name_is_put_together_or_stands_whole_with_the_short_name_in_it(kind, short, name):
    assert SPEC.official_name("通州区", short, kind) == name
