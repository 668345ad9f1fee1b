// Fields of a panel: one description, one control. What a person wrote is handed over when it is finished (`change`),
// so that one change is one step of 撤销.
import { make, options } from "./dom.js";

const UNITS = [
  ["workday", "工作日"],
  ["day", "日（自然日）"],
  ["hour", "小时"],
];
const LOCAL = "本地缺省：";
const CLAUSE = /^[A-Za-z]+-[A-Za-z0-9.]+$/;

/**
 * @typedef {object} Field
 * @property {string} id Unique in the panel; focus comes back to it after it is drawn anew.
 * @property {string} [kind] One of the names in CONTROLS.
 * @property {(field: Field, given: object) => Node} [draw] A control of its own, of several parts, instead of a kind.
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
  const grouped = Boolean(field.draw) || GROUPED.has(field.kind);
  const given = { id, described: `${help ? `${id}-help ` : ""}${id}-wrong` };
  const control = (field.draw ?? CONTROLS[field.kind])(field, given, wrong);
  const label =
    field.kind === "flag"
      ? null
      : grouped
        ? make("legend", {}, field.label)
        : make("label", { for: id }, field.label);
  return make(
    grouped ? "fieldset" : "div",
    { class: `field studio-field studio-field-${field.kind}` },
    label,
    control,
    help,
    wrong,
  );
}

const MANY = 60;
const unfolded = new Set();

const GROUPED = new Set(["checks", "period", "basis"]);

const attributes = (given) => ({ id: given.id, class: "control", "aria-describedby": given.described });

function text(field, given) {
  const list = field.choices?.length ? `${given.id}-list` : null;
  const input = make("input", {
    ...attributes(given),
    type: "text",
    value: field.value,
    list,
    placeholder: field.placeholder,
    autocomplete: "off",
    spellcheck: "false",
    inputmode: field.digits ? "numeric" : null,
    on: { change: () => field.commit(input.value.trim()) },
  });
  return list ? make("div", {}, input, suggestions(list, field.choices)) : input;
}

const suggestions = (id, pairs) =>
  make("datalist", { id }, ...pairs.map(([value, label]) => make("option", { value }, label)));

function area(field, given) {
  const box = make("textarea", {
    ...attributes(given),
    rows: field.rows ?? 3,
    spellcheck: "false",
    on: { change: () => field.commit(box.value.trim()) },
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
    id: given.id,
    type: "checkbox",
    checked: Boolean(field.value),
    "aria-describedby": given.described,
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
      type: "checkbox",
      id: index ? `${given.id}-${index}` : given.id,
      value,
      checked: chosen.has(value),
      on: { change: () => field.commit(rows.map(([each]) => each).filter((each) => found(each))) },
    });
    return [value, box, make("label", { class: "choice" }, box, make("span", {}, label))];
  });
  const found = (value) => boxes.find(([each]) => each === value)[1].checked;
  const folds = boxes.length > MANY;
  const shown = boxes.filter(([value]) => !folds || chosen.has(value)).map(([, , row]) => row);
  const rest = boxes.filter(([value]) => folds && !chosen.has(value)).map(([, , row]) => row);
  if (!boxes.length) shown.push(make("p", { class: "muted" }, field.none ?? "没有可选的"));
  return make("div", { class: "studio-checks" }, ...shown, ...(folds ? [fold(given.id, rest)] : []));
}

/** What a long list does not hold yet, behind one stop of the Tab key; it stays open while one chooses. */
function fold(id, rows) {
  const box = make("details", { on: { toggle: () => unfolded[box.open ? "add" : "delete"](id) } });
  box.append(make("summary", {}, `其他 ${rows.length} 项`), ...rows);
  box.open = unfolded.has(id);
  return box;
}

/** A period is a number, or a setting that holds it, and a unit. */
function period(field, given) {
  const [amount = "", unit = "workday"] = field.value.split(" ");
  const list = `${given.id}-list`;
  const number = make("input", {
    ...attributes(given),
    type: "text",
    value: amount,
    list,
    autocomplete: "off",
    placeholder: "如 5",
    "aria-label": `${field.label}：数字或设置`,
    on: { change: () => send() },
  });
  const units = make(
    "select",
    { class: "control", id: `${given.id}-unit`, "aria-label": `${field.label}：单位`, on: { change: () => send() } },
    ...UNITS.map(([value, label]) => make("option", { value, selected: value === unit }, label)),
  );
  const send = () => field.commit(number.value.trim() ? `${number.value.trim()} ${units.value}` : "");
  return make("div", { class: "studio-pair" }, number, units, suggestions(list, field.choices));
}

