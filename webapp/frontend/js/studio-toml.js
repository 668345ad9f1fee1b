// The page of a TOML file: its tables as forms, and the whole text for everything else.
import "../css/studio.css";
import "../css/studio-lists.css";

import { sendJson } from "./request.js";
import { createCode, lineOf } from "./studio/code.js";
import { make } from "./studio/dom.js";
import { OpenFile, failed, readGiven } from "./studio/file.js";
import { Findings } from "./studio/findings.js";
import { POSSIBLE, SECTIONS } from "./studio/toml/labels.js";
import { drawPanel, fieldsOf, sectionTitle } from "./studio/toml/panel.js";
import { vocabulary } from "./studio/vocabulary.js";

const PATTERNS = [
  [/^\s*#.*/gm, "code-basis"],
  [/^\s*\[\[?[^\]]*\]\]?/gm, "code-heading"],
  [/"(?:[^"\\]|\\.)*"/g, "code-value"],
];
const find = (name) => document.querySelector(`[data-studio-${name}]`);
const tell = (text) => {
  find("told").textContent = text;
};

class Tables {
  constructor(given, words) {
    Object.assign(this, { given, words, text: given.text, tables: {}, at: [], past: [], future: [] });
    this.code = createCode(find("code"), {
      text: given.text,
      label: given.path,
      patterns: PATTERNS,
      readOnly: given.readOnly,
      changed: () => this.typed(),
    });
    this.file = new OpenFile(given, () => this.text);
    for (const button of document.querySelectorAll("[data-studio-act]"))
      button.addEventListener("click", () => this.act(button.dataset.studioAct));
  }

  /** Ask for the tables of a text, after some edits; one request follows the other. */
  ask(edits) {
    this.turn = (this.turn ?? Promise.resolve())
      .then(() => this.asked(edits))
      .catch(() => tell("没有成功，请稍后重试"));
    return this.turn;
  }

  async asked(edits) {
    const answer = await sendJson("POST", this.given.urls.tables, { text: this.text, edits });
    const told = await answer.json();
    if (!answer.ok) {
      tell(told.message);
      this.draw();
      return;
    }
    if (edits.length) {
      tell("");
      this.past.push(this.text);
      this.future = [];
    }
    this.take(told.text, told.tables);
  }

  take(text, tables) {
    const changed = text !== this.text;
    this.text = text;
    this.tables = tables;
    if (changed) {
      this.silent = true;
      this.code.view.dispatch({ changes: { from: 0, to: this.code.view.state.doc.length, insert: text } });
      this.silent = false;
      this.file.changed();
    }
    this.draw();
  }

  /** Typed in the whole text; the tables follow when they are shown again. */
  typed() {
    if (this.silent) return;
    this.text = this.code.text();
    this.stale = true;
    this.file.changed();
  }

  value(at = this.at) {
    return at.reduce((holder, part) => holder?.[part], this.tables);
  }

  draw() {
    if (this.at.length && this.value() === undefined) this.at = this.at.slice(0, 1);
    find("structure").replaceChildren(...this.names().map((name) => this.section(name)));
    const value = this.at.length ? this.value() : null;
    const single = value && !Array.isArray(value) && !(this.at.length === 1 && SECTIONS[this.at[0]]?.map);
    const fields = single
      ? fieldsOf({ at: this.at, value, words: this.words, edit: (edits) => this.ask(edits) })
      : [];
    find("chosen").textContent = this.at.length ? this.title(this.at) : "请在左边选择";
    drawPanel(find("panel"), fields);
    for (const name of ["up", "down", "remove"])
      document.querySelector(`[data-studio-act=${name}]`).disabled = !this.isRow();
  }

  /** Sections of the file, and those that it may have and has not yet. */
  names() {
    const possible = POSSIBLE[this.given.path.split("/").at(-1)] ?? [];
    return [...new Set([...Object.keys(this.tables), ...possible])];
  }

  isRow() {
    return this.at.length === 2 && (Array.isArray(this.tables[this.at[0]]) || SECTIONS[this.at[0]]?.map);
  }

