// What the check of the draft found: a list beside the editor, and marks where the editor can show them.
import { sendJson } from "../request.js";
import { make } from "./dom.js";

const PAUSE = 800;

/** Check after every save. `show(findings)` marks those of this file, `open(finding)` goes to the place of one. */
export class Findings {
  constructor(file, { show, open }) {
    this.file = file;
    this.show = show;
    this.open = open;
    this.busy = false;
    this.again = false;
    this.list = document.querySelector("[data-studio-findings]");
    this.count = document.querySelector("[data-studio-count]");
    document.querySelector("[data-studio-check]")?.addEventListener("click", () => this.check());
    file.saved.addEventListener("saved", () => this.later());
    this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), PAUSE);
  }

  async check() {
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    this.tell("正在检查…");
    try {
      const answer = await sendJson("POST", this.file.given.urls.check, {});
      if (!answer.ok) throw new Error(String(answer.status));
      this.draw((await answer.json()).findings);
    } catch {
      this.tell("检查未能完成，请稍后重试");
    } finally {
      this.busy = false;
      if (this.again) {
        this.again = false;
        this.later();
      }
    }
  }

  tell(words) {
    if (this.count) this.count.textContent = words;
  }

  draw(all) {
    const here = all.filter((finding) => this.isHere(finding));
    const elsewhere = all.length - here.length;
    this.tell(
      `${here.length ? `本文件 ${here.length} 项` : "本文件没有问题"}${elsewhere ? `，其他文件 ${elsewhere} 项` : ""}`,
    );
    this.list?.replaceChildren(...here.map((finding) => this.row(finding)));
    this.show?.(here);
  }

  isHere(finding) {
    return finding.path === this.file.given.path || this.file.given.path.endsWith(`/${finding.path}`);
  }

  row(finding) {
    const error = finding.severity !== "warning";
    const words = [
      make("span", { class: `tag tone-${error ? "bad" : "warn"}` }, error ? "须改正" : "提醒"),
      make("b", {}, finding.element || "整个文件"),
      make("span", {}, finding.reason),
      make("small", {}, finding.mend),
    ];
    const place = finding.element_id || finding.trace?.length || finding.element;
    return make(
      "li",
      {},
      place && this.open
        ? make(
            "button",
            { type: "button", class: "studio-finding", on: { click: () => this.open(finding) } },
            ...words,
          )
        : make("div", { class: "studio-finding" }, ...words),
    );
  }
}
