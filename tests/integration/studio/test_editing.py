"""What editors ask of the server while somebody writes."""

from __future__ import annotations

import base64
import json
import tomllib

import pytest

from tests.integration.studio import desk

FLOW = "workflows/tongzhou/recognition.bpmn"
FORM = "forms/tongzhou/township_review.json"
LETTER = "docs_templates/tongzhou/refusal_notice.md"


@pytest.fixture
def draft(admin):
    return desk.opened(admin)


@pytest.mark.parametrize(
    ("path", "script"),
    [
        (FLOW, "studio-bpmn"),
        (desk.RULES, "studio-dmn"),
        (FORM, "studio-form"),
        (LETTER, "studio-text"),
        (desk.MANIFEST, "studio-toml"),
        ("workflows/tongzhou/policy.txt", "studio-text"),
    ],
)
def test_each_kind_of_file_has_its_editor_and_works_without_scripts(admin, draft, path, script):
    page = admin.get(f"{draft}/files/{path}")
    assert f"/{script}-" in page.text
    assert "<noscript>" in page.text
    assert page.text.count('style="') == 0


def test_styles_in_place_are_allowed_on_the_page_of_tables_alone(admin, draft):
    def policy(path):
        return admin.get(f"{draft}/files/{path}").headers["Content-Security-Policy"]

    assert "style-src 'self' 'unsafe-inline'" in policy(desk.RULES)
    for path in (FLOW, FORM, LETTER, desk.MANIFEST):
        assert "unsafe" not in policy(path)
    assert "unsafe" not in policy(desk.RULES).replace("style-src 'self' 'unsafe-inline'", "")


def test_names_are_those_of_the_draft_as_it_is_kept(admin, draft):
    desk.change(admin, draft, desk.MANIFEST, 'name = "法制审核"', 'name = "法制科"')
    words = admin.get(f"{draft}/vocabulary").json
    assert "法制科" in {row["name"] for row in words["positions"]}
    assert words["fragments"][0]["key"] == "joint_opinions"


def test_a_process_is_drawn_anew_and_stays_the_same_process(admin, draft):
    text, _ = desk.read(admin, draft, FLOW)
    bare = text.replace('x="', 'x="9')
    assert admin.post(f"{draft}/layout", json={"text": bare}).json["text"] == text


@pytest.mark.parametrize(
    "text", ["", "<a", "<a/>", "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"]
)
def test_what_cannot_be_drawn_is_refused_in_words(admin, draft, text):
    answer = admin.post(f"{draft}/layout", json={"text": text})
    assert answer.status_code == 422
    assert answer.json["message"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('facts.filing.kind = "零工驿站"', ""),
        ("facts.filing.kindd = 1", "facts.filing.kindd"),
        ("1 +", "表达式"),
    ],
)
def test_an_expression_is_tried(admin, draft, text, says):
    answer = admin.post(f"{draft}/expression", json={"text": text})
    assert answer.status_code == 200
    assert bool(answer.json["message"]) is bool(says)
    assert not says.startswith("facts") or says in answer.json["message"]


def test_a_form_is_shown_as_it_will_be(admin, draft):
    text, _ = desk.read(admin, draft, FORM)
    shown = admin.post(f"{draft}/preview", json={"path": FORM, "text": text}).json
    assert "审核意见" in shown["html"]
    assert shown["findings"] == []


def test_a_form_that_cannot_be_drawn_says_why_at_the_component(admin, draft):
    schema = json.loads(desk.read(admin, draft, FORM)[0])
    schema["components"][0]["type"] = "iframe"
    shown = admin.post(f"{draft}/preview", json={"path": FORM, "text": json.dumps(schema)}).json
    assert shown["html"] == ""
    assert "iframe" in shown["findings"][0]["reason"]


def test_a_template_is_set_with_its_sample(admin, draft):
    text, _ = desk.read(admin, draft, LETTER)
    shown = admin.post(f"{draft}/preview", json={"path": LETTER, "text": text}).json
    assert base64.b64decode(shown["pdf"]).startswith(b"%PDF")
    assert "张家湾" in shown["sample"]


