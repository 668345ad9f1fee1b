from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pikepdf
import pytest
from PIL import ImageCms

from tests.unit.documents.conftest import AGENCY
from tests.unit.documents.reading import read_pdf
from webapp.documents import DocumentError, LocalAuthority, sign, to_archive, verify

WHEN = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


@pytest.fixture
def letter(make):
    return make(标题="关于甲<乙>&丙的函", facts={"文": {"日期": date(2026, 11, 20)}})


def test_an_archived_document_says_what_it_is_twice_and_alike(letter):
    with pikepdf.open(io.BytesIO(to_archive(letter.pdf))) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "2B"
            assert metadata["dc:title"] == "关于甲<乙>&丙的函" == str(pdf.docinfo["/Title"])
            assert metadata["dc:creator"] == [AGENCY]
            assert metadata["xmp:CreateDate"] == "2026-11-20T00:00:00+08:00"
        assert str(pdf.docinfo["/CreationDate"]) == "D:20261120000000+08'00"
        assert str(pdf.Root.Lang) == "zh-CN"


def test_its_colours_are_defined_by_a_valid_profile(letter):
    with pikepdf.open(io.BytesIO(to_archive(letter.pdf))) as pdf:
        profile = pdf.Root.OutputIntents[0].DestOutputProfile.read_bytes()
    opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    assert opened.profile.xcolor_space.strip() == "RGB"
    assert opened.profile.profile_description == "sRGB IEC61966-2.1"


def test_every_font_is_embedded(letter):
    with pikepdf.open(io.BytesIO(to_archive(letter.pdf))) as pdf:
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        names = {str(font.BaseFont).split("+")[-1] for font in fonts}
        assert names == {"NotoSerifCJKsc-Bold", "FandolFang-Regular", "NotoSerifSC-Regular"}
        assert all("/FontFile2" in font.FontDescriptor for font in fonts)


def test_nothing_moves(letter):
    before, after = read_pdf(letter.pdf), read_pdf(to_archive(letter.pdf))
    assert [page.chars for page in before] == [page.chars for page in after]


def test_same_bytes_again(letter):
    assert to_archive(letter.pdf) == to_archive(letter.pdf)


def test_it_can_be_sealed_afterwards_but_not_archived_after_sealing(letter, tmp_path):
    authority = LocalAuthority(tmp_path)
    sealed = sign(to_archive(letter.pdf), letter.seal_boxes, authority.signer("hrss", AGENCY), WHEN)
    assert verify(sealed, [authority.root]).trusted
    with pikepdf.open(io.BytesIO(sealed)) as pdf, pdf.open_metadata() as metadata:
        assert metadata.pdfa_status == "2B"
    with pytest.raises(DocumentError, match="已经签名"):
        to_archive(sealed)


def test_rubbish_is_refused():
    with pytest.raises(DocumentError, match="损坏"):
        to_archive(b"not a pdf")
