// The pages of plain texts and of document templates; a template is shown set beside its text.
import "../css/studio.css";

import { sendJson } from "./request.js";
import { createCode, lineOf } from "./studio/code.js";
import { make } from "./studio/dom.js";
import { OpenFile, failed, readGiven } from "./studio/file.js";
import { Findings } from "./studio/findings.js";
import { vocabulary } from "./studio/vocabulary.js";

const PATTERNS = {
  template: [
    [/\{\{.*?\}\}/g, "code-value"],
    [/\{%.*?%\}/g, "code-flow"],
    [/^\[依据 [^\]]*\]/gm, "code-basis"],
    [/^#+ .*/gm, "code-heading"],
  ],
};
const PAUSE = 900;
const find = (name) => document.querySelector(`[data-studio-${name}]`);

async function start() {
  const given = readGiven();
  let file = null;
  const code = createCode(find("code"), {
    text: given.text,
    label: given.path,
    patterns: PATTERNS[given.kind],
    readOnly: given.readOnly,
    changed: () => {
      file.changed();
      preview?.later();
    },
  });
  file = new OpenFile(given, () => code.text());
  const preview = find("preview") ? new Preview(given, code) : null;
  new Findings(file, { show: (found) => code.mark(found), open: (finding) => code.goTo(lineOf(finding)) });
  if (find("names")) await startNames(given, code);
  if (find("quote")) await startQuotes(given, code, file);
}

/** Clauses are cut out of the policy: what is selected is quoted under a number and a heading. */
async function startQuotes(given, code, file) {
  const [id, title] = ["quote-id", "quote-title"].map((name) => document.getElementById(name));
  const { clauses, case_prefix: prefix } = await vocabulary(given.urls.vocabulary);
  const selected = () => code.view.state.selection.main;
  let count = clauses.length;
  const propose = () => {
    id.value = `${prefix}-${count + 1}`;
  };
  propose();
  code.view.contentDOM.addEventListener("blur", () => {
    const { from, to } = selected();
    if (from !== to) title.value = headingOf(code.view.state.sliceDoc(from, to));
  });
  find("quote").addEventListener("submit", async (event) => {
    event.preventDefault();
    await file.save();
    const { from, to } = selected();
    const text = code.view.state.sliceDoc(from, to);
    const line = code.view.state.doc.lineAt(from + text.search(/\S|$/)).number;
    const sent = { id: id.value.trim(), title: title.value, text, line };
    const answer = await sendJson("POST", given.urls.clauses, sent);
    const told = await answer.json();
    find("quoted").textContent = answer.ok
      ? `已抄录 ${sent.id}，共 ${told.count} 条`
      : told.message;
    if (!answer.ok) return;
    count = told.count;
    title.value = "";
    propose();
  });
}

/** The heading that a clause begins with: its first words, up to the first full stop. */
const headingOf = (text) => text.trim().split(/[。：；\n]/)[0].slice(0, 60);

/** Names of the pack, to be put in where the text stands. */
async function startNames(given, code) {
  const words = await vocabulary(given.urls.vocabulary);
  const insert = (box, write) =>
    box.addEventListener("change", () => {
      if (box.value) code.insert(write(box.value));
      box.value = "";
    });
  const facts = words.facts
    .filter(({ path }) => path.startsWith("facts."))
    .map(({ path, label }) => [`表.${path.slice(6)}`, label]);
  const settings = words.settings.map(({ key, label }) => [`设置.${key}`, label]);
  document
    .getElementById("studio-name-list")
    .append(...[...STANDARD, ...facts, ...settings].map(([value, label]) => make("option", { value }, label)));
  insert(find("names"), (value) => `{{ ${value} }}`);
  find("clauses").append(
    ...words.clauses.map(({ id, title }) => make("option", { value: id }, `${id} ${title}`)),
    make("option", { value: "本地缺省：理由" }, "本地缺省"),
  );
  insert(find("clauses"), (value) => `[依据 ${value}]\n`);
}

const STANDARD = [
  ["案.编号", "办件编号"],
  ["案.申请单位", "申请单位"],
  ["案.收件日期 | 日期", "收件日期"],
  ["市场.名称", "市场名称"],
  ["市场.编号", "市场编号"],
  ["单位.名称", "发文单位"],
  ["单位.联系电话", "联系电话"],
  ["文.字号", "发文字号"],
  ["文.日期 | 日期", "成文日期"],
  ["参数.名称", "流程交给公文的内容"],
];

class Preview {
  constructor(given, code) {
    this.given = given;
    this.code = code;
    this.sample = find("sample");
    this.sample.addEventListener("change", () => this.later());
    this.samples = find("samples");
    this.samples.addEventListener("change", () => {
      this.sample.value = "";
      this.draw();
    });
    this.draw();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(), PAUSE);
  }

  async draw() {
    this.asked?.abort();
    this.asked = new AbortController();
    const { path, urls } = this.given;
    try {
      const answer = await sendJson(
        "POST",
        urls.preview,
        { path, text: this.code.text(), sample: this.sample.value, named: this.samples.value },
        this.asked.signal,
      );
      const told = await answer.json();
      if (answer.ok) this.show(told);
      else this.tell([{ element: "预览", reason: told.message, mend: "" }]);
    } catch (problem) {
      if (problem.name !== "AbortError")
        this.tell([{ element: "预览", reason: "预览没有成功，请稍后重试。", mend: "" }]);
    }
  }

  show({ pdf, findings, sample, samples }) {
    if (!this.samples.options.length)
      this.samples.append(...samples.map(({ key, label }) => make("option", { value: key }, label)));
    if (!this.sample.value && sample) this.sample.value = sample;
    this.tell(findings);
    if (!pdf) return;
    const bytes = Uint8Array.from(atob(pdf), (sign) => sign.charCodeAt(0));
    const url = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
    find("preview").src = `${url}#toolbar=0&view=FitH`;
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = url;
  }

  tell(findings) {
    find("preview-findings").replaceChildren(
      ...findings.map((finding) =>
        make(
          "li",
          {},
          make(
            "button",
            { type: "button", class: "studio-finding", on: { click: () => this.code.goTo(lineOf(finding)) } },
            make("b", {}, finding.element),
            make("span", {}, finding.reason),
            make("small", {}, finding.mend),
          ),
        ),
      ),
    );
  }
}

start().catch(failed);
