// Adding an element by its button: after the chosen step, into the chosen flow, or onto the chosen step. By mouse it
// can also be drawn to its place.
import { make } from "../dom.js";
import { KINDS, makeShape } from "./kinds.js";
import { isA } from "./modeler.js";

const GAP = 60;

/** One command for several moves, so that 撤销 takes them back together. */
class InsertHandler {
  constructor(autoPlace, modeling, spaceTool, elementRegistry, injector) {
    Object.assign(this, { autoPlace, modeling, spaceTool, registry: elementRegistry, injector });
  }

  preExecute(context) {
    const flow = context.flow ?? this.onward(context);
    const forward = flow && flow.target.x > flow.source.x + flow.source.width;
    context.added = forward ? this.into(context.kind, flow) : this.after(context, flow);
  }

  /** The one flow that goes on from a step: the new one comes before what follows. */
  onward({ kind, target }) {
    const ways = target.outgoing.filter((each) => isA(each, "SequenceFlow"));
    return ways.length === 1 && !isA(target, "Gateway") && KINDS[kind].type !== "bpmn:EndEvent" ? ways[0] : null;
  }

  after({ kind, target, flow }, onward) {
    const added = this.autoPlace.append(flow?.source ?? target, makeShape(this.injector, kind));
    if (onward) this.modeling.reconnectStart(onward, added, middle(added));
    return added;
  }

  /** Beside the step before it, in the same lane; what stands further on makes room. */
  into(kind, flow) {
    const { source, target } = flow;
    const shape = makeShape(this.injector, kind);
    const edge = source.x + source.width;
    this.makeRoom(edge + 5, shape.width + 2 * GAP - (target.x - edge));
    const at = { x: edge + GAP + shape.width / 2, y: source.y + source.height / 2 };
    const added = this.modeling.createShape(shape, at, source.parent);
    this.modeling.reconnectEnd(flow, added, middle(added));
    this.modeling.connect(added, target);
    return added;
  }

  makeRoom(start, delta) {
    if (delta <= 0) return;
    const all = this.registry.filter((each) => each.parent && each.type !== "label");
    const { movingShapes, resizingShapes } = this.spaceTool.calculateAdjustments(all, "x", delta, start);
    if (movingShapes.length) this.modeling.createSpace(movingShapes, resizingShapes, { x: delta, y: 0 }, "e", start);
  }
}

InsertHandler.$inject = ["autoPlace", "modeling", "spaceTool", "elementRegistry", "injector"];

const middle = (shape) => ({ x: shape.x + shape.width / 2, y: shape.y + shape.height / 2 });

export class Adding {
  constructor(modeler, holder, { panel, tell }) {
    this.modeler = modeler;
    this.panel = panel;
    this.tell = tell;
    this.holder = holder;
    modeler.get("commandStack").registerHandler("studio.insert", InsertHandler);
    this.draw();
  }

  draw() {
    const groups = [...new Set(Object.values(KINDS).map(({ group }) => group))];
    this.holder.append(...groups.map((group) => this.group(group)), this.lanes());
  }

  group(name) {
    const kinds = Object.entries(KINDS).filter(([, { group }]) => group === name);
    return make("fieldset", {}, make("legend", {}, name), ...kinds.map(([key, kind]) => this.button(key, kind)));
  }

  button(key, { label, help, icon }) {
    const start = (event) => {
      event.preventDefault();
      this.modeler.get("create").start(event, makeShape(this.modeler.get("injector"), key));
    };
    return make(
      "button",
      {
        type: "button",
        class: "studio-add",
        title: help,
        draggable: "true",
        on: { click: () => this.add(key), dragstart: start },
      },
      pictureOf(icon),
      label,
    );
  }

  lanes() {
    const add = () => {
      const pool = this.modeler.get("elementRegistry").find((each) => each.type === "bpmn:Participant");
      if (!pool) return this.tell("流程没有泳池");
      const lane = this.modeler.get("modeling").addLane(pool, "bottom");
      return this.choose(lane);
    };
    return make(
      "fieldset",
      {},
      make("legend", {}, "单位"),
      make(
        "button",
        {
          type: "button",
          class: "studio-add",
          title: "在最下面加一个单位",
          on: { click: add },
        },
        pictureOf("bpmn-icon-participant"),
        "泳道",
      ),
    );
  }

  add(kind) {
    const chosen = this.modeler.get("selection").get()[0];
    const modeling = this.modeler.get("modeling");
    if (kind === "boundary") {
      if (!isA(chosen, "Activity")) return this.tell("先选中一个步骤，再加“步骤超时”");
      const at = { x: chosen.x + chosen.width * 0.75, y: chosen.y + chosen.height };
      return this.choose(
        modeling.createShape(makeShape(this.modeler.get("injector"), kind), at, chosen, { attach: true }),
      );
    }
    const flow = isA(chosen, "SequenceFlow") ? chosen : null;
    if (flow || (isA(chosen, "FlowNode") && !isA(chosen, "EndEvent")))
      return this.choose(this.insert(kind, chosen, flow));
    if (isA(chosen, "Lane", "Participant")) {
      return this.choose(modeling.createShape(makeShape(this.modeler.get("injector"), kind), free(chosen), chosen));
    }
    return this.tell("先选中前一步（或一条连线、一个泳道），再加新的");
  }

  insert(kind, target, flow) {
    const context = { kind, target, flow };
    this.modeler.get("commandStack").execute("studio.insert", context);
    return context.added;
  }

  /** The new element is chosen, and the keys go to its name. */
  choose(element) {
    this.modeler.get("selection").select(element);
    this.modeler.get("canvas").scrollToElement(element, 80);
    this.tell("已添加，请填写名称");
    setTimeout(() => document.getElementById("field-name")?.focus(), 30);
  }
}

/** The sign of a font, kept out of the name of its button. */
const pictureOf = (icon) => make("span", { class: icon, "aria-hidden": "true" });

/** Behind everything that stands in a lane. */
function free(lane) {
  const inside = (lane.children ?? []).filter((each) => each.width && each.type !== "label");
  const right = Math.max(lane.x + GAP, ...inside.map((each) => each.x + each.width));
  return { x: right + GAP * 1.5, y: lane.y + lane.height / 2 };
}
