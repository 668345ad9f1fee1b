// One live region for the whole page: what happened is seen and heard.
let timer;

export function announce(text) {
  const region = document.getElementById("toast");
  if (!region) return;
  region.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => {
    region.textContent = "";
  }, 6000);
}
