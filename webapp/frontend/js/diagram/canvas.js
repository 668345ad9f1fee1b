// One bpmn-js viewer in a panel: colours follow the page's tokens, so that a change of theme needs no redraw.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

import { paintLanes } from "./lanes.js";
import { LOOK } from "./look.js";
import { paintState } from "./state.js";

const LANE_LABEL = 30;
const SMALLEST = 0.58;
const LARGEST = 0.9;

function create(container) {
  return new NavigatedViewer({
    container,
    ...LOOK,
  });
}

/** Read the file, draw it, and return what the panel's buttons need. */
export async function openDiagram(panel, state) {
  const container = panel.querySelector("[data-diagram-canvas]");
  const response = await fetch(panel.dataset.url, { credentials: "same-origin" });
  if (!response.ok) throw new Error(String(response.status));
  const viewer = create(container);
  await viewer.importXML(await response.text());
  // The wheel belongs to the page until the person has entered the diagram.
  viewer.get("zoomScroll").toggle(false);
  container.addEventListener("focusin", () => viewer.get("zoomScroll").toggle(true));
  container.addEventListener("focusout", () => viewer.get("zoomScroll").toggle(false));
  label(container, panel.dataset.label);
  paintState(viewer, state);
  const rail = panel.querySelector("[data-diagram-lanes]");
  paintLanes(viewer, rail, state);
  const controls = { zoom: (factor) => zoom(viewer, factor), whole: () => whole(viewer), here: () => here(viewer, state, rail) };
  controls.here();
  return controls;
}

function label(container, text) {
  const drawing = container.querySelector("svg[data-element-id], .djs-container > svg");
  drawing?.setAttribute("role", "img");
  drawing?.setAttribute("aria-label", text);
}

function zoom(viewer, factor) {
  const canvas = viewer.get("canvas");
  canvas.zoom(canvas.zoom() * factor);
}

function whole(viewer) {
  viewer.get("canvas").zoom("fit-viewport", "auto");
}

/** Show the step the case stands at, large enough to read. */
function here(viewer, state, rail) {
  const canvas = viewer.get("canvas");
  const size = canvas.getSize();
  const { inner } = canvas.viewbox();
  const scale = Math.min(LARGEST, Math.max(SMALLEST, size.height / (inner.height + 24)));
  const width = size.width / scale;
  const height = size.height / scale;
  const centre = middle(viewer, state, inner);
  const left = contentLeft(viewer, inner) - rail.clientWidth / scale;
  canvas.viewbox({
    x: clamp(centre.x - width / 2, left, inner.x + inner.width - width + 16),
    y: height >= inner.height ? inner.y + inner.height / 2 - height / 2 : clamp(centre.y - height / 2, inner.y - 8, inner.y + inner.height - height + 8),
    width,
    height,
  });
}

/** Where the steps begin: the bands with the names of pool and lanes lie under the rail, which shows them too. */
function contentLeft(viewer, inner) {
  const lanes = viewer.get("elementRegistry").filter((element) => element.type === "bpmn:Lane");
  return lanes.length ? Math.max(...lanes.map((lane) => lane.x)) + LANE_LABEL : inner.x - 12;
}

function middle(viewer, state, inner) {
  const registry = viewer.get("elementRegistry");
  const last = state.done?.length ? [state.done[state.done.length - 1]] : [];
  const boxes = (state.active?.length ? state.active : last).map((id) => registry.get(id)).filter((box) => box?.width);
  if (!boxes.length) return { x: inner.x, y: inner.y };
  const left = Math.min(...boxes.map((box) => box.x));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const top = Math.min(...boxes.map((box) => box.y));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x: (left + right) / 2, y: (top + bottom) / 2 };
}

const clamp = (value, low, high) => Math.max(low, Math.min(value, Math.max(low, high)));
