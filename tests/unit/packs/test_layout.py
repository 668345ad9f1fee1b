"""A drawing is clean: nothing on top of anything, everything in its lane, every line to be followed."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from lxml import etree

from tests.unit.packs.drawn import Drawn
from tests.unit.packs.processes import BPMN, Sketch, grown
from webapp.core.errors import Invalid
from webapp.packs.layout import layout

RECOGNITION = Path(__file__).parents[3] / "workflows" / "tongzhou" / "recognition.bpmn"
SEEDS = range(50)


@pytest.fixture(scope="module")
def recognition() -> Drawn:
    return Drawn(layout(RECOGNITION.read_bytes()))


def assert_clean(drawn: Drawn) -> None:
    assert drawn.boxes_on_boxes() == []
    assert drawn.lines_through_boxes() == []
    assert drawn.labels_on_boxes() == []
    assert drawn.labels_on_labels() == []
    assert drawn.lines_through_labels() == []
    assert drawn.strangers_on_one_line() == []
    assert drawn.slanted() == []
    assert drawn.loose_ends() == []
    assert set(drawn.lines) == set(drawn.flows)
    for node, box in drawn.nodes.items():
        if drawn.lane_of:
            assert drawn.lane_box(node).contains(box), node
            if node in drawn.labels:
                assert drawn.lane_box(node).contains(drawn.labels[node]), node


def test_recognition_is_clean(recognition):
    assert_clean(recognition)


@pytest.mark.parametrize("seed", SEEDS)
def test_any_sound_process_is_clean(seed):
    assert_clean(Drawn(layout(grown(seed))))


def test_longest_way_keeps_one_row_in_each_lane(recognition):
    main = {
        "lane_township": [
            "start",
            "file",
            "township_review",
            "reviewed",
            "township_sign",
            "signed",
            "issue_report",
        ],
        "lane_hrss": [
            *(
                "open_clock",
                "acceptance",
                "accepted",
                "issue_acceptance",
                "eligibility",
                "bar",
                "consult_scope",
            ),
            *("issue_request", "consult", "consulted_all", "site_check", "issue_site_check", "draft_opinion"),
            *("route", "decided", "recognise", "issue_reply", "archive", "recognised"),
        ],
    }
    for lane, keys in main.items():
        boxes = [recognition.nodes[key] for key in keys]
        assert len({(box.top + box.bottom) / 2 for box in boxes}) == 1, lane
        assert [box.left for box in boxes] == sorted(box.left for box in boxes), lane


def test_recognition_has_no_crossings(recognition):
    # Splitting to five lanes below and coming back can be drawn without any line crossing another.
    assert recognition.crossings() == 0


def test_correction_leads_back_over_the_step_it_returns_to(recognition):
    acceptance, accepted = recognition.nodes["acceptance"], recognition.nodes["accepted"]
    correction = recognition.nodes["correction"]
    assert correction.bottom < acceptance.top
    assert recognition.lines["resume_case_clock_to_acceptance"][-1] == (
        (acceptance.left + acceptance.right) / 2,
        acceptance.top,
    )
    assert recognition.nodes["issue_correction"].bottom < accepted.top


def test_boxes_are_large_enough_to_read_at_half_size(recognition):
    for key, box in recognition.nodes.items():
        if key in {"file", "eligibility", "issue_report"}:
            assert (box.right - box.left, box.bottom - box.top) == (128, 74)
    for owner, box in recognition.labels.items():
        name = next(e for e in recognition.root.iter() if e.get("id") == owner).get("name")
        assert box.right - box.left >= 15 * min(len(name), 6), name
        assert box.bottom - box.top >= 18


def test_lanes_fill_the_pool_from_top_to_bottom(recognition):
    pool = recognition.shapes["recognition_pool"]
    lanes = [
        recognition.shapes[f"lane_{key}"]
        for key in ("township", "hrss", "police", "traffic", "finance", "union", "cac")
    ]
    assert lanes[0].top == pool.top
    assert lanes[-1].bottom == pool.bottom
    assert all(upper.bottom == lower.top for upper, lower in itertools.pairwise(lanes))
    assert all(lane.right == pool.right for lane in lanes)


def test_drawing_again_changes_nothing():
    once = layout(RECOGNITION.read_bytes())
    assert layout(once) == once


def test_committed_drawing_is_the_one_that_is_made():
    assert layout(RECOGNITION.read_bytes()) == RECOGNITION.read_bytes()


def test_process_itself_and_its_comments_stay():
    source = Sketch()
    source.chain(source.node("a", "startEvent"), source.node("b"), source.node("c", "endEvent"))
    text = source.xml().replace(b"<process", b"<!-- kept --><process", 1)
    drawn = layout(text)
    assert b"<!-- kept -->" in drawn
    assert drawn.index(b"<process") < drawn.index(b"BPMNDiagram")
    before, after = (etree.fromstring(each).find(f"{{{BPMN}}}process") for each in (text, drawn))
    before.tail = after.tail = None
    assert etree.tostring(before, method="c14n") == etree.tostring(after, method="c14n")


def test_process_without_pool_and_lanes():
    sketch = Sketch(pool=False)
    sketch.chain(sketch.node("a", "startEvent"), sketch.node("b"), sketch.node("c", "endEvent"))
    drawn = Drawn(layout(sketch.xml()))
    assert set(drawn.shapes) == {"a", "b", "c"}
    assert_clean(drawn)


def test_branch_to_a_lane_above_goes_up():
    sketch = Sketch(lanes=2)
    sketch.node("start", "startEvent", lane=1)
    sketch.node("check", lane=1)
    sketch.node("gateway", "exclusiveGateway", lane=1)
    sketch.node("long", lane=1)
    sketch.node("longer", lane=1)
    sketch.node("up", lane=0)
    sketch.node("end", "endEvent", lane=1)
    sketch.node("end_up", "endEvent", lane=0)
    sketch.chain("start", "check", "gateway")
    sketch.flow("gateway", "long", "是")
    sketch.flow("gateway", "up", "否")
    sketch.chain("long", "longer", "end")
    sketch.flow("up", "end_up")
    drawn = Drawn(layout(sketch.xml()))
    assert_clean(drawn)
    x, y = drawn.lines["f3"][0]
    gateway = drawn.nodes["gateway"]
    assert (x, y) == ((gateway.left + gateway.right) / 2, gateway.top)


def test_step_that_returns_to_itself():
    sketch = Sketch()
    sketch.chain(sketch.node("a", "startEvent"), sketch.node("b"), sketch.node("c", "endEvent"))
    sketch.flow("b", "b")
    assert_clean(Drawn(layout(sketch.xml())))


def test_two_timers_on_one_step():
    sketch = Sketch()
    sketch.chain(sketch.node("a", "startEvent"), sketch.node("b"), sketch.node("c", "endEvent"))
    for number in range(2):
        timer = sketch.node(f"timer{number}", "boundaryEvent", name="5个工作日", on="b")
        sketch.chain(timer, sketch.node(f"remind{number}"), sketch.node(f"reminded{number}", "endEvent"))
    assert_clean(Drawn(layout(sketch.xml())))


def test_forty_bodies_are_asked_at_once():
    sketch = Sketch(lanes=2)
    for key, kind, lane in (
        ("a", "startEvent", 0),
        ("split", "parallelGateway", 0),
        ("join", "parallelGateway", 1),
    ):
        sketch.node(key, kind, name="", lane=lane)
    sketch.node("end", "endEvent", lane=1)
    sketch.flow("a", "split")
    sketch.flow("join", "end")
    for number in range(40):
        sketch.chain("split", sketch.node(f"body{number}", lane=number % 2), "join")
    assert_clean(Drawn(layout(sketch.xml())))


def test_long_process_is_drawn_without_recursion():
    sketch = Sketch()
    sketch.chain(sketch.node("start", "startEvent"), *[sketch.node(f"step{n}") for n in range(400)])
    drawn = Drawn(layout(sketch.xml()))
    assert len({box.top for key, box in drawn.nodes.items() if key != "start"}) == 1


def test_steps_that_nothing_leads_to_are_still_drawn():
    sketch = Sketch(lanes=2)
    for number in range(3):
        sketch.node(f"step{number}", lane=number % 2)
    assert_clean(Drawn(layout(sketch.xml())))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"not xml", "XML"),
        (b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>", "流程"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "流程"),
    ],
)
def test_what_is_no_process_is_refused_in_chinese(source, words):
    with pytest.raises(Invalid, match=words):
        layout(source)


@pytest.mark.parametrize("end", [0, 1])
def test_flow_to_nowhere_is_named(end):
    sketch = Sketch()
    sketch.node("a", "startEvent")
    sketch.flow(*(("a", "gone") if end else ("gone", "a")))
    with pytest.raises(Invalid, match="gone"):
        layout(sketch.xml())


def test_timer_on_a_missing_step_is_named():
    sketch = Sketch()
    sketch.node("a", "startEvent")
    sketch.node("late", "boundaryEvent", name="催办", on="gone")
    with pytest.raises(Invalid, match="催办"):
        layout(sketch.xml())
