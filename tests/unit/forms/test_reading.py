"""Schemas are read strictly, and refusals name the component and how to mend it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import forms
from tests.unit.forms.conftest import EVERY_KIND
from webapp.core.clauses import Basis


def form_with(*components, **more):
    return {"type": "default", "id": "f", "title": "表", "components": list(components), **more}


def text_field(**more):
    return {"type": "textfield", "key": "a", "label": "甲", **more}


def test_fields_have_paths_and_their_properties(sample):
    paths = [field.path for field in sample.fields]
    assert paths[:5] == ["name", "story", "site.area", "site.address", "site.cost"]
    assert "staff.*.phone" in paths
    assert sample.personal_paths == {"staff.*.who", "staff.*.id_no", "staff.*.phone"}
    area = sample.field("site.area")
    assert (area.unit, area.basis, area.rules.decimals) == ("㎡", Basis(clause="TZ-2.1"), 2)
    assert sample.field("site.cost").basis == Basis(note="测试")
    assert sample.field("staff.3.who") is sample.field("staff.*.who")
    assert sample.field("nothing") is None


def test_triggers_are_what_conditions_and_sums_look_at(sample):
    assert sample.triggers == {"operated", "staff", "staff.*.who", "site.area"}


@pytest.mark.parametrize(
    ("schema", "component", "says"),
    [
        (form_with(), "f", "没有任何组件"),
        (form_with({"type": "iframe", "key": "a", "label": "甲"}), "第 1 个组件", "不支持类型"),
        (form_with(text_field(), text_field()), "a", "同一个 key"),
        (form_with(text_field(key="case")), "case", "保留名称"),
        (form_with(text_field(key="declaration")), "declaration", "保留名称"),
        (form_with(text_field(key="elements")), "elements", "保留名称"),
        (form_with(text_field(key="items")), "第 1 个组件", "保留名称"),
        (form_with(text_field(key="甲")), "甲", "不能用"),
        (form_with(text_field(label="")), "a", "没有名称"),
        (form_with(text_field(properties={"basis": "第三条"})), "a", "依据"),
        (form_with(text_field(properties={"format": "email"})), "a", "不认识"),
        (form_with(text_field(conditional={"hide": "=b = 1"})), "a", "表达式"),
        (form_with(text_field(conditional={"hide": "=a = = 1"})), "a", "表达式"),
        (form_with(text_field(validate={"pattern": "(a+)+$"})), "a", "过于复杂"),
        (form_with(text_field(validate={"pattern": "[a"})), "a", "正则"),
        (form_with(text_field(validate={"maxLength": 10**9})), "a", "maxLength"),
        (form_with({"type": "select", "key": "a", "label": "甲", "values": []}), "a", "没有选项"),
        (form_with({"type": "select", "key": "a", "label": "甲", "values": ["x", "x"]}), "a", "相同的选项"),
        (form_with({"type": "filepicker", "key": "a", "label": "甲"}), "a", "文件类型"),
        (form_with({"type": "group", "label": "组", "components": []}), "group-0", "里面没有组件"),
        (
            form_with({"type": "datetime", "key": "a", "label": "甲", "properties": {"after": "b"}}),
            "a",
            "不是日期",
        ),
        (
            form_with(
                {
                    "type": "dynamiclist",
                    "path": "a",
                    "label": "甲",
                    "components": [{"type": "text", "text": "x"}],
                }
            ),
            "a",
            "列只能是字段",
        ),
        (form_with(text_field(), reads=["market"]), "f", "保留名称"),
        ({"id": "F", "title": "表", "components": []}, "F", "编号"),
    ],
)
def test_a_bad_schema_is_refused_with_place_and_cure(schema, component, says):
    with pytest.raises(forms.SchemaError, match=says) as caught:
        forms.read(json.dumps(schema))
    assert component in caught.value.component
    assert caught.value.component in str(caught.value)


@pytest.mark.parametrize(
    "schema",
    [
        form_with(text_field(key="style")),
        form_with(text_field(key="revision")),
        form_with(text_field(key="market")),
        form_with(text_field(key="items")),
        form_with(text_field(key="a"), reads=["settings"]),
        form_with(text_field(label="")),
        form_with(text_field(properties={"basis": "大家都这样"})),
        form_with(text_field(properties={"must": "=a != null"})),
        form_with(text_field(properties={"required_when": "=withdrawn = true"})),
        form_with({"type": "datetime", "key": "a", "label": "甲", "properties": {"after": "b"}}),
    ],
)
def test_a_form_that_a_release_keeps_is_read_whatever_rules_were_made_since(schema):
    text = json.dumps(schema)
    with pytest.raises(forms.SchemaError):
        forms.read(text)
    kept = forms.read_kept(text)
    (field,) = kept.fields
    bound = forms.bind(kept, formdata={field.path: "2026-11-20"})
    assert bound.validate(), bound.errors
    with pytest.raises(forms.SchemaError):
        forms.read(text)


def test_a_name_that_is_none_any_more_is_null_in_a_kept_form():
    text = json.dumps(form_with(text_field(conditional={"hide": "=withdrawn = null"})))
    assert forms.read_kept(text).fields[0].hide.holds({"a": "x"})


@pytest.mark.parametrize("source", ["{", "[]", '{"id": "f"}', json.dumps(form_with({"type": "unheard-of"}))])
def test_what_cannot_be_understood_is_not_read_from_a_release_either(source):
    with pytest.raises(forms.SchemaError):
        forms.read_kept(source)


def test_endless_schemas_are_refused():
    deep = text_field()
    for _ in range(50):
        deep = {"type": "group", "label": "组", "components": [deep]}
    with pytest.raises(forms.SchemaError, match="嵌套"):
        forms.read(form_with(deep))
    with pytest.raises(forms.SchemaError, match="500 个"):
        forms.read(form_with(*(text_field(key=f"k{n}") for n in range(501))))
    with pytest.raises(forms.SchemaError, match="JSON"):
        forms.read(b"[" * 100_000)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@settings(deadline=None)  # the machine may be busy
@given(st.data())
def test_a_damaged_schema_is_read_or_refused(data):
    """One random part of a good schema is replaced by anything at all."""
    schema = json.loads(json.dumps(EVERY_KIND))
    holder = schema
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = data.draw(st.sampled_from(keys))
        inner = holder[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            holder[key] = data.draw(json_values)
            break
        holder = inner
    refused = None
    try:
        forms.read(schema)
    except forms.SchemaError as error:
        refused = error
    assert refused is None or (refused.component and refused.reason)
