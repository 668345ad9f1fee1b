// Sentences for people, translated by the server and handed over in the page.
const node = document.getElementById("page-messages");
const messages = node ? JSON.parse(node.textContent) : {};

/** The sentence named `key`, with `{name}` places filled from `values`. */
export function message(key, values = {}) {
  const text = messages[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
