// The form as data, with 撤销. Components are found by where they stand: [2, 0] is the first in the third.
import { HOLDERS, begin, keyName } from "./kinds.js";

export class FormModel extends EventTarget {
  constructor(text) {
    super();
    this.root = JSON.parse(text);
    this.end = text.endsWith("\n") ? "\n" : "";
    this.chosen = [];
    this.past = [];
    this.future = [];
  }

  text() {
    return JSON.stringify(this.root, null, 2) + this.end;
  }

  at(place = this.chosen) {
    return place.reduce((holder, index) => holder?.components?.[index], this.root);
  }

  /** Change the form as one step that can be undone. */
  change(act) {
    this.past.push(JSON.stringify([this.root, this.chosen]));
    this.future = [];
    act();
    this.tell();
  }

  tell() {
    this.dispatchEvent(new Event("change"));
  }

  choose(place) {
    this.chosen = this.at(place) ? place : [];
    this.dispatchEvent(new Event("choice"));
  }

  undo() {
    this.go(this.past, this.future);
  }

  redo() {
    this.go(this.future, this.past);
  }

  go(from, to) {
    if (!from.length) return;
    to.push(JSON.stringify([this.root, this.chosen]));
    [this.root, this.chosen] = JSON.parse(from.pop());
    this.tell();
  }

  /** Behind the chosen component, or into the chosen section; lists take fields only. */
  add(type) {
    const chosen = this.at();
    const inside = this.chosen.length && HOLDERS.has(chosen.type);
    const holder = inside ? this.chosen : this.chosen.slice(0, -1);
    const index = inside
      ? chosen.components.length
      : this.chosen.length
        ? this.chosen.at(-1) + 1
        : (this.root.components ?? []).length;
    if (this.inList(holder) && (HOLDERS.has(type) || type === "text" || type === "table")) return false;
    this.change(() => {
      const siblings = (this.at(holder).components ??= []);
      siblings.splice(index, 0, begin(type, this.freeKey(type)));
      this.chosen = [...holder, index];
    });
    return true;
  }

  inList(place) {
    return place.some((_, depth) => this.at(place.slice(0, depth + 1)).type === "dynamiclist");
  }

  freeKey(type) {
    const taken = new Set();
    walk(this.root, (component) => taken.add(component[keyName(component)]));
    for (let number = 1; ; number += 1) if (!taken.has(`${type}_${number}`)) return `${type}_${number}`;
  }

  remove() {
    if (!this.chosen.length) return;
    this.change(() => {
      const holder = this.at(this.chosen.slice(0, -1));
      const index = this.chosen.at(-1);
      holder.components.splice(index, 1);
      this.chosen = holder.components.length
        ? [...this.chosen.slice(0, -1), Math.min(index, holder.components.length - 1)]
        : this.chosen.slice(0, -1);
    });
  }

  /** One place up or down among its siblings; at the end of a section it leaves it. */
  move(step) {
    const holder = this.at(this.chosen.slice(0, -1));
    const index = this.chosen.at(-1);
    if (!this.chosen.length) return;
    const target = index + step;
    if (target >= 0 && target < holder.components.length) {
      this.change(() => {
        const [component] = holder.components.splice(index, 1);
        const neighbour = holder.components[step > 0 ? index : index - 1];
        if (neighbour?.type === "group" && !this.inList(this.chosen)) {
          const inner = step > 0 ? 0 : neighbour.components.length;
          neighbour.components.splice(inner, 0, component);
          this.chosen = [...this.chosen.slice(0, -1), step > 0 ? index : index - 1, inner];
        } else {
          holder.components.splice(target, 0, component);
          this.chosen = [...this.chosen.slice(0, -1), target];
        }
      });
    } else if (this.chosen.length > 1 && holder.type === "group") this.leave(holder, index, step);
  }

  leave(holder, index, step) {
    this.change(() => {
      const above = this.chosen.slice(0, -2);
      const at = this.chosen.at(-2) + (step > 0 ? 1 : 0);
      this.at(above).components.splice(at, 0, ...holder.components.splice(index, 1));
      this.chosen = [...above, at];
    });
  }

  copy() {
    if (!this.chosen.length) return;
    this.change(() => {
      const twin = structuredClone(this.at());
      const holder = this.at(this.chosen.slice(0, -1));
      if (twin[keyName(twin)]) twin[keyName(twin)] = this.freeKey(twin.type);
      holder.components.splice(this.chosen.at(-1) + 1, 0, twin);
      this.chosen = [...this.chosen.slice(0, -1), this.chosen.at(-1) + 1];
    });
  }
}

export function walk(holder, visit, place = []) {
  (holder.components ?? []).forEach((component, index) => {
    visit(component, [...place, index]);
    walk(component, visit, [...place, index]);
  });
}

/** Visit every component with the path by which expressions know its value. */
export function paths(holder, visit, prefix = "") {
  for (const component of holder.components ?? []) {
    const key = component[keyName(component)];
    visit(component, prefix + (key ?? ""));
    if (component.type !== "dynamiclist")
      paths(component, visit, component.type === "group" && key ? `${prefix}${key}.` : prefix);
  }
}
