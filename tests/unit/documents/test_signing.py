from __future__ import annotations

import io
import stat
from datetime import UTC, datetime

import pikepdf
import pytest

from tests.unit.documents.conftest import AGENCY, BODY, source
from webapp.documents import (
    DocumentError,
    LocalAuthority,
    SealBox,
    SealPlace,
    SigningError,
    load_template,
    render,
    seal_image,
    sign,
    verify,
)

WHEN = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return LocalAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def letter():
    return render(load_template(source("信函", BODY)), {}, seals=(SealPlace("hrss", 42.0),))


@pytest.fixture(scope="module")
def sealed(authority, letter):
    return sign(letter.pdf, letter.seal_boxes, authority.signer("hrss", AGENCY), WHEN)


def test_a_sealed_document_is_intact_and_names_its_signer(authority, sealed):
    found = verify(sealed, [authority.root])
    assert (found.intact, found.trusted) == (True, True)
    assert found.signer == AGENCY
    assert found.signatures[0].signed_at == WHEN


def test_sealing_only_appends_to_the_document(letter, sealed):
    assert sealed.startswith(letter.pdf)


def test_without_the_root_it_is_intact_but_not_trusted(sealed):
    found = verify(sealed)
    assert (found.intact, found.trusted) == (True, False)
    assert "信任" in found.message


def test_another_authority_is_not_trusted(sealed, tmp_path):
    assert not verify(sealed, [LocalAuthority(tmp_path).root]).trusted


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_flipped_bit_is_found(authority, letter, sealed, share):
    changed = bytearray(sealed)
    changed[int(len(letter.pdf) * share)] ^= 1
    assert not verify(bytes(changed), [authority.root]).intact


def test_content_added_after_signing_is_found(authority, sealed):
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        pdf.add_blank_page()
        changed = io.BytesIO()
        pdf.save(changed)
    assert not verify(changed.getvalue(), [authority.root]).intact


@pytest.mark.parametrize("content", [b"", b"not a pdf", b"%PDF-1.7\n%%EOF"])
def test_rubbish_is_a_finding_not_a_crash(content):
    assert not verify(content).intact


def test_an_unsigned_document_says_so(letter):
    assert verify(letter.pdf).message == "文件没有电子签名。"


def test_the_seal_stands_where_the_page_kept_room(letter, sealed):
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        box = letter.seal_boxes[0]
        (widget,) = [a for a in pdf.pages[box.page - 1].Annots if a.Subtype == "/Widget"]
        corners = [float(value) for value in widget.Rect]
        assert corners == pytest.approx([box.x0, box.y0, box.x1, box.y1])
        assert "/N" in widget.AP


def test_a_second_agency_can_sign_and_both_stay_valid(authority, letter):
    boxes = [*letter.seal_boxes, SealBox("police", 1, 100.0, 100.0, 219.06, 219.06)]
    once = sign(letter.pdf, boxes, authority.signer("hrss", AGENCY), WHEN)
    assert verify(once, [authority.root]).signer == AGENCY
    twice = sign(once, boxes, authority.signer("police", "北京市公安局通州分局"), WHEN)
    found = verify(twice, [authority.root])
    assert (found.intact, found.trusted) == (True, True)
    assert found.signer == f"{AGENCY}、北京市公安局通州分局"


def test_an_agency_signs_once_and_only_where_it_has_a_place(authority, letter, sealed):
    with pytest.raises(SigningError, match="已经加盖"):
        sign(sealed, letter.seal_boxes, authority.signer("hrss", AGENCY), WHEN)
    with pytest.raises(SigningError, match="没有为"):
        sign(letter.pdf, letter.seal_boxes, authority.signer("police", "北京市公安局通州分局"), WHEN)
    with pytest.raises(SigningError):
        sign(b"not a pdf", letter.seal_boxes, authority.signer("hrss", AGENCY), WHEN)


def test_keys_are_kept_and_only_the_owner_may_read_them(tmp_path):
    first = LocalAuthority(tmp_path).signer("hrss", AGENCY)
    again = LocalAuthority(tmp_path).signer("hrss", AGENCY)
    assert first.certificates == again.certificates
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert first.is_test
    renamed = LocalAuthority(tmp_path).signer("hrss", "演示局")
    assert renamed.certificates[0] != first.certificates[0]


def test_the_longest_agency_name_is_kept_whole(authority, letter):
    name = "中共北京市通州区委网络安全和信息化委员会办公室"
    boxes = [SealBox("cac", 1, 100.0, 100.0, 219.06, 219.06)]
    found = verify(sign(letter.pdf, boxes, authority.signer("cac", name), WHEN), [authority.root])
    assert found.trusted
    assert found.signer == name


@pytest.mark.parametrize("key", ["", "../x", "authority", "A", "局"])
def test_a_certificate_name_is_a_plain_identifier(authority, key):
    with pytest.raises(SigningError):
        authority.signer(key, AGENCY)


def test_the_seal_has_its_size_its_name_and_says_test():
    drawing = seal_image(AGENCY, 42.0)
    with pikepdf.open(io.BytesIO(drawing)) as pdf:
        width, height = (float(value) for value in pdf.pages[0].MediaBox[2:])
    assert (width, height) == (pytest.approx(42 / 25.4 * 72, abs=0.01),) * 2
    from pdfminer.high_level import extract_text

    text = "".join(extract_text(io.BytesIO(drawing)).split())
    assert set(AGENCY) <= set(text)
    assert "测试" in text
    assert seal_image(AGENCY, 42.0) == drawing


@pytest.mark.parametrize(("name", "diameter"), [("", 42.0), ("局" * 41, 42.0), (AGENCY, 5.0), (AGENCY, 90.0)])
def test_an_impossible_seal_is_refused(name, diameter):
    with pytest.raises(DocumentError):
        seal_image(name, diameter)
