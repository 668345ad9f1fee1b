// Three views of one process: progress, time used, and plain text. A phone begins with the text.
import { message } from "../messages.js";

const PHONE = "(max-width: 760px)";

/** Scroll the box, and only the box, to the step the case stands at. */
function showCurrentStep(box) {
  const current = box.querySelector("[aria-current]");
  if (current) box.scrollTop = current.offsetTop - box.clientHeight / 3;
}

export function startViews(panel, open) {
  const state = JSON.parse(document.getElementById(panel.dataset.state).textContent);
  const drawing = panel.querySelector("[data-diagram-panel]");
  const steps = panel.querySelector("[data-diagram-steps]");
  const buttons = [...panel.querySelectorAll("[data-diagram-show]")];
  const problem = panel.querySelector("[data-diagram-problem]");
  let controls;

  async function show(view) {
    const asText = view === "text";
    drawing.hidden = asText;
    steps.hidden = !asText;
    panel.dataset.diagramView = view;
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.diagramShow === view)));
    if (asText) showCurrentStep(steps);
    if (asText || controls) return;
    controls = {};
    try {
      controls = await open(panel, state);
    } catch {
      problem.textContent = message("diagram_failed");
      problem.hidden = false;
      show("text");
    }
  }

  const actions = {
    in: () => controls.zoom?.(1.25),
    out: () => controls.zoom?.(0.8),
    whole: () => controls.whole?.(),
    here: () => controls.here?.(),
  };
  panel.addEventListener("click", (event) => {
    const view = event.target.closest("[data-diagram-show]");
    const action = event.target.closest("[data-diagram-do]");
    if (view) show(view.dataset.diagramShow);
    if (action) actions[action.dataset.diagramDo]?.();
  });
  const first = panel.dataset.diagramView;
  show(matchMedia(PHONE).matches && buttons.length ? "text" : first);
}
