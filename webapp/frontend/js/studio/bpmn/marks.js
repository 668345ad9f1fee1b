// Findings on the drawing: a mark at each element, and the way that leads to a fault.

const FAULT = "studio-fault";
const DOUBT = "studio-doubt";
const TRACE = "studio-trace";

export class Marks {
  constructor(modeler) {
    this.modeler = modeler;
    this.marked = [];
    this.traced = [];
    this.findings = [];
    modeler.on("import.done", () => this.show(this.findings));
  }

  show(findings) {
    const canvas = this.modeler.get("canvas");
    const registry = this.modeler.get("elementRegistry");
    const overlays = this.modeler.get("overlays");
    for (const [id, name] of this.marked) if (registry.get(id)) canvas.removeMarker(id, name);
    overlays.remove({ type: "studio-finding" });
    this.findings = findings;
    this.marked = [];
    for (const [id, own] of grouped(findings)) {
      if (!id || !registry.get(id)) continue;
      const name = own.some(({ severity }) => severity !== "warning") ? FAULT : DOUBT;
      canvas.addMarker(id, name);
      this.marked.push([id, name]);
      if (registry.get(id).width)
        overlays.add(id, "studio-finding", { position: { top: -10, right: 10 }, html: badge(own, name) });
    }
  }

  trace(ids) {
    const canvas = this.modeler.get("canvas");
    const registry = this.modeler.get("elementRegistry");
    for (const id of this.traced) if (registry.get(id)) canvas.removeMarker(id, TRACE);
    this.traced = withFlows(registry, ids ?? []).filter((id) => registry.get(id));
    for (const id of this.traced) canvas.addMarker(id, TRACE);
  }
}

/** The flows between neighbours of a way belong to it. */
function withFlows(registry, ids) {
  const between = ids
    .slice(1)
    .flatMap((id, index) =>
      (registry.get(ids[index])?.outgoing ?? []).filter((way) => way.target.id === id).map((way) => way.id),
    );
  return [...ids, ...between];
}

function grouped(findings) {
  const found = new Map();
  for (const each of findings) found.set(each.element_id, [...(found.get(each.element_id) ?? []), each]);
  return found;
}

function badge(findings, name) {
  const node = document.createElement("span");
  node.className = `studio-badge ${name}`;
  node.textContent = String(findings.length);
  node.title = findings.map(({ reason }) => reason).join("\n");
  return node;
}
