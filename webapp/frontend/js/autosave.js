// The draft of a task saves itself a moment after the last change. Nothing typed is kept in the
// browser's own storage: drafts hold personal data and belong on the server, encrypted.
import { message } from "./messages.js";
import { post } from "./request.js";

const PAUSE = 1500;
const RETRY = 15000;
const SIGNED_OUT = 401;

export function startAutosave(form) {
  const url = form.dataset.draftUrl;
  if (!url) return;
  const note = form.querySelector("[data-draft-note]");
  const state = { dirty: false, busy: false, timer: null, sent: false };

  const say = (text, problem = false) => {
    if (!note) return;
    note.textContent = text;
    note.classList.toggle("is-problem", problem);
  };

  const later = (delay) => {
    clearTimeout(state.timer);
    state.timer = setTimeout(save, delay);
  };

  async function save() {
    if (state.busy || state.sent) return;
    state.busy = true;
    state.dirty = false;
    try {
      await store(form, url, say);
    } catch (problem) {
      state.dirty = true;
      if (problem.cause === SIGNED_OUT) askToSignIn(note);
      else say(message("draft_failed"), true);
      later(RETRY);
    } finally {
      state.busy = false;
      if (state.dirty) later(PAUSE);
    }
  }

  form.addEventListener("input", () => {
    state.dirty = true;
    later(PAUSE);
  });
  form.addEventListener("change", () => {
    state.dirty = true;
    later(PAUSE);
  });
  form.addEventListener("submit", () => {
    state.sent = true;
    clearTimeout(state.timer);
  });
  window.addEventListener("beforeunload", (event) => {
    if (state.dirty && !state.sent) event.preventDefault();
  });
}

/**
 * Send the form as it stands; files travel on their own, so they are left out. The draft counts its own
 * revisions: the step's revision in the form stays as it was read, or a change by others would be missed.
 */
async function store(form, url, say) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  const response = await post(url, data);
  if (response.status === 409) {
    say(message("draft_stale"), true);
    return;
  }
  if (!response.ok) throw new Error("The draft was not saved.", { cause: response.status });
  const saved = await response.json();
  say(message("draft_saved", { time: clock(saved.saved_at) }));
}

/** Signing in happens in another window, so that what is typed here stays; the next try then succeeds. */
function askToSignIn(note) {
  if (!note) return;
  const link = document.createElement("a");
  link.href = note.dataset.signIn;
  link.target = "_blank";
  link.textContent = message("sign_in_again");
  note.replaceChildren(message("signed_out"), " ", link);
  note.classList.add("is-problem");
}

function clock(instant) {
  const options = { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" };
  return new Date(instant).toLocaleTimeString("zh-CN", options);
}
