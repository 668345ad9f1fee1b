// The case page's diagram: loads the BPMN file, paints where the case stands, and switches views.
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/diagram-js.css";
import "../css/diagram.css";

import { openDiagram } from "./diagram/canvas.js";
import { startViews } from "./diagram/views.js";

const panel = document.querySelector("[data-diagram]");
if (panel) startViews(panel, openDiagram);
