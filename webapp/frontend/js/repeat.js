// Repeating rows: a new row is a copy of the template with the next number; gaps in the numbers are allowed.
import { announce } from "./announce.js";
import { message } from "./messages.js";

const rowsOf = (block) => block.querySelectorAll("[data-repeat-row]");
const firstControl = (row) => row?.querySelector("input:not([type=hidden]), select, textarea");

function renumber(block) {
  rowsOf(block).forEach((row, index) => {
    row.querySelector(".repeat-number").textContent = index + 1;
    row.setAttribute("aria-label", row.getAttribute("aria-label").replace(/\d+|__number__/, index + 1));
  });
  block.querySelector("[data-repeat-add]").disabled = rowsOf(block).length >= Number(block.dataset.most);
}

function add(block) {
  const text = block.querySelector("[data-repeat-template]").innerHTML;
  const copy = document.createElement("template");
  copy.innerHTML = text.replaceAll("__index__", block.dataset.next);
  block.dataset.next = Number(block.dataset.next) + 1;
  block.querySelector("[data-repeat-rows]").append(copy.content);
  renumber(block);
  const rows = rowsOf(block);
  firstControl(rows[rows.length - 1])?.focus();
  announce(message("row_added", { count: rows.length }));
}

function remove(block, row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  renumber(block);
  (firstControl(next) ?? block.querySelector("[data-repeat-add]")).focus();
  announce(message("row_removed", { count: rowsOf(block).length }));
}

export function startRepeat(form) {
  form.addEventListener("click", (event) => {
    const block = event.target.closest("[data-repeat]");
    if (!block) return;
    if (event.target.closest("[data-repeat-add]")) add(block);
    else if (event.target.closest("[data-repeat-remove]")) remove(block, event.target.closest("[data-repeat-row]"));
    else return;
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
