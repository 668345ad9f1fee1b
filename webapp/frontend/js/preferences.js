// Colour scheme and 长者模式, kept in cookies so that the server paints the next page right at once.
const YEAR = 60 * 60 * 24 * 365;
const root = document.documentElement;

function keep(name, value) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
}

function show() {
  for (const button of document.querySelectorAll("[data-set-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset.setTheme === (root.dataset.theme || "light")));
  }
  for (const button of document.querySelectorAll("[data-set-scale]")) {
    button.setAttribute("aria-pressed", String(button.dataset.setScale === (root.dataset.scale || "normal")));
  }
}

function set(name, value) {
  root.dataset[name] = value;
  keep(name, value);
  show();
}

export function startPreferences() {
  document.addEventListener("click", (event) => {
    const theme = event.target.closest("[data-set-theme]");
    const scale = event.target.closest("[data-set-scale]");
    if (theme) set("theme", theme.dataset.setTheme);
    if (scale) set("scale", scale.dataset.setScale);
    if (event.target.closest("[data-toggle-theme]")) {
      set("theme", root.dataset.theme === "dark" ? "light" : "dark");
    }
  });
  show();
}
