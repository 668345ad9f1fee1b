// Where the case stands, painted over the drawing: marks, tokens, times.
import { message } from "../messages.js";

const DETAIL = 0.4;
const AUTOMATIC = { "bpmn:ServiceTask": "automatic", "bpmn:BusinessRuleTask": "rules" };

function badge(className, text, initial) {
  const node = document.createElement("div");
  node.className = className;
  if (initial) {
    const mark = document.createElement("b");
    mark.textContent = initial;
    node.append(mark);
  }
  node.append(text);
  return node;
}

/** Where `from` is given the badge goes away below that zoom: seen from afar it would only cover the drawing. */
function put(overlays, id, position, node, from = 0) {
  overlays.add(id, { position, html: node, scale: { min: 0.85, max: 1.1 }, show: { minZoom: from } });
}

function heatOf(text, longest) {
  const share = parseFloat(text) / longest;
  if (!(share > 0)) return 0;
  return share > 0.66 ? 3 : share > 0.33 ? 2 : 1;
}

/** Paint the state handed over by the server; unknown element ids are passed over. */
export function paintState(viewer, state) {
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  const registry = viewer.get("elementRegistry");
  const known = (ids = []) => ids.filter((id) => registry.get(id));
  const isTask = (id) => /Task$|Activity$/.test(registry.get(id).type);

  registry.forEach((element) => {
    if (/Task$|Activity$/.test(element.type)) canvas.addMarker(element, "is-task");
    if (element.type === "bpmn:Participant") canvas.addMarker(element, "is-pool");
    const kind = AUTOMATIC[element.type];
    if (kind) put(overlays, element.id, { bottom: 9, left: 8 }, badge("step-auto", message(kind)), DETAIL);
  });
  for (const id of known(state.done)) {
    canvas.addMarker(id, "status-done");
    if (isTask(id)) put(overlays, id, { top: -8, right: 10 }, badge("step-check", "✓"), DETAIL);
  }
  for (const id of known(state.active)) canvas.addMarker(id, "status-active");
  for (const id of known(state.late)) canvas.addMarker(id, "status-late");
  for (const id of known(state.flows)) canvas.addMarker(id, "status-flow");
  for (const id of known(Object.keys(state.tokens ?? {}))) {
    const token = state.tokens[id];
    const look = token.tone === "late" || token.tone === "bad" ? "token is-late" : "token";
    put(overlays, id, { top: -27, left: 6 }, badge(look, token.text, token.initial));
  }
  paintDurations(state, known, canvas, overlays);
}

function paintDurations(state, known, canvas, overlays) {
  const durations = state.durations ?? {};
  const longest = Math.max(0, ...Object.values(durations).map(parseFloat).filter((days) => days > 0));
  for (const id of known(Object.keys(durations))) {
    const heat = longest ? heatOf(durations[id], longest) : 0;
    if (heat) canvas.addMarker(id, `time-${heat}`);
    if (!state.tokens?.[id]) put(overlays, id, { top: -12, left: 6 }, badge("step-time", durations[id]), DETAIL);
  }
}
