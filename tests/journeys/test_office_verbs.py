"""转办, 委派, 加签, 会签, 退回, 拿回: by the people concerned in the browser, each with a wrong turn."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect
from sqlalchemy import select

from tests.factories import filings
from tests.journeys.people import Form
from webapp.models.case import Case
from webapp.models.work_item import WorkItem

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator

    from tests.journeys.people import Officer
    from tests.journeys.site_under_test import Site

ACCEPTANCE: dict[str, Any] = filings.content("market")["acceptance"]
CHIEF, DIRECTOR, POLICE = "演示郑楠（科室负责人）", "演示王磊（分管领导）", "演示李锋（经办）"


def _verb(who: Officer, label: str) -> None:
    """Open the page of a verb from the menu below the form."""
    who.page.locator(".verb-menu").get_by_role("link", name=label, exact=True).click()
    expect(who.page.locator("h1")).to_contain_text(label)


def _say(who: Officer, reason: str, *people: str) -> None:
    for person in people:
        who.page.get_by_label(person, exact=True).check()
    who.page.locator("#reason").fill(reason)


def _confirm(who: Officer, button: str, said: str) -> None:
    who.page.get_by_role("button", name=button, exact=True).click()
    expect(who.page.locator(".notices")).to_contain_text(said)


def _asked(who: Officer, no: str) -> Locator:
    """Return the lines of the inbox in which somebody asks for something in a case."""
    who.go("/inbox")
    return who.page.locator("[data-asked]").filter(has_text=no)


def _open_asked(who: Officer, no: str, why: str) -> None:
    line = _asked(who, no)
    expect(line).to_contain_text(why)
    line.get_by_role("link", name="办理").click()


def _sign(who: Officer, answer: str, opinion: str = "") -> None:
    seat = who.page.locator("#seat")
    seat.get_by_label(answer, exact=True).check()
    seat.get_by_label("意见说明").fill(opinion)
    seat.get_by_role("button", name="签署", exact=True).click()


def _items(site: Site, no: str, element_id: str) -> list[str]:
    query = (
        select(WorkItem.status)
        .join(Case, Case.id == WorkItem.case_id)
        .where(Case.no == no, WorkItem.element_id == element_id)
        .order_by(WorkItem.id)
    )
    return site.change(lambda session: list(session.scalars(query)))  # type: ignore[no-any-return]


def test_a_step_is_given_to_a_colleague_once_however_often_one_clicks(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(filings.filed)
    first, second = officer("renshe"), officer("renshe-2")
    first.open_task(no, "受理审查").fill({"note": "材料已初核"}).is_saved()
    address = first.page.url
    _verb(first, "转办")
    first.page.locator("#people").select_option(label="演示吴昊")
    first.page.locator("#reason").fill("本人出差")
    first.page.get_by_role("button", name="确认转办").dblclick()
    expect(first.page.locator(".notices")).to_contain_text("已转办")
    first.reads("演示吴昊")

    form = second.open_task(no, "受理审查")
    expect(form.field("note")).to_have_value("材料已初核")
    form.fill(ACCEPTANCE).done("“受理审查”已提交")
    assert _items(site, no, "acceptance") == ["done"]

    stranger = officer("songzhuang")
    stranger.go(f"{address}/acts/transfer", status=404)


def test_a_colleague_fills_in_and_hands_back(site: Site, officer: Callable[..., Officer]) -> None:
    no = site.case(filings.filed)
    owner, colleague = officer("renshe"), officer("renshe-2")
    owner.open_task(no, "受理审查")
    _verb(owner, "委派")
    owner.page.locator("#people").select_option(label="演示吴昊（经办）")
    _say(owner, "请核对五项材料")
    _confirm(owner, "确认委派", "已委派")

    _open_asked(colleague, no, "演示周敏委派您代为填写：请核对五项材料")
    form = Form(colleague.page).fill(ACCEPTANCE)
    colleague.page.get_by_role("button", name="交回", exact=True).click()
    expect(colleague.page.locator(".notices")).to_contain_text("已交回“受理审查”")
    expect(_asked(colleague, no)).to_have_count(0)

    form = owner.open_task(no, "受理审查")
    expect(form.root.locator("[name='decision'][value='accept']")).to_be_checked()
    form.done("“受理审查”已提交")


def test_one_signs_before_and_one_after_who_does_not_agree_at_first(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(filings.filed)
    owner, chief, director = officer("renshe"), officer("renshe-kz"), officer("renshe-fj")
    owner.open_task(no, "受理审查").fill(ACCEPTANCE).is_saved()
    _verb(owner, "前加签")
    _say(owner, "请先看场地材料", CHIEF)
    _confirm(owner, "确认前加签", "已请其先行签署")
    owner.open_task(no, "受理审查")
    owner.reads("还需演示郑楠先行签署")

    _open_asked(chief, no, "演示周敏请您先行签署：请先看场地材料")
    _sign(chief, "同意")
    expect(chief.page.locator(".notices")).to_contain_text("已签署")

    owner.open_task(no, "受理审查")
    _verb(owner, "后加签")
    _say(owner, "请审定", DIRECTOR)
    _confirm(owner, "确认后加签", "已加签")
    owner.open_task(no, "受理审查").done("已送签，等待演示王磊签署")

    _open_asked(director, no, "演示周敏请您签署：请审定")
    _sign(director, "不同意")
    expect(director.page.locator("#error-opinion")).to_contain_text("请写明意见")
    director.page.get_by_label("意见说明").fill("请补写审查说明")
    director.page.get_by_role("button", name="确认签署意见").click()
    expect(director.page.locator(".notices")).to_contain_text("已签署")

    form = owner.open_task(no, "受理审查")
    owner.reads("请补写审查说明")
    form.fill({"note": "已逐项核对"}).done("已送签，等待演示王磊签署")
    _open_asked(director, no, "请审定")
    director.reads("已逐项核对")
    _sign(director, "同意")
    expect(director.page.locator(".notices")).to_contain_text("已签署")
    assert _items(site, no, "acceptance") == ["done"]


def test_a_majority_decides_and_the_last_one_is_not_needed_any_more(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(filings.filed)
    owner, chief, director, police = (
        officer(name) for name in ("renshe", "renshe-kz", "renshe-fj", "gongan")
    )
    owner.open_task(no, "受理审查").fill(ACCEPTANCE).is_saved()
    _verb(owner, "发起会签")
    _say(owner, "是否受理", CHIEF, DIRECTOR)
    owner.page.get_by_label("按姓名、单位或岗位查找人员").fill("公安")
    owner.page.get_by_label(POLICE, exact=True).check()
    owner.page.get_by_label("过半数同意").check()
    _confirm(owner, "发起会签", "已发起会签")
    owner.open_task(no, "受理审查").done("已送签")

    for voter in (chief, director, police):
        _open_asked(voter, no, "请您会签：是否受理")
    _sign(chief, "同意")
    expect(chief.page.locator(".notices")).to_contain_text("已签署")
    assert _items(site, no, "acceptance") == ["open"]
    _sign(director, "同意")
    expect(director.page.locator(".notices")).to_contain_text("已签署")
    assert _items(site, no, "acceptance") == ["done"]
    _sign(police, "同意")
    police.reads(re.compile("没有生效|已经办结|不能进行|没有等您签署"))
    expect(_asked(police, no)).to_have_count(0)


def test_only_the_marked_field_is_mended_and_who_sent_it_back_sees_what_changed(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(filings.filed)
    bureau, clerk = officer("renshe"), officer("majuqiao")
    bureau.open_task(no, "受理审查").fill({"note": "面积待核"}).is_saved()
    stale = bureau.page.url
    _verb(bureau, "退回")
    bureau.page.get_by_label("退回到哪一步").select_option(label="填写认定申请（演示刘洋）")
    bureau.page.get_by_role("button", name="选择这一步").click()
    bureau.page.get_by_label("查找表单项").fill("面积")
    mark = bureau.page.locator(".mark").filter(has_text="场地面积")
    mark.get_by_role("checkbox").check()
    _say(bureau, "请按测绘报告更正面积")
    bureau.page.get_by_role("button", name="确认退回").click()
    expect(mark.locator(".field-error")).to_contain_text("请写明缺什么或哪里不对")
    mark.get_by_label("存在的问题").fill("与测绘报告不符")
    _confirm(bureau, "确认退回", "已退回")

    form = clerk.open_task(no, "填写认定申请")
    for words in ("请按测绘报告更正面积", "演示周敏", "需补正 1 项", "与测绘报告不符"):
        clerk.reads(words)
    expect(form.root.locator("[data-fields] :is(input, select, textarea):visible")).to_have_count(1)
    form.fill({"site.area": "4321"}).done("“填写认定申请”已提交")
    given = filings.content("market")
    officer("majuqiao-sh").open_task(no, "街道乡镇审核").fill(given["township_review"]).done("已提交")
    officer("majuqiao-ld").open_task(no, "主要领导签发").fill(given["township_sign"]).done("已提交")

    form = bureau.open_task(no, "受理审查")
    bureau.reads("您退回的事项已经修改，请核对")
    expect(bureau.page.locator("#task .diff")).to_contain_text("6,200 ㎡ → 4,321 ㎡")
    expect(form.field("note")).to_have_value("面积待核")
    bureau.go(f"{stale}/acts/return", status=404)


def test_opinions_stand_when_nothing_that_they_go_by_was_changed(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(filings.checked)
    chief, bureau, police = officer("renshe-kz"), officer("renshe"), officer("gongan")
    chief.open_task(no, "拟定综合意见")
    _verb(chief, "退回")
    chief.page.get_by_label("退回到哪一步").select_option(label="受理审查（演示周敏）")
    chief.page.get_by_role("button", name="选择这一步").click()
    _say(chief, "请补写审查说明")
    _confirm(chief, "确认退回", "已退回")
    bureau.open_task(no, "受理审查").fill({"note": "五项材料齐全（补写）"}).done("“受理审查”已提交")
    chief.open_task(no, "核稿").fill(filings.content("market")["paper_review"]).done("“核稿”已提交")
    police.does_not_have(no)
    chief.open_task(no, "拟定综合意见")
    expect(chief.page.locator("#task .diff")).to_contain_text("五项材料齐全（补写）")
    chief.reads("原意见继续有效")
    assert _items(site, no, "opinion_police") == ["done", "carried"]


def test_ones_own_last_step_comes_back_until_somebody_goes_on(
    site: Site, officer: Callable[..., Officer]
) -> None:
    no = site.case(filings.filled)
    reviewer, leader = officer("majuqiao-sh"), officer("majuqiao-ld")
    reviewer.open_task(no, "街道乡镇审核").fill({"pass": True, "opinion": "同意。"}).done("已提交")
    reviewer.go(f"/cases/{no}").get_by_role("link", name="拿回我办结的一步").click()
    _confirm(reviewer, "确认拿回", "已拿回")
    form = reviewer.open_task(no, "街道乡镇审核")
    expect(form.field("opinion")).to_have_value("同意。")
    leader.does_not_have(no)
    form.fill({"opinion": "同意报送。"}).done("已提交")

    reviewer.go(f"/cases/{no}").get_by_role("link", name="拿回我办结的一步").click()
    leader.open_task(no, "主要领导签发")
    leader.page.get_by_role("button", name="认领", exact=True).click()
    reviewer.page.get_by_role("button", name="确认拿回").click()
    reviewer.reads("后续环节“主要领导签发”已由演示赵强认领，不能拿回")
    assert _items(site, no, "township_review") == ["taken_back", "done"]
