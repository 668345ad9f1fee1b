// Copy and paste, also from another file of the draft, and the usual fragments: each is pasted as if it were copied.
import BpmnModeler from "bpmn-js/lib/Modeler";

import { moddleExtensions } from "./moddle.js";

const KEPT = "studio-copied";
const HOLDERS = new Set(["bpmn:Lane", "bpmn:Participant", "bpmn:SubProcess"]);
const ENDS = new Set(["bpmn:StartEvent", "bpmn:EndEvent"]);
const BESIDE = 480;

/** What was copied in one page can be pasted in another: flows hold no personal data. */
export function shareClipboard(modeler) {
  modeler.on("copyPaste.elementsCopied", ({ tree }) => localStorage.setItem(KEPT, JSON.stringify(tree)));
  const take = () => {
    const kept = localStorage.getItem(KEPT);
    if (kept) modeler.get("clipboard").set(JSON.parse(kept, reviver(modeler.get("moddle"))));
  };
  addEventListener("storage", ({ key }) => key === KEPT && take());
  take();
}

function reviver(moddle) {
  const made = new Map();
  return (key, value) => {
    if (typeof value !== "object" || typeof value?.$type !== "string") return value;
    if (value.id && made.has(value.id)) return made.get(value.id);
    const { $type, ...attributes } = value;
    const element = moddle.create($type, attributes);
    if (value.id) made.set(value.id, element);
    return element;
  };
}

/** Put a fragment beside the chosen element, or into the middle of what is seen. */
export async function pasteFragment(modeler, text) {
  const holder = document.createElement("div");
  holder.className = "studio-hidden";
  document.body.append(holder);
  const source = new BpmnModeler({ container: holder, moddleExtensions });
  try {
    await source.importXML(text);
    const shapes = source
      .get("elementRegistry")
      .filter(
        (each) => each.parent === source.get("canvas").getRootElement() && !each.waypoints && !ENDS.has(each.type),
      );
    const tree = source.get("copyPaste").copy(shapes);
    const own = JSON.parse(JSON.stringify(tree), reviver(modeler.get("moddle")));
    modeler.get("clipboard").set(own);
  } finally {
    source.destroy();
    holder.remove();
  }
  const { element, point } = placeFor(modeler);
  const pasted = modeler.get("copyPaste").paste({ element, point });
  modeler.get("selection").select(pasted.filter((each) => !each.labelTarget));
}

function placeFor(modeler) {
  const chosen = modeler.get("selection").get()[0];
  if (!chosen || chosen.waypoints) {
    const { x, y, width, height } = modeler.get("canvas").viewbox();
    return { element: pool(modeler), point: { x: Math.round(x + width / 2), y: Math.round(y + height / 2) } };
  }
  const element = HOLDERS.has(chosen.type) ? chosen : chosen.parent;
  return {
    element,
    point: { x: Math.round(chosen.x + chosen.width + BESIDE), y: Math.round(chosen.y + chosen.height / 2) },
  };
}

const pool = (modeler) =>
  modeler.get("elementRegistry").find((each) => each.type === "bpmn:Participant") ??
  modeler.get("canvas").getRootElement();
