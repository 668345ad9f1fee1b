// The modeller of a page: drawing, keys and search of bpmn-js; what may be placed, and how, is ours.
import Modeler from "bpmn-js/lib/Modeler";
import MinimapModule from "diagram-js-minimap";

import { LOOK } from "../../diagram/look.js";
import { KINDS, kindOf } from "./kinds.js";
import { moddleExtensions } from "./moddle.js";
import { PadModule } from "./pad.js";
import { WordsModule } from "./words.js";

export function createModeler(container) {
  return new Modeler({
    container,
    moddleExtensions,
    ...LOOK,
    minimap: { open: false },
    additionalModules: [MinimapModule, WordsModule, PadModule],
  });
}

/** The model as the library writes it. */
export async function written(modeler) {
  return (await modeler.saveXML({ format: true })).xml;
}

/** The process that a page edits; its shape, if it has a pool, and its data. */
export function processOf(modeler) {
  const root = modeler.get("canvas").getRootElement();
  const pool = modeler
    .get("elementRegistry")
    .find((each) => each.type === "bpmn:Participant" && each.businessObject.processRef);
  return pool ? { element: pool, bo: pool.businessObject.processRef } : { element: root, bo: root.businessObject };
}

/** Steps, gateways and events, in the order in which they stand from left to right. */
export function nodesOf(modeler) {
  return modeler
    .get("elementRegistry")
    .filter(
      (each) => each.businessObject?.$instanceOf?.("bpmn:FlowNode") && each.type !== "label" && !each.labelTarget,
    )
    .sort((one, other) => one.x - other.x || one.y - other.y);
}

export function isA(element, ...types) {
  return types.some((type) => element?.businessObject?.$instanceOf?.(`bpmn:${type}`));
}

/** What an element is called; gateways and events often have no name of their own. */
export const titleOf = (bo) => bo.name || `${KINDS[kindOf(bo)]?.label ?? OTHERS[bo.$type] ?? "未命名"}（${bo.id}）`;
const OTHERS = { "bpmn:SequenceFlow": "连线", "bpmn:Lane": "泳道", "bpmn:Process": "流程", "bpmn:TextAnnotation": "注释" };
