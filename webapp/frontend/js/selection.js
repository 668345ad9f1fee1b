// Boxes beside the rows of a list: all at once, how many are ticked, and buttons that rest while none is.

const boxes = (form) => [...form.querySelectorAll("[data-select]")];

function show(form) {
  const all = boxes(form);
  const ticked = all.filter((box) => box.checked).length;
  form.querySelector("[data-selected]").textContent = ticked;
  const whole = form.querySelector("[data-select-all]");
  whole.checked = ticked > 0 && ticked === all.length;
  whole.indeterminate = ticked > 0 && ticked < all.length;
  for (const button of form.querySelectorAll("[data-needs-selection]")) button.disabled = ticked === 0;
}

function showAll() {
  document.querySelectorAll("form[data-selection]").forEach(show);
}

export function startSelection() {
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-selection]");
    if (!form) return;
    if (event.target.dataset.selectAll !== undefined) {
      for (const box of boxes(form)) box.checked = event.target.checked;
    }
    show(form);
  });
  // A list that the filters replaced, and a page taken back from the browser's cache.
  document.addEventListener("htmx:afterSwap", showAll);
  window.addEventListener("pageshow", showAll);
  showAll();
}
