// Who edits the file: this page holds it while it is open, and takes it over from somebody else when asked to.
import { sendJson } from "../request.js";

const HOLD_EVERY = 20000;
const find = (name) => document.querySelector(`[data-studio-${name}]`);

/** While somebody else holds the file nothing of this page is saved, and nothing of it is thrown away. */
export class Lock {
  constructor(file) {
    this.file = file;
    this.note = find("lock");
    this.words = find("lock-words");
    this.button = find("take-over");
    this.theirs = file.given.lock.mine ? "" : file.given.lock.held_by;
    if (file.given.readOnly || !file.given.urls.hold) return;
    if (this.button) {
      this.button.hidden = false;
      this.button.addEventListener("click", () => this.takeOver());
    }
    this.renew();
  }

  async renew() {
    try {
      const told = await this.ask("");
      if (told) await this.take(told);
    } finally {
      setTimeout(() => this.renew(), HOLD_EVERY);
    }
  }

  async ask(query) {
    const answer = await sendJson("POST", `${this.file.given.urls.hold}${query}`, {});
    return answer.ok ? answer.json() : null;
  }

  /** What the server says of the file: when it was taken from this page, what is unsaved is saved first. */
  async take(told) {
    const theirs = told.mine ? "" : told.held_by;
    if (theirs && !this.theirs) await this.lose(theirs);
    else if (!theirs && this.theirs) this.gain();
    if (!theirs && told.revision > this.file.revision && !this.file.busy)
      this.file.stale({ message: "这个文件已有更新的内容。" });
  }

  async lose(who) {
    if (this.file.dirty) await this.file.save();
    this.theirs = who;
    this.words.textContent = this.file.dirty
      ? `${who}接手编辑了这个文件。您还有改动没有保存，仍留在本页；要继续修改，可以接回来。`
      : `${who}接手编辑了这个文件，您此前的改动都已保存。要继续修改，可以接回来。`;
    this.button.textContent = "接回来编辑";
    this.note.hidden = false;
    this.file.say(`${who}正在编辑`, "warn");
  }

  gain() {
    this.theirs = "";
    this.note.hidden = true;
    this.file.say("由您编辑", "ok");
    if (this.file.dirty) this.file.later(0);
  }

  /** The page is read anew if the other one has saved and nothing of this page would be lost. */
  async takeOver() {
    const told = await this.ask("?take_over=1").catch(() => null);
    if (!told?.mine) {
      this.file.say("没有接手成功，请稍后重试", "bad");
      return;
    }
    if (told.revision > this.file.revision && !this.file.dirty) {
      location.reload();
      return;
    }
    await this.take(told);
    this.file.state?.closest(".studio")?.querySelector("button, select, input")?.focus();
  }
}
