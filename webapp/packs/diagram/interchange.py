"""Writes a drawing as BPMN diagram interchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webapp.packs.diagram.geometry import Drawing, Point
    from webapp.packs.diagram.graph import Graph
    from webapp.packs.diagram.labels import Box

BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
_HORIZONTAL = {"isHorizontal": "true"}
_MARKS = {
    "exclusiveGateway": {"isMarkerVisible": "true"},
    "subProcess": {"isExpanded": "false"},
    "transaction": {"isExpanded": "false"},
}
_PREFIXES = {"bpmndi": BPMNDI, "dc": DC, "di": DI}


def write_diagram(root: etree._Element, graph: Graph, drawing: Drawing) -> None:
    """Put a drawing into a BPMN file, in place of any that is there."""
    for old in root.findall(f"{{{BPMNDI}}}BPMNDiagram"):
        root.remove(old)
    diagram = etree.SubElement(root, f"{{{BPMNDI}}}BPMNDiagram", nsmap=_PREFIXES, id=f"{graph.plane}_diagram")
    plane = etree.SubElement(
        diagram, f"{{{BPMNDI}}}BPMNPlane", id=f"{graph.plane}_plane", bpmnElement=graph.plane
    )
    if graph.pool is not None:
        _shape(plane, graph.pool[0], drawing.pool, _HORIZONTAL)
    for lane, box in zip(graph.lanes, drawing.lanes, strict=True):
        if lane.id:
            _shape(plane, lane.id, box, _HORIZONTAL)
    for flow in graph.flows:
        _edge(plane, flow.id, list(drawing.lines[flow.id]), drawing.labels.get(flow.id))
    for key, node in graph.nodes.items():
        shape = _shape(plane, key, drawing.nodes[key], _MARKS.get(node.kind, {}))
        _label(shape, drawing.labels.get(key))
    etree.indent(diagram, level=1)
    diagram.tail = "\n"


def _shape(plane: etree._Element, key: str, box: Box, marks: Mapping[str, str]) -> etree._Element:
    shape = etree.SubElement(
        plane, f"{{{BPMNDI}}}BPMNShape", {"id": f"{key}_di", "bpmnElement": key, **marks}
    )
    _bounds(shape, box)
    return shape


def _edge(plane: etree._Element, key: str, points: list[Point], label: Box | None) -> None:
    edge = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", id=f"{key}_di", bpmnElement=key)
    for x, y in points:
        etree.SubElement(edge, f"{{{DI}}}waypoint", x=f"{x:g}", y=f"{y:g}")
    _label(edge, label)


def _label(owner: etree._Element, box: Box | None) -> None:
    if box is not None:
        _bounds(etree.SubElement(owner, f"{{{BPMNDI}}}BPMNLabel"), box)


def _bounds(owner: etree._Element, box: Box) -> None:
    etree.SubElement(
        owner,
        f"{{{DC}}}Bounds",
        x=f"{box.x:g}",
        y=f"{box.y:g}",
        width=f"{box.width:g}",
        height=f"{box.height:g}",
    )
