// A field that holds answers to a form: each with the control that its question has, instead of a structure to write.
import { make, options } from "./dom.js";

/** The text that a process keeps answers in, and back; what cannot be read is no answers. */
export function readAnswers(text) {
  try {
    const value = JSON.parse(text || "{}");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

export function writeAnswers(answers) {
  const parts = Object.entries(answers).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return parts.length ? `{${parts.join(", ")}}` : "";
}

/** `questions`: what may be answered, each with path, label, type and, where there are any, its choices. */
export function answers(field, given) {
  const { value, questions } = field;
  const known = new Map(questions.map((each) => [each.path, each]));
  const rows = Object.entries(value).map(([path, answer], index) => {
    const question = known.get(path) ?? { path, label: `${path}（表单中没有）`, type: KINDS[typeof answer] };
    const id = `${given.id}-${index}`;
    return make(
      "div",
      { class: "studio-answer" },
      make("label", { for: id }, question.label),
      control(question, answer, id, (next) => field.commit({ ...value, [path]: next })),
      make(
        "button",
        {
          type: "button",
          class: "button button-small button-text",
          id: `${id}-drop`,
          "aria-label": `去掉 ${question.label}`,
          on: {
            click: () => field.commit(Object.fromEntries(Object.entries(value).filter(([each]) => each !== path))),
          },
        },
        "去掉",
      ),
    );
  });
  const open = questions.filter(({ path }) => !(path in value));
  const more = make(
    "select",
    {
      id: given.id,
      class: "control",
      "aria-label": `${field.label}：加一项`,
      "aria-describedby": given.described,
      disabled: !open.length,
      on: { change: () => more.value && field.commit({ ...value, [more.value]: beginOf(known.get(more.value)) }) },
    },
    ...options(
      open.map(({ path, label }) => [path, label]),
      "",
      questions.length ? "加一项…" : "先选择表单",
    ),
  );
  return make("div", { class: "studio-answers" }, ...rows, more);
}

const KINDS = { boolean: "checkbox", number: "number", string: "textfield" };

function control(question, answer, id, commit) {
  const choices = choicesOf(question);
  if (choices) {
    const box = make(
      "select",
      { id, class: "control", on: { change: () => commit(JSON.parse(box.value)) } },
      ...options(choices, JSON.stringify(answer), "（请选择）").filter(({ value }) => value !== ""),
    );
    return box;
  }
  const number = question.type === "number";
  const box = make("input", {
    id,
    class: "control",
    type: number ? "number" : question.type === "datetime" ? "date" : "text",
    step: number ? "any" : null,
    value: String(answer ?? ""),
    autocomplete: "off",
    on: { change: () => commit(number ? Number(box.value) : box.value.trim()) },
  });
  return box;
}

/** Choices as pairs of what is kept, written as JSON so that true stays true, and what is shown. */
function choicesOf({ type, choices }) {
  if (type === "checkbox")
    return [
      ["true", "是"],
      ["false", "否"],
    ];
  return choices?.length ? choices.map(({ value, label }) => [JSON.stringify(value), label]) : null;
}

function beginOf(question) {
  const choices = choicesOf(question);
  if (choices) return JSON.parse(choices[0][0]);
  return question.type === "number" ? 0 : "";
}
