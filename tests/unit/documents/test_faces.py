from __future__ import annotations

import hashlib
import lzma

import pytest

from tests.unit.documents.reading import FONTS, ink
from webapp.documents import DocumentError, MissingGlyph, faces


@pytest.fixture
def own_faces(tmp_path, monkeypatch):
    """A folder of an office's own faces; caches are cleared before and after."""

    def forget():
        for cache in (
            faces._chain,
            faces._latin_chain,
            faces.font_for,
            faces._em,
            faces.ink_top,
            faces.ink_bottom,
        ):
            cache.cache_clear()
        for name in [name for name in faces._loaded if name.endswith("/office")]:
            del faces._loaded[name]

    monkeypatch.setenv(faces.FONT_DIR_VARIABLE, str(tmp_path))
    forget()
    yield tmp_path
    monkeypatch.undo()
    forget()


def test_every_vendored_face_is_the_one_that_was_checked_in():
    sums = dict(line.split()[::-1] for line in (FONTS / "SHA256SUMS").read_text().splitlines())
    assert len(sums) == 5
    for name, digest in sums.items():
        assert hashlib.sha256((FONTS / name).read_bytes()).hexdigest() == digest


def test_licences_stand_beside_the_faces():
    ofl = (FONTS / "OFL-Noto.txt").read_text()
    assert "SIL OPEN FONT LICENSE Version 1.1" in ofl
    assert ofl.count("Adobe (http://www.adobe.com/)") == 3
    assert "font exception" in (FONTS / "NOTICE-Fandol.txt").read_text()
    assert "GNU GENERAL PUBLIC LICENSE" in (FONTS / "GPL-3.txt").read_text()


@pytest.mark.parametrize("face", ["仿宋", "楷体", "黑体", "宋体", "小标宋"])
def test_usual_characters_come_from_the_face_itself(face):
    for character in "零工市场驿站北京通州〔〕《》（），。、：；":
        assert faces.font_for(character, face) == face


@pytest.mark.parametrize(
    ("face", "latin"), [("仿宋", "宋体"), ("楷体", "宋体"), ("黑体", "黑体"), ("小标宋", "小标宋")]
)
def test_digits_and_letters_are_as_light_as_the_characters_beside_them(face, latin):
    assert {faces.font_for(character, face) for character in "0123456789Az-.%"} == {latin}


def test_an_office_face_keeps_its_own_digits(own_faces):
    (own_faces / "fangsong.ttf").write_bytes(lzma.decompress((FONTS / "fangsong.ttf.xz").read_bytes()))
    assert faces.font_for("1", "仿宋") == "仿宋/office"


def test_rare_names_fall_back_to_songti():
    assert {faces.font_for(character, "仿宋") for character in "䶮㛃𠅤"} == {"宋体"}


def test_what_no_face_has_is_an_error():
    with pytest.raises(MissingGlyph) as caught:
        faces.width("😀", "仿宋", 12)
    assert caught.value.character == "😀"


def test_full_width_characters_are_one_em_wide():
    assert faces.width("零工市场", "仿宋", 15.75) == pytest.approx(63)


def test_ink_height_agrees_with_another_renderer():
    for character in "北文件":
        assert faces.ink_top(character, "小标宋") == pytest.approx(ink(character, "xiaobiaosong"), abs=0.005)


def test_faces_of_the_office_win_and_gaps_are_filled(own_faces):
    kaiti = lzma.decompress((FONTS / "kaiti.ttf.xz").read_bytes())
    (own_faces / "fangsong.ttf").write_bytes(kaiti)
    assert faces.font_for("零", "仿宋") == "仿宋/office"
    assert faces._loaded["仿宋/office"].face.name == b"FandolKai-Regular"
    assert faces.font_for("䶮", "仿宋") == "宋体"
    assert faces.font_for("零", "黑体") == "黑体"


def test_a_broken_face_is_named(own_faces):
    (own_faces / "heiti.ttf").write_bytes(b"not a font")
    with pytest.raises(DocumentError, match=r"heiti\.ttf"):
        faces.font_for("零", "黑体")


def test_a_folder_that_is_not_there_is_named(own_faces, monkeypatch):
    monkeypatch.setenv(faces.FONT_DIR_VARIABLE, str(own_faces / "gone"))
    with pytest.raises(DocumentError, match="gone"):
        faces.font_for("零", "黑体")
