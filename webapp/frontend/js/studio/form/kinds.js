// Components that the server draws, with what each begins with.

/** Kinds by type, in the order of the palette; empty until the page has heard them from the server. */
export const KINDS = {};

export function learnKinds(rows) {
  for (const { type, ...kind } of rows) KINDS[type] = kind;
}

export const HOLDERS = new Set(["group", "dynamiclist"]);

/** The name of the entry that a component keeps its own key in. */
export const keyName = (component) => (HOLDERS.has(component.type) ? "path" : "key");
export const labelName = (component) => (component.type === "datetime" ? "dateLabel" : "label");
export const titleOf = (component) =>
  component.label ||
  component.dateLabel ||
  (component.text ?? "").slice(0, 20) ||
  KINDS[component.type]?.label ||
  component.type;

/** A new component; it needs something inside when it holds others. */
export function begin(type, key) {
  const { start, label } = KINDS[type];
  const made = { type };
  if (type !== "text" && type !== "table") {
    if (type !== "group") made[keyName(made)] = key;
    made[labelName(made)] = label;
  } else if (type === "table") made.label = label;
  const copy = structuredClone(start);
  if (HOLDERS.has(type)) copy.components = [begin("textfield", `${key}_name`)];
  return { ...made, ...copy };
}
