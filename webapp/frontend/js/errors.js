// After a refused submission the summary gets the focus; its links lead to the fields.

export function startErrors() {
  document.querySelector("[data-error-summary]")?.focus();
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-error-summary] a");
    if (!link) return;
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    const control = target.matches("input, select, textarea") ? target : target.querySelector("input, select, textarea");
    (control ?? target).focus();
    target.closest(".field")?.scrollIntoView({ block: "center" });
  });
}
