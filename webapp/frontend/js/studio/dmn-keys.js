// Heads of columns by keyboard: the library opens them with the mouse alone.
const HEADS = "th.input-cell, th.output-cell";

export function reachHeads(container) {
  const reach = () => {
    for (const head of container.querySelectorAll(HEADS)) if (!head.hasAttribute("tabindex")) head.tabIndex = 0;
  };
  new MutationObserver(reach).observe(container, { childList: true, subtree: true });
  const open = (event) => {
    if (event.key !== "Enter" || !event.target.matches(HEADS)) return;
    event.preventDefault();
    event.stopPropagation(); // the table would go to its next row
    const { left, top } = event.target.getBoundingClientRect();
    const at = { bubbles: true, clientX: left + 1, clientY: top + 1 };
    event.target.dispatchEvent(new MouseEvent("dblclick", at));
  };
  container.addEventListener("keydown", open, { capture: true });
}
