"""What changed between two versions, told by element, rule, field, line and entry."""

from __future__ import annotations

import json

import pytest

from tests.packs.opened import tongzhou
from webapp import packs
from webapp.packs import comparing
from webapp.packs.comparing.changes import reordered
from webapp.packs.layout import layout

FLOW = "workflows/tongzhou/recognition.bpmn"
RULES = "workflows/tongzhou/recognition.dmn"
FORM = "forms/tongzhou/acceptance.json"
LETTER = "docs_templates/tongzhou/acceptance_notice.md"
PACK = "workflows/tongzhou/pack.toml"


def changed(path, *replacements):
    text = tongzhou().files[path]
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    return {**tongzhou().files, path: text}


def only(files):
    (found,) = comparing.compare(tongzhou().files, files)
    return found


def told(change):
    return [
        (part.id, part.change, [(d.label, d.before, d.after) for d in part.details]) for part in change.parts
    ]


def test_the_same_files_differ_in_nothing():
    assert comparing.compare(tongzhou().files, dict(tongzhou().files)) == []


def test_a_property_of_a_step_is_told_with_both_values():
    change = only(changed(FLOW, ('name="position" value="reviewer"', 'name="position" value="leader"')))
    assert (change.path, change.kind, change.change) == (FLOW, "bpmn", "changed")
    assert told(change) == [("township_review", "changed", [("办理岗位", "reviewer", "leader")])]
    assert change.parts[0].name == "用户任务 街道乡镇审核"
    assert not change.is_drawing_only


def test_a_condition_is_told_at_its_flow():
    change = only(changed(FLOW, ('decision = "accept"', 'decision = "accept" and true')))
    assert told(change) == [
        (
            "accepted_to_issue_acceptance",
            "changed",
            [("条件", 'decision = "accept"', 'decision = "accept" and true')],
        )
    ]


def test_steps_that_come_and_go_are_told_with_their_flows():
    text = tongzhou().files[FLOW]
    added = text.replace(
        "</bpmn:process>",
        '<bpmn:userTask id="fresh" name="再看一次"/>'
        '<bpmn:sequenceFlow id="to_fresh" sourceRef="file" targetRef="fresh"/></bpmn:process>',
    )
    change = only({**tongzhou().files, FLOW: added})
    assert [(part.id, part.change, part.name) for part in change.parts] == [
        ("fresh", "added", "用户任务 再看一次"),
        ("to_fresh", "added", "连线 填写认定申请 → 再看一次"),
    ]
    back = comparing.compare({FLOW: added}, {FLOW: text})[0]
    assert [(part.id, part.change) for part in back.parts] == [("fresh", "removed"), ("to_fresh", "removed")]


def test_a_step_in_another_lane_is_told():
    ref = "<bpmn:flowNodeRef>site_check</bpmn:flowNodeRef>"
    change = only(
        changed(FLOW, (ref, ""), ("<bpmn:flowNodeRef>opinion_cac", f"{ref}<bpmn:flowNodeRef>opinion_cac"))
    )
    assert told(change) == [("site_check", "changed", [("泳道", "区人力社保局", "区委网信办")])]


def test_what_is_only_drawn_elsewhere_is_told_apart():
    change = only(
        changed(
            FLOW, ('bpmnElement="file"', 'bpmnElement="file" '), ("<dc:Bounds x=", '<dc:Bounds x="1" xx=')
        )
    )
    assert change.is_drawing_only
    assert {part.change for part in change.parts} == {"moved"}


def test_a_drawing_made_anew_changes_nothing_else():
    text = tongzhou().files[FLOW]
    bare = text[: text.index("<bpmndi:BPMNDiagram")] + "</bpmn:definitions>"
    change = only({**tongzhou().files, FLOW: layout(bare.encode()).decode() + "\n"})
    assert change.is_drawing_only


def test_a_threshold_in_a_rule_is_told_by_its_column():
    change = only(changed(RULES, ("&gt;= 5000", "&gt;= 3000")))
    ((part,),) = (change.parts,)
    assert part.change == "changed"
    assert [(d.label, d.before, d.after) for d in part.details] == [("面积（㎡）", ">= 5000", ">= 3000")]
    assert part.name.startswith("认定条件 规则 ")


