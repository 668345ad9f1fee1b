// The page of a process: drawing, panel, list of elements, findings.
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "diagram-js-minimap/assets/diagram-js-minimap.css";
import "../css/studio.css";
import "../css/studio-drawing.css";

import { sendJson } from "./request.js";
import { Adding } from "./studio/bpmn/adding.js";
import { pasteFragment, shareClipboard } from "./studio/bpmn/clipboard.js";
import { startKeys } from "./studio/bpmn/keys.js";
import { Marks } from "./studio/bpmn/marks.js";
import { applyLayout, registerLayout } from "./studio/bpmn/layout.js";
import { createModeler, written } from "./studio/bpmn/modeler.js";
import { show, startOutline } from "./studio/bpmn/outline.js";
import { Panel } from "./studio/bpmn/panel.js";
import { make } from "./studio/dom.js";
import { OpenFile, failed, readGiven } from "./studio/file.js";
import { Findings } from "./studio/findings.js";
import { tester } from "./studio/testing.js";
import { vocabulary } from "./studio/vocabulary.js";
import { graft } from "./studio/xml.js";

const READABLE = 0.6;
const find = (name) => document.querySelector(`[data-studio-${name}]`);

class Drawing {
  constructor(modeler, given) {
    this.modeler = modeler;
    this.base = given.text;
  }

  /** Read a text; what the library makes of it unchanged tells later whether anything was changed. */
  async open(text) {
    const { warnings } = await this.modeler.importXML(text);
    this.base = text;
    this.plain = await written(this.modeler);
    return warnings;
  }

  async text() {
    const now = await written(this.modeler);
    return now === this.plain ? this.base : graft(this.base, now);
  }
}

async function start() {
  const given = readGiven();
  const modeler = createModeler(find("canvas"));
  const drawing = new Drawing(modeler, given);
  const file = new OpenFile(given, () => drawing.text());
  const words = await vocabulary(given.urls.vocabulary);
  const tell = (text) => {
    find("told").textContent = text;
  };
  await read(drawing, given.text, tell);
  modeler.on("studio.refused", ({ words: said }) => tell(said));
  const panel = new Panel(modeler, find("panel"), { words, test: tester(given.urls.expression) });
  registerLayout(modeler);
  new Adding(modeler, find("palette"), { panel, tell });
  startOutline(modeler, find("outline"));
  shareClipboard(modeler);
  const marks = new Marks(modeler);
  modeler.on("commandStack.changed", () => file.changed());
  const findings = new Findings(file, {
    show: (found) => marks.show(found),
    open: (finding) => go(modeler, marks, finding),
  });
  startKeys(modeler, { panel, palette: find("palette"), help: document.getElementById("studio-keys") });
  startBar({ modeler, drawing, findings, tell, given });
  startFragments(modeler, words.fragments ?? [], tell);
}

/** The whole if it can be read so; otherwise where the process begins. */
function begin(canvas) {
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() >= READABLE) return;
  const { inner } = canvas.viewbox();
  const { width, height } = canvas.getSize();
  const scale = Math.max(READABLE, Math.min(0.9, height / (inner.height + 48)));
  canvas.viewbox({ x: inner.x - 24, y: inner.y - 24, width: width / scale, height: height / scale });
}

async function read(drawing, text, tell) {
  try {
    const warnings = await drawing.open(text);
    begin(drawing.modeler.get("canvas"));
    if (warnings.length) tell(`有 ${warnings.length} 处内容没有读懂，保存时会丢失：${warnings[0].message}`);
  } catch (problem) {
    tell(`文件不能画成流程图：${problem.message}`);
    throw problem;
  }
}

function go(modeler, marks, finding) {
  show(modeler, finding.element_id || finding.trace?.at(-1));
  marks.trace(finding.trace);
}

function startBar({ modeler, drawing, findings, tell, given }) {
  const stack = modeler.get("commandStack");
  const canvas = modeler.get("canvas");
  const acts = {
    undo: () => stack.undo(),
    redo: () => stack.redo(),
    copy: () => modeler.get("editorActions").trigger("copy"),
    paste: () => modeler.get("editorActions").trigger("paste"),
    remove: () => modeler.get("editorActions").trigger("removeSelection"),
    find: () => modeler.get("editorActions").trigger("find"),
    in: () => canvas.zoom(canvas.zoom() * 1.25),
    out: () => canvas.zoom(canvas.zoom() / 1.25),
    whole: () => canvas.zoom("fit-viewport", "auto"),
    map: () => modeler.get("minimap").toggle(),
    layout: () => layout(modeler, drawing, given, tell),
    check: () => findings.check(),
    keys: () => document.getElementById("studio-keys").showModal(),
  };
  for (const button of document.querySelectorAll("[data-studio-act]")) {
    button.addEventListener("click", () => acts[button.dataset.studioAct]());
  }
  const refresh = () => {
    for (const [name, can] of [
      ["undo", stack.canUndo()],
      ["redo", stack.canRedo()],
    ]) {
      document.querySelector(`[data-studio-act=${name}]`).setAttribute("aria-disabled", String(!can));
    }
  };
  modeler.on("commandStack.changed", refresh);
  refresh();
}

/** Draw anew on the server, which keeps every lane; the process itself is not touched. */
async function layout(modeler, drawing, given, tell) {
  tell("正在排版…");
  const answer = await sendJson("POST", given.urls.layout, { text: await drawing.text() });
  const told = await answer.json();
  if (!answer.ok) {
    tell(told.message ?? told.error?.message ?? "排版没有成功");
    return;
  }
  await applyLayout(modeler, told.text);
  begin(modeler.get("canvas"));
  tell("已重新排版");
}

function startFragments(modeler, fragments, tell) {
  const holder = find("fragments");
  holder.append(
    ...fragments.map(({ title, help, text }) =>
      make(
        "button",
        {
          type: "button",
          class: "studio-add",
          title: help,
          on: {
            click: async () => {
              await pasteFragment(modeler, text);
              tell(`已加入“${title}”，请接上前后的步骤并逐项填写`);
            },
          },
        },
        title,
      ),
    ),
  );
}

start().catch(failed);