def test_a_template_is_set_with_the_sample_that_was_chosen(admin, draft):
    path = "docs_templates/tongzhou/application_report.md"
    text, _ = desk.read(admin, draft, path)

    def shown(**sent):
        return admin.post(f"{draft}/preview", json={"path": path, "text": text} | sent).json

    usual, station = shown(), shown(named="station")
    assert [each["key"] for each in usual["samples"]] == ["usual", "station"]
    assert "零工驿站" in station["sample"]
    assert usual["pdf"] != station["pdf"]
    assert shown(named="station", sample=usual["sample"])["pdf"] == usual["pdf"]


def test_a_template_that_cannot_be_set_names_the_line(admin, draft):
    text, _ = desk.read(admin, draft, LETTER)
    shown = admin.post(f"{draft}/preview", json={"path": LETTER, "text": text + "{% if %}\n"}).json
    assert shown["pdf"] == ""
    assert "行" in shown["findings"][0]["reason"]


def test_an_entry_of_a_table_is_changed_and_the_rest_kept(admin, draft):
    text, _ = desk.read(admin, draft, desk.MANIFEST)
    edits = [{"at": ["pack", "version"], "set": "2026.9"}]
    answer = admin.post(f"{draft}/tables", json={"text": text, "edits": edits}).json
    assert answer["text"] == text.replace('version = "2025.1"', 'version = "2026.9"', 1)
    assert answer["tables"]["pack"]["version"] == "2026.9"


@pytest.mark.parametrize(
    "body",
    [{}, [], {"text": 3}, {"text": "a = 1", "edits": 3}, {"text": "a = 1", "edits": [3]}, {"text": "a ="}],
)
def test_what_makes_no_sense_is_refused_in_words(admin, draft, body):
    answer = admin.post(f"{draft}/tables", json=body)
    assert answer.status_code == 422
    assert answer.json["message"]


def test_nobody_asks_about_the_draft_of_another_jurisdiction(elsewhere, draft):
    assert elsewhere.get(f"{draft}/vocabulary").status_code == 404
    for name in ("layout", "expression", "preview", "tables"):
        assert elsewhere.post(f"{draft}/{name}", json={"text": "a = 1", "path": LETTER}).status_code == 404


def _quote(admin, draft, **changed):
    sent = {"id": "TZ-99", "title": "动态监管", "text": "", "line": 120} | changed
    return admin.post(f"{draft}/clauses", json=sent)


def test_a_clause_is_quoted_from_the_policy_text_under_the_document_s_number(admin, draft):
    policy, _ = desk.read(admin, draft, "workflows/tongzhou/policy.txt")
    words = next(line for line in policy.splitlines() if len(line) > 40)
    path = "workflows/tongzhou/clauses.toml"
    before, _ = desk.read(admin, draft, path)
    answer = _quote(admin, draft, text=f"\n{words} ", line=7)
    after, _ = desk.read(admin, draft, path)
    assert answer.status_code == 200, answer.json
    assert after.startswith(before.rstrip("\n"))
    row = tomllib.loads(after)["clause"][-1]
    assert answer.json["count"] == len(tomllib.loads(before)["clause"]) + 1
    assert row == {
        "id": "TZ-99",
        "title": "动态监管",
        "text": words.strip(),
        "source": "通人社就发〔2025〕13号",
        "line": 7,
    }


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"id": "TZ-3.1"}, "已有条款"),
        ({"id": "第三条"}, "条款号由大写字母"),
        ({"title": " "}, "标题"),
        ({"text": "原文里没有的话"}, "与已保存的原文一致"),
        ({"text": " "}, "选中条款的全文"),
        ({"line": 0}, "请求内容"),
    ],
)
def test_what_is_no_quotation_is_refused_and_nothing_is_written(admin, draft, changed, said):
    before = desk.read(admin, draft, "workflows/tongzhou/clauses.toml")
    policy, _ = desk.read(admin, draft, "workflows/tongzhou/policy.txt")
    words = next(line for line in policy.splitlines() if len(line) > 40)
    answer = _quote(admin, draft, **({"text": words} | changed))
    assert answer.status_code == 422
    assert said in answer.json["message"]
    assert desk.read(admin, draft, "workflows/tongzhou/clauses.toml") == before
