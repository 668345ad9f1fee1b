// Tries FEEL texts on the server, each once.
import { sendJson } from "../request.js";

/** A function that gives what is wrong with a text, or nothing. */
export function tester(url) {
  const known = new Map();
  return async (text) => {
    if (!known.has(text)) {
      const answer = await sendJson("POST", url, { text });
      if (!answer.ok) return "";
      known.set(text, (await answer.json()).message);
    }
    return known.get(text);
  };
}
