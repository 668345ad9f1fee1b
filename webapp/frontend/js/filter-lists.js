// A box above a long list of choices: what is typed leaves only those that contain it, and those chosen.

function narrow(box) {
  const list = document.getElementById(box.dataset.filterList);
  const wanted = box.value.trim().toLowerCase();
  let found = 0;
  for (const group of list.querySelectorAll("[data-filter-group]")) {
    let shown = 0;
    for (const item of group.querySelectorAll("[data-filter-item]")) {
      const fits = item.dataset.filterItem.toLowerCase().includes(wanted);
      item.hidden = !fits && !item.querySelector("input:checked");
      if (!item.hidden) shown += 1;
    }
    group.hidden = shown === 0;
    found += shown;
  }
  list.querySelector("[data-filter-none]").hidden = found > 0;
}

export function startFilterLists() {
  for (const box of document.querySelectorAll("[data-filter-list]")) {
    box.addEventListener("input", () => narrow(box));
    // Enter looks for something here; it does not send the form around it.
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  }
}
