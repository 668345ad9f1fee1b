"""Faults that show only in the whole: forms nobody has filled in by then, clauses that nothing carries."""

from __future__ import annotations

import pytest

from tests.packs.opened import changed, tongzhou
from webapp import packs

FLOW = "workflows/tongzhou/recognition.bpmn"
RULES = "workflows/tongzhou/recognition.dmn"
CLAUSES = "workflows/tongzhou/clauses.toml"
ACCEPTED = 'decision = "accept"'


def found(pack, word):
    return [finding for finding in packs.check(pack) if word in finding.reason]


@pytest.mark.parametrize(
    ("path", "old", "new", "element"),
    [
        # The leader decides long after the papers are accepted.
        (FLOW, ACCEPTED, "facts.leader_decision.decision != null", "accepted"),
        # Nobody in this process holds a hearing on an exit.
        (FLOW, ACCEPTED, "facts.exit_meeting.votes != null", "accepted"),
        (RULES, "facts.filing.site.fixed", "facts.exit_union.opinion", "eligibility"),
    ],
)
def test_a_form_that_nobody_has_filled_in_by_then_is_told_at_the_step(path, old, new, element):
    (finding,) = [
        each for each in found(changed(path, old, new), "没有一个环节填写") if each.element_id == element
    ]
    assert finding.severity == "error"
    assert finding.path == FLOW


def test_a_form_that_is_filled_in_on_some_way_is_left_alone():
    # The site is checked on one of two ways only; the condition sees null on the other.
    pack = changed(FLOW, ACCEPTED, 'decision = "accept" or facts.filing.kind = null')
    assert found(pack, "没有一个环节填写") == []


def test_a_clause_that_nothing_rests_on_is_told_once_and_may_stand():
    line = f'\n[[clause]]\nid = "TZ-9"\ntitle = "没有落实的一条"\ntext = "（此件公开发布）"\nsource = "{tongzhou().source}"\nline = 1\n'
    files = {**tongzhou().files, CLAUSES: tongzhou().files[CLAUSES] + line}
    (finding,) = packs.check(packs.read(files))
    assert (finding.element, finding.severity, finding.path) == ("TZ-9", "warning", CLAUSES)
    assert "没有一个环节、填报项、规则、公文或参数" in finding.reason
    reasoned = {**files, CLAUSES: files[CLAUSES] + 'asks_nothing = "只是版记"\n'}
    assert packs.check(packs.read(reasoned)) == []


def test_every_finding_names_its_file_by_its_path():
    for path, old in ((FLOW, ACCEPTED), (RULES, "&gt;= 5000")):
        findings = packs.check(changed(path, old, "= = ="))
        assert findings
        assert all(finding.path in tongzhou().files for finding in findings)


def undecided(path, old, new):
    return found(changed(path, old, new), "得不出真假")


RECTIFICATION = "workflows/tongzhou/rectification.bpmn"


def test_a_condition_that_gives_no_answer_where_a_form_is_missing_is_told_with_the_way():
    # Nobody asks for an extension on the way straight to the check.
    flow = 'xsi:type="bpmn:tFormalExpression">closed = total or today()'
    text = tongzhou().files[RECTIFICATION]
    start = text.index(flow) + len('xsi:type="bpmn:tFormalExpression">')
    old = text[start : text.index("</bpmn:conditionExpression>", start)]
    (finding,) = undecided(RECTIFICATION, old, "facts.rectify_extension.granted")
    assert finding.severity == "warning"
    assert finding.path == RECTIFICATION
    assert finding.trace[0] == "start"
    assert finding.trace[-1] == finding.element_id
    assert not undecided(RECTIFICATION, old, "facts.rectify_extension.granted = true")


def test_a_condition_on_what_every_way_has_filled_in_is_left_alone():
    assert not undecided(FLOW, ACCEPTED, "facts.filing.need.demand")
