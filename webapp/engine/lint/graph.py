"""One process as a graph: its nodes, its flows, and where a token can go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from webapp.engine import source as xml

if TYPE_CHECKING:
    from webapp.engine.source import Element


@dataclass(slots=True)
class Graph:
    """One process or subprocess with its own nodes and flows.

    Attributes:
        after: flows that leave a node, by its id, in document order.
        before: flows that enter a node.
        watched: boundary events by the id of the step that they watch.
    """

    container: Element
    nodes: dict[str, Element] = field(default_factory=dict)
    flows: list[Element] = field(default_factory=list)
    after: dict[str, list[Element]] = field(default_factory=dict)
    before: dict[str, list[Element]] = field(default_factory=dict)
    watched: dict[str, list[str]] = field(default_factory=dict)

    def kind(self, identity: str) -> str:
        """Return the BPMN name of a node."""
        return xml.local(self.nodes[identity])

    def successors(self, identity: str) -> list[str]:
        """Return where a token can go from a node; from a watched step also to its events."""
        ahead = [flow.get("targetRef") for flow in self.after[identity]]
        return ahead + self.watched[identity]

    def predecessors(self, identity: str) -> list[str]:
        """Return where a token at a node can come from."""
        behind = [flow.get("sourceRef") for flow in self.before[identity]]
        host = self.nodes[identity].get("attachedToRef")
        return [*behind, host] if host in self.nodes else behind


def graph(container: Element) -> Graph:
    """Read the nodes and flows that lie directly in a process or subprocess."""
    found = Graph(container)
    for element in container:
        if xml.local(element) in xml.FLOW_NODES and element.get("id"):
            found.nodes[element.get("id")] = element
        elif xml.local(element) == "sequenceFlow":
            found.flows.append(element)
    for index in (found.after, found.before, found.watched):
        index.update({identity: [] for identity in found.nodes})
    for flow in found.flows:
        if flow.get("sourceRef") in found.nodes and flow.get("targetRef") in found.nodes:
            found.after[flow.get("sourceRef")].append(flow)
            found.before[flow.get("targetRef")].append(flow)
    for identity, element in found.nodes.items():
        if element.get("attachedToRef") in found.nodes:
            found.watched[element.get("attachedToRef")].append(identity)
    return found
