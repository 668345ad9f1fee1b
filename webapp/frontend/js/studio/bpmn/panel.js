// The panel beside the drawing: what the chosen element says, in fields. Drawn anew after every change; focus stays.
import { make } from "../dom.js";
import { drawField } from "../fields.js";
import { groupsOf } from "./groups.js";
import { titleOf } from "./modeler.js";

export class Panel {
  constructor(modeler, holder, context) {
    this.modeler = modeler;
    this.holder = holder;
    this.context = context;
    this.closed = new Set();
    const later = () => this.later();
    modeler.on("selection.changed", later);
    modeler.on("commandStack.changed", later);
    modeler.on("import.done", later);
    this.later();
  }

  /** Draw once for whatever happened together, when focus has gone where it was going. */
  later() {
    this.waiting ??= setTimeout(() => {
      this.waiting = null;
      this.draw();
    });
  }

  chosen() {
    const selected = this.modeler.get("selection").get();
    const found = selected.length === 1 ? selected[0] : null;
    return found?.labelTarget ?? found;
  }

  draw() {
    const at = this.holder.contains(document.activeElement) ? document.activeElement : null;
    const mark = at && { id: at.id, start: at.selectionStart, end: at.selectionEnd };
    const element = this.chosen();
    const groups = groupsOf(this.modeler, element, this.context);
    const parts = groups.map((group) => this.group(group));
    this.holder.replaceChildren(...parts);
    if (mark?.id) this.restore(mark);
    this.tell(element);
  }

  tell(element) {
    const name = element ? titleOf(element.businessObject) : "整个流程";
    if (name !== this.told) document.querySelector("[data-studio-chosen]").textContent = name;
    this.told = name;
  }

  group({ title, fields, actions = [] }) {
    const open = !this.closed.has(title);
    const details = make("details", { class: "studio-group", open }, make("summary", {}, title));
    details.addEventListener("toggle", () => this.closed[details.open ? "delete" : "add"](title));
    details.append(...fields.filter(Boolean).map(drawField));
    if (actions.length) {
      const buttons = actions.map(({ id, label, run }) =>
        make(
          "button",
          { type: "button", class: "button button-small", id: `field-${id}`, on: { click: run } },
          label,
        ),
      );
      details.append(make("p", { class: "studio-actions" }, ...buttons));
    }
    return details;
  }

  restore({ id, start, end }) {
    const again = document.getElementById(id);
    if (!again) return;
    again.focus({ preventScroll: true });
    if (typeof start === "number" && typeof again.setSelectionRange === "function")
      again.setSelectionRange(start, end);
  }

  /** Put the keys into the panel: the first field that can be filled in. */
  enter() {
    this.holder.querySelector("input, select, textarea")?.focus();
  }
}
