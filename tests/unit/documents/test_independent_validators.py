"""Independent tools accept the archive profile, the tags and the signatures of every format."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pikepdf
import pytest

from tests.unit.documents.validators import holders, judge
from webapp.documents import FORMATS, LocalAuthority, render_sample, sign

WHEN = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def sealed_sample(name, authority):
    made = render_sample(name)
    pdf = made.pdf
    for box, seal in zip(made.seal_boxes, made.seal_names, strict=True):
        pdf = sign(pdf, made.seal_boxes, authority.signer(box.agency_key, seal), WHEN)
    return pdf


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return LocalAuthority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def files(tmp_path_factory, authority):
    """A file of every format as it is put out, and the letter before it is sealed."""
    folder = tmp_path_factory.mktemp("papers")
    papers = {name: sealed_sample(name, authority) for name in FORMATS}
    papers["信函（未用印）"] = render_sample("信函").pdf
    for name, pdf in papers.items():
        (folder / f"{name}.pdf").write_bytes(pdf)
    return {name: folder / f"{name}.pdf" for name in papers}


def changed(path, folder, change):
    with pikepdf.open(path) as pdf:
        change(pdf)
        pdf.save(folder / "changed.pdf")
    return folder / "changed.pdf"


@pytest.mark.parametrize("profile", ["PDFA-2A", "PDFUA-1"])
def test_verapdf_accepts_every_format(files, profile):
    told = dict(zip(files, judge(profile, list(files.values())), strict=True))
    assert {name: dict(one.broken) for name, one in told.items() if not one.compliant} == {}
    assert all(one.checks > 300 for one in told.values())


def test_verapdf_finds_what_is_wrong(files, tmp_path):
    letter = files["信函（未用印）"]

    def without_intent(pdf):
        del pdf.Root.OutputIntents

    (found,) = judge("PDFA-2A", [changed(letter, tmp_path, without_intent)])
    assert not found.compliant
    assert any(clause.startswith("6.2.4.3") for clause in found.broken)  # colours without a profile

    def without_language(pdf):
        del pdf.Root.Lang

    (found,) = judge("PDFUA-1", [changed(letter, tmp_path, without_language)])
    assert any(clause.startswith("7.2") for clause in found.broken)


def test_openjdk_accepts_a_seal_and_finds_a_flipped_byte(files, tmp_path):
    pdf = files["信函"].read_bytes()
    ((holder,),) = holders(pdf, tmp_path)
    assert f"O={render_sample('信函').seal_names[0]}" in holder
    spoilt = bytearray(pdf)
    spoilt[pdf.index(b"/MediaBox") + 20] ^= 1
    with pikepdf.open(io.BytesIO(pdf)) as kept:
        kept_pages = len(kept.pages)
    assert kept_pages == 1
    assert holders(bytes(spoilt), tmp_path) == [[]]


def test_openjdk_accepts_each_seal_of_a_joint_document(files, tmp_path):
    names = render_sample("联合行文").seal_names
    told = holders(files["联合行文"].read_bytes(), tmp_path)
    assert len(names) > 2
    assert [len(one) for one in told] == [1] * len(names)
    assert all(f"O={name}" in holder for name, (holder,) in zip(names, told, strict=True))