/**
 * 依据: clauses, where the text demands it; otherwise 本地缺省 with its reason. A step may name several, kept apart by a
 * semicolon; where only one is possible (`single`), a clause takes the place of the reason.
 */
function basis(field, given) {
  const { clauses, reason } = partsOf(field.value);
  const picked = make(
    "select",
    {
      ...attributes(given),
      "aria-label": `${field.label}：条款`,
      on: { change: () => send([...clauses, picked.value], field.single ? "" : why.value) },
    },
    ...options(
      field.choices.filter(([id]) => !clauses.includes(id)),
      "",
      clauses.length && field.single ? "换一条条款…" : "加一条条款…",
    ),
  );
  const why = make("textarea", {
    class: "control",
    id: `${given.id}-why`,
    rows: 2,
    "aria-label": "本地缺省的理由",
    placeholder: "条款没有要求的，写本地缺省的理由",
    on: { change: () => send(field.single ? [] : clauses, why.value) },
  });
  why.value = reason;
  const send = (ids, words) => {
    const kept = ids.filter(Boolean);
    field.commit(
      [...(field.single ? kept.slice(-1) : kept), ...(words.trim() ? [LOCAL + words.trim()] : [])].join("；"),
    );
  };
  const rows = clauses.map((id, index) =>
    make(
      "li",
      {},
      make("span", {}, `${id} ${field.choices.find(([each]) => each === id)?.[1] ?? "（条款不存在）"}`),
      make(
        "button",
        {
          type: "button",
          class: "button button-small button-text",
          id: `${given.id}-drop-${index}`,
          "aria-label": `去掉条款 ${id}`,
          on: {
            click: () =>
              send(
                clauses.filter((each) => each !== id),
                why.value,
              ),
          },
        },
        "去掉",
      ),
    ),
  );
  return make("div", { class: "studio-basis" }, rows.length ? make("ul", {}, ...rows) : null, picked, why);
}

/** A semicolon may also stand inside a reason: only what looks like a clause is one. */
function partsOf(text) {
  const parts = text
    .split(/[;；]/)
    .map((part) => part.trim())
    .filter(Boolean);
  const clauses = parts.filter((part) => CLAUSE.test(part));
  const reason = parts
    .filter((part) => !CLAUSE.test(part))
    .join("；")
    .replace(/^本地缺省[：:]?/, "");
  return { clauses, reason };
}

/** A FEEL text; it is tried as soon as it is finished, and names of the pack can be put in. */
function feel(field, given, wrong) {
  const box = make("textarea", {
    ...attributes(given),
    class: "control studio-feel",
    rows: field.rows ?? 3,
    spellcheck: "false",
    on: { change: () => field.commit(box.value.trim()) },
  });
  box.value = field.value;
  if (field.value) tryOut(field, box, wrong);
  if (!field.names?.length) return box;
  const name = make("input", {
    class: "control",
    type: "text",
    id: `${given.id}-name`,
    list: sharedNames(field.names),
    placeholder: "插入字段或设置…",
    "aria-label": `${field.label}：插入名称`,
    autocomplete: "off",
    on: { change: () => insert() },
  });
  const insert = () => {
    if (!name.value) return;
    box.setRangeText(name.value, box.selectionStart, box.selectionEnd, "end");
    name.value = "";
    field.commit(box.value.trim());
  };
  return make("div", { class: "studio-expression" }, box, name);
}

async function tryOut(field, box, wrong) {
  const words = await field.test(field.value).catch(() => "");
  wrong.textContent = words;
  wrong.hidden = !words;
  if (words) box.setAttribute("aria-invalid", "true");
}

/** A thousand names are one list for all fields, made anew only when they are others. */
function sharedNames(names) {
  const id = "studio-shared-names";
  const list = document.getElementById(id) ?? document.body.appendChild(make("datalist", { id }));
  const key = names.map(([value]) => value).join("\n");
  if (list.knownAs !== key) {
    list.knownAs = key;
    list.replaceChildren(...names.map(([value, label]) => make("option", { value }, label)));
  }
  return id;
}

const CONTROLS = { text, area, select, flag, checks, period, basis, feel };
