"""The pack of shapes itself: it is sound, and a case goes through it from end to end."""

from __future__ import annotations

from tests.shapes import office
from webapp import packs


def test_the_pack_is_sound():
    assert [finding for finding in packs.check(office.pack()) if finding.severity == "error"] == []


def test_a_case_goes_through_every_shape(app):
    case_id = office.begin()
    office.play(case_id, "a", "b", "c")
    assert office.open_steps(case_id) == ["n1", "n2", "p1", "p2"]
    office.play(case_id, "p1", "p1b", "p2", "n1", "n2")
    assert office.open_steps(case_id) == ["d"]
    office.play(case_id, "d")
    assert office.open_steps(case_id) == ["i1", "i2"]
    office.play(case_id, "i1", "i2")
    assert [(row.element_id, row.name) for row in office.items(case_id) if row.status == "open"] == [
        ("e", "逐项办理（1）"),
        ("e", "逐项办理（2）"),
    ]
    office.play(case_id, "e", "e", "k1", "k2")
    assert office.open_steps(case_id) == ["v"]
    office.finish(case_id)
