// What stands beside a chosen element: what usually follows it, to connect it, and to take it away.
import { KINDS, makeShape } from "./kinds.js";

const FOLLOWING = ["user", "service", "exclusive", "end"];
const ENDS = new Set(["bpmn:EndEvent"]);

class Pad {
  constructor(contextPad, autoPlace, create, connect, modeling, injector) {
    Object.assign(this, { autoPlace, create, connect, modeling, injector });
    contextPad.registerProvider(this);
  }

  getContextPadEntries(element) {
    const entries = {};
    const bo = element.businessObject;
    if (bo.$instanceOf("bpmn:FlowNode") && !ENDS.has(element.type) && !element.labelTarget) {
      for (const kind of FOLLOWING) entries[`append.${kind}`] = this.append(kind);
      entries.connect = {
        group: "connect",
        className: "bpmn-icon-connection-multi",
        title: "连线：点这里，再点要连到的元素",
        action: {
          click: (event, from) => this.connect.start(event, from),
          dragstart: (event, from) => this.connect.start(event, from),
        },
      };
    }
    if (element.type !== "bpmn:Participant") {
      entries.delete = {
        group: "edit",
        className: "bpmn-icon-trash",
        title: "删除",
        action: { click: (event, target) => this.modeling.removeElements([target]) },
      };
    }
    return entries;
  }

  append(kind) {
    const place = (event, source) => this.autoPlace.append(source, makeShape(this.injector, kind));
    const drag = (event, source) => this.create.start(event, makeShape(this.injector, kind), { source });
    return {
      group: "model",
      className: KINDS[kind].icon,
      title: `接着加：${KINDS[kind].label}`,
      action: { click: place, dragstart: drag },
    };
  }
}

Pad.$inject = ["contextPad", "autoPlace", "create", "connect", "modeling", "injector"];

/** Lists and pads of the library that we do not show; those for several elements set styles that the policy refuses. */
export const PadModule = {
  contextPadProvider: ["type", Pad],
  paletteProvider: ["value", null],
  alignElementsContextPadProvider: ["value", null],
  alignElementsMenuProvider: ["value", null],
  distributeElementsMenuProvider: ["value", null],
};
