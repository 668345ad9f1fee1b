"""The archive format PDF/A-2a and the structure for screen readers."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pikepdf
import pytest
from PIL import ImageCms

from tests.unit.documents.conftest import AGENCY
from tests.unit.documents.reading import spoken
from webapp.documents import LocalAuthority, load_template, render, render_sample, sign, verify
from webapp.documents.samples import TEMPLATES, sample_facts

WHEN = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def opened(pdf):
    return pikepdf.open(io.BytesIO(pdf))


@pytest.fixture(scope="module")
def review():
    """A form with a table whose cells take several rows and columns."""
    return render(load_template(TEMPLATES / "subsidy_review.md"), sample_facts("subsidy_review"))


@pytest.fixture
def letter(make):
    return make(标题="关于甲<乙>&丙的函", 公开属性="主动公开", facts={"文": {"日期": date(2026, 11, 20)}})


def test_a_document_says_what_it_is_twice_and_alike(letter):
    with opened(letter.pdf) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2A"
            assert metadata["dc:title"] == "关于甲<乙>&丙的函" == str(pdf.docinfo["/Title"])
            assert metadata["dc:creator"] == [AGENCY]
            assert metadata["pdf:Keywords"] == "主动公开" == str(pdf.docinfo["/Keywords"])
            assert metadata["xmp:CreateDate"] == "2026-11-20T00:00:00+08:00"
        assert str(pdf.docinfo["/CreationDate"]) == "D:20261120000000+08'00"
        assert str(pdf.Root.Lang) == "zh-CN"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle


def test_a_file_without_title_is_known_by_its_mark_and_number_and_says_nothing_empty(make):
    made = make("命令", 标题="", 署名="", 主送="", 签发人="演示甲", 签发人职务="局长", seal=False)
    with opened(made.pdf) as pdf, pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == f"{AGENCY}通人社函〔2026〕18号"
        assert "pdf:Keywords" not in metadata
        assert "/Keywords" not in pdf.docinfo


def test_the_place_of_a_seal_is_heard_at_the_end(letter, tmp_path):
    sealed = sign(letter.pdf, letter.seal_boxes, LocalAuthority(tmp_path).signer("hrss", AGENCY), WHEN)
    with opened(sealed) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        element = pdf.Root.StructTreeRoot.K.K[-1]
        assert (str(element.S), str(element.Alt), str(field.TU)) == ("/Form", "电子印章", "电子印章")
        assert element.K.Obj.objgen == field.objgen
        numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
        assert numbers[numbers.index(field.StructParent) + 1].objgen == element.objgen


@pytest.mark.parametrize("name", ["文件", "审核表", "证书", "花名册"])
def test_colours_are_defined_by_a_valid_profile(name):
    with opened(render_sample(name).pdf) as pdf:
        profile = pdf.Root.OutputIntents[0].DestOutputProfile.read_bytes()
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2A"
    described = ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile
    assert described.xcolor_space.strip() == "RGB"
    assert described.profile_description == "sRGB IEC61966-2.1"


def test_every_font_is_embedded(letter):
    with opened(letter.pdf) as pdf:
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        names = {str(font.BaseFont).split("+")[-1] for font in fonts}
        assert names == {"NotoSerifCJKsc-Bold", "FandolFang-Regular", "NotoSerifSC-Regular"}
        assert all("/FontFile2" in font.FontDescriptor for font in fonts)


@pytest.mark.parametrize("name", ["文件", "花名册"])
def test_every_stream_ends_on_a_line_of_its_own(name):
    pdf = render_sample(name).pdf
    ends = pdf.count(b"endstream")
    assert ends > 3
    assert pdf.count(b"\nendstream") == ends


def test_a_sealed_document_still_is_one(letter, tmp_path):
    authority = LocalAuthority(tmp_path)
    sealed = sign(letter.pdf, letter.seal_boxes, authority.signer("hrss", AGENCY), WHEN)
    assert verify(sealed, [authority.root]).trusted
    with opened(sealed) as pdf, pdf.open_metadata() as metadata:
        assert metadata.pdfa_status == "2A"
        assert str(metadata["pdf:Producer"]) == str(pdf.docinfo["/Producer"])


def test_readers_hear_headings_and_paragraphs_in_order_and_whole(make):
    long = "零工市场应当按照规定提供免费服务。" * 60
    made = make(
        "文件",
        f"# 一、总体要求\n{long}\n[附件1] 任务清单\n一项任务。",
        附注="此件公开发布",
        印发机关="演示办",
    )
    parts = spoken(made.pdf)
    assert ("/H1", "关于认定演示零工市场的函") in parts
    assert ("/H2", "一、总体要求") in parts
    assert ("/P", long) in parts  # over two pages, without the page number between
    assert ("/H2", "附件1任务清单") in parts
    order = [kind for kind, _ in parts]
    assert order.index("/H1") < order.index("/H2")
    assert not any("— 1 —" in text for _, text in parts)
    heard = [text.replace(" ", "") for _, text in parts]
    assert heard == [text.replace(" ", "") for _, text in made.outline]


def test_readers_hear_tables_as_rows_with_heads(review):
    with opened(review.pdf) as document:
        (table,) = [kid for kid in document.Root.StructTreeRoot.K.K if kid.S == "/Table"]
        rows = list(table.K)
        first = rows[0].K[0]
        assert (first.S, first.A.RowSpan, first.A.Scope) == ("/TH", 2, "/Row")
        last = rows[-1].K[1]
        assert (last.S, last.A.ColSpan) == ("/TD", 3)
        assert len(rows[1].K) == 4  # its first cell is the one above
    ((_, heard),) = [part for part in spoken(review.pdf) if part[0] == "/Table"]
    assert heard[0] == (
        "/TR",
        [
            ("/TH", "申请单位"),
            ("/TH", "名称"),
            ("/TD", "虚构市虚构区李家湾镇人民政府"),
            ("/TH", "统一社会信用代码"),
            ("/TD", "91110112MA00000000"),
        ],
    )


def test_a_heading_repeated_on_the_next_page_is_heard_once(make):
    rows = "\n".join(f"| {n} | 演示零工市场{n} |" for n in range(60))
    made = make("公示", f"|= c1 l7\n|! 序号 | 名称\n{rows}", 发文字号="", 发文机关标志="", 主送="")
    ((_, heard),) = [part for part in spoken(made.pdf) if part[0] == "/Table"]
    assert made.pages > 1
    assert len(heard) == 61
    assert sum(row[1] == [("/TH", "序号"), ("/TH", "名称")] for row in heard) == 1


def test_every_piece_of_a_page_knows_its_element(review):
    with opened(review.pdf) as document:
        parents = document.Root.StructTreeRoot.ParentTree.Nums
        for index, page in enumerate(document.pages):
            assert page.StructParents == index == parents[2 * index]
            assert str(page.Tabs) == "/S"
            for number, element in enumerate(parents[2 * index + 1]):
                assert number in [int(kid.MCID) for kid in element.K if kid.Pg.objgen == page.objgen]
        assert document.Root.MarkInfo.Marked
