"""What somebody may put into a draft to stop the server, read its files or run code: refused with its reason.

Every text goes the whole way of a draft: it is read and checked, compared with what is in force, merged with it
and drawn. Nothing raises anything but what pages tell people, and nothing takes long.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress

import pytest

from tests.packs.opened import tongzhou
from webapp import feel
from webapp.core.errors import DomainError, Invalid
from webapp.packs.layout import layout
from webapp.packs.merging import Merge
from webapp.queries import draft_changes, draft_checks

FILES = tongzhou().files
HERE = "workflows/tongzhou"
FLOW, RULES, MANIFEST = f"{HERE}/leaving.bpmn", f"{HERE}/exit.dmn", f"{HERE}/pack.toml"
FORM, TEMPLATE = "forms/tongzhou/leaving_check.json", "docs_templates/tongzhou/recognition_reply.md"
SCENARIO = f"{HERE}/scenarios/exit_kept.json"
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SECONDS = 20.0
"""Of the processor, for the whole way of one text; the check of the sound pack takes about 4."""


def edited(path, old, new):
    assert old in FILES[path], old
    return path, FILES[path].replace(old, new, 1)


def flow(inside, more=""):
    text = FILES[FLOW]
    head, tail = text.split("<bpmn:startEvent", 1)
    return FLOW, f"{head}{inside}<bpmn:startEvent{tail}".replace(
        "<bpmn:definitions", f"<bpmn:definitions {more}", 1
    )


def doctype(inside, use):
    return f'<?xml version="1.0"?><!DOCTYPE x [{inside}]><definitions xmlns="{BPMN}">{use}</definitions>'


def field(**more):
    form = json.loads(FILES[FORM])
    own = {"type": "textfield", "key": "extra", "label": "甲", "properties": {"basis": "本地缺省：试"}} | more
    return FORM, json.dumps(form | {"components": [*form["components"], own]})


def rule_text(expression):
    text = FILES[RULES]
    start = text.index("<text>", text.index("<inputEntry")) + len("<text>")
    return RULES, text[:start] + expression + text[text.index("</text>", start) :]


def body(text):
    return TEMPLATE, FILES[TEMPLATE] + text


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
HOSTILE = {
    "entities that grow": (FLOW, doctype(f'<!ENTITY l0 "ha">{LAUGHS}', "&l11;"), "XML"),
    "an entity that reads a file": (
        FLOW,
        doctype('<!ENTITY f SYSTEM "file:///etc/passwd">', "&f;"),
        "文档类型",
    ),
    "a table that reads the net": (RULES, doctype('<!ENTITY % f SYSTEM "http://x/">%f;', ""), "DOCTYPE"),
    "very deep XML": (FLOW, "<a>" * 90_000 + "</a>" * 90_000, ""),
    "very deep tables": (RULES, "<a>" * 100_000, ""),
    "a script task": (
        *flow('<bpmn:scriptTask id="run"><bpmn:script>rm()</bpmn:script></bpmn:scriptTask>'),
        "脚本",
    ),
    "a listener of another engine": (
        *flow(
            '<bpmn:task id="t"><bpmn:extensionElements><c:executionListener class="x.Y" event="start"/>'
            "</bpmn:extensionElements></bpmn:task>",
            'xmlns:c="http://camunda.org/schema/1.0/bpmn"',
        ),
        "",
    ),
    "a class of another engine": (
        *flow(
            '<bpmn:serviceTask id="t" f:class="java.lang.Runtime"/>',
            'xmlns:f="http://flowable.org/bpmn"',
        ),
        "",
    ),
    "very many steps": (*flow("".join(f'<bpmn:userTask id="u{n}" name="n"/>' for n in range(9000))), ""),
    "a text that doubles": (*rule_text(" + ".join(['"x"'] * 9000)), ""),
    "brackets without end": (*rule_text("(" * 9000 + "1" + ")" * 9000), ""),
    "a slow pattern in a form": (*field(validate={"pattern": "(a+)+$"}), "过于复杂"),
    "a slow pattern looking back": (*field(validate={"pattern": r"(?<=a)*b"}), "过于复杂"),
    "a condition without end": (*field(conditional={"hide": "=" + "not(" * 5000 + "true" + ")" * 5000}), ""),
    "very many components": (
        FORM,
        json.dumps({"id": "leaving_check", "title": "x", "components": [{}] * 99_999}),
        "",
    ),
    "very deep JSON": (FORM, '{"components":[' * 20_000, ""),
    "a number of a million digits": (FORM, '{"id": ' + "9" * 900_000 + "}", ""),
    "a template that loops": (
        *body("{% for a in 表 %}{% for b in 表 %}{% for c in 表 %}{% for d in 表 %}x"),
        "",
    ),
    "a template that calls itself": (*body("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"), ""),
    "a template that reaches Python": (*body("{{ ''.__class__.__mro__[1].__subclasses__() }}"), ""),
    "a template that includes": (*body("{% include '/etc/passwd' %}"), ""),
    "a head that builds objects": (
        TEMPLATE,
        "---\n版式: !!python/object/apply:os.system ['id']\n---\nx\n",
        "",
    ),
    "a head with aliases that grow": (
        TEMPLATE,
        "---\na0: &a0 [x, x]\n"
        + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
        + "---\nx\n",
        "",
    ),
    "an agency of nobody": (*edited(MANIFEST, 'key = "hrss"', 'key = "faraway"'), ""),
    "a file of another place": (*edited(MANIFEST, 'file = "leaving.bpmn"', 'file = "../faraway/x.bpmn"'), ""),
    "a date of a million digits": (*edited(MANIFEST, "[pack]", f"[pack]\nbig = {'9' * 500_000}"), "TOML"),
    "a scenario of great depth": (SCENARIO, '{"moves":' + "[" * 50_000, "JSON"),
    "a scenario of very many moves": (SCENARIO, json.dumps({"moves": [{"do": "wait"}] * 9999}), ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_with_its_reason_and_in_time(name):
    path, text, says = HOSTILE[name]
    began = time.thread_time()
    after = {**FILES, path: text}
    errors = draft_checks.checked(after).errors
    assert errors, "it was taken"
    assert any(says in error.reason + error.mend for error in errors), [error.reason for error in errors]
    draft_changes.changed_files(FILES, after)
    Merge({}).text(path, FILES[path], text, FILES[path] + "\n")
    if path.endswith(".bpmn"):
        draft_changes.marks(FILES, after, path, "after")
        with suppress(DomainError):
            layout(text.encode())
    assert time.thread_time() - began < SECONDS


@pytest.mark.parametrize(
    "text",
    [
        "for a in 1..99999999 return a",
        "count(for a in 1..9999, b in 1..9999, c in 1..9999 return a) > 1",
        'for a in 1..9999 return string join(for b in 1..9999 return "xxxxxxxx")',
        "some a in 1..9999, b in 1..9999 satisfies a + b < 0",
    ],
)
def test_an_expression_that_would_not_end_is_taken_and_stopped_when_it_is_asked(text):
    began = time.thread_time()
    with pytest.raises(feel.FeelError):
        feel.parse(text, ()).evaluate({})
    assert time.thread_time() - began < SECONDS


def test_a_process_of_very_many_steps_is_not_drawn():
    _, text, _ = HOSTILE["very many steps"]
    with pytest.raises(Invalid, match="不能自动排版"):
        layout(text.encode())
