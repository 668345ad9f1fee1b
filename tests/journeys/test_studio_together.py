"""Two people edit the same file of a draft: who has it, how it changes hands, and that nothing typed is lost."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.journeys.test_studio_editing import begun
from webapp.models.account import Person, Position
from webapp.queries.jurisdictions import home_jurisdiction
from webapp.services import accounts
from webapp.services.accounts import DEMO_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from tests.journeys.people import Officer
    from tests.journeys.site_under_test import Site

CLAUSES, POLICY = "workflows/tongzhou/clauses.toml", "workflows/tongzhou/policy.txt"
EDITORS = {
    "bpmn": "workflows/tongzhou/training.bpmn",
    "dmn": "workflows/tongzhou/recognition.dmn",
    "form": "forms/tongzhou/township_review.json",
    "template": "docs_templates/tongzhou/refusal_notice.md",
    "toml": CLAUSES,
    "text": POLICY,
}


@pytest.fixture
def second(site: Site, officer: Callable[..., Officer]) -> Officer:
    """A second administrator of the same jurisdiction."""
    site.change(_appoint)
    return officer("admin-2")


def _appoint(session: Session) -> None:
    if session.query(Person).filter_by(username="admin-2").one_or_none() is None:
        position = session.scalars(
            select(Position).where(
                Position.key == "admin", Position.jurisdiction_id == home_jurisdiction(session).id
            )
        ).one()
        person = accounts.create_person(
            session,
            username="admin-2",
            name="演示另一管理员",
            password=DEMO_PASSWORD,
            must_change_password=False,
        )
        accounts.appoint(session, person, position, starts_on=date(2025, 6, 1))


def test_a_file_is_taken_over_and_both_keep_what_they_typed(
    officer: Callable[..., Officer], second: Officer
) -> None:
    first = officer("admin")
    address = f"{begun(first, '两人同改')}/files/{POLICY}"
    held = first.go(address)
    state = held.locator("[data-studio-state]")
    text = held.get_by_role("textbox", name=POLICY)
    text.press("Control+Home")
    held.keyboard.type("第一人写的\n")
    held.keyboard.press("Control+s")
    expect(state).to_have_text(re.compile("已保存"))

    taking = second.go(address)
    expect(taking.get_by_text("演示管理员正在编辑这个文件")).to_be_visible()
    theirs = taking.get_by_role("textbox", name=POLICY)
    theirs.press("Control+Home")
    taking.keyboard.type("第二人写的\n")
    expect(taking.locator("[data-studio-state]")).to_have_text("未保存：演示管理员正在编辑")
    button = taking.get_by_role("button", name="接手编辑")
    button.focus()
    taking.keyboard.press("Enter")
    expect(taking.locator("[data-studio-state]")).to_have_text(re.compile("已保存"))
    expect(button).to_be_hidden()

    text.press("Control+Home")
    held.keyboard.type("第一人又写的\n")
    held.keyboard.press("Control+s")  # too late: nothing is overwritten, and the page keeps what was typed
    expect(held.get_by_text("演示另一管理员已修改并保存了这个文件")).to_be_visible()
    assert "第一人又写的" in text.inner_text()
    assert theirs.inner_text().startswith("第二人写的\n第一人写的")
    assert first.complaints == second.complaints == []


def test_who_loses_a_file_is_told_at_the_next_save_and_may_take_it_back(
    officer: Callable[..., Officer], second: Officer
) -> None:
    first = officer("admin")
    address = f"{begun(first, '接回来')}/files/{POLICY}"
    held = first.go(address)
    state = held.locator("[data-studio-state]")
    expect(held.locator("[data-studio-count]")).to_have_text(re.compile("本文件"))
    taking = second.go(address)
    taking.get_by_role("button", name="接手编辑").click()
    expect(taking.locator("[data-studio-state]")).to_have_text("由您编辑")

    held.get_by_role("textbox", name=POLICY).press("Control+Home")
    held.keyboard.type("最后一笔\n")
    held.keyboard.press("Control+s")
    expect(held.get_by_text("演示另一管理员接手编辑了这个文件，您此前的改动都已保存。")).to_be_visible()
    held.keyboard.type("接回来再写\n")
    expect(state).to_have_text("未保存：演示另一管理员正在编辑")
    held.get_by_role("button", name="接回来编辑").click()
    expect(state).to_have_text(re.compile("已保存"))
    held.reload()
    expect(held.get_by_role("textbox", name=POLICY)).to_contain_text("接回来再写")


@pytest.mark.parametrize("kind", EDITORS)
def test_every_editor_offers_to_take_over(
    kind: str, officer: Callable[..., Officer], second: Officer
) -> None:
    first = officer("admin")
    address = f"{begun(first, f'接手 {kind}')}/files/{EDITORS[kind]}"
    expect(first.go(address).locator("[data-studio-count]")).to_have_text(re.compile("本文件"))
    page = second.go(address)
    button = page.get_by_role("button", name="接手编辑")
    button.click()
    expect(page.locator("[data-studio-state]")).to_have_text("由您编辑")
    expect(button).to_be_hidden()
    assert second.complaints == []