def test_a_rule_that_goes_and_one_that_moves_are_told():
    text = tongzhou().files[RULES]
    start = text.index("<rule ")
    middle = text.index("<rule ", start + 1)
    end = text.index("<rule ", middle + 1)
    first, second = text[start:middle], text[middle:end]
    gone = only({**tongzhou().files, RULES: text.replace(first, "")})
    assert [part.change for part in gone.parts] == ["removed"]
    swapped = only({**tongzhou().files, RULES: text[:start] + second + first + text[end:]})
    (part,) = swapped.parts
    assert part.change == "moved"
    assert part.details[0].label == "次序"
    assert {part.details[0].before, part.details[0].after} == {"1", "2"}


def test_an_expression_of_a_decision_is_told():
    change = only(changed(RULES, ("then 28 else 8", "then 27 else 8")))
    (part,) = change.parts
    assert part.id == "eligible"
    assert part.details[0].before.endswith("then 28 else 8)")
    assert part.details[0].after.endswith("then 27 else 8)")


def test_a_field_is_told_by_its_path():
    form = json.loads(tongzhou().files[FORM])
    form["components"][0]["label"] = "核对过的材料"
    form["components"].append({"type": "textfield", "key": "remark", "label": "备注"})
    change = only({**tongzhou().files, FORM: json.dumps(form, ensure_ascii=False)})
    assert told(change)[0] == ("materials", "changed", [("标签", "已核对齐全的材料", "核对过的材料")])
    assert told(change)[1] == (
        "remark",
        "added",
        [("类型", "", "textfield"), ("key", "", "remark"), ("标签", "", "备注")],
    )


def test_a_form_that_is_only_written_in_another_way_differs_in_nothing_said():
    form = json.loads(tongzhou().files[FORM])
    change = only({**tongzhou().files, FORM: json.dumps(form)})
    assert change.parts == ()
    assert change.is_drawing_only


def test_fields_in_another_order_have_moved():
    form = json.loads(tongzhou().files[FORM])
    form["components"].append(form["components"].pop(0))
    change = only({**tongzhou().files, FORM: json.dumps(form, ensure_ascii=False)})
    assert [(part.id, part.change) for part in change.parts] == [("materials", "moved")]


def test_a_template_is_told_by_line():
    lines = tongzhou().files[LETTER].split("\n")
    lines[-2] += "特此告知。"
    change = only({**tongzhou().files, LETTER: "\n".join(lines)})
    (part,) = change.parts
    assert (part.id, part.change) == (str(len(lines) - 1), "changed")
    assert part.details[0].after.endswith("特此告知。")


def test_an_entry_of_the_pack_is_told_by_its_key():
    change = only(changed(PACK, ('key = "recognition"\n', 'key = "recognition"\nnote = "甲"\n')))
    assert told(change) == [("processes.recognition", "changed", [("note", "", "甲")])]


@pytest.mark.parametrize("path", [FLOW, RULES, FORM, PACK])
def test_what_cannot_be_read_is_compared_by_line(path):
    change = only({**tongzhou().files, path: tongzhou().files[path] + "\n<<<"})
    assert change.parts[-1].details[0].label == "内容"


def test_files_that_come_and_go_are_told():
    files = dict(tongzhou().files)
    files["forms/tongzhou/fresh.json"] = files.pop(FORM)
    assert [(c.path, c.change) for c in comparing.compare(tongzhou().files, files)] == [
        (FORM, "removed"),
        ("forms/tongzhou/fresh.json", "added"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("abcd", "abcd", ""),
        ("abcd", "bcda", "a"),
        ("abcd", "dabc", "d"),
        ("abcd", "badc", "ac"),
        ("ab", "xbya", "b"),
    ],
)
def test_the_fewest_that_explain_another_order_have_moved(before, after, moved):
    found = reordered(before, after)
    assert len(found) == len(moved)
    rest = [key for key in after if key in before and key not in found]
    assert rest == sorted(rest, key=before.index)


def test_procedures_that_a_change_touches_are_told_with_what_touches_them():
    touched = comparing.touched(tongzhou(), packs.read(changed(RULES, ("&gt;= 5000", "&gt;= 3000"))))
    assert [(each.key, each.files, each.is_flow_changed) for each in touched] == [
        ("recognition", (RULES,), True)
    ]
    by_form = comparing.touched(tongzhou(), packs.read(changed(FORM, ("已核对齐全的材料", "核对过的材料"))))
    assert [(each.key, each.files, each.is_flow_changed) for each in by_form] == [
        ("recognition", (FORM,), False)
    ]
    by_letter = comparing.touched(tongzhou(), packs.read(changed(LETTER, ("---\n", "---\n\n"))))
    assert [each.key for each in by_letter] == ["recognition"]
