// Runs before the first paint: marks that scripts work and follows the system's colour scheme
// until the person has chosen one (the choice is a cookie, so the server already wrote it).
const root = document.documentElement;
root.dataset.js = "";
if (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches) {
  root.dataset.theme = "dark";
}
