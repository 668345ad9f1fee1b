"""Steps that ask a decision."""

from decimal import Decimal
from hashlib import sha256

import pytest

from tests.unit.engine.build import Process
from tests.unit.engine.play import Case, load
from webapp import engine

DMN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="rules" name="rules" namespace="urn:test">
  <inputData id="in_area" name="area"><variable name="area" typeRef="number"/></inputData>
  <decision id="kind" name="类型">
    <informationRequirement id="r1"><requiredInput href="#in_area"/></informationRequirement>
    <decisionTable id="t" hitPolicy="FIRST">
      <input id="i1" label="面积"><inputExpression id="e1"><text>area</text></inputExpression></input>
      <output id="o1" name="kind"/>
      <rule id="r_large"><inputEntry id="c1"><text>&gt;= settings.large</text></inputEntry>
        <outputEntry id="c2"><text>"综合性"</text></outputEntry></rule>
      <rule id="r_small"><inputEntry id="c3"><text>-</text></inputEntry>
        <outputEntry id="c4"><text>"驿站"</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <decision id="chained" name="结论">
    <informationRequirement id="r2"><requiredDecision href="#kind"/></informationRequirement>
    <literalExpression id="l0"><text>类型 + "零工市场"</text></literalExpression></decision>
  <decision id="list" name="清单"><literalExpression id="l1"><text>["a", "b"]</text></literalExpression></decision>
  <decision id="context" name="表"><literalExpression id="l2"><text>{a: 1}</text></literalExpression></decision>
</definitions>""".encode()


def asking(decision: str = "rules.dmn#kind") -> Process:
    process = Process(data="area")
    process.start()
    process.rule("rate", decision, "kind")
    process.gateway("g", default="small")
    process.user("comprehensive")
    process.user("station")
    process.end()
    process.chain("start", "rate", "g")
    process.flow("g", "comprehensive", 'kind = "综合性"')
    process.flow("g", "station", id="small")
    process.chain("comprehensive", "end")
    process.flow("station", "end")
    return process


@pytest.mark.parametrize(("area", "step"), [(5000, "comprehensive"), (4999, "station")])
def test_the_answer_decides_the_way(area, step):
    definition = load(asking(), rules_dmn=DMN)
    case = Case(definition, {"area": area}, {"settings": {"large": 5000}})
    assert case.open == [step]


def test_a_decision_is_told_with_facts_rule_version_and_trace():
    definition = load(asking(), rules_dmn=DMN)
    case = Case(definition, {"area": 4999, "other": 1}, {"settings": {"large": 5000}, "case": {"no": "1"}})
    (decided,) = case.decided
    assert (decided.element_id, decided.decision_id) == ("rate", "kind")
    assert decided.source_hash == sha256(DMN).hexdigest()
    assert decided.result.outputs == "驿站"
    assert decided.inputs == {"area": 4999, "settings.large": 5000}
    rules = decided.result.trace.decisions[-1].rules
    assert [rule.matched for rule in rules][:1] == [False]


def test_a_list_may_be_an_answer_and_survives_storing():
    process = Process()
    process.start()
    process.rule("rate", "rules.dmn#list", "kinds")
    process.user("a")
    process.end()
    process.chain("start", "rate", "a", "end")
    assert Case(load(process, rules_dmn=DMN)).token("a")["kinds"] == ["a", "b"]


def test_the_facts_of_the_decisions_it_rests_on_are_told_too():
    case = Case(
        load(asking("rules.dmn#chained"), rules_dmn=DMN), {"area": 5000}, {"settings": {"large": 5000}}
    )
    (decided,) = case.decided
    assert decided.result.outputs == "综合性零工市场"
    assert decided.inputs == {"area": 5000, "settings.large": 5000}


def test_an_answer_that_cannot_travel_is_an_error():
    with pytest.raises(engine.EngineError, match="决策结果"):
        Case(load(asking("rules.dmn#context"), rules_dmn=DMN), {"area": 1})


def test_an_unknown_decision_is_an_error():
    with pytest.raises(engine.EngineError, match="rate"):
        Case(load(asking("rules.dmn#nothing"), rules_dmn=DMN), {"area": 1})


def test_a_missing_decision_file_is_told_when_loading():
    with pytest.raises(engine.DefinitionError, match=r"rules\.dmn"):
        load(asking())


def test_a_decision_file_may_lie_in_a_folder():
    definition = engine.load({"a/p.bpmn": asking().xml(), "a/rules.dmn": DMN}, "p")
    case = Case(definition, {"area": Decimal("5000.5")}, {"settings": {"large": 5000}})
    assert case.open == ["comprehensive"]


IMPORTING = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="grades" name="grades" namespace="urn:grades">
  <import name="rules" namespace="urn:test" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>
  <decision id="grade" name="结论">
    <informationRequirement id="r3"><requiredDecision href="urn:test#kind"/></informationRequirement>
    <literalExpression id="l3"><text>rules.类型 + "零工" + settings.suffix</text></literalExpression></decision>
</definitions>""".encode()


def test_a_decision_may_rest_on_one_of_another_file():
    definition = load(asking("grades.dmn#grade"), grades_dmn=IMPORTING, rules_dmn=DMN)
    case = Case(definition, {"area": 5000}, {"settings": {"large": 5000, "suffix": "市场"}})
    (decided,) = case.decided
    assert decided.result.outputs == "综合性零工市场"
    assert decided.inputs == {"area": 5000, "settings.large": 5000, "settings.suffix": "市场"}


def test_a_change_of_an_imported_file_is_another_definition():
    first = load(asking("grades.dmn#grade"), grades_dmn=IMPORTING, rules_dmn=DMN)
    changed = DMN.replace("综合性".encode(), "大型".encode())
    assert (
        load(asking("grades.dmn#grade"), grades_dmn=IMPORTING, rules_dmn=changed).content_hash
        != first.content_hash
    )


def test_an_imported_file_that_is_missing_is_told():
    with pytest.raises(engine.EngineError, match="没有提供所导入的决策模型“rules”"):
        Case(load(asking("grades.dmn#grade"), grades_dmn=IMPORTING), {"area": 1})


def test_what_follows_in_the_same_move_knows_the_answer():
    process = Process()
    process.start()
    process.rule("rate", "rules.dmn#kind", "kind")
    process.service("tell", "note", said="case.decisions.rate", before="case.decisions.older")
    process.end()
    process.chain("start", "rate", "tell", "end")
    scope = {"settings": {"large": 5000}, "case": {"decisions": {"older": "1"}}, "facts": {}, "market": None}
    case = Case(load(process, rules_dmn=DMN), {"area": 4999}, scope)
    (effect,) = case.last.effects
    assert effect.parameters == {"said": "驿站", "before": "1"}
