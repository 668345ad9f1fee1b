// What a component says, in fields: its own entries, `validate`, and the pack's `properties`.
import { make } from "../dom.js";
import { drawField } from "../fields.js";
import { KINDS, keyName, labelName, titleOf } from "./kinds.js";
import { paths } from "./model.js";

const pairs = (rows) => rows.map(({ key, title }) => [key, title]);

export class FormPanel {
  constructor(model, holder, context) {
    Object.assign(this, { model, holder, context });
    for (const event of ["change", "choice"]) model.addEventListener(event, () => this.later());
    this.later();
  }

  later() {
    this.waiting ??= setTimeout(() => {
      this.waiting = null;
      this.draw();
    });
  }

  draw() {
    const at = this.holder.contains(document.activeElement) ? document.activeElement.id : "";
    const component = this.model.chosen.length ? this.model.at() : null;
    document.querySelector("[data-studio-chosen]").textContent = component ? titleOf(component) : "整个表单";
    const groups = component ? this.groups(component) : this.whole();
    this.holder.replaceChildren(
      ...groups.map(([title, fields]) =>
        make(
          "details",
          { class: "studio-group", open: true },
          make("summary", {}, title),
          ...fields.filter(Boolean).map(drawField),
        ),
      ),
    );
    if (at) document.getElementById(at)?.focus({ preventScroll: true });
  }

  whole() {
    const { root } = this.model;
    const forms = Object.entries(this.context.words.forms)
      .filter(([key]) => key !== root.id)
      .map(([key, { title }]) => [key, `${title}（${key}）`]);
    return [
      [
        "表单",
        [
          this.own(root, "title", { kind: "text", label: "名称" }),
          { ...this.own(root, "id", { kind: "text", label: "编号", help: "与文件名相同" }) },
          {
            id: "reads",
            kind: "checks",
            label: "用到的其他表单",
            help: "条件和算式可以看这些表单的内容",
            value: root.reads ?? [],
            choices: forms,
            commit: (chosen) =>
              this.model.change(() => {
                root.reads = chosen;
              }),
          },
        ],
      ],
    ];
  }

  groups(component) {
    const { type } = component;
    const holds = KINDS[type]?.filled;
    return [
      [
        "基本",
        [
          this.own(component, labelName(component), { kind: "text", label: "名称" }),
          type === "text"
            ? this.own(component, "text", { kind: "area", label: "文字", help: "以 = 开头的是算式", rows: 5 })
            : type !== "table" &&
              this.own(component, keyName(component), {
                kind: "text",
                label: "编号",
                help: "小写英文，条件和公文用它指这一项",
              }),
          type !== "text" &&
            type !== "table" &&
            this.extra(component, "help", { kind: "area", label: "填写提示", rows: 2 }),
          holds && this.rule(component, "required", { kind: "flag", label: "必填" }),
          type !== "group" &&
            type !== "text" &&
            type !== "table" &&
            this.extra(component, "width", { kind: "select", label: "宽度", choices: pairs(this.context.words.form_widths), empty: "整行" }),
          ...this.special(component),
        ],
      ],
      ...(type === "text" || type === "table"
        ? []
        : [
            [
              "依据",
              [
                this.extra(component, "basis", {
                  kind: "basis",
                  label: "依据",
                  single: true,
                  choices: this.context.words.clauses.map(({ id, title }) => [id, title]),
                }),
              ],
            ],
          ]),
      ["条件", this.conditions(component, holds)],
      ...(type === "textfield" || type === "textarea"
        ? [
            [
              "个人信息",
              [
                this.extra(component, "personal", { kind: "yes", label: "是个人信息：加密保存，页面遮盖" }),
                this.extra(component, "mask", { kind: "select", label: "遮盖方式", choices: pairs(this.context.words.form_masks), empty: "按姓名" }),
              ],
            ],
          ]
        : []),
    ];
  }

  conditions(component, holds) {
    const hide = component.conditional?.hide ?? "";
    return [
      this.feel("hide", "这样时不显示", hide, (text) => {
        setOrDrop(component, "conditional", text ? { hide: text } : undefined);
      }),
      holds && this.expression(component, "required_when", "这样时必填"),
      holds && this.expression(component, "prefill", "打开时先填好"),
      component.type !== "text" &&
        component.type !== "table" &&
        component.type !== "group" &&
        this.expression(component, "must", "填写的内容要符合"),
      component.properties?.must &&
        this.extra(component, "must_message", {
          kind: "area",
          label: "不符合时告诉填写人",
          rows: 2,
          help: "哪里不对、怎样改",
        }),
    ];
  }

  special(component) {
    const fields = {
      textfield: () => [
        this.format(component, "普通文字"),
        this.rule(component, "maxLength", { kind: "number", label: "最多字数" }),
        this.rule(component, "pattern", { kind: "text", label: "要符合的样式", help: "正则表达式" }),
        component.validate?.pattern &&
          this.extra(component, "pattern_message", { kind: "text", label: "不符合样式时告诉填写人" }),
      ],
      textarea: () => [this.rule(component, "maxLength", { kind: "number", label: "最多字数" })],
      number: () => [
        this.rule(component, "min", { kind: "number", label: "最小" }),
        this.rule(component, "max", { kind: "number", label: "最大" }),
        this.own(component, "decimalDigits", { kind: "number", label: "小数位数" }),
        this.extra(component, "unit", { kind: "text", label: "单位" }),
        this.format(component, "普通数字"),
      ],
      datetime: () => [
        this.extra(component, "after", { kind: "select", label: "不早于", choices: this.dates(component) }),
        this.extra(component, "not_future", { kind: "yes", label: "不能晚于填写当天" }),
      ],
      select: () => this.choices(component),
      radio: () => this.choices(component),
      checklist: () => this.choices(component),
      filepicker: () => [
        this.accepted(component),
        this.extra(component, "max_mb", { kind: "text", label: "单个文件最大（MB）", digits: true }),
        this.own(component, "multiple", { kind: "flag", label: "可以传多个" }),
      ],
      expression: () => [
        this.feel("formula", "算式", component.expression ?? "", (text) => setOrDrop(component, "expression", text)),
        this.extra(component, "unit", { kind: "text", label: "单位" }),
      ],
      table: () => [
        this.feel("rows", "各行取自", component.dataSource ?? "", (text) => setOrDrop(component, "dataSource", text)),
        this.lines(component, "columns", "各列", "key"),
      ],
      dynamiclist: () => [
        this.extra(component, "min_rows", { kind: "text", label: "最少行数", digits: true }),
        this.extra(component, "max_rows", { kind: "text", label: "最多行数", digits: true }),
      ],
    };
    return fields[component.type]?.() ?? [];
  }

