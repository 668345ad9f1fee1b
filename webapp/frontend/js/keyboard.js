// Keys for people who work through lists all day: J/K, Enter, /, ?, Ctrl+Enter, G then a letter.

const GOTO = { w: "nav-workbench", i: "nav-inbox", d: "nav-done", c: "nav-cases" };
let waitingForPlace = false;

function isTyping(target) {
  return target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
}

const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")];

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const at = all.findIndex((row) => row.classList.contains("is-current"));
  const next = Math.min(all.length - 1, Math.max(0, at + step));
  all.forEach((row, index) => row.classList.toggle("is-current", index === next));
  const link = all[next].querySelector("a");
  link.focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
  return true;
}

function tickCurrent() {
  const box = document.querySelector("[data-rows] [data-row].is-current [data-select]");
  if (!box) return false;
  box.click();
  return true;
}

function goTo(key) {
  waitingForPlace = false;
  const link = document.getElementById(GOTO[key]);
  if (link) link.click();
  return Boolean(link);
}

function focusSearch() {
  const box = document.querySelector("#site-search input, [data-list-search]");
  if (!box) return false;
  box.focus();
  return true;
}

function openHelp() {
  const dialog = document.getElementById("shortcut-help");
  if (!dialog || dialog.open) return false;
  dialog.showModal();
  return true;
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  x: tickCurrent,
  "/": focusSearch,
  "?": openHelp,
  g: () => {
    waitingForPlace = true;
    setTimeout(() => { waitingForPlace = false; }, 1200);
    return true;
  },
};

function submitByKey(event) {
  const form = event.target.closest("form[data-task-form]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[data-submit]"));
}

export function startKeyboard() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      submitByKey(event);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const action = waitingForPlace ? () => goTo(event.key) : KEYS[event.key];
    if (action && action()) event.preventDefault();
  });
}