  title([name, key]) {
    if (key === undefined) return sectionTitle(name);
    const row = this.value([name, key]);
    return `${sectionTitle(name)} · ${SECTIONS[name]?.row?.(row, this.words) ?? key}`;
  }

  section(name) {
    const value = this.tables[name] ?? [];
    const rows = Array.isArray(value)
      ? value.map((row, index) => [index, row])
      : SECTIONS[name]?.map
        ? Object.entries(value)
        : null;
    if (!rows) return this.entry([name], sectionTitle(name));
    const open = this.at[0] === name;
    const details = make(
      "details",
      { open },
      make("summary", {}, `${sectionTitle(name)}（${rows.length}）`),
      make(
        "ol",
        {},
        ...rows.map(([key, row]) =>
          make("li", {}, this.entry([name, key], String(SECTIONS[name]?.row?.(row, this.words) ?? key))),
        ),
      ),
      make(
        "button",
        { type: "button", class: "button button-small", on: { click: () => this.add(name) } },
        `加一项${sectionTitle(name)}`,
      ),
    );
    return details;
  }

  entry(at, title) {
    const current = at.join() === this.at.join();
    return make(
      "button",
      {
        type: "button",
        class: "studio-component",
        "aria-current": current ? "true" : null,
        on: { click: () => this.choose(at) },
      },
      title,
    );
  }

  choose(at) {
    this.at = at;
    this.draw();
    find("structure").querySelector("[aria-current]")?.focus();
  }

  add(name) {
    const start = SECTIONS[name]?.start ?? {};
    if (SECTIONS[name]?.map) {
      const key = globalThis.prompt("设置的代号（小写英文）", "new_setting");
      if (!key || !/^[a-z][a-z0-9_]*$/.test(key) || key in this.tables[name]) return;
      this.at = [name, key];
      this.ask([{ at: this.at, set: start }]);
      return;
    }
    const last = this.tables[name]?.length ?? 0;
    const index = this.at[0] === name && this.at.length === 2 ? this.at[1] + 1 : last;
    this.at = [name, index];
    this.ask([{ at: [name, index], insert: start }]);
  }

  async act(name) {
    if (name === "text" || name === "tables") return this.turnTo(name);
    if (name === "undo" || name === "redo") return this.go(name);
    if (!this.isRow()) return undefined;
    const [section, index] = this.at;
    if (name === "remove") return this.ask([{ at: this.at, remove: true }]);
    const target = index + (name === "up" ? -1 : 1);
    if (!Array.isArray(this.tables[section]) || target < 0 || target >= this.tables[section].length) return undefined;
    this.at = [section, target];
    return this.ask([{ at: [section, index], move: target }]);
  }

  go(name) {
    const [from, to] = name === "undo" ? [this.past, this.future] : [this.future, this.past];
    if (!from.length) return undefined;
    to.push(this.text);
    this.text = from.pop();
    this.silent = true;
    this.code.view.dispatch({ changes: { from: 0, to: this.code.view.state.doc.length, insert: this.text } });
    this.silent = false;
    this.file.changed();
    return this.ask([]);
  }

  async turnTo(name) {
    if (name === "tables" && this.stale) {
      this.stale = false;
      await this.ask([]);
    }
    find("tables").hidden = name === "text";
    find("code").hidden = name !== "text";
    for (const each of ["text", "tables"])
      document.querySelector(`[data-studio-act=${each}]`).setAttribute("aria-pressed", String(each === name));
  }
}

async function start() {
  const given = readGiven();
  const tables = new Tables(given, await vocabulary(given.urls.vocabulary));
  await tables.ask([]);
  const [first] = Object.keys(tables.tables).filter(
    (name) => !Array.isArray(tables.tables[name]) && !SECTIONS[name]?.map,
  );
  if (first) tables.choose([first]);
  new Findings(tables.file, {
    show: (found) => tables.code.mark(found),
    open: (finding) => {
      tables.turnTo("text");
      tables.code.goTo(lineOf(finding));
    },
  });
}

start().catch(failed);
