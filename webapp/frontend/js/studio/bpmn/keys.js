// Keys of the drawing, beyond those of the modelling library (撤销, 复制, 粘贴, 删除, 查找).
import { show, step } from "./outline.js";

export function startKeys(modeler, { panel, palette, help }) {
  const keys = {
    "]": () => step(modeler, true),
    "[": () => step(modeler, false),
    a: () => palette.querySelector("button").focus(),
    Enter: () => panel.enter(),
    Escape: () => show(modeler, ""),
  };
  modeler.get("keyboard").addListener(1500, ({ keyEvent }) => {
    if (keyEvent.ctrlKey || keyEvent.metaKey || keyEvent.altKey) return undefined;
    const act = keys[keyEvent.key];
    if (!act) return undefined;
    act();
    return true;
  });
  palette.addEventListener("keydown", (event) => {
    const step_ = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step_) return;
    event.preventDefault();
    const buttons = [...palette.querySelectorAll("button")];
    buttons[(buttons.indexOf(document.activeElement) + step_ + buttons.length) % buttons.length].focus();
  });
  document.addEventListener(
    "keydown",
    (event) => {
      const typing = event.target.closest("input, textarea, select, [contenteditable]");
      if (event.key !== "?" || typing || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      help.showModal();
    },
    true,
  );
}
