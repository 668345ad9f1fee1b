// Requests to our own server: the CSRF token goes with every one that writes.

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

function send(url, data, signal) {
  return fetch(url, {
    method: "POST",
    body: data,
    credentials: "same-origin",
    headers: { "X-CSRFToken": csrfToken(), "X-Requested-With": "fetch" },
    signal,
  });
}

/** POST a form's data; the server answers a fragment or JSON instead of a whole page. */
export async function post(url, data, signal) {
  const response = await send(url, data, signal);
  if (response.status !== 400 || !(await renewToken())) return response;
  data.delete("csrf_token"); // the header carries the new one
  return send(url, data, signal);
}

/** Send a value as JSON to an address of our own; an expired token is renewed once. */
export async function sendJson(method, url, value, signal) {
  const ask = () =>
    fetch(url, {
      method,
      body: JSON.stringify(value),
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken(), "X-Requested-With": "fetch" },
      signal,
    });
  const response = await ask();
  return response.status === 400 && (await renewToken()) ? ask() : response;
}

/** After signing in anew in another window the page's token is an old one: take over that of a fresh page. */
async function renewToken() {
  const page = await fetch(location.href, { credentials: "same-origin" });
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html");
  const token = fresh.querySelector('meta[name="csrf-token"]')?.content;
  if (!token || page.redirected) return false;
  document.querySelector('meta[name="csrf-token"]').content = token;
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
  return true;
}
