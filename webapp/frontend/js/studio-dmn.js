// The page of decision tables.
import "dmn-js/dist/assets/diagram-js.css";
import "dmn-js/dist/assets/dmn-js-shared.css";
import "dmn-js/dist/assets/dmn-js-drd.css";
import "dmn-js/dist/assets/dmn-js-decision-table.css";
import "dmn-js/dist/assets/dmn-js-decision-table-controls.css";
import "dmn-js/dist/assets/dmn-js-literal-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression-controls.css";
import "dmn-js/dist/assets/dmn-font/css/dmn.css";
import "../css/studio.css";
import DmnModeler from "dmn-js/lib/Modeler";

import { make } from "./studio/dom.js";
import { RuleBases } from "./studio/dmn-basis.js";
import { reachHeads } from "./studio/dmn-keys.js";
import { chooseTypesByWord } from "./studio/dmn-types.js";
import { DmnWords, translateAttributes } from "./studio/dmn-words.js";
import { OpenFile, failed, readGiven, refused } from "./studio/file.js";
import { Findings } from "./studio/findings.js";
import { graft } from "./studio/xml.js";

const find = (name) => document.querySelector(`[data-studio-${name}]`);

async function start() {
  const given = readGiven();
  translateAttributes(find("canvas"));
  chooseTypesByWord();
  reachHeads(find("canvas"));
  const words = { additionalModules: [DmnWords] };
  const modeler = new DmnModeler({
    container: find("canvas"),
    drd: words,
    decisionTable: words,
    literalExpression: words,
    boxedExpression: words,
    common: { expressionLanguages: { options: [{ value: "feel", label: "FEEL" }], defaults: { editor: "feel" } } },
  });
  const bases = new RuleBases(modeler);
  const written = async () => {
    bases.keep();
    try {
      return (await modeler.saveXML({ format: true })).xml;
    } finally {
      bases.show();
    }
  };
  const tell = (text) => {
    find("told").textContent = text;
  };
  try {
    const { warnings } = await modeler.importXML(given.text);
    bases.show();
    if (warnings.length) tell(`有 ${warnings.length} 处内容没有读懂，保存时会丢失：${warnings[0].message}`);
  } catch (problem) {
    tell(`文件不能作为决策表打开：${problem.message}`);
    return;
  }
  const plain = await written();
  const read = async () => {
    const now = await written();
    if (!now) throw refused("决策表不能保存");
    return now === plain ? given.text : graft(given.text, now);
  };
  const file = new OpenFile(given, read);
  startViews(modeler, file);
  startBar(modeler);
  new Findings(file, { open: (finding) => go(modeler, finding) });
}

/** Decisions as a list; each change of the one that is open counts, and so does every one opened later. */
function startViews(modeler, file) {
  const list = find("outline");
  const watched = new WeakSet();
  const watch = () => {
    const viewer = modeler.getActiveViewer();
    if (!viewer || watched.has(viewer)) return;
    watched.add(viewer);
    viewer.on("commandStack.changed", () => file.changed());
  };
  const draw = ({ views, activeView }) => {
    list.replaceChildren(
      ...views.map((view, index) =>
        make("option", { value: String(index), selected: view === activeView }, titleOf(view)),
      ),
    );
    watch();
  };
  modeler.on("views.changed", draw);
  draw({ views: modeler.getViews(), activeView: modeler.getActiveView() });
  list.addEventListener("change", () => modeler.open(modeler.getViews()[Number(list.value)]));
  const table = modeler.getViews().find(({ type }) => type === "decisionTable");
  if (table) modeler.open(table);
}

const KINDS = { drd: "关系图", decisionTable: "决策表", literalExpression: "算式", boxedExpression: "函数" };
const titleOf = ({ type, element }) => `${KINDS[type] ?? type} · ${element.name || element.id}`;

function startBar(modeler) {
  const act = (name) => () => modeler.getActiveViewer()?.get("commandStack")[name]();
  for (const name of ["undo", "redo"])
    document.querySelector(`[data-studio-act=${name}]`).addEventListener("click", act(name));
  document
    .querySelector("[data-studio-act=keys]")
    .addEventListener("click", () => document.getElementById("studio-keys").showModal());
}

/** Open the decision that a finding is about and bring its rule into view. */
async function go(modeler, finding) {
  const id = finding.element_id || finding.element;
  const holds = ({ element }) =>
    element.id === id ||
    (element.decisionLogic?.rule ?? []).some((rule) => rule.id === id) ||
    element.decisionLogic?.id === id ||
    element.name === finding.element.split("（")[0];
  const view = modeler.getViews().find((each) => each.type !== "drd" && holds(each));
  if (view) await modeler.open(view);
  find("canvas")
    .querySelector(`[data-row-id="${CSS.escape(id)}"], [data-element-id="${CSS.escape(id)}"]`)
    ?.scrollIntoView({ block: "center" });
}

start().catch(failed);
