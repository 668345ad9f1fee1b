"""What a new file begins with can be opened by its editor, and every name in it is the file's own."""

from __future__ import annotations

import forms
from webapp import dmn, documents, engine
from webapp.packs.beginnings import PLACES, path_of, text_of


def _begun(kind: str) -> str:
    return text_of(path_of(kind, "site_visit", "kaifeng"))


def test_a_new_file_lies_in_its_room_of_the_pack() -> None:
    assert {kind: path_of(kind, "site_visit", "kaifeng") for kind in PLACES} == {
        "form": "forms/kaifeng/site_visit.json",
        "flow": "workflows/kaifeng/site_visit.bpmn",
        "rule": "workflows/kaifeng/site_visit.dmn",
        "template": "docs_templates/kaifeng/site_visit.md",
    }
    assert path_of("form", "site_visit.json", "kaifeng") == "forms/kaifeng/site_visit.json"


def test_a_new_form_is_read_under_its_own_name() -> None:
    schema = forms.read(_begun("form"))
    assert schema.id == "site_visit"
    assert [str(field.basis) for field in schema.fields] == ["本地缺省：请写理由"]


def test_a_new_table_answers_no_until_it_is_filled_in() -> None:
    text = _begun("rule")
    assert [decision.id for decision in dmn.read(text).decisions] == ["site_visit"]
    assert [finding for finding in dmn.check(text) if finding.severity == "error"] == []


def test_a_new_document_is_set() -> None:
    facts = {
        "单位": {"名称": "甲局"},
        "案": {"申请单位": "乙镇"},
        "文": {"字号": "甲〔2026〕1号", "日期": "2026-11-20"},
    }
    made = documents.render(documents.load_template(_begun("template")), facts, preview=True)
    assert "请在这里写正文" in made.text


def test_a_new_process_runs_from_its_start_to_its_end_by_one_step() -> None:
    definition = engine.load({"site_visit.bpmn": _begun("flow").encode()}, "site_visit")
    assert [step.name for step in definition.steps if step.name] == ["开始", "第一步", "结束"]


def test_what_is_no_form_flow_rule_or_document_begins_empty() -> None:
    assert text_of("workflows/kaifeng/scenarios/walked.json") == ""
    assert text_of("workflows/kaifeng/notes.txt") == ""
