// Fields that depend on others. The server decides which fields show and what is computed; the page only
// takes over the answer: nothing the person typed is replaced, and the focus stays where it is.
import { post } from "./request.js";

let running;

function takeOver(form, fresh) {
  for (const answered of fresh.querySelectorAll("[id^='field-']")) {
    const here = form.querySelector(`#${CSS.escape(answered.id)}`);
    if (!here) continue;
    here.hidden = answered.hidden;
    if (answered.dataset.shown !== undefined) here.replaceChildren(...answered.childNodes);
    else takeOverRequired(here, answered);
  }
}

function takeOverRequired(here, answered) {
  const old = here.querySelector(":scope > .field-head");
  const head = answered.querySelector(":scope > .field-head");
  if (!old || !head || old.innerHTML === head.innerHTML) return;
  old.replaceChildren(...head.childNodes);
  const control = here.querySelector(":scope > .control");
  if (control) control.required = answered.querySelector(":scope > .control").required;
}

export async function refreshFields(form) {
  running?.abort();
  running = new AbortController();
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  try {
    const response = await post(form.dataset.refreshUrl, data, running.signal);
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    takeOver(form, page);
  } catch {
    // Conditions are checked again when the form is sent; a lost refresh costs nothing but comfort.
  }
}

export function startRefresh(form) {
  form.addEventListener("change", (event) => {
    if (event.target.dataset.trigger !== undefined) refreshFields(form);
  });
}
