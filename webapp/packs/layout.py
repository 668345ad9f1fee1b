"""Draws a BPMN process: pool, lanes, nodes, flows and labels, with nothing on top of anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from webapp.core.errors import Invalid
from webapp.packs.diagram.geometry import draw
from webapp.packs.diagram.graph import read_graph
from webapp.packs.diagram.interchange import write_diagram
from webapp.packs.diagram.labels import place_labels
from webapp.packs.diagram.lines import build_grid
from webapp.packs.diagram.placement import place
from webapp.packs.diagram.routing import route
from webapp.packs.diagram.tracks import assign_tracks
from webapp.packs.sources import parse_xml

if TYPE_CHECKING:
    from webapp.packs.diagram.geometry import Drawing
    from webapp.packs.diagram.graph import Graph


MOST_NODES, MOST_FLOWS = 500, 1500
"""What is drawn; a process may have fewer steps, and the work grows with their square."""


def layout(source: bytes) -> bytes:
    """Return the same BPMN with a new drawing; the process itself is not touched.

    Args:
        source: BPMN 2.0 XML with or without a drawing.

    Raises:
        Invalid: If it is no BPMN, is too large to be drawn, or a flow or boundary event leads nowhere.
    """
    root = parse_xml(source, keep_comments=True)
    if root is None:
        raise Invalid("这不是正确的 XML 文件，无法绘制流程图。")
    graph = read_graph(root)
    if len(graph.nodes) > MOST_NODES or len(graph.flows) > MOST_FLOWS:
        raise Invalid(f"步骤超过 {MOST_NODES} 个或连线超过 {MOST_FLOWS} 条，不能自动排版，请拆成子流程。")
    write_diagram(root, graph, draw_graph(graph))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def draw_graph(graph: Graph) -> Drawing:
    """Return the drawing of a process in pixels."""
    placement = place(graph)
    grid = build_grid(graph, placement)
    ways = route(graph, grid, placement.backward)
    tracks, labels = assign_tracks(graph, grid, ways), place_labels(graph, ways)
    return draw(graph, placement, grid, ways=ways, tracks=tracks, labels=labels)
