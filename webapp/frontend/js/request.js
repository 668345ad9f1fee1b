// Requests to our own server: the CSRF token goes with every one that writes.

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** POST a form's data; the server answers a fragment or JSON instead of a whole page. */
export function post(url, data, signal) {
  return fetch(url, {
    method: "POST",
    body: data,
    credentials: "same-origin",
    headers: { "X-CSRFToken": csrfToken(), "X-Requested-With": "fetch" },
    signal,
  });
}
