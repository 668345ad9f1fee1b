"""What people of 开封市 do in the browser to build, try and release their own recognition, each act by itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Locator, Page

    from tests.journeys.people import Officer

POLICY = Path(__file__).with_name("data") / "kaifeng_policy.txt"
"""开封市人力资源和社会保障局, 汴人社规〔2025〕1号, as published."""
KEY, NAME = "kaifeng", "河南省开封市"
ANSWERS = {
    "name": NAME,
    "short": "开封市",
    "key": KEY,
    "division_code": "410200",
    "case_prefix": "KF",
    "bureau": "开封市人力资源和社会保障局",
    "document_code": "汴人社",
    "townships": "龙亭区人社局 开封市龙亭区人力资源和社会保障局\n"
    "祥符区人社局 开封市祥符区人力资源和社会保障局\n"
    "杞县人社局 杞县人力资源和社会保障局",
    "source_title": "开封市关于加强零工市场服务体系建设实施方案",
    "source": "汴人社规〔2025〕1号",
    "effective_from": "2025-02-01",
}
CLAUSES = {
    "KF-4": "4. 基本功能标准化",
    "KF-5": "5. 场所名称标准化",
    "KF-8": "8. 推行记实管理",
    "KF-O3": "(三) 加强绩效评估",
}
"""Clauses by number, each with the words that it begins with."""
FUNCTIONS = ("即时快招", "技能提升", "劳动维权")
"""三大基本服务功能 (KF-4)."""
LEDGERS = "请按要求建立日志台账清单，对每日工作进行记实。"
"""What the reply adds: 推行记实管理 (KF-8)."""
SAVED = re.compile("已保存")


class Workshop:
    """The draft of the new pack, and whoever edits it."""

    def __init__(self, editor: Officer) -> None:
        self.editor = editor
        self.page: Page = editor.page
        self.draft = ""

    def begin(self) -> None:
        """Give the names and the policy text of the new jurisdiction."""
        page = self.editor.go("/studio")
        page.get_by_role("link", name="为一个新的辖区建立政策包").click()
        for name, text in ANSWERS.items():
            page.locator(f"#{name}").fill(text)
        page.locator("#policy_text").fill(POLICY.read_text(encoding="utf-8"))
        page.get_by_role("button", name="新建草稿").click()
        page.wait_for_url(re.compile(r"/studio/[0-9a-f-]{36}$"))
        self.draft = page.url

    def open(self, path: str) -> Page:
        """Open a file of the draft; every editor begins with a check."""
        self.editor.go(f"{self.draft}/files/{path}")
        expect(self.page.locator("[data-studio-count]")).to_have_text(re.compile("本文件"))
        return self.page

    def keep(self) -> None:
        """Save what stands there, and be told so."""
        self.page.keyboard.press("Control+s")
        expect(self.page.locator("[data-studio-state]")).to_have_text(SAVED)

    def cut_clauses(self) -> None:
        """Quote the clauses from the policy text, where it is read."""
        page = self.open(f"workflows/{KEY}/policy.txt")
        for number, beginning in CLAUSES.items():
            page.locator(".cm-content").focus()
            page.keyboard.press("Control+f")
            page.get_by_placeholder("查找").press("Control+a")
            page.keyboard.type(beginning)
            page.keyboard.press("Enter")
            page.locator(".cm-line").filter(has_text=beginning).click(click_count=3)
            page.locator("#quote-id").fill(number)
            expect(page.locator("#quote-title")).to_have_value(re.compile(beginning[3:]))
            page.get_by_role("button", name="抄录为条款").click()
            expect(page.locator("[data-studio-quoted]")).to_contain_text(f"已抄录 {number}")

    def ask_for_functions(self) -> None:
        """Let the filing ask for the three functions that the text demands."""
        page = self.open(f"forms/{KEY}/filing.json")
        page.locator("[data-studio-structure]").get_by_role("button", name=re.compile("提供的服务")).click()
        page.get_by_role("button", name="多选", exact=True).click()
        self.write("field-label", "基本服务功能")
        self.write("field-key", "functions")
        self.write("field-values", "\n".join(FUNCTIONS))
        page.locator("#field-required").check()
        page.locator("#field-basis").select_option("KF-4")
        self.keep()

    def demand_functions(self) -> None:
        """Replace the area, which the text does not ask for, by the three functions, which it does."""
        page = self.open(f"workflows/{KEY}/recognition.dmn")
        page.locator("th.input-cell").nth(1).dblclick()
        self.type_over(page.locator(".dms-input-label"), "基本服务功能（项）")
        self.type_over(page.locator(".ref-text"), "count(facts.filing.services.functions)")
        page.keyboard.press("Escape")
        self.type_over(page.get_by_text(">= settings.market_area"), ">= 3")
        for row in range(2):
            self.type_over(page.locator("td.annotation").nth(row), "KF-4" if row == 0 else "KF-5")
        self.keep()

    def add_a_visit(self) -> None:
        """Add a step with a form of its own behind the table of conditions."""
        page = self.editor.go(self.draft)
        page.locator("#new-kind").select_option("form")
        page.locator("#new-name").fill("site_visit")
        page.locator("#new-file").get_by_role("button", name="新建").click()
        expect(page.locator("[data-studio-count]")).to_have_text(re.compile("本文件"))
        self.write("field-title", "现场查看")
        page.locator("[data-studio-structure]").get_by_role("button", name=re.compile("意见")).click()
        self.write("field-label", "查看情况")
        self.write("field-basis-why", "公益性质和服务管理须到场查看")
        self.keep()
        self.open(f"workflows/{KEY}/recognition.bpmn")
        self.choose("认定条件测试")
        page.get_by_role("button", name="办理步骤", exact=True).click()
        self.write("field-name", "现场查看")
        page.locator("#field-form").select_option("site_visit")
        page.locator("#field-position").select_option("clerk")
        self.write("field-phase", "审查")
        self.write("field-basis-why", "公益性质和服务管理须到场查看")
        self.keep()

    def rest_the_filing_on_the_text(self) -> None:
        """Let the step of the filing rest on the clause that starts the recognition."""
        page = self.open(f"workflows/{KEY}/recognition.bpmn")
        self.choose("填写认定申请")
        page.locator("#field-basis").select_option("KF-O3")
        self.write("field-basis-why", "")
        self.write("field-name", "填写认定申请")
        self.keep()

    def word_the_reply(self) -> None:
        """Say in the reply what is recognised, and rest the paragraph on the clause."""
        page = self.open(f"docs_templates/{KEY}/recognition_reply.md")
        page.locator(".cm-line").filter(has_text="[依据").nth(1).click(click_count=3)
        page.keyboard.type("[依据 KF-O3]\n")
        page.locator(".cm-line").filter(has_text="[依据").nth(2).click(click_count=3)
        page.keyboard.type(f"[依据 KF-8]\n{LEDGERS}\n[依据 本地缺省：信息公布便于群众查询]\n")
        self.keep()

    def name_the_basics(self) -> None:
        """Give the pack its clause, and take away the setting that the text knows nothing of."""
        page = self.open(f"workflows/{KEY}/pack.toml")
        page.get_by_text(re.compile("^设置（")).click()
        page.get_by_role("button", name=re.compile("场地面积")).click()
        page.get_by_role("button", name="删除这一项").click()
        expect(page.get_by_role("button", name=re.compile("场地面积"))).to_have_count(0)
        page.get_by_role("button", name="名录", exact=True).click()
        page.locator("#field-market-basis").select_option("KF-5")
        self.keep()

    def has_no_error(self) -> None:
        """Expect that the check finds nothing that stands in the way."""
        page = self.editor.go(self.draft)
        expect(page.locator("body")).to_contain_text("检查没有发现问题")

    def play(self) -> None:
        """Play a case through every position, and keep it in place of the scenario that does not fit any more."""
        page = self.editor.go(f"{self.draft}/sandbox")
        page.get_by_role("button", name="开始试办").click()
        for step, answers in PLAYED:
            expect(page.locator("#task-title")).to_have_text(step)
            page.locator("#fill").select_option("")
            page.get_by_role("button", name="填入").click()
            form = page.locator("#task form[data-task-form]")
            for name, value in answers.items():
                form.locator(f"[name='{name}'][value='{value}']").check()
            form.locator("[data-submit]").click()
        expect(page.get_by_text("没有等待办理的环节")).to_be_visible()
        page.locator("#keep-title").fill("综合性零工市场：具备三项功能，准予认定")
        page.locator("#keep-name").fill("recognised")
        page.get_by_role("button", name="保留为场景").click()
        expect(page.locator("body")).to_contain_text("已保留在草稿中")

    def hand_in(self) -> None:
        """Submit the draft for its release."""
        page = self.editor.go(self.draft)
        page.get_by_label("发布说明").fill("开封市首版：按汴人社规〔2025〕1号制定认定流程")
        page.get_by_role("button", name="提交核准").click()
        expect(page.locator("body")).to_contain_text("已提交，请另一名有核准权限的人员核准发布。")

    def choose(self, element: str) -> None:
        """Choose an element of the drawing from the list above it."""
        box = self.page.get_by_label("当前元素")
        box.select_option(value=box.locator("option").filter(has_text=element).first.get_attribute("value"))
        expect(self.page.locator("#field-name")).to_have_value(element)

    def write(self, field: str, text: str) -> None:
        """Write into a field of a panel and go on, which is when it is taken over."""
        control = self.page.locator(f"[id='{field}']")
        control.fill(text)
        control.press("Tab")

    def type_over(self, cell: Locator, text: str) -> None:
        """Replace what stands in a cell."""
        cell.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)


PLAYED: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("填写认定申请", {"kind": "综合性零工市场"}),
    ("受理审查", {"decision": "accept"}),
    ("现场查看", {}),
    ("拟定综合意见", {"recommend": "approve"}),
    ("领导审批", {"decision": "approve"}),
)
"""Steps of the sandbox case, each with what is chosen on top of what is filled in by itself."""