  format(component, empty) {
    const { formats } = KINDS[component.type];
    const choices = pairs(this.context.words.form_formats).filter(([key]) => formats.includes(key));
    return this.extra(component, "format", { kind: "select", label: "格式", choices, empty });
  }

  /** Endings of files are kept as one text with commas. */
  accepted(component) {
    const { commit, ...field } = this.extra(component, "accept", { kind: "checks", label: "接受的格式" });
    return {
      ...field,
      value: field.value.split(",").map((each) => each.trim()).filter(Boolean),
      choices: this.context.words.file_endings.map((ending) => [ending, ending.toUpperCase()]),
      commit: (chosen) => commit(chosen.join(",")),
    };
  }

  choices(component) {
    return [
      this.lines(component, "values", "选项", "value"),
      this.feel("from", "选项按算式给出", component.valuesExpression ?? "", (text) =>
        setOrDrop(component, "valuesExpression", text),
      ),
    ];
  }

  /** Choices and columns, one a line: what is kept, a bar, what is shown. */
  lines(component, name, label, stored) {
    const rows = component[name] ?? [];
    const value = rows
      .map((row) => (row[stored] === row.label ? row.label : `${row[stored]}|${row.label}`))
      .join("\n");
    return {
      id: name,
      kind: "area",
      label,
      rows: Math.min(8, rows.length + 2),
      value,
      help: "一行一项；保存的值和显示的文字不同时，写成 值|文字",
      commit: (text) =>
        this.model.change(() => {
          const next = text
            .split("\n")
            .map((line) => line.trim())
            .filter(Boolean)
            .map((line) => parseLine(line, rows, stored));
          setOrDrop(component, name, next.length ? next : undefined);
        }),
    };
  }

  dates(component) {
    const found = [];
    paths(this.model.root, (each, path) => {
      if (each.type === "datetime" && each !== component) found.push([path, titleOf(each)]);
    });
    return found;
  }

  own(component, name, field) {
    return this.entry(component, name, component, field);
  }

  rule(component, name, field) {
    return this.entry(component, name, component.validate ?? {}, field, () => (component.validate ??= {}));
  }

  extra(component, name, field) {
    return this.entry(component, name, component.properties ?? {}, field, () => (component.properties ??= {}));
  }

  entry(component, name, holder, field, made = () => holder) {
    const present = holder[name];
    const kind = { number: "text", yes: "flag" }[field.kind] ?? field.kind;
    const value = kind === "flag" ? present === true || present === "true" : String(present ?? "");
    const typed = (given) =>
      field.kind === "number"
        ? given === "" || Number.isNaN(Number(given))
          ? undefined
          : Number(given)
        : field.kind === "yes"
          ? given
            ? "true"
            : undefined
          : given || undefined;
    return {
      id: name,
      ...field,
      kind,
      value,
      digits: field.digits || field.kind === "number",
      commit: (given) =>
        this.model.change(() => {
          setOrDrop(made(), name, typed(given));
          tidy(component);
        }),
    };
  }

  expression(component, name, label) {
    return this.feel(name, label, component.properties?.[name] ?? "", (text) => {
      setOrDrop((component.properties ??= {}), name, text);
      tidy(component);
    });
  }

  /** Expressions of a form begin with `=`; people write them without. */
  feel(id, label, value, write) {
    return {
      id,
      kind: "feel",
      label,
      rows: 2,
      value: value.replace(/^=/, ""),
      names: this.names(),
      test: this.context.test,
      commit: (text) => this.model.change(() => write(text ? `=${text.replace(/^=/, "")}` : undefined)),
    };
  }

  names() {
    const found = [];
    paths(this.model.root, (each, path) => {
      if (each[keyName(each)]) found.push([path, titleOf(each)]);
    });
    const reads = (this.model.root.reads ?? []).flatMap((form) =>
      (this.context.words.forms[form]?.fields ?? [])
        .filter(({ personal }) => !personal)
        .map(({ path, label }) => [`${form}.${path.replace(".*", "")}`, label]),
    );
    return [...found, ...reads];
  }
}

function setOrDrop(holder, name, value) {
  if (value === undefined || value === "" || value === false) delete holder[name];
  else holder[name] = value;
}

/** Empty parts are left out, as in the files of the packs. */
function tidy(component) {
  for (const name of ["validate", "properties"]) {
    if (component[name] && !Object.keys(component[name]).length) delete component[name];
  }
}

function parseLine(line, rows, stored) {
  const [written, ...rest] = line.split("|").map((part) => part.trim());
  const label = rest.join("|") || written;
  const before = rows.find((row) => String(row[stored]) === written);
  const plain = { true: true, false: false }[written];
  const value = before ? before[stored] : (plain ?? written);
  return stored === "key" ? { label, key: value } : { label, value };
}
