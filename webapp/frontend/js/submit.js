// A form is sent once: after the first click its buttons rest until the next page.
import { message } from "./messages.js";

export function startSubmitGuard() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("method")?.toLowerCase() !== "post") return; // a field may be called `method`
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "";
    // After the browser has collected the form, or the button's own name would be lost.
    setTimeout(() => rest(form, event.submitter), 0);
  });
  // A page taken back from the browser's cache must work again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(wake);
  });
}

function rest(form, submitter) {
  for (const button of form.querySelectorAll("button:not([type=button])")) button.disabled = true;
  if (submitter && submitter.dataset.submit !== undefined) {
    submitter.dataset.label = submitter.textContent;
    submitter.textContent = message("sending");
  }
}

/** Let a form be sent again (after an error, or when the page is shown once more). */
function wake(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("button:disabled")) {
    button.disabled = false;
    if (button.dataset.label) button.textContent = button.dataset.label;
  }
}
