// Fields of a panel: one description, one control. What a person wrote is handed over when it is finished (`change`),
// so that one change is one step of 撤销.
import { make, options } from "./dom.js";

const UNITS = [["workday", "工作日"], ["day", "日（自然日）"], ["hour", "小时"]];
const LOCAL = "本地缺省：";

/**
 * @typedef {object} Field
 * @property {string} id Unique in the panel; focus comes back to it after it is drawn anew.
 * @property {string} kind One of the names in CONTROLS.
 * @property {string} label
 * @property {string} [help]
 * @property {string|boolean|string[]} value
 * @property {Array<[string, string]>} [choices] Value and label.
 * @property {(value: any) => void} commit Called with the finished value.
 */

export function drawField(field) {
  const id = `field-${field.id}`;
  const help = field.help ? make("p", { class: "hint", id: `${id}-help` }, field.help) : null;
  const wrong = make("p", { class: "field-error", id: `${id}-wrong`, hidden: true });
  const grouped = GROUPED.has(field.kind);
  const given = { id, described: `${help ? `${id}-help ` : ""}${id}-wrong` };
  const control = CONTROLS[field.kind](field, given, wrong);
  const label = field.kind === "flag" ? null : grouped ? make("legend", {}, field.label) : make("label", { for: id }, field.label);
  return make(grouped ? "fieldset" : "div", { class: `field studio-field studio-field-${field.kind}` }, label, control, help, wrong);
}

const GROUPED = new Set(["checks", "period", "basis"]);

const attributes = (given) => ({ id: given.id, class: "control", "aria-describedby": given.described });

function text(field, given) {
  const list = field.choices?.length ? `${given.id}-list` : null;
  const input = make("input", {
    ...attributes(given), type: "text", value: field.value, list, placeholder: field.placeholder,
    autocomplete: "off", spellcheck: "false", inputmode: field.digits ? "numeric" : null,
    on: { change: () => field.commit(input.value.trim()) },
  });
  return list ? make("div", {}, input, suggestions(list, field.choices)) : input;
}

const suggestions = (id, pairs) =>
  make("datalist", { id }, ...pairs.map(([value, label]) => make("option", { value }, label)));

function area(field, given) {
  const box = make("textarea", {
    ...attributes(given), rows: field.rows ?? 3, spellcheck: "false", on: { change: () => field.commit(box.value.trim()) },
  });
  box.value = field.value;
  return box;
}

function select(field, given) {
  const box = make(
    "select",
    { ...attributes(given), on: { change: () => field.commit(box.value) } },
    ...options(field.choices, field.value, field.empty),
  );
  return box;
}

function flag(field, given) {
  const box = make("input", {
    id: given.id, type: "checkbox", checked: Boolean(field.value), "aria-describedby": given.described,
    on: { change: () => field.commit(box.checked) },
  });
  return make("label", { class: "choice" }, box, make("span", {}, field.label));
}

function checks(field, given) {
  const chosen = new Set(field.value);
  const unknown = field.value.filter((value) => !field.choices.some(([known]) => known === value));
  const rows = [...field.choices, ...unknown.map((value) => [value, `${value}（不存在）`])];
  const boxes = rows.map(([value, label], index) => {
    const box = make("input", {
      type: "checkbox", id: index ? `${given.id}-${index}` : given.id, value, checked: chosen.has(value),
      on: { change: () => field.commit(rows.map(([each]) => each).filter((each) => found(each))) },
    });
    return [value, box, make("label", { class: "choice" }, box, make("span", {}, label))];
  });
  const found = (value) => boxes.find(([each]) => each === value)[1].checked;
  return make("div", { class: "studio-checks" }, ...(boxes.length ? boxes.map(([, , row]) => row) : [make("p", { class: "muted" }, field.none ?? "没有可选的")]));
}

/** A period is a number, or a setting that holds it, and a unit. */
function period(field, given) {
  const [amount = "", unit = "workday"] = field.value.split(" ");
  const list = `${given.id}-list`;
  const number = make("input", {
    ...attributes(given), type: "text", value: amount, list, autocomplete: "off", placeholder: "如 5",
    "aria-label": `${field.label}：数字或设置`, on: { change: () => send() },
  });
  const units = make("select", { class: "control", id: `${given.id}-unit`, "aria-label": `${field.label}：单位`, on: { change: () => send() } },
    ...UNITS.map(([value, label]) => make("option", { value, selected: value === unit }, label)));
  const send = () => field.commit(number.value.trim() ? `${number.value.trim()} ${units.value}` : "");
  return make("div", { class: "studio-pair" }, number, units, suggestions(list, field.choices));
}

/** 依据: clauses, where the text demands it; otherwise 本地缺省 with its reason. Parts are kept apart by a semicolon. */
function basis(field, given) {
  const parts = field.value.split("；").map((part) => part.trim()).filter(Boolean);
  const clauses = parts.filter((part) => !part.startsWith("本地缺省"));
  const reason = parts.filter((part) => part.startsWith("本地缺省")).map((part) => part.replace(/^本地缺省[：:]?/, "")).join("；");
  const picked = make("select", { ...attributes(given), "aria-label": `${field.label}：条款`, on: { change: () => send([...clauses, picked.value]) } },
    ...options(field.choices.filter(([id]) => !clauses.includes(id)), "", "加一条条款…"));
  const why = make("textarea", { class: "control", id: `${given.id}-why`, rows: 2, "aria-label": "本地缺省的理由", placeholder: "条款没有要求的，写本地缺省的理由", on: { change: () => send(clauses) } });
  why.value = reason;
  const send = (ids) => field.commit([...ids.filter(Boolean), ...(why.value.trim() ? [LOCAL + why.value.trim()] : [])].join("；"));
  const rows = clauses.map((id, index) =>
    make("li", {}, make("span", {}, `${id} ${field.choices.find(([each]) => each === id)?.[1] ?? "（条款不存在）"}`),
      make("button", { type: "button", class: "button button-small button-text", id: `${given.id}-drop-${index}`, "aria-label": `去掉条款 ${id}`, on: { click: () => send(clauses.filter((each) => each !== id)) } }, "去掉")));
  return make("div", { class: "studio-basis" }, rows.length ? make("ul", {}, ...rows) : null, picked, why);
}

/** A FEEL text; it is tried as soon as it is finished, and names of the pack can be put in. */
function feel(field, given, wrong) {
  const list = `${given.id}-names`;
  const box = make("textarea", { ...attributes(given), class: "control studio-feel", rows: field.rows ?? 3, spellcheck: "false", on: { change: () => finish() } });
  box.value = field.value;
  const name = make("input", { class: "control", type: "text", id: `${given.id}-name`, list, placeholder: "插入字段或设置…", "aria-label": `${field.label}：插入名称`, autocomplete: "off",
    on: { change: () => insert() } });
  const insert = () => {
    if (!name.value) return;
    box.setRangeText(name.value, box.selectionStart, box.selectionEnd, "end");
    name.value = "";
    finish();
  };
  const finish = async () => {
    const written = box.value.trim();
    field.commit(written);
  };
  if (field.value && field.test) {
    field.test(field.value).then((words) => {
      wrong.textContent = words;
      wrong.hidden = !words;
      box.toggleAttribute("aria-invalid", Boolean(words));
    }, () => {});
  }
  return make("div", { class: "studio-expression" }, box, field.names?.length ? name : null, field.names?.length ? suggestions(list, field.names) : null);
}

const CONTROLS = { text, area, select, flag, checks, period, basis, feel };
