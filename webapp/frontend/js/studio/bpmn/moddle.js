// What the modeller reads and writes: BPMN, and the properties that a pack adds to it.
import standard from "bpmn-moddle/resources/bpmn/json/bpmn.json";

import spiffworkflow from "./spiffworkflow.json";

const LOOP = "MultiInstanceLoopCharacteristics";
const LISTS = new Set(["loopDataInputRef", "loopDataOutputRef"]);

/**
 * The list that a step goes through is an expression here, and no reference to a data object: read as a reference
 * it would lead nowhere and be left out when the file is saved.
 */
function withListsAsText(types) {
  return types.map((type) =>
    type.name === LOOP
      ? {
          ...type,
          properties: type.properties.map((each) =>
            LISTS.has(each.name) ? { name: each.name, type: "String" } : each,
          ),
        }
      : type,
  );
}

export const moddleExtensions = {
  bpmn: { ...standard, types: withListsAsText(standard.types) },
  spiffworkflow,
};
