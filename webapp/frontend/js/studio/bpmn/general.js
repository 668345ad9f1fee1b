// What every element has: name, explanation, kind and id; and the fields that many kinds of elements share.
import { KINDS, exchangeable, kindOf } from "./kinds.js";
import { isA, nodesOf } from "./modeler.js";
import { change, propertyOf, setProperty } from "./properties.js";

const ID = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

export function generalGroup(given) {
  const { modeler, element, bo } = given;
  const modeling = modeler.get("modeling");
  const named = !isA(element, "TextAnnotation");
  return {
    title: "基本",
    fields: [
      named && {
        id: "name",
        kind: "text",
        label: isA(element, "SequenceFlow") ? "线上文字" : "名称",
        value: bo.name ?? "",
        commit: (value) => modeling.updateLabel(element, value),
      },
      !named && {
        id: "text",
        kind: "area",
        label: "注释",
        value: bo.text ?? "",
        commit: (value) => modeling.updateLabel(element, value),
      },
      kindField(given),
      isA(element, "FlowNode") && {
        id: "words",
        kind: "area",
        label: "办理说明",
        help: "显示在办理页面上，说明这一步做什么",
        value: bo.documentation?.[0]?.text ?? "",
        commit: (value) => document(modeler, element, bo, value),
      },
      {
        id: "id",
        kind: "text",
        label: "编号",
        help: "小写英文，表达式和其他步骤用它指这里",
        value: bo.id,
        commit: (value) => rename(modeler, element, bo, value),
      },
    ],
  };
}

function kindField({ modeler, element, bo }) {
  const kinds = exchangeable(bo);
  return (
    kinds.length > 1 && {
      id: "kind",
      kind: "select",
      label: "种类",
      empty: "（其他）",
      value: kindOf(bo),
      choices: kinds.map((key) => [key, KINDS[key].label]),
      commit: (kind) => {
        if (!kind) return;
        const { type, definition } = KINDS[kind];
        const next = modeler
          .get("bpmnReplace")
          .replaceElement(element, { type, ...(definition ? { eventDefinitionType: definition } : {}) });
        modeler.get("selection").select(next);
      },
    }
  );
}

function document(modeler, element, bo, value) {
  const first = bo.documentation?.[0];
  if (first && value) change(modeler, element, first, { text: value });
  else {
    const made = value ? [modeler.get("bpmnFactory").create("bpmn:Documentation", { text: value })] : [];
    for (const each of made) each.$parent = bo;
    modeler.get("modeling").updateProperties(element, { documentation: made.length ? made : undefined });
  }
}

function rename(modeler, element, bo, value) {
  const taken = modeler.get("elementRegistry").get(value);
  if (value === bo.id || !ID.test(value) || (taken && taken !== element)) {
    modeler.get("eventBus").fire("studio.refused", {
      words: taken ? `编号“${value}”已被使用` : "编号要以英文字母开头，只用英文、数字、下划线",
    });
    return;
  }
  modeler.get("modeling").updateProperties(element, { id: value });
}

/** A field that is a property of the pack on this element. */
export function property(given, name, field) {
  const { modeler, element, bo } = given;
  const value = propertyOf(bo, name);
  const write = (text) => setProperty(modeler, element, bo, name, text);
  if (field.kind === "flag")
    return { id: name, ...field, value: value === "true", commit: (on) => write(on ? "true" : "") };
  if (field.kind === "checks") {
    return { id: name, ...field, value: split(value), commit: (chosen) => write(chosen.join(", ")) };
  }
  return { id: name, ...field, value, commit: write };
}

export const split = (text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);

export function basisGroup(given) {
  const clauses = given.context.words.clauses.map(({ id, title }) => [id, title]);
  return {
    title: "依据",
    fields: [
      property(given, "basis", {
        kind: "basis",
        label: "依据",
        choices: clauses,
        help: "条款要求的写条款；条款没有要求的写本地缺省和理由",
      }),
    ],
  };
}

export function phaseField(given) {
  const phases = [
    ...new Set(
      nodesOf(given.modeler)
        .map((each) => propertyOf(each.businessObject, "phase"))
        .filter(Boolean),
    ),
  ];
  return property(given, "phase", {
    kind: "text",
    label: "阶段",
    choices: phases.map((each) => [each, ""]),
    help: "办件页面按阶段显示进度",
  });
}

export function readersField(given) {
  return property(given, "readers", {
    kind: "select",
    label: "查看范围",
    empty: "参与本件的单位",
    choices: [["internal", "只有办理、决定和收文单位"]],
  });
}

export function names(given) {
  const tokens = nodesOf(given.modeler).flatMap(({ businessObject: bo, id }) =>
    [...split(propertyOf(bo, "result")), ...split(propertyOf(bo, "vote_result"))].map((name) => [
      name,
      `${bo.name ?? id} 的结果`,
    ]),
  );
  return [...tokens, ...given.context.words.facts.map(({ path, label }) => [path, label])];
}
