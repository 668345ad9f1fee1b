// One row or table of a TOML file in fields; each finished field is one edit.
import { make } from "../dom.js";
import { drawField } from "../fields.js";
import { yearOfDays } from "./calendar.js";
import { OPTIONAL, SECTIONS, entryOf } from "./labels.js";

const isTable = (value) => typeof value === "object" && value !== null && !Array.isArray(value) && !isDate(value);
const isDate = (value) =>
  typeof value === "object" && value !== null && typeof value.date === "string" && Object.keys(value).length === 1;

/** Fields of what stands at `at`; `edit` is given the edits of one change. */
export function fieldsOf({ at, value, words, edit }) {
  if (at[0] === "calendar") return calendarFields({ at, value, words, edit });
  return named({ at, value, words, edit });
}

const DAYS = ["holidays", "workdays"];

/** The calendar: what it is called, and its days as a year to choose them in. */
function calendarFields({ at, value, words, edit }) {
  const days = Object.fromEntries(DAYS.map((name) => [name, (value[name] ?? []).map(({ date }) => date)]));
  const rest = Object.fromEntries(Object.entries(value).filter(([name]) => !DAYS.includes(name)));
  return [
    ...named({ at, value: rest, words, edit }),
    {
      id: at.join("-"),
      label: "放假与调休",
      draw: yearOfDays,
      value: days,
      commit: (chosen) =>
        edit(DAYS.map((name) => ({ at: [...at, name], set: chosen[name].map((date) => ({ date })) }))),
    },
  ];
}

function named({ at, value, words, edit }) {
  const section = at[0];
  const names = [...Object.keys(value), ...(OPTIONAL[section] ?? []).filter((name) => !(name in value))];
  return names.flatMap((name) => field({ section, name, at: [...at, name], value: value[name], words, edit }));
}

function field(given) {
  const { section, name, value } = given;
  if (isTable(value)) return [mapField(given)];
  if (Array.isArray(value) && value.some(isTable)) return [rowsField(given)];
  const { date, number, typed, list, keepEmpty, choices, ...entry } = entryOf(section, name);
  const shape = { date, number, typed, list, keepEmpty };
  const kind = typed && typeof value === "boolean" ? "flag" : entry.kind;
  return [
    {
      id: given.at.join("-"),
      ...entry,
      kind,
      single: true,
      digits: number,
      value: shown(value, kind, shape),
      choices:
        kind === "basis" ? given.words.clauses.map(({ id, title }) => [id, title]) : (choices?.(given.words) ?? []),
      commit: (written) => given.edit([{ at: given.at, set: kept(written, value, shape) }]),
    },
  ];
}

/** A table inside a table, such as name_suffixes: one entry a line, its name before the equals sign. */
function mapField({ name, at, value, edit }) {
  const { label, help } = entryOf(at[0], name);
  return {
    id: at.join("-"),
    kind: "area",
    label,
    help,
    rows: Math.min(10, Object.keys(value).length + 2),
    value: Object.entries(value)
      .map(([key, text]) => `${key} = ${text}`)
      .join("\n"),
    commit: (written) => {
      const lines = written.split("\n").map((line) => line.split("=").map((part) => part.trim()));
      const told = Object.fromEntries(lines.filter(([key, text]) => key && text));
      const gone = Object.keys(value).filter((key) => !(key in told));
      const changed = Object.keys(told).filter((key) => told[key] !== value[key]);
      return edit([
        ...gone.map((key) => ({ at: [...at, key], set: null })),
        ...changed.map((key) => ({ at: [...at, key], set: told[key] })),
      ]);
    },
  };
}

/** Short rows inside a row, such as choices or what a record shows: one a line. */
function rowsField({ name, at, value, edit }) {
  const keys = [...new Set(value.flatMap((row) => Object.keys(row)))];
  const write = (row) => keys.map((key) => String(row[key] ?? "")).join(" | ");
  return {
    id: at.join("-"),
    kind: "area",
    label: NESTED[name] ?? name,
    rows: Math.min(10, value.length + 2),
    value: value.map(write).join("\n"),
    help: `一行一项：${keys.map((key) => entryOf(at[0], key).label).join(" | ")}`,
    commit: (written) =>
      edit([
        {
          at,
          set: written
            .split("\n")
            .filter((line) => line.trim())
            .map((line) => read(line, keys, value)),
        },
      ]),
  };
}

const NESTED = { choices: "可选的值", shows: "显示的内容", readings: "法律法规和政策解读" };

function read(line, keys, before) {
  const cells = line.split("|").map((cell) => cell.trim());
  const old = before.find((row) => String(row[keys[0]]) === cells[0]);
  return Object.fromEntries(
    keys.map((key, index) => [
      key,
      old && String(old[key]) === cells[index] ? old[key] : typedAs(before[0]?.[key], cells[index] ?? ""),
    ]),
  );
}

function shown(value, kind, { list }) {
  if (kind === "flag") return value === true;
  if (kind === "checks") return [value ?? []].flat();
  if (list || Array.isArray(value)) return [value ?? []].flat().join(", ");
  return isDate(value) ? value.date : String(value ?? "");
}

function kept(written, before, { date, number, typed, list, keepEmpty }) {
  if (Array.isArray(written) && list && written.length === 1 && !Array.isArray(before)) return written[0];
  if (typeof written !== "string") return written;
  if (date) return written ? { date: written } : null;
  if (number) return written === "" || Number.isNaN(Number(written)) ? null : Number(written);
  if (typed) return typedAs(before, written);
  if (list || Array.isArray(before)) {
    const parts = written
      .split(/[,，]/)
      .map((part) => part.trim())
      .filter(Boolean);
    return parts.length === 1 && !Array.isArray(before) ? parts[0] : parts;
  }
  return written === "" && !keepEmpty ? null : written;
}

function typedAs(before, written) {
  if (typeof before === "number" && written !== "" && !Number.isNaN(Number(written))) return Number(written);
  if (typeof before === "boolean") return written === "true";
  return written;
}

export function drawPanel(holder, fields) {
  const at = holder.contains(document.activeElement) ? document.activeElement.id : "";
  holder.replaceChildren(make("div", { class: "studio-form-fields" }, ...fields.map(drawField)));
  if (at) document.getElementById(at)?.focus({ preventScroll: true });
}

export const sectionTitle = (name) => SECTIONS[name]?.title ?? name;
