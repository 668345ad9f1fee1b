"""Names that an editor offers, also of a half-written draft."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import forms
from webapp import documents, packs
from webapp.packs.fragments import fragments
from webapp.packs.operator_words import CHOICES
from webapp.packs.operators import OPERATORS
from webapp.packs.samples import sample_facts, shipped
from webapp.packs.vocabulary import unknown_names, vocabulary_of

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def tongzhou():
    return packs.load(
        ROOT / "workflows" / "tongzhou", forms_root=ROOT / "forms", templates_root=ROOT / "docs_templates"
    )


@pytest.fixture(scope="module")
def words(tongzhou):
    return vocabulary_of(tongzhou.files)


def test_every_name_of_the_pack_is_offered(tongzhou, words) -> None:
    assert [row["key"] for row in words["agencies"]] == list(tongzhou.agencies)
    assert {row["key"] for row in words["positions"]} == {spec.key for spec in tongzhou.positions}
    assert set(words["forms"]) == set(tongzhou.forms)
    assert [row["key"] for row in words["documents"]] == list(tongzhou.documents)
    assert {row["key"] for row in words["templates"]} == tongzhou.template_names
    assert [row["key"] for row in words["settings"]] == list(tongzhou.settings)
    assert [row["key"] for row in words["processes"]] == list(tongzhou.processes)
    assert "recognition.dmn#eligible" in {row["key"] for row in words["decisions"]}


def test_a_position_is_held_where_the_pack_says(words) -> None:
    clerks = {key for row in words["positions"] if row["key"] == "clerk" for key in row["agencies"]}
    assert {"hrss", "police", "majuqiao"} <= clerks
    assert "district" not in clerks


def test_fields_are_found_by_the_path_that_expressions_use(words) -> None:
    paths = {row["path"] for row in words["facts"]}
    assert {"facts.filing.kind", "facts.filing.need.gathering", "settings.opinion_days", "case.no"} <= paths


def test_personal_fields_are_not_offered_to_expressions(words) -> None:
    personal = [
        f"facts.{key}.{field['path'].replace('.*', '')}"
        for key, form in words["forms"].items()
        for field in form["fields"]
        if field["personal"]
    ]
    assert personal
    assert not {row["path"] for row in words["facts"]} & set(personal)


@pytest.mark.parametrize("broken", ["workflows/tongzhou/pack.toml", "forms/tongzhou/filing.json"])
def test_a_file_that_cannot_be_read_gives_no_names_and_keeps_the_others(tongzhou, broken) -> None:
    words = vocabulary_of({**tongzhou.files, broken: "{ 写了一半"})
    assert "township_review" in words["forms"]
    assert ("filing" in words["forms"]) is (broken != "forms/tongzhou/filing.json")


@pytest.mark.parametrize(
    "text", ["[]", '{"components": 3}', '{"components": [3, {"type": 4}]}', '{"components": [{}]}']
)
def test_a_form_of_any_shape_is_no_error(text) -> None:
    assert vocabulary_of({"forms/x/a.json": text})["facts"]


def test_a_name_that_leads_nowhere_is_told(words) -> None:
    assert unknown_names('facts.filing.kind = "facts.nothing.here"', words) == []
    assert unknown_names("facts.filing.site.address.text != null and settings.opinion_days > 3", words) == []
    assert unknown_names("facts.filing.kindd = 1 or settings.no_such > 2", words) == [
        "facts.filing.kindd",
        "settings.no_such",
    ]


def test_every_operator_is_offered_with_words(words) -> None:
    assert {each["name"] for each in words["operators"]} == set(OPERATORS)
    types = {"string", "number", "boolean", "date", "list", "context", "period", *CHOICES}
    for operator in words["operators"]:
        assert operator["title"]
        assert operator["help"]
        for parameter in operator["parameters"]:
            assert parameter["label"]
            assert parameter["type"] in types


def test_what_an_operator_must_be_given_is_what_its_words_say() -> None:
    issue = OPERATORS["issue_document"]
    assert (issue.required, issue.optional) == ({"template", "agency"}, {"recipients"})
    assert issue.open_ended
    assert issue.returns
    assert not OPERATORS["archive_case"].returns


def test_fragments_are_processes_that_the_linter_reads() -> None:
    found = fragments()
    assert [each["key"] for each in found] == [
        "joint_opinions",
        "correction",
        "public_notice",
        "issue_document",
    ]
    assert all(each["title"] and each["help"] for each in found)


def test_every_template_can_be_set_with_made_up_facts(tongzhou, words) -> None:
    for path, text in tongzhou.files.items():
        if path.endswith(".md"):
            facts = sample_facts(text, words, shipped(path))
            assert documents.render(documents.load_template(text), facts, preview=True).pages >= 1, path


def test_a_pack_without_samples_is_shown_no_other_jurisdiction_s_names() -> None:
    skeleton = packs.load(
        ROOT / "workflows" / "skeleton", forms_root=ROOT / "forms", templates_root=ROOT / "docs_templates"
    )
    words = vocabulary_of(skeleton.files)
    for path, text in skeleton.files.items():
        if path.endswith(".md"):
            facts = sample_facts(text, words, shipped(path))
            made = documents.render(documents.load_template(text), facts, preview=True)
            assert "通州" not in made.text, path
            if "/skeleton/" in path:
                assert facts["单位"]["名称"] == "示例市示例区人力资源和社会保障局"


def test_a_new_template_is_set_without_any_sample(words) -> None:
    text = (ROOT / "docs_templates" / "tongzhou" / "refusal_notice.md").read_text(encoding="utf-8")
    facts = sample_facts(text, words)
    assert facts["表"]["filing"]["full_name"].startswith("〔")
    made = documents.render(documents.load_template(text), facts, preview=True)
    assert "不予认定" in made.text


def test_a_sample_that_was_written_goes_before_what_is_made_up(words) -> None:
    given = json.dumps({"案": {"申请单位": "甲镇"}}, ensure_ascii=False)
    text = (ROOT / "docs_templates" / "tongzhou" / "refusal_notice.md").read_text(encoding="utf-8")
    assert sample_facts(text, words, given)["案"]["申请单位"] == "甲镇"
    assert sample_facts(text, words, "{ 坏")["案"]["申请单位"] == "北京市通州区人民政府中仓街道办事处"


def test_a_form_is_made_of_what_the_server_can_read_and_begins_as_it_can_be_read(words) -> None:
    for kind in words["form_kinds"]:
        inside = [{"type": "textfield", "key": "inner", "label": "内"}]
        made = {"type": kind["type"], "key": "one", "label": "一", "dateLabel": "一"} | kind["start"]
        if kind["type"] in {"group", "dynamiclist"}:
            made |= {"path": "one", "components": inside}
        form = {"type": "default", "id": "x", "title": "表", "schemaVersion": 18, "components": [made]}
        read = forms.read(json.dumps(form))
        assert read.components[0].type == kind["type"]
        for style in kind["formats"]:
            made["properties"] = {"format": style}
            assert forms.read(json.dumps(form)).components[0].format == style


def test_what_a_field_may_be_answered_with_is_told_with_its_own_type(words) -> None:
    fields = {field["path"]: field for field in words["forms"]["filing"]["fields"]}
    assert {"value": "零工驿站", "label": "零工驿站"} in fields["kind"]["choices"]
    asked = {field["path"]: field for field in words["forms"]["opinion_police"]["fields"]}
    assert "不同意" in {row["value"] for row in asked["conclusion"]["choices"]}
