// Told a folder of packs on the command line: reads every model as the editors do, writes it and grafts it.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [frontend, folder] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(path.join(frontend, name)).href);
const { graft } = await load("js/studio/xml.js");
const { BpmnModdle } = await load("node_modules/bpmn-moddle/dist/index.js");
const { DmnModdle } = await load("node_modules/dmn-moddle/dist/index.js");
const spiffworkflow = JSON.parse(readFileSync(path.join(frontend, "js/studio/bpmn/spiffworkflow.json"), "utf8"));

const found = {};
for (const name of readdirSync(folder).filter((each) => /\.(bpmn|dmn)$/.test(each))) {
  const text = readFileSync(path.join(folder, name), "utf8");
  const bpmn = name.endsWith(".bpmn");
  const moddle = bpmn ? new BpmnModdle({ spiffworkflow }) : new DmnModdle();
  const { rootElement, warnings } = await moddle.fromXML(text, bpmn ? undefined : "dmn:Definitions");
  const write = async () => graft(text, (await moddle.toXML(rootElement, { format: true })).xml);
  const untouched = await write();
  if (bpmn) {
    const process_ = rootElement.rootElements.find(({ $type }) => $type === "bpmn:Process");
    const task = process_.flowElements.find(({ $type }) => $type === "bpmn:UserTask");
    task.name = "改了名称";
    process_.flowElements.push(moddle.create("bpmn:UserTask", { id: "brand_new", name: 'a<b & "c"' }));
  } else {
    const table = rootElement.drgElement.map(({ decisionLogic }) => decisionLogic).find((each) => each?.rule);
    if (table) table.rule.at(-1).outputEntry[0].text = '"改了结果"';
  }
  found[name] = { same: untouched === text, warnings: warnings.length, before: text, after: await write() };
}
process.stdout.write(JSON.stringify(found));
