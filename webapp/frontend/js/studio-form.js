// The page of a form: its components, what each says, and the form as the server draws it.
import "../css/studio.css";
import "../css/studio-lists.css";

import { sendJson } from "./request.js";
import { make } from "./studio/dom.js";
import { OpenFile, failed, readGiven } from "./studio/file.js";
import { Findings } from "./studio/findings.js";
import { KINDS, learnKinds } from "./studio/form/kinds.js";
import { FormModel } from "./studio/form/model.js";
import { FormPanel } from "./studio/form/panel.js";
import { Structure } from "./studio/form/structure.js";
import { tester } from "./studio/testing.js";
import { vocabulary } from "./studio/vocabulary.js";

const PAUSE = 600;
const find = (name) => document.querySelector(`[data-studio-${name}]`);

async function start() {
  const given = readGiven();
  const tell = (text) => {
    find("told").textContent = text;
  };
  let model = null;
  try {
    model = new FormModel(given.text);
  } catch {
    tell("文件不是有效的 JSON，请从修改历史中恢复。");
    return;
  }
  const file = new OpenFile(given, () => model.text());
  model.addEventListener("change", () => file.changed());
  const words = await vocabulary(given.urls.vocabulary);
  learnKinds(words.form_kinds);
  new Structure(model, find("structure"));
  new FormPanel(model, find("panel"), { words, test: tester(given.urls.expression) });
  startPalette(model, tell);
  startPreview(given, model);
  startBar(model);
  new Findings(file, { open: (finding) => go(model, finding) });
}

function startPalette(model, tell) {
  const add = (type) => () => {
    if (!model.add(type)) {
      tell("列表里只能放填写和选择的字段");
      return;
    }
    setTimeout(() => document.querySelector("#field-label, #field-dateLabel, #field-text")?.focus(), 30);
  };
  const groups = [...new Set(Object.values(KINDS).map(({ group }) => group))];
  find("palette").append(
    ...groups.map((group) =>
      make(
        "fieldset",
        {},
        make("legend", {}, group),
        ...Object.entries(KINDS)
          .filter(([, kind]) => kind.group === group)
          .map(([type, { label }]) =>
            make("button", { type: "button", class: "studio-add", on: { click: add(type) } }, label),
          ),
      ),
    ),
  );
}

/** The form is drawn by the server with nothing entered; what keeps it from that is said in its place. */
function startPreview(given, model) {
  let timer = null;
  let asked = null;
  const draw = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await sendJson(
        "POST",
        given.urls.preview,
        { path: given.path, text: model.text() },
        asked.signal,
      );
      const told = await answer.json();
      const faults = answer.ok
        ? told.findings
        : [{ element: "预览", reason: told.message ?? "预览没有成功", mend: "" }];
      find("preview-findings").replaceChildren(
        ...faults.map((each) =>
          make(
            "li",
            {},
            make(
              "div",
              { class: "studio-finding" },
              make("b", {}, each.element),
              make("span", {}, each.reason),
              make("small", {}, each.mend),
            ),
          ),
        ),
      );
      if (told.html)
        find("preview").replaceChildren(...new DOMParser().parseFromString(told.html, "text/html").body.childNodes);
    } catch (problem) {
      if (problem.name !== "AbortError") find("preview-findings").textContent = "预览没有成功，请稍后重试。";
    }
  };
  model.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(draw, PAUSE);
  });
  draw();
}

function startBar(model) {
  const acts = {
    undo: () => model.undo(),
    redo: () => model.redo(),
    up: () => model.move(-1),
    down: () => model.move(1),
    copy: () => model.copy(),
    remove: () => model.remove(),
    keys: () => document.getElementById("studio-keys").showModal(),
  };
  for (const button of document.querySelectorAll("[data-studio-act]"))
    button.addEventListener("click", () => acts[button.dataset.studioAct]());
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.closest("input, textarea, select")) return;
    const act = { z: "undo", y: "redo" }[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    acts[act]();
  });
}

/** A finding names a component by its path or its label. */
function go(model, finding) {
  const found = placeOf(model.root, finding.element, "", []);
  if (found) model.choose(found);
}

function placeOf(holder, element, prefix, place) {
  for (const [index, component] of (holder.components ?? []).entries()) {
    const here = [...place, index];
    const key = component.key ?? component.path;
    if (key && (element === prefix + key || element === key || element.includes(`（${prefix}${key}）`))) return here;
    const inner = key ? `${prefix}${key}.${component.type === "dynamiclist" ? "*." : ""}` : prefix;
    const found = placeOf(component, element, inner, here);
    if (found) return found;
  }
  return null;
}

start().catch(failed);
