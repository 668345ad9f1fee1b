// Every page: shell, keys, forms. Pages work without it; it makes them quicker to use.
import htmx from "htmx.org/dist/htmx.esm.js";

import { startAutosave } from "./autosave.js";
import { startErrors } from "./errors.js";
import { startFilterLists } from "./filter-lists.js";
import { startKeyboard } from "./keyboard.js";
import { startLocation } from "./location.js";
import { startMenus } from "./menus.js";
import { startPreferences } from "./preferences.js";
import { startRefresh } from "./refresh.js";
import { startRepeat } from "./repeat.js";
import { startSelection } from "./selection.js";
import { startSubmitGuard } from "./submit.js";
import { startUpload } from "./upload.js";

// Nothing that a strict content security policy would refuse.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;

startPreferences();
startMenus();
startKeyboard();
startSelection();
startFilterLists();
startSubmitGuard();
startErrors();

for (const form of document.querySelectorAll("form[data-task-form]")) {
  startAutosave(form);
  startRefresh(form);
  startRepeat(form);
  startUpload(form);
  startLocation(form);
}
