// The names of the lanes stay at the left edge while the drawing moves under them.

export function paintLanes(viewer, rail, state) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const lanes = registry.filter((element) => element.type === "bpmn:Lane").sort((a, b) => a.y - b.y);
  lanes.forEach((lane, index) => {
    canvas.addMarker(lane, "is-lane");
    if (index % 2) canvas.addMarker(lane, "is-odd");
  });
  rail.hidden = !lanes.length;
  const open = (state.active ?? []).map((id) => registry.get(id)).filter(Boolean);
  const busy = new Set(lanes.filter((lane) => open.some((step) => inside(step, lane))));
  const names = lanes.map((lane) => {
    const name = document.createElement("span");
    name.textContent = lane.businessObject.name ?? "";
    name.classList.toggle("is-on", busy.has(lane));
    return name;
  });
  rail.replaceChildren(...names);

  const place = () => {
    const view = canvas.viewbox();
    const height = rail.clientHeight;
    lanes.forEach((lane, index) => {
      // The name stands in the middle of what can be seen of its lane.
      const top = Math.max(0, (lane.y - view.y) * view.scale);
      const bottom = Math.min(height, (lane.y + lane.height - view.y) * view.scale);
      names[index].hidden = bottom - top < 16;
      names[index].style.top = `${top}px`;
      names[index].style.height = `${Math.max(0, bottom - top)}px`;
    });
  };
  viewer.on("canvas.viewbox.changed", place);
  place();
}

function inside(step, lane) {
  const middle = step.y + step.height / 2;
  return middle >= lane.y && middle <= lane.y + lane.height;
}
