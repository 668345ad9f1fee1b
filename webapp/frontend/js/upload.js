// Files go up on their own as soon as they are chosen or dropped, with progress and the server's answer.
import { announce } from "./announce.js";
import { message } from "./messages.js";
import { csrfToken } from "./request.js";

const MEGABYTE = 1024 * 1024;

function sizeText(bytes) {
  return bytes < MEGABYTE ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / MEGABYTE).toFixed(1)} MB`;
}

function typeOf(name) {
  const ending = name.split(".").pop().toUpperCase();
  return { JPEG: "JPG", XLSX: "XLS", DOCX: "DOC" }[ending] ?? ending.slice(0, 3);
}

function problemWith(box, file) {
  const accepted = box.dataset.accept.split(",").map((item) => item.trim()).filter(Boolean);
  const ending = file.name.split(".").pop().toLowerCase();
  const known = accepted.includes(ending) || (ending === "jpeg" && accepted.includes("jpg"));
  if (accepted.length && !known) return message("file_type", { types: accepted.join("、") });
  if (file.size > Number(box.dataset.maxMb) * MEGABYTE) return message("file_size", { size: box.dataset.maxMb });
  if (file.size === 0) return message("file_empty");
  return "";
}

function newEntry(box, file) {
  const entry = box.querySelector("template").content.firstElementChild.cloneNode(true);
  entry.querySelector("[data-file-type]").textContent = typeOf(file.name);
  entry.querySelector("[data-file-type]").dataset.type = typeOf(file.name);
  entry.querySelector("[data-file-name]").textContent = file.name;
  entry.querySelector("progress").setAttribute("aria-label", message("uploading", { name: file.name }));
  entry.querySelector("[data-file-remove]").setAttribute("aria-label", message("remove_file", { name: file.name }));
  box.querySelector("[data-files]").append(entry);
  return entry;
}

function fail(entry, text) {
  entry.classList.add("is-failed");
  entry.querySelector("progress")?.remove();
  const note = entry.querySelector("[data-file-note]");
  note.textContent = text;
  note.classList.add("is-error");
  announce(text);
}

function finish(box, entry, saved) {
  const keep = entry.querySelector("[data-file-keep]");
  keep.name = box.dataset.name;
  keep.value = saved.id;
  keep.checked = true;
  keep.disabled = false;
  entry.querySelector("progress").remove();
  entry.querySelector("[data-file-note]").textContent = `${sizeText(saved.size)} · ${message("file_checked")} ${saved.sha256.slice(0, 8)}`;
  announce(message("uploaded", { name: saved.name }));
  box.closest("form").dispatchEvent(new Event("input", { bubbles: true }));
}

function answer(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
}

function send(box, file) {
  const entry = newEntry(box, file);
  const problem = problemWith(box, file);
  if (problem) {
    fail(entry, problem);
    return;
  }
  const data = new FormData();
  data.append("file", file);
  data.append("field", box.dataset.path);
  data.append("case_no", box.dataset.caseNo);
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (event) => {
    const percent = Math.round((event.loaded / event.total) * 100);
    entry.querySelector("progress").value = percent;
    const values = { percent: `${percent}%`, done: sizeText(event.loaded), total: sizeText(event.total) };
    entry.querySelector("[data-file-note]").textContent = message("upload_progress", values);
  });
  request.addEventListener("load", () => {
    const body = answer(request);
    if (request.status >= 200 && request.status < 300 && body.id) finish(box, entry, body);
    else fail(entry, body.error?.message || message("upload_failed"));
  });
  request.addEventListener("error", () => fail(entry, message("network")));
  request.open("POST", box.dataset.url);
  request.setRequestHeader("X-CSRFToken", csrfToken());
  request.setRequestHeader("X-Requested-With", "fetch");
  request.send(data);
}

function take(box, files) {
  const many = box.dataset.multiple !== undefined;
  if (!many) box.querySelectorAll("[data-file]").forEach((entry) => entry.remove());
  for (const file of many ? files : [...files].slice(0, 1)) send(box, file);
}

/** Listens on the form, not on each field: the fields may be replaced while the form is open. */
export function startUpload(form) {
  form.addEventListener("change", (event) => {
    const input = event.target.closest("[data-upload] input[type=file]");
    if (!input || !input.files.length) return;
    take(input.closest("[data-upload]"), [...input.files]);
    input.value = "";
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-file-remove]");
    if (!button) return;
    const box = button.closest("[data-upload]");
    button.closest("[data-file]").remove();
    box.querySelector("input[type=file]").focus();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    form.addEventListener(kind, (event) => {
      const area = event.target.closest?.("[data-drop]");
      if (!area) return;
      event.preventDefault();
      area.classList.toggle("is-over", kind === "dragover");
      if (kind === "drop") take(area.closest("[data-upload]"), [...event.dataTransfer.files]);
    });
  }
}
