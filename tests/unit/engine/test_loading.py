"""Reading files: what is accepted, what a definition tells, and that it can be shared."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.unit.engine.build import Nodes, Process
from tests.unit.engine.play import Case, load
from webapp import engine


def small(process_id: str = "p", name: str = "a") -> Process:
    process = Process(process_id, title="标题", basis="TZ-3.1")
    process.start()
    process.user(name, form="f", position="clerk")
    process.end()
    process.chain("start", name, "end")
    process.lane("乡镇", name, agency="township")
    return process


def test_a_definition_tells_steps_lanes_flows_and_properties():
    definition = load(small())
    assert definition.properties == {"title": "标题", "basis": "TZ-3.1"}
    assert [(step.id, step.kind) for step in definition.steps] == [
        ("start", "startEvent"),
        ("a", "userTask"),
        ("end", "endEvent"),
    ]
    step = definition.step("a")
    assert (step.lane, step.agency, step.properties["position"]) == ("乡镇", "township", "clerk")
    assert [(lane.id, lane.name, lane.properties) for lane in definition.lanes] == [
        ("lane0", "乡镇", {"agency": "township"})
    ]
    assert [(flow.source, flow.target) for flow in definition.flows] == [("start", "a"), ("a", "end")]


def test_what_lies_in_a_subprocess_is_in_the_lane_of_the_subprocess():
    inner = Nodes()
    inner.prefix = "i"
    inner.start("is")
    inner.user("visit")
    inner.end("ie")
    inner.chain("is", "visit", "ie")
    process = Process()
    process.start()
    process.sub("site", inner)
    process.end()
    process.chain("start", "site", "end")
    process.lane("区人力社保局", "site", agency="hrss")
    step = load(process).step("visit")
    assert (step.lane, step.agency, step.parent) == ("区人力社保局", "hrss", "site")


def test_documentation_and_default_exits_are_told():
    process = Process()
    process.start()
    process.node("userTask", "a", "<bpmn:documentation>先核对材料</bpmn:documentation>")
    process.gateway("g", default="d")
    process.user("b")
    process.end()
    process.chain("start", "a", "g")
    process.flow("g", "b", "1 = 1", id="c")
    process.flow("g", "end", id="d")
    process.flow("b", "end")
    definition = load(process)
    assert definition.step("a").documentation == "先核对材料"
    assert {
        flow.id: (flow.condition, flow.is_default) for flow in definition.flows if flow.source == "g"
    } == {
        "c": ("1 = 1", False),
        "d": ("", True),
    }


def test_an_unknown_step_is_an_error():
    with pytest.raises(engine.EngineError, match="nowhere"):
        load(small()).step("nowhere")


def test_the_same_content_is_the_same_definition_wherever_it_lies():
    one = engine.load({"a.bpmn": small().xml()}, "p")
    two = engine.load({"folder/b.bpmn": small().xml(), "other.bpmn": small("q").xml()}, "p")
    assert one is two
    assert engine.load({"a.bpmn": small(name="b").xml()}, "p").content_hash != one.content_hash


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "XML"),
        (b"not xml", "XML"),
        (b"<a>", "XML"),
        (b"\xff\xfe\x00", "XML"),
        (b"<a/>", "不在"),
        (b" " * (2 * 1024 * 1024 + 1), "2 MB"),
    ],
)
def test_what_is_no_process_file_is_refused(content, message):
    with pytest.raises(engine.DefinitionError, match=message):
        engine.load({"p.bpmn": content}, "p")


def test_a_document_type_is_refused():
    source = small().xml().replace(b"?>", b'?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', 1)
    with pytest.raises(engine.DefinitionError, match="DOCTYPE"):
        engine.load({"p.bpmn": source}, "p")


def test_entities_are_not_expanded():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    source = small().xml().replace(b"?>", f"?><!DOCTYPE x [{laughs}]>".encode(), 1)
    source = source.replace("标题".encode(), b"&l9;")
    with pytest.raises(engine.DefinitionError):
        engine.load({"p.bpmn": source}, "p")


def test_a_process_that_is_not_there_is_told():
    with pytest.raises(engine.DefinitionError, match="nothing"):
        engine.load({"p.bpmn": small().xml()}, "nothing")


def test_a_process_that_is_there_twice_is_told():
    with pytest.raises(engine.DefinitionError, match="重复"):
        engine.load({"a.bpmn": small().xml(), "b.bpmn": small().xml()}, "p")


def test_findings_come_with_the_refusal():
    process = small()
    process.node("scriptTask", "bad", "<bpmn:script>import os</bpmn:script>")
    with pytest.raises(engine.DefinitionError) as caught:
        load(process)
    assert any(finding.element_id == "bad" for finding in caught.value.findings)


def test_ids_cannot_be_mistaken_for_the_frame_of_a_process():
    process = Process()
    process.start("Start")
    process.user("Root")
    process.end("End")
    process.chain("Start", "Root", "End")
    case = Case(load(process))
    assert case.open == ["Root"]
    assert case.complete("Root").finished


def test_a_path_too_long_for_the_library_is_refused_and_not_a_crash():
    process = Process()
    process.start()
    names = [process.user(f"s{place}") for place in range(299)]
    process.end()
    process.chain("start", *names, "end")
    with pytest.raises(engine.DefinitionError):
        load(process)


def test_two_threads_load_and_run_one_definition():
    sources = {"p.bpmn": small("shared").xml()}
    definitions, barrier = [], threading.Barrier(2)

    def work(number: int) -> int:
        barrier.wait()
        definition = engine.load(sources, "shared")
        definitions.append(definition)
        ended = 0
        for place in range(40):
            run = engine.start(definition, {"n": number, "place": place}, {})
            task = run.step().opened[0].task_id
            run = engine.resume(definition, run.state(), {})
            ended += run.complete(task, {"done": place}).finished and run.data == {
                "n": number,
                "place": place,
                "done": place,
            }
        return ended

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, range(2))) == [40, 40]
    assert definitions[0] is definitions[1]


def test_log_records_of_the_library_carry_no_data(caplog):
    caplog.set_level("INFO")
    case = Case(load(small()), {"name": "personal"})
    case.complete("a", phone="13800000000")
    assert not [record for record in caplog.records if record.name.startswith("spiff")]
