// The form as a list of its components, in order: to choose, to move, to take away.
import { make } from "../dom.js";
import { KINDS, titleOf } from "./kinds.js";

export class Structure {
  constructor(model, holder) {
    this.model = model;
    this.holder = holder;
    for (const event of ["change", "choice"]) model.addEventListener(event, () => this.draw());
    holder.addEventListener("keydown", (event) => this.key(event));
    this.draw();
  }

  draw() {
    const had = this.holder.contains(document.activeElement);
    this.holder.replaceChildren(
      this.row(this.model.root, [], this.model.root.title || "整个表单", "表单"),
      this.list(this.model.root, []),
    );
    if (had) this.current()?.focus();
  }

  current() {
    return this.holder.querySelector("[aria-current]");
  }

  list(holder, place) {
    return make(
      "ol",
      {},
      ...(holder.components ?? []).map((component, index) => {
        const here = [...place, index];
        return make(
          "li",
          {},
          this.row(component, here, titleOf(component), KINDS[component.type]?.label ?? component.type),
          component.components ? this.list(component, here) : null,
        );
      }),
    );
  }

  row(component, place, title, kind) {
    const current = place.join() === this.model.chosen.join();
    return make(
      "button",
      {
        type: "button",
        class: "studio-component",
        "aria-current": current ? "true" : null,
        on: { click: () => this.model.choose(place) },
      },
      make("span", {}, title),
      make("small", {}, kind),
      component.validate?.required ? make("small", { class: "required", title: "必填" }, "*") : null,
    );
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && event.altKey) this.model.move(step);
    else if (step) {
      const rows = [...this.holder.querySelectorAll(".studio-component")];
      rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(document.activeElement) + step))].click();
    } else if (event.key === "Delete") this.model.remove();
    else return;
    event.preventDefault();
    this.current()?.focus();
  }
}
