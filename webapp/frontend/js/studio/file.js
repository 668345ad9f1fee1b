// The file that a page edits: what was read, what is saved, and who else is at it.
import { sendJson } from "../request.js";
import { clockTime } from "./dom.js";
import { Lock } from "./lock.js";

const PAUSE = 1500;
const RETRY = 15000;

/**
 * Keeps one file of a draft saved. `read()` gives its text as it stands now, or throws a sentence for the person;
 * nothing is sent while the text is the one that the server has.
 */
export class OpenFile {
  constructor(given, read) {
    this.given = given;
    this.read = read;
    this.text = given.text;
    this.revision = given.revision;
    this.busy = false;
    this.stopped = given.readOnly;
    this.dirty = false;
    this.state = document.querySelector("[data-studio-state]");
    this.saved = new EventTarget();
    addEventListener("beforeunload", (event) => {
      if (this.dirty) event.preventDefault();
    });
    document.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
        event.preventDefault();
        document.activeElement?.dispatchEvent(new Event("change", { bubbles: true }));
        this.save();
      }
    });
    this.lock = new Lock(this);
  }

  say(text, tone = "neutral") {
    if (!this.state) return;
    this.state.textContent = text;
    this.state.className = `tag tone-${tone}`;
  }

  changed() {
    if (this.given.readOnly) {
      this.say("只能查看，改动不会保存", "warn");
      return;
    }
    this.dirty = true;
    if (this.stopped) return;
    if (this.lock.theirs) {
      this.sayHeld();
      return;
    }
    this.say("未保存", "warn");
    this.later(PAUSE);
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  /** Save now; a change during the request is saved after it. */
  async save() {
    if (this.busy || this.stopped) return;
    clearTimeout(this.timer);
    if (this.lock.theirs) {
      this.sayHeld();
      return;
    }
    this.busy = true;
    this.dirty = false;
    let next = PAUSE;
    try {
      await this.send(await this.read());
    } catch (problem) {
      this.dirty = true;
      next = problem.sentence ? null : RETRY; // what a person has to mend is not sent again as it is
      this.say(problem.sentence ?? "保存失败，稍后自动重试", "bad");
    } finally {
      this.busy = false;
      if (this.dirty && !this.stopped && next) this.later(next);
    }
  }

  async send(text) {
    if (text === this.text) return this.sayKept();
    const answer = await sendJson("PUT", this.given.urls.save, { text, revision: this.revision });
    if (answer.status === 409) return this.stale(await answer.json());
    if (answer.status === 401) throw refused("登录已过期，请在新窗口重新登录后再保存");
    if (answer.status === 422 || answer.status === 413) throw refused((await sentence(answer)) ?? "内容不能保存");
    if (!answer.ok) throw new Error(String(answer.status));
    const kept = await answer.json();
    this.text = text;
    this.revision = kept.revision;
    this.keptAt = kept.saved_at;
    this.sayKept();
    this.saved.dispatchEvent(new Event("saved"));
    await this.lock.take(kept);
    return undefined;
  }

  sayHeld() {
    this.say(`未保存：${this.lock.theirs}正在编辑`, "warn");
  }

  /** Who asks to save what is saved already is told when that was. */
  sayKept() {
    if (this.keptAt) this.say(`已保存 ${clockTime(this.keptAt)}`, "ok");
    else this.say("没有改动");
  }

  /** Somebody else saved meanwhile: nothing is overwritten, and nothing of one's own is thrown away. */
  stale(told) {
    this.stopped = true;
    this.dirty = true;
    this.say("他人已修改，未保存", "bad");
    const note = document.querySelector("[data-studio-conflict]");
    if (!note) return;
    note.querySelector("[data-studio-conflict-words]").textContent =
      told.message ?? `${told.by ?? "他人"}已修改此文件。`;
    note.hidden = false;
    note.querySelector("[data-studio-copy]")?.addEventListener("click", async (event) => {
      await navigator.clipboard.writeText(await this.read());
      event.target.textContent = "已复制";
    });
    note.focus();
  }
}

/** The editor did not come to work: say so, and leave the file as it is. */
export function failed(problem) {
  const note = document.querySelector("[data-studio-told]");
  if (note) note.textContent = problem.sentence ?? "编辑器没有打开，请刷新页面重试；文件没有改动。";
  throw problem;
}

/** An error whose message is meant for the person. */
export function refused(words) {
  return Object.assign(new Error(words), { sentence: words });
}

async function sentence(answer) {
  try {
    const told = await answer.json();
    return told.message ?? told.error?.message;
  } catch {
    return null;
  }
}

/** What the page says of its file. Whoever may only look changes nothing, whatever the editor offers. */
export function readGiven() {
  const given = JSON.parse(document.getElementById("studio-file").textContent);
  return { ...given, readOnly: document.querySelector("[data-studio-read-only]") !== null };
}
