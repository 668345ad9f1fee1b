// Fill longitude and latitude from the device, when the person asks for it.
import { announce } from "./announce.js";
import { message } from "./messages.js";

export function startLocation(form) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-locate]");
    if (!button) return;
    const field = button.closest("[data-address]");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        field.querySelector("[data-lng]").value = coords.longitude.toFixed(6);
        field.querySelector("[data-lat]").value = coords.latitude.toFixed(6);
        form.dispatchEvent(new Event("input", { bubbles: true }));
        announce(message("located"));
      },
      () => announce(message("not_located")),
      { enableHighAccuracy: true, timeout: 10000 },
    );
  });
}
