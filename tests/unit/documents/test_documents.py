"""Whole documents: what a reader of the finished pages would complain about."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pikepdf
import pytest

from tests.unit.documents.conftest import AGENCY, BODY, source
from tests.unit.documents.reading import MM, read_pdf
from webapp.documents import DocumentError, MissingGlyph, SealPlace, load_template, render

CELL = 156 / 28
PITCH = (225 - 15.75 / MM) / 21
SENTENCE = "零工市场应当按照规定为零工人员提供免费服务并接受社会监督。"


def test_same_facts_give_the_same_bytes_in_every_thread(make):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: make(url="https://example.gov.cn/v/1").sha256, range(16)))
    assert len(set(made)) == 1


def test_other_facts_give_other_bytes(make):
    assert make(标题="关于甲的函").sha256 != make(标题="关于乙的函").sha256


@pytest.mark.parametrize("layout", ["文件", "信函", "通知书"])
@pytest.mark.parametrize("lines", range(5, 42, 3))
def test_signature_never_stands_alone_and_nothing_leaves_the_text_area(make, layout, lines):
    rendered = make(layout, "\n".join(f"第{n}项，已经落实。" for n in range(lines)), 附注="此件公开发布")
    pages = read_pdf(rendered.pdf)
    (signed,) = [page for page in pages if any(line.endswith("2026年11月20日") for line in page.texts())]
    assert any("已经落实" in text for text in signed.texts())
    assert signed.has("（此件公开发布）")
    assert rendered.seal_boxes[0].page == pages.index(signed) + 1
    for page in pages:
        assert all(c.x1 <= 190.5 and c.x0 >= 19.5 for c in page.chars)
        assert all(c.baseline <= 262.2 for c in page.chars if c.size > 14.5)
    body = [text for page in pages for text in page.texts() if "已经落实" in text]
    assert body == [f"第{n}项，已经落实。" for n in range(lines)]


def test_a_heading_goes_along_with_the_line_that_keeps_the_signature_company(make):
    for filler in range(1, 22):
        body = "\n".join(["前面的内容。"] * filler) + "\n# 一、最后要求\n请认真落实。"
        pages = read_pdf(make("文件", body).pdf)
        (page,) = [page for page in pages if page.has("请认真落实。")]
        assert page.has("一、最后要求")


def test_seal_covers_signature_and_date_and_begins_within_one_line_of_the_body(make):
    rendered = make(seal=True, 署名="演示镇人民政府")
    (page, *_) = read_pdf(rendered.pdf)
    (box,) = rendered.seal_boxes
    top, bottom = (page.height - box.y1) / MM, (page.height - box.y0) / MM
    assert box.x1 - box.x0 == pytest.approx(42 * MM, abs=0.05)
    body_bottom = page.line("经研究")[0].baseline + 0.12 * 15.75 / MM
    assert body_bottom < top <= body_bottom + PITCH
    name, date = page.line("演示镇人民政府")[:7], page.line("2026年11月20日")
    names = [line for line in page.lines() if "".join(c.text for c in line).strip() == "演示镇人民政府"]
    name = names[-1]
    assert top < name[0].baseline < date[0].baseline < bottom
    assert date[-1].x1 == pytest.approx(184 - 4 * CELL, abs=0.5)
    middle = (date[0].x0 + date[-1].x1) / 2
    assert (name[0].x0 + name[-1].x1) / 2 == pytest.approx(middle, abs=0.3)
    assert (box.x0 + box.x1) / 2 / MM == pytest.approx(middle, abs=0.3)
    assert (name[0].baseline + date[0].baseline) / 2 > (top + bottom) / 2


@pytest.mark.parametrize("diameter", [38.0, 42.0, 45.0, 50.0])
def test_seals_of_every_size_touch_neither_body_nor_colophon(diameter):
    text = source("文件", BODY, 印发机关="演示局办公室")
    (box,) = render(load_template(text), {}, seals=(SealPlace("hrss", diameter),)).seal_boxes
    (page, *_) = read_pdf(render(load_template(text), {}, seals=(SealPlace("hrss", diameter),)).pdf)
    top, bottom = (page.height - box.y1) / MM, (page.height - box.y0) / MM
    assert bottom - top == pytest.approx(diameter, abs=0.05)
    body_bottom = page.line("经研究")[0].baseline + 0.12 * 15.75 / MM
    assert body_bottom < top <= body_bottom + PITCH
    assert bottom < 262 + 0.3 * PITCH


def test_without_a_seal_the_signature_stands_two_characters_in(make):
    (page, *_) = read_pdf(make(seal=False, 署名="演示镇人民政府办公室综合科").pdf)
    name, date = page.line("演示镇人民政府办公室"), page.line("2026年11月20日")
    assert name[-1].x1 == pytest.approx(184 - 2 * CELL, abs=0.5)
    assert date[0].x0 - name[0].x0 == pytest.approx(2 * CELL, abs=0.5)


def test_a_long_signature_stays_within_the_text_area(make):
    name = "中共北京市通州区委网络安全和信息化委员会办公室、北京市通州区演示联合工作小组"
    (page, *_) = read_pdf(make(署名=name).pdf)
    assert "".join(part for part in page.texts() if part in name and len(part) > 3) == name
    assert all(c.x1 <= 184.5 for c in page.chars if 14 < c.size < 17)


def test_colophon_goes_to_an_even_page_and_a_blank_page_is_unnumbered(make):
    pages = read_pdf(make("文件", "已经落实。", 印发机关="演示局办公室").pdf)
    assert len(pages) == 2
    assert pages[1].has("演示局办公室")
    assert pages[1].has("— 2 —")


def test_colophon_of_a_letter_has_neither_rules_nor_printer(make):
    (page,) = read_pdf(make("信函", 抄送="区财政局", 印发机关="演示局办公室").pdf)
    assert page.has("抄送：区财政局。")
    assert not page.has("演示局办公室")
    assert len(page.rules) == 4


def test_attachments_hang_on_their_first_character(make):
    (page, *_) = read_pdf(make(附件=["甲" * 30, "场地图文资料"]).pdf)
    first = page.line("附件：1. 甲")
    second = page.line("2. 场地")
    rest = page.line("甲甲")
    name = next(c for c in first if c.text == "甲")
    assert first[0].x0 == pytest.approx(28 + 2 * CELL, abs=0.3)
    assert rest[0].x0 == pytest.approx(name.x0, abs=0.3)
    assert next(c for c in second if c.text == "场").x0 == pytest.approx(name.x0, abs=0.3)


def test_attachment_pages_begin_with_label_and_centred_title(make):
    pages = read_pdf(make(body=SENTENCE + "\n[附件1] 演示任务清单\n一项任务。").pdf)
    assert len(pages) == 2
    label, title = pages[1].line("附件1"), pages[1].line("演示任务清单")
    assert label[0].x0 == pytest.approx(28, abs=0.3)
    assert (title[0].x0 + title[-1].x1) / 2 == pytest.approx(106, abs=0.3)
    assert title[0].baseline - label[0].baseline == pytest.approx(2 * PITCH, abs=2.5)


def test_a_name_of_200_characters_runs_on_in_the_body(make):
    name = "演示" * 100
    rendered = make(body="现将{{ 表.名称 }}有关情况函告如下。", facts={"表": {"名称": name}})
    body = "".join("".join(page.texts()) for page in read_pdf(rendered.pdf))
    assert name in body


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("标题", "关于" + "演" * 250 + "的函"),
        ("主送", "演示镇人民政府、" * 60),
        ("发文字号", "演" * 40 + "〔2026〕1号"),
        ("发文机关标志", "演" * 80),
        ("抄送", "区演示局，" * 400),
    ],
)
def test_what_cannot_fit_is_an_error_that_names_the_field(make, key, value):
    with pytest.raises(DocumentError) as caught:
        make(**{key: value})
    assert caught.value.field == key


def test_a_seal_without_a_signature_of_its_own_is_refused(make):
    with pytest.raises(DocumentError, match="署名有1个单位，印章有2枚"):
        render(load_template(source("信函", BODY)), {}, seals=(SealPlace("a"), SealPlace("b")))


def test_characters_missing_from_a_face_fall_back_and_stay_readable(make):
    rendered = make(body="由禤䶮翀、㛃𠅤负责。", 主送="䶮镇")
    (page,) = read_pdf(rendered.pdf)
    assert page.has("由禤䶮翀、㛃𠅤负责。")
    fonts = {c.font.split("+")[-1] for c in page.chars if c.text in "䶮㛃𠅤"}
    assert fonts == {"NotoSerifSC-Regular"}


def test_a_character_in_no_face_is_an_error_naming_field_and_character(make):
    with pytest.raises(MissingGlyph) as caught:
        make(
            body="{{ 表.filing.staff[0].name }}",
            facts={"表": {"filing": {"staff": [{"name": "张\U000323af"}]}}},
        )
    assert caught.value.field == "表.filing.staff.0.name"
    assert "U+323AF" in caught.value.message


def test_preview_is_marked_on_every_page_and_needs_no_number(make):
    pages = read_pdf(
        make(body=SENTENCE * 60, preview=True, 发文字号="{{ 文.字号 }}", facts={"文": {"字号": None}}).pdf
    )
    assert len(pages) > 1
    for page in pages:
        marked = "".join(c.text for c in page.chars)
        assert "预览稿，不作为正式公文使用" in marked
        assert {"预", "览"} <= {c.text for c in page.chars if c.size > 50}
    assert pages[0].has("（发文字号签发后编）")


def test_outline_has_everything_in_reading_order(make):
    rendered = make(
        "文件", "# 一、总则\n|= h1 l2\n| 项目 | 已落实\n" + SENTENCE, 附件=["清单"], 印发机关="演示局办公室"
    )
    assert [role for role, _ in rendered.outline] == [
        "agency", "number", "title", "addressee", "heading-1", "table-row", "paragraph",
        "attachment", "signature", "date", "printer",
    ]  # fmt: skip
    assert ("table-row", "项目\t已落实") in rendered.outline
    assert AGENCY in rendered.text


def test_file_says_what_it_is(make):
    with pikepdf.open(io.BytesIO(make(公开属性="主动公开", 保管期限="30年").pdf)) as pdf:
        assert str(pdf.docinfo["/Title"]) == "关于认定演示零工市场的函"
        assert str(pdf.docinfo["/Author"]) == AGENCY
        assert str(pdf.docinfo["/Subject"]) == "通人社函〔2026〕18号"
        assert str(pdf.docinfo["/Keywords"]) == "主动公开，30年"
        assert str(pdf.Root.Lang) == "zh-CN"


def test_document_with_signer_moves_the_number_to_the_left(make):
    (page, *_) = read_pdf(make("文件", 签发人="演示甲").pdf)
    line = page.line("通人社函")
    assert line[0].x0 == pytest.approx(28 + CELL, abs=0.3)
    assert "".join(c.text for c in line).endswith("签发人：演示甲")
    assert line[-1].x1 == pytest.approx(184 - CELL, abs=0.3)
