// The 依据 of each rule. The library shows one note for a rule and keeps it as its description; in the files of a pack
// it is the annotation 依据, which the library reads and writes but does not show.

const HEADING = "依据";
const tables = (definitions) =>
  (definitions?.drgElement ?? []).map(({ decisionLogic }) => decisionLogic).filter((logic) => logic?.rule);
const place = (table) => (table.annotation ?? []).findIndex(({ name }) => name === HEADING);

export class RuleBases {
  constructor(modeler) {
    this.modeler = modeler;
    this.descriptions = new WeakMap();
  }

  /** Let the library show the 依据; a rule's own description is put by meanwhile. */
  show() {
    for (const table of tables(this.modeler.getDefinitions()))
      for (const rule of table.rule) {
        this.descriptions.set(rule, rule.description);
        rule.description = rule.annotationEntry?.[place(table)]?.text;
      }
  }

  /** Put what the library shows where the files have it. */
  keep() {
    for (const table of tables(this.modeler.getDefinitions()))
      for (const rule of table.rule) {
        this.write(table, rule, rule.description ?? "");
        rule.description = this.descriptions.get(rule);
      }
  }

  write(table, rule, words) {
    const known = place(table);
    if (!words && !rule.annotationEntry?.[known]) return;
    const at = known < 0 ? this.heading(table) : known;
    const entries = rule.annotationEntry ?? [];
    while (entries.length <= at) entries.push(this.made("RuleAnnotation", { text: "" }, rule));
    entries[at].text = words;
    rule.annotationEntry = entries;
  }

  heading(table) {
    table.annotation = [...(table.annotation ?? []), this.made("RuleAnnotationClause", { name: HEADING }, table)];
    return table.annotation.length - 1;
  }

  made(kind, values, parent) {
    const element = this.modeler.getActiveViewer().get("moddle").create(`dmn:${kind}`, values);
    element.$parent = parent;
    return element;
  }
}
