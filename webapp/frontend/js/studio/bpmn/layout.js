// 自动排版 as one step that can be undone: places come from the server, elements and flows stay what they are.

/** Moves everything to its new place at once; what follows a move by hand would fight it. */
class LayoutHandler {
  constructor(elementRegistry, moddle) {
    Object.assign(this, { registry: elementRegistry, moddle });
  }

  execute(context) {
    context.before = [...context.places.keys()]
      .filter((id) => this.registry.get(id))
      .map((id) => [id, this.placeOf(this.registry.get(id))]);
    return this.put(context.places);
  }

  revert(context) {
    return this.put(new Map(context.before));
  }

  placeOf(element) {
    if (element.waypoints) return { waypoints: element.waypoints.map(({ x, y }) => ({ x, y })) };
    const { x, y, width, height } = element;
    return { x, y, width, height };
  }

  put(places) {
    const changed = [];
    for (const [id, place] of places) {
      const element = this.registry.get(id);
      if (!element) continue;
      if (place.waypoints) this.draw(element, place.waypoints);
      else this.move(element, place);
      changed.push(element);
    }
    return changed;
  }

  draw(connection, waypoints) {
    connection.waypoints = waypoints.map((point) => ({ ...point }));
    connection.di.waypoint = waypoints.map(({ x, y }) => this.moddle.create("dc:Point", { x, y }));
  }

  move(element, place) {
    Object.assign(element, place);
    const bounds = this.moddle.create("dc:Bounds", place);
    if (element.labelTarget) {
      element.di.label ??= this.moddle.create("bpmndi:BPMNLabel", {});
      element.di.label.bounds = bounds;
    } else element.di.bounds = bounds;
  }
}

LayoutHandler.$inject = ["elementRegistry", "moddle"];

export function registerLayout(modeler) {
  modeler.get("commandStack").registerHandler("studio.layout", LayoutHandler);
}

/** Take the places of a drawing over. */
export async function applyLayout(modeler, text) {
  const { rootElement } = await modeler.get("moddle").fromXML(text);
  const places = new Map();
  for (const each of rootElement.diagrams[0].plane.planeElement) {
    const { id } = each.bpmnElement;
    if (each.waypoint) places.set(id, { waypoints: each.waypoint.map(({ x, y }) => ({ x, y })) });
    else places.set(id, boxOf(each.bounds));
    if (each.label?.bounds) places.set(`${id}_label`, boxOf(each.label.bounds));
  }
  modeler.get("commandStack").execute("studio.layout", { places });
}

const boxOf = ({ x, y, width, height }) => ({ x, y, width, height });
