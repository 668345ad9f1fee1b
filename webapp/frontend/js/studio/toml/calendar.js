// The working calendar of a pack as a year of days, in the look of the page 工作日历.
import { make } from "../dom.js";

const WEEK = ["一", "二", "三", "四", "五", "六", "日"];
const MONTHS = Array.from({ length: 12 }, (_, index) => index + 1);
const DAY = 86_400_000;
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** What is shown outlives a drawing: the year, the day one stands on, and days that the file does not yet have. */
const shown = { year: null, at: null, days: null, busy: false, again: false };

/** `value`: ISO dates under `holidays` and `workdays`; `commit` is given the same and answers when it is written. */
export function yearOfDays(field, given) {
  if (!shown.busy) shown.days = { off: new Set(field.value.holidays), on: new Set(field.value.workdays) };
  shown.year ??= Number([...field.value.holidays].sort().at(-1)?.slice(0, 4) ?? new Date().getFullYear());
  const months = make("div", { class: "year" });
  const title = make("h3", { "aria-live": "polite" });
  const draw = () => {
    title.textContent = `${shown.year} 年`;
    const days = daysOf(shown.year);
    if (!days.includes(shown.at)) shown.at = days[0];
    months.replaceChildren(...MONTHS.map((month) => monthOf(month, days, field)));
  };
  const turn = (by, label) => {
    const go = () => {
      shown.year += by;
      draw();
    };
    const id = `${given.id}-${by < 0 ? "before" : "after"}`;
    return make("button", { type: "button", class: "button button-small", id, on: { click: go } }, label);
  };
  months.addEventListener("keydown", (event) => walk(event, months));
  months.addEventListener("focusin", (event) => stand(event.target, months));
  draw();
  return make(
    "div",
    { class: "stack", id: given.id },
    make("div", { class: "studio-year-head" }, turn(-1, "上一年"), title, turn(1, "下一年")),
    make(
      "p",
      { class: "muted year-legend" },
      "点一下日期，就在平常与例外之间切换；用键盘时，方向键移动，空格切换。 ",
      make("span", { class: "day-key is-holiday" }, "休 放假"),
      " ",
      make("span", { class: "day-key is-exchange" }, "班 调休上班"),
      " ",
      make("span", { class: "day-key is-weekend" }, "周末休息"),
    ),
    months,
  );
}

const iso = (time) => new Date(time).toISOString().slice(0, 10);
const daysOf = (year) => {
  const first = Date.UTC(year, 0, 1);
  return Array.from({ length: (Date.UTC(year + 1, 0, 1) - first) / DAY }, (_, index) => iso(first + index * DAY));
};
/** From 0 for Monday to 6 for Sunday. */
const weekdayOf = (day) => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
const isWeekend = (day) => weekdayOf(day) > 4;
const isWorked = (day) => (isWeekend(day) ? shown.days.on.has(day) : !shown.days.off.has(day));

function monthOf(month, year, field) {
  const days = year.filter((day) => Number(day.slice(5, 7)) === month);
  const cells = [...Array(weekdayOf(days[0])).fill(null), ...days];
  const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, index) => cells.slice(index * 7, index * 7 + 7));
  const worked = make("small");
  const count = () => {
    worked.textContent = `${days.filter(isWorked).length} 个工作日`;
  };
  const changed = () => {
    count();
    write(field);
  };
  count();
  const head = WEEK.map((name) => make("th", { scope: "col" }, make("abbr", { title: `星期${name}` }, name)));
  const rows = weeks.map((week) =>
    make("tr", {}, ...week.map((day) => make("td", {}, day ? cellOf(day, changed) : null))),
  );
  return make(
    "section",
    { class: "month" },
    make("h4", {}, `${month} 月 `, worked),
    make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)),
  );
}

function wordsOf(day) {
  const { on, off } = shown.days;
  const state = on.has(day) ? "调休上班" : off.has(day) ? "放假" : isWeekend(day) ? "周末休息" : "上班";
  return `${Number(day.slice(5, 7))}月${Number(day.slice(8))}日 星期${WEEK[weekdayOf(day)]} ${state}`;
}

function cellOf(day, changed) {
  const weekend = isWeekend(day);
  const { on, off } = shown.days;
  const departing = weekend ? on : off;
  const box = make("input", {
    type: "checkbox",
    id: `day-${day}`,
    checked: departing.has(day),
    tabindex: day === shown.at ? 0 : -1,
    "aria-label": wordsOf(day),
    dataset: { day },
    on: {
      change: () => {
        departing[box.checked ? "add" : "delete"](day);
        if (weekend && box.checked) off.delete(day);
        box.setAttribute("aria-label", wordsOf(day));
        changed();
      },
    },
  });
  return make(
    "label",
    { class: `year-day${weekend ? " is-saturday" : ""}` },
    box,
    make("span", { class: "day-number" }, String(Number(day.slice(8)))),
    weekend && off.has(day) ? make("span", { class: "day-named" }, "休") : null,
    make("span", { class: "day-mark", "aria-hidden": "true" }, weekend ? "班" : "休"),
  );
}

/** One day of the year is a stop of the Tab key; the arrows go on from there. */
function walk(event, months) {
  const by = STEPS[event.key];
  const { day } = event.target.dataset;
  if (!by || !day) return;
  event.preventDefault();
  months.querySelector(`#day-${iso(Date.parse(day) + by * DAY)}`)?.focus();
}

function stand(box, months) {
  if (!box.dataset.day) return;
  months.querySelector("[tabindex='0']")?.setAttribute("tabindex", "-1");
  box.setAttribute("tabindex", "0");
  shown.at = box.dataset.day;
}

/** One writing at a time; days chosen meanwhile are written after it, all at once. */
async function write(field) {
  shown.again = true;
  if (shown.busy) return;
  shown.busy = true;
  while (shown.again) {
    shown.again = false;
    await field.commit({ holidays: [...shown.days.off].sort(), workdays: [...shown.days.on].sort() });
  }
  shown.busy = false;
}
