"""The list of all clauses: what carries each, or why nothing does."""

from __future__ import annotations

import pytest

from webapp.queries.clauses import TEST, clause_list, clause_page
from webapp.queries.jurisdictions import home_jurisdiction
from webapp.uow import read_only


def carriers(row):
    """Kinds of what carries a clause; a test carries nothing, it proves."""
    return set(dict(row.counts)) - {TEST}


@pytest.mark.usefixtures("app")
def test_every_clause_is_carried_or_says_why_it_is_not():
    with read_only() as session:
        rows = clause_list(session, home_jurisdiction(session)).rows
    assert len(rows) == 22
    uncarried = {row.clause.id for row in rows if not carriers(row)}
    reasoned = {row.clause.id for row in rows if row.clause.asks_nothing}
    assert uncarried == reasoned


@pytest.mark.usefixtures("app")
def test_every_clause_that_something_carries_is_proven_by_a_test():
    with read_only() as session:
        rows = clause_list(session, home_jurisdiction(session)).rows
    assert {row.clause.id for row in rows if carriers(row) and TEST not in dict(row.counts)} == set()
    assert {row.clause.id for row in rows if row.clause.asks_nothing and TEST in dict(row.counts)} == set()


@pytest.mark.usefixtures("app")
def test_a_clause_names_procedures_rules_and_papers_that_rest_on_it():
    with read_only() as session:
        page = clause_page(session, home_jurisdiction(session), "tongzhou", "TZ-3.4")
    named = {(use.kind, use.name) for use in page.used_by}
    assert ("业务", "整改") in named
    assert ("业务", "责令退出") in named
    assert {"环节", "填报项", "规则"} <= {kind for kind, _ in named}
    assert (TEST, "集成测试 exit/test_exit.py") in named


def test_the_directory_counts_markets_by_kind_and_names_the_clause(at, browse):
    """Policy: TZ-1.3. The text sets no number to reach, so that only what there is is told."""
    at("recognised")
    page = browse().get("/directory").text
    card = page.partition('<p class="stat-label">综合性零工市场')[2].partition("</div>")[0]
    assert "TZ-1.3" in card
    assert "<b>1</b>" in card


def test_anybody_reads_the_list_and_goes_on_to_a_clause(at, browse):
    at("recognised")
    anybody = browse()
    page = anybody.get("/clauses").text
    assert 'href="/clauses/tongzhou/TZ-3.1"' in page
    assert "没有需要填报、办理或公开的事项" in page
    assert "没有需要填报、办理或公开的事项" in anybody.get("/clauses/tongzhou/TZ-7.1").text
    assert anybody.get("/clauses/tongzhou/TZ-9.9").status_code == 404
