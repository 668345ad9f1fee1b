"""A real process, spoilt at random: the lint names what is wrong, or the engine can load it; nothing raises."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from webapp import engine

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "workflows" / "tongzhou"
SOURCE = (FOLDER / "recognition.bpmn").read_bytes()
RULES = (FOLDER / "recognition.dmn").read_bytes()
VALUES = st.sampled_from(
    [
        "",
        "x",
        "gone",
        "${a}",
        "-1",
        "9" * 5_000,
        "a b",
        "😀",
        "for i in 1..10 return i",
        "((((",
        "null",
        "true",
    ]
)


def spoilt(data: st.DataObject) -> bytes:
    """The process with one to three elements deleted, doubled, renamed, moved or rewritten."""
    root = etree.fromstring(SOURCE)
    for _ in range(data.draw(st.integers(1, 3))):
        elements = [each for each in root.iter(tag=etree.Element) if each is not root]
        if elements:
            one, two = (elements[data.draw(st.integers(0, len(elements) - 1))] for _ in range(2))
            attribute = data.draw(st.sampled_from(sorted(one.attrib) or ["id"]))
            CHANGES[data.draw(st.sampled_from(sorted(CHANGES)))](one, two, attribute, data.draw(VALUES))
    return etree.tostring(root)


def move(one, two, _attribute, _value):
    if one not in (two, *two.iterancestors()):
        two.append(one)


CHANGES = {
    "delete": lambda one, _two, _attribute, _value: one.getparent().remove(one),
    "double": lambda one, _two, _attribute, _value: one.getparent().append(copy.deepcopy(one)),
    "kind": lambda one, two, _attribute, _value: setattr(one, "tag", two.tag),
    "value": lambda one, _two, attribute, value: one.set(attribute, value),
    "drop": lambda one, _two, attribute, _value: one.attrib.pop(attribute, None),
    "text": lambda one, _two, _attribute, value: setattr(one, "text", value),
    "same id": lambda one, two, _attribute, _value: one.set("id", two.get("id", "")),
    "move": move,
}


def refusal(source: bytes) -> str:
    """Why the engine does not load a process; empty if it does."""
    try:
        engine.load({"recognition.bpmn": source, "recognition.dmn": RULES}, "recognition")
    except engine.DefinitionError as refused:
        return refused.message
    return ""


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_spoilt_elements_are_named_or_the_process_still_loads(data):
    source = spoilt(data)
    findings = engine.lint(source)
    assert all(finding.reason and finding.mend and finding.element for finding in findings)
    refused = refusal(source)
    if not any(finding.severity == "error" for finding in findings):
        # What the lint alone cannot see: that the process or the rules are called otherwise than they are asked for.
        assert not refused or "不在所给的文件中" in refused


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(SOURCE)), st.binary(max_size=8), st.integers(0, 40))
def test_cut_and_overwritten_bytes_are_named_or_still_load(at, written, gone):
    for source in (SOURCE[:at], SOURCE[:at] + written + SOURCE[at + gone :]):
        findings = engine.lint(source)
        assert all(finding.reason and finding.mend for finding in findings)


@pytest.mark.parametrize(
    "source",
    [
        b"<a>" * 100_000,
        b"<a>" * 5_000 + b"</a>" * 5_000,
        SOURCE.replace(b"<bpmn:startEvent", b"<bpmn:startEvent " + b"x='1' " * 3, 1),
        SOURCE + b" " * (3 * 1024 * 1024),
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<?xml version="1.0" encoding="utf-7"?><a/>',
        "<a/>".encode("utf-16"),
        b"",
    ],
    ids=["open", "deep", "same attribute", "large", "entity", "encoding", "utf-16", "empty"],
)
def test_hostile_files_are_refused_with_a_reason(source):
    findings = engine.lint(source)
    assert findings
    assert findings[0].severity == "error"
