"""A market's file, cases that open cases, and a market that leaves the directory."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from tests.factories import filings
from tests.integration.recognition import desk as office
from tests.integration.register_change import desk
from webapp.core.errors import DomainError, Missing
from webapp.models.case import Case
from webapp.models.market import MarketRecord
from webapp.queries.facts import scope_of
from webapp.services import cases, market_records, register, succession
from webapp.uow import read_only, unit_of_work

if TYPE_CHECKING:
    from uuid import UUID

GOOD = {"grade": "良好", "score": Decimal("85.50")}


def enter(case_id: UUID, kind: str = "assessment", period: str = "2026", **values: Any) -> None:
    """Enter something in the file of a case's market."""
    with unit_of_work() as session:
        case = session.get_one(Case, case_id)
        until = values.pop("valid_until", None)
        market_records.enter(session, case, kind=kind, period=period, valid_until=until, values=values)


def seen(case_id: UUID) -> list[dict[str, Any]]:
    """Return the file as expressions of a case see it."""
    with read_only() as session:
        return scope_of(session, session.get_one(Case, case_id))["market"]["records"]


def leave(case_id: UUID, way: str = "责令退出") -> None:
    """Take the market of a case out of the directory."""
    with unit_of_work() as session:
        register.leave(session, session.get_one(Case, case_id), way)


def test_expressions_read_what_was_entered_with_its_types(at):
    case_id = at("recognised")
    enter(case_id, **GOOD, heard_on=date(2026, 11, 3))
    assert seen(case_id) == [
        {
            "kind": "assessment",
            "period": "2026",
            "recorded_on": date(2026, 11, 20),
            "valid_until": None,
            "values": {"grade": "良好", "score": Decimal("85.50"), "heard_on": date(2026, 11, 3)},
        }
    ]


def test_a_later_entry_of_a_period_counts_and_the_earlier_is_kept(at):
    case_id = at("recognised")
    enter(case_id, grade="不合格")
    enter(case_id, period="2025", grade="优秀")
    enter(case_id, grade="合格")
    assert [(row["period"], row["values"]["grade"]) for row in seen(case_id)] == [
        ("2025", "优秀"),
        ("2026", "合格"),
    ]
    with read_only() as session:
        assert session.scalar(select(func.count(MarketRecord.id))) == 3


def test_only_kinds_that_the_pack_lists_are_entered(at):
    case_id = at("recognised")
    with pytest.raises(DomainError, match="没有写明市场档案的类别“weather”"):
        enter(case_id, kind="weather")


def test_pages_show_the_file_and_that_an_entry_has_lapsed(at, browse, frozen_clock):
    case_id = at("recognised")
    no = desk.number(case_id)
    enter(case_id, **GOOD, valid_until=date(2026, 12, 31))
    for page in (browse("renshe").get(f"/markets/{no}").text, browse().get(f"/directory/{no}").text):
        assert "年度考核" in page
        assert "85.50" in page
        assert "良好" in page
        assert "已失效" not in page
    frozen_clock.move(days=60)
    assert "已失效" in browse("renshe").get(f"/markets/{no}").text


def test_pages_show_money_as_money_and_counts_in_groups_of_three(at, browse):
    case_id = at("recognised")
    no = desk.number(case_id)
    enter(case_id, "subsidy", amount=Decimal(77200), verified=Decimal(1544), paid_on=date(2026, 11, 3))
    for page in (browse("renshe").get(f"/markets/{no}").text, browse().get(f"/directory/{no}").text):
        assert "77,200.00 元" in page
        assert "1,544" in page
        assert "2026年11月3日" in page
        assert "77200" not in page


def test_a_case_opens_another_about_its_market(at, browse):
    first = at("recognised")
    with unit_of_work() as session:
        case = session.get_one(Case, first)
        given = {"process": "register_change", "reason": "演示"}
        actor = filings.actor(session, "renshe", "clerk")
        succession.open_case(session, case, actor, "opens", given)
    with read_only() as session:
        opened = session.scalars(select(Case).where(Case.origin_id == first)).one()
        own = scope_of(session, opened)["case"]
        no, second = opened.no, opened.id
        assert opened.applicant.key == "majuqiao"
    assert office.open_steps(second) == {"file"}
    assert own["origin"] == office.case_of(first).no
    assert own["origin_facts"]["filing"]["kind"] == "综合性零工市场"
    page = browse(desk.CLERK).get(f"/cases/{no}").text
    assert office.case_of(first).no in page
    assert f"转入“名录信息变更”，办件编号 {no}" in browse("renshe").get(f"/cases/{own['origin']}").text
    with unit_of_work() as session:  # one at a time: what is under way goes on
        case = session.get_one(Case, first)
        succession.open_case(session, case, filings.actor(session, "renshe", "clerk"), "opens", given)
    with read_only() as session:
        assert session.scalar(select(func.count(Case.id)).where(Case.origin_id == first)) == 1


def test_a_procedure_that_proposes_its_market_is_opened_by_nobody(at):
    first = at("recognised")
    with unit_of_work() as session, pytest.raises(DomainError, match="不以名录中的市场为对象"):
        actor = filings.actor(session, "renshe", "clerk")
        case = session.get_one(Case, first)
        succession.open_case(session, case, actor, "opens", {"process": "recognition"})


def test_a_market_that_left_is_told_so_everywhere_the_same_minute(at, app, browse):
    case_id = at("recognised")
    no, reply = desk.number(case_id), office.documents(case_id)[-1]
    office.work(app)
    anybody = browse()
    assert no in anybody.get("/directory").text
    leave(case_id)
    assert no not in anybody.get("/directory").text
    page = anybody.get(f"/directory/{no}").text
    assert "已移出名录" in page
    assert "责令退出" in page
    paper = anybody.get(f"/v/{reply.token}").text
    assert "但市场已移出名录" in paper
    assert "2026年11月20日移出名录" in paper
    assert "已移出名录" in browse("renshe").get(f"/markets/{no}").text


def test_nothing_is_started_about_a_market_that_left(at):
    case_id = at("recognised")
    leave(case_id)
    with pytest.raises(Missing, match="不在名录中"):
        leave(case_id)
    with unit_of_work() as session, pytest.raises(Missing, match="名录中没有这个市场"):
        actor = filings.actor(session, desk.CLERK, "clerk")
        cases.start(session, actor, "register_change", market_no=desk.number(case_id))
