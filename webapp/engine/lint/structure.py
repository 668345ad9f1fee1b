"""How steps and flows hang together: what would stop, never run, or run for ever."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from webapp.engine import operators
from webapp.engine import source as xml
from webapp.engine.lint import soundness
from webapp.engine.lint import vocabulary as words
from webapp.engine.lint.elements import about
from webapp.engine.lint.graph import Graph, graph

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from webapp.engine.findings import Finding
    from webapp.engine.source import Element

_CHOOSING: Final = frozenset({"exclusiveGateway", "inclusiveGateway"})
_MAX_NODES: Final = 300


def check(root: Element, *, strict: bool = False) -> Iterator[Finding]:
    """Yield every fault of structure; how much of an error some are is said by `strict` (see soundness)."""
    for process in xml.processes(root):
        yield from _container(process, strict=strict)
        for inner in process.iter(xml.bpmn("subProcess")):
            yield from _container(inner, strict=strict)


def _container(container: Element, *, strict: bool) -> Iterator[Finding]:
    found = graph(container)
    if _leads_to_refused(found):
        return  # Told already, and what hangs on such a step cannot be judged without it.
    if len(found.nodes) > _MAX_NODES:
        yield about(container, f"步骤超过 {_MAX_NODES} 个", "拆成子流程或调用的流程")
        return
    faults = [finding for rule in _RULES for finding in rule(found)]
    yield from faults
    if not any(finding.severity == "error" for finding in faults):
        yield from soundness.check(found, strict=strict)


def _leads_to_refused(found: Graph) -> bool:
    """Tell whether a flow begins or ends at a step of a kind that cannot be used."""
    refused = {each.get("id") for each in found.container if xml.local(each) not in words.ATTRIBUTES} - {None}
    return any(flow.get(end) in refused for flow in found.flows for end in ("sourceRef", "targetRef"))


def _ends(found: Graph) -> Iterator[Finding]:
    kinds = [found.kind(identity) for identity in found.nodes]
    if kinds.count("startEvent") != 1:
        yield about(
            found.container, f"应有一个开始事件，现有 {kinds.count('startEvent')} 个", "只保留一个开始事件"
        )
    if "endEvent" not in kinds:
        yield about(found.container, "没有结束事件", "画上结束事件并连过去")


def _flow_ends(found: Graph) -> Iterator[Finding]:
    for flow in found.flows:
        for attribute, word in (("sourceRef", "起点"), ("targetRef", "终点")):
            if flow.get(attribute) not in found.nodes:
                yield about(
                    flow, f"连线的{word}“{flow.get(attribute, '')}”不在同一层流程中", "重新连接这条线"
                )


def _ways(found: Graph) -> Iterator[Finding]:
    for identity, element in found.nodes.items():
        kind, ways_in, ways_out = found.kind(identity), found.before[identity], found.after[identity]
        entered_otherwise = kind in {"startEvent", "boundaryEvent"}
        if not ways_in and not entered_otherwise:
            yield about(element, "没有连线进入，永远不会办理", "从前一步连线过来，或删去")
        if ways_in and entered_otherwise:
            yield about(element, "不能有连线进入", "删去进入的连线")
        if not ways_out and kind != "endEvent":
            yield about(element, "没有连线离开，流程到此停不下来也走不下去", "连到下一步或结束事件")
        if ways_out and kind == "endEvent":
            yield about(element, "结束事件不能有连线离开", "删去离开的连线")
        if len(ways_out) > 1 and kind not in xml.GATEWAYS:
            yield about(element, f"有 {len(ways_out)} 条连线离开，而步骤只能有一条", "在后面加一个网关来分流")


def _conditions(found: Graph) -> Iterator[Finding]:
    for identity, element in found.nodes.items():
        for flow in found.after[identity]:
            conditional = xml.child(flow, "conditionExpression") is not None
            if conditional and found.kind(identity) not in _CHOOSING:
                yield about(
                    flow,
                    f"离开“{xml.label(element)}”的连线带有条件，引擎会忽略它",
                    "在步骤后加排他网关，把条件放到网关的出口上",
                )
        if found.kind(identity) in _CHOOSING:
            yield from _exits(element, found.after[identity])


def _exits(element: Element, ways_out: list[Element]) -> Iterator[Finding]:
    word = "排他网关" if xml.local(element) == "exclusiveGateway" else "包容网关"
    default = element.get("default")
    if default and default not in {flow.get("id") for flow in ways_out}:
        yield about(element, f"{word}的默认出口“{default}”不是它的出口", "重新选择默认出口")
    for flow in ways_out:
        conditional = xml.child(flow, "conditionExpression") is not None
        name = flow.get("name") or flow.get("id", "")
        if flow.get("id") == default and conditional:
            yield about(
                element, f"{word}的默认出口“{name}”带有条件，条件不会起作用", "删去条件，或另选默认出口"
            )
        elif len(ways_out) > 1 and flow.get("id") != default and not conditional:
            yield about(element, f"{word}的出口“{name}”没有条件", "给这条线加上条件，或把它设为默认出口")
    if len(ways_out) > 1 and not default:
        yield about(
            element, f"{word}没有默认出口，条件都不成立时流程会停住", "把其中一条线设为默认出口", warning=True
        )
    if len({flow.get("targetRef") for flow in ways_out}) < len(ways_out):
        yield about(element, f"{word}有两个出口通向同一步", "合并成一条线，条件用 or 连接", warning=True)


def _hosts(found: Graph) -> Iterator[Finding]:
    for identity, element in found.nodes.items():
        if found.kind(identity) != "boundaryEvent":
            continue
        host = found.nodes.get(element.get("attachedToRef", ""))
        if host is None or xml.local(host) not in xml.ACTIVITIES:
            yield about(element, "边界事件没有挂在任务上", "把它拖到要看守的任务边框上")


def _messages(found: Graph) -> Iterator[Finding]:
    root = found.container.getroottree().getroot()
    named = {message.get("id") for message in root.iter(xml.bpmn("message")) if message.get("name")}
    for element in found.nodes.values():
        definition = xml.child(element, "messageEventDefinition")
        holder = element if definition is None else definition
        waits = definition is not None or xml.local(element) == "receiveTask"
        if waits and holder.get("messageRef") not in named:
            yield about(element, "没有指定等待哪条消息，引擎会直接通过", "选择一条有名称的消息")


def _timers(found: Graph) -> Iterator[Finding]:
    for element in found.nodes.values():
        timer = xml.child(element, "timerEventDefinition")
        if timer is None:
            continue
        times = [tag for tag in ("timeDuration", "timeDate") if xml.child(timer, tag) is not None]
        if len(times) != 1:
            yield about(element, "定时事件应写明时长或日期中的一种", '写上时长，例如 duration("P3D")')


def _reachable(found: Graph) -> Iterator[Finding]:
    starts = [identity for identity in found.nodes if found.kind(identity) == "startEvent"]
    ends = [identity for identity in found.nodes if found.kind(identity) == "endEvent"]
    ahead, behind = _closure(starts, found.successors), _closure(ends, found.predecessors)
    for identity, element in found.nodes.items():
        if identity not in ahead and found.before[identity]:
            yield about(element, "从开始事件走不到这一步", "检查前面的连线")
        elif identity not in behind and found.after[identity]:
            yield about(element, "从这一步走不到结束事件，会一直循环", "给循环加上能走出去的出口")


def _closure(begin: Iterable[str], step: Callable[[str], list[str]]) -> set[str]:
    seen: set[str] = set()
    queue = list(begin)
    while queue:
        identity = queue.pop()
        if identity not in seen:
            seen.add(identity)
            queue.extend(step(identity))
    return seen


def _automatic_loops(found: Graph) -> Iterator[Finding]:
    """Yield loops in which nobody and nothing is waited for, with the shortest way round."""
    passing = {identity for identity in found.nodes if not _waits(found.nodes[identity])}
    for identity in (each for each in found.nodes if each in passing):
        ring = _ring(found, identity, passing)
        if ring:
            finding = about(
                found.nodes[identity],
                "处在没有人办理、也不等待任何事情的循环中，会一直自动运行",
                "在循环里加一个用户任务或定时",
            )
            yield replace(finding, trace=ring)
            return


def _ring(found: Graph, identity: str, within: Collection[str]) -> tuple[str, ...]:
    """Return the steps and flows of the shortest way from a step back to itself; none without such a way."""
    ways: dict[str, tuple[str, ...]] = {identity: (identity,)}
    queue = deque([identity])
    while queue:
        at = queue.popleft()
        for flow in found.after[at]:
            beyond = flow.get("targetRef")
            if beyond == identity:
                return (*ways[at], flow.get("id", ""), identity)
            if beyond in within and beyond not in ways:
                ways[beyond] = (*ways[at], flow.get("id", ""), beyond)
                queue.append(beyond)
    return ()


def _waits(element: Element) -> bool:
    kind = xml.local(element)
    if kind == "subProcess":
        inside = (inner for inner in xml.flow_nodes(element) if xml.local(inner) != "subProcess")
        return any(_waits(inner) for inner in inside)
    if kind == "serviceTask":
        named = xml.operator(element)
        return named is None or not operators.is_pure(named.get("id", ""))
    return kind in {"userTask", "receiveTask", "callActivity", "intermediateCatchEvent", "boundaryEvent"}


_RULES: Final[tuple[Callable[[Graph], Iterator[Finding]], ...]] = (
    _ends,
    _flow_ends,
    _ways,
    _conditions,
    _hosts,
    _messages,
    _timers,
    _reachable,
    _automatic_loops,
)
