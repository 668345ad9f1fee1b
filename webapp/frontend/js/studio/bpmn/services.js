// Automatic services with their typed parameters, and decisions.
import { basisGroup, names, phaseField, property, readersField } from "./general.js";
import { agencies } from "./process.js";
import { operatorOf, parametersOf, setOperator, setParameter, setResultVariable } from "./properties.js";

const CONSTANT = /^"([^"\\]*)"$/;
const CONSTANTS = /^\[\s*("[^"\\]*"\s*(,\s*"[^"\\]*"\s*)*)?\]$/;
const PERIOD = /^"?([a-z0-9_]+ (?:workday|day|hour))"?$/;
const quoted = (text) => (text ? `"${text}"` : "");

export function serviceGroups(given) {
  const {
    modeler,
    element,
    bo,
    context: { words },
  } = given;
  const operator = operatorOf(bo);
  const signature = words.operators.find(({ name }) => name === operator?.id);
  return [
    {
      title: "服务",
      fields: [
        {
          id: "operator",
          kind: "select",
          label: "做什么",
          help: signature?.help,
          value: operator?.id ?? "",
          choices: words.operators.map(({ name, title }) => [name, title]),
          commit: (name) => {
            const next = words.operators.find((each) => each.name === name);
            setOperator(
              modeler,
              element,
              bo,
              name,
              (id) => next?.open_ended || next?.parameters.some((each) => each.name === id),
            );
          },
        },
        ...(signature ? signature.parameters.map((parameter) => parameterField(given, parameter)) : []),
        ...(signature ? others(given, signature) : []),
        signature?.returns && {
          id: "result-variable",
          kind: "text",
          label: "结果的名称",
          help: "放进流程，后面的条件可以用",
          value: operator.resultVariable ?? "",
          commit: (value) => setResultVariable(modeler, element, bo, value),
        },
      ],
      actions: signature?.open_ended
        ? [{ id: "add-parameter", label: "加一项内容", run: () => addParameter(given) }]
        : [],
    },
    {
      title: "公文与阶段",
      fields: [
        phaseField(given),
        readersField(given),
        property(given, "decides", { kind: "flag", label: "办完这一步，决定即告知" }),
      ],
    },
    basisGroup(given),
  ];
}

/** Where a value is one of the pack's names and written plainly it is chosen; everything else is FEEL. */
function parameterField(given, parameter) {
  const { words } = given.context;
  const value = parametersOf(given.bo).find((each) => each.id === parameter.name)?.value ?? "";
  const label = `${parameter.label}${parameter.required ? "（必填）" : ""}`;
  const commit = (text) =>
    setParameter(
      given.modeler,
      given.element,
      given.bo,
      { id: parameter.name, type: feelType(parameter.type) },
      text,
    );
  const choices = choicesOf(parameter.type, words);
  const plain = value === "" || CONSTANT.test(value);
  if (choices && plain) {
    const constant = CONSTANT.exec(value)?.[1] ?? "";
    return {
      id: `p-${parameter.name}`,
      kind: "select",
      label,
      help: parameter.help,
      value: constant,
      choices: [...choices, [FORMULA, "按表达式…"]],
      commit: (chosen) => commit(chosen === FORMULA ? "null" : quoted(chosen)),
    };
  }
  if (parameter.type === "agencies" && (value === "" || CONSTANTS.test(value))) {
    return {
      id: `p-${parameter.name}`,
      kind: "checks",
      label,
      help: parameter.help,
      value: JSON.parse(value || "[]"),
      choices: [...agencies(words), [FORMULA, "按表达式…"]],
      commit: (chosen) => commit(chosen.includes(FORMULA) ? "null" : listed(chosen)),
    };
  }
  if (parameter.type === "period" && (value === "" || PERIOD.test(value))) {
    return {
      id: `p-${parameter.name}`,
      kind: "period",
      label,
      help: parameter.help,
      value: PERIOD.exec(value)?.[1] ?? "",
      choices: words.settings.filter(({ type }) => type === "number").map(({ key, label: words_ }) => [key, words_]),
      commit: (text) => commit(quoted(text)),
    };
  }
  if (parameter.type === "boolean") {
    return {
      id: `p-${parameter.name}`,
      kind: "select",
      label,
      help: parameter.help,
      value,
      choices: [
        ["true", "是"],
        ["false", "否"],
      ],
      commit,
    };
  }
  return {
    ...feelField(given, `p-${parameter.name}`, label, value, commit),
    help: `${parameter.help}。文字要加英文引号`,
  };
}

const FORMULA = "=";
const listed = (names) => (names.length ? `[${names.map((name) => JSON.stringify(name)).join(", ")}]` : "");
const feelType = (type) =>
  ({
    agencies: "list",
    document: "string",
    agency: "string",
    record: "string",
    process: "string",
    setting: "string",
    period: "string",
  })[type] ?? type;

function choicesOf(type, words) {
  const pairs = (rows) => rows.map(({ key, title }) => [key, title]);
  const lists = {
    document: () => pairs(words.documents),
    agency: () => agencies(words),
    record: () => pairs(words.records),
    process: () => pairs(words.processes),
    setting: () => words.settings.map(({ key, label }) => [key, label]),
  };
  return lists[type]?.();
}

/** Facts for a template, beyond the parameters that the service knows itself. */
function others(given, signature) {
  const known = new Set(signature.parameters.map(({ name }) => name));
  return parametersOf(given.bo)
    .filter(({ id }) => !known.has(id))
    .map(({ id, type, value }) => ({
      ...feelField(given, `p-${id}`, `内容 ${id}`, value, (text) =>
        setParameter(given.modeler, given.element, given.bo, { id, type: type ?? "string" }, text),
      ),
      help: "清空即删去这一项",
    }));
}

function addParameter(given) {
  const taken = new Set(parametersOf(given.bo).map(({ id }) => id));
  const id = globalThis.prompt("内容的名称（小写英文，公文模板用 参数.名称 取它）", "title");
  if (!id || taken.has(id) || !/^[a-z][a-z0-9_]*$/.test(id)) return;
  setParameter(given.modeler, given.element, given.bo, { id, type: "string" }, '""');
}

export function feelField(given, id, label, value, commit) {
  return { id, kind: "feel", label, value, commit, names: names(given), test: (text) => given.context.test(text) };
}

export function ruleGroups(given) {
  const { words } = given.context;
  return [
    {
      title: "规则",
      fields: [
        property(given, "decision", {
          kind: "select",
          label: "决策",
          choices: words.decisions.map(({ key, title }) => [key, `${title}（${key}）`]),
        }),
        property(given, "result", { kind: "text", label: "结果的名称", help: "放进流程，后面的条件可以用" }),
        phaseField(given),
      ],
    },
    basisGroup(given),
  ];
}
