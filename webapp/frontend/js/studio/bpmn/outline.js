// All elements as a list: the way to each of them without a mouse.
import { make } from "../dom.js";
import { isA, nodesOf, titleOf } from "./modeler.js";

const READABLE = 0.6;
const ORDER = [
  ["单位", ["Lane"]],
  ["步骤", ["Activity"]],
  ["分合", ["Gateway"]],
  ["事件", ["Event"]],
  ["连线", ["SequenceFlow"]],
];

export function startOutline(modeler, list) {
  const draw = () => {
    const chosen = modeler.get("selection").get()[0]?.id ?? "";
    list.replaceChildren(
      make("option", { value: "" }, "整个流程"),
      ...ORDER.map(([title, types]) => group(modeler, title, types)),
    );
    list.value = chosen;
  };
  let waiting = null;
  const later = () => {
    waiting ??= setTimeout(() => {
      waiting = null;
      draw();
    });
  };
  for (const event of ["import.done", "selection.changed", "commandStack.changed"]) modeler.on(event, later);
  later();
  list.addEventListener("change", () => show(modeler, list.value));
}

function group(modeler, title, types) {
  const found = modeler
    .get("elementRegistry")
    .filter((each) => isA(each, ...types) && !each.labelTarget && each.type !== "label");
  const rows = found.sort((one, other) => (one.x ?? 0) - (other.x ?? 0) || (one.y ?? 0) - (other.y ?? 0));
  return make("optgroup", { label: title }, ...rows.map((each) => make("option", { value: each.id }, wordsOf(each))));
}

function wordsOf(element) {
  const bo = element.businessObject;
  if (!isA(element, "SequenceFlow")) return titleOf(bo);
  return `${titleOf(bo.sourceRef)} → ${titleOf(bo.targetRef)}${bo.name ? `（${bo.name}）` : ""}`;
}

/** Choose an element and bring it into view; none for the process as a whole. */
export function show(modeler, id) {
  const element = id ? modeler.get("elementRegistry").get(id) : null;
  modeler.get("selection").select(element ?? []);
  if (!element) return;
  const canvas = modeler.get("canvas");
  if (canvas.zoom() < READABLE) canvas.zoom(READABLE);
  canvas.scrollToElement(element, 100);
}

/** Go along the flow: to what follows the chosen element, or to what stands before it. */
export function step(modeler, forward) {
  const chosen = modeler.get("selection").get()[0];
  if (!isA(chosen, "FlowNode")) {
    const [first] = nodesOf(modeler);
    if (first) show(modeler, first.id);
    return;
  }
  const ways = (forward ? chosen.outgoing : chosen.incoming).filter((each) => isA(each, "SequenceFlow"));
  const next = ways.map((way) => (forward ? way.target : way.source))[0];
  if (next) show(modeler, next.id);
}
