// The process as a whole, and its lanes.
import { basisGroup, property } from "./general.js";
import { isA, nodesOf, titleOf } from "./modeler.js";
import { change } from "./properties.js";

const SUBJECTS = [
  ["market", "申请的市场（由首个表单提出）"],
  ["listed_market", "名录中的市场"],
];
const DISCLOSURES = [
  ["主动公开", "主动公开"],
  ["依申请公开", "依申请公开"],
  ["不予公开", "不予公开"],
];
const RETENTIONS = [
  ["10年", ""],
  ["30年", ""],
  ["永久", ""],
];

export function processGroups(given) {
  const { modeler, element, bo, context } = given;
  return [
    {
      title: "流程",
      fields: [
        {
          id: "process-name",
          kind: "text",
          label: "名称",
          value: bo.name ?? "",
          commit: (value) => change(modeler, element, bo, { name: value }),
        },
        property(given, "title", { kind: "text", label: "事项名称", help: "发起和列表中显示的名称" }),
        property(given, "starters", { kind: "checks", label: "由谁发起", choices: seats(context.words) }),
        property(given, "agency", { kind: "select", label: "决定单位", choices: agencies(context.words) }),
        property(given, "case_series", { kind: "text", label: "办件编号字母", help: "如 RD" }),
        property(given, "subject", { kind: "select", label: "针对", empty: "不针对市场", choices: SUBJECTS }),
        property(given, "titled_by", { kind: "select", label: "标题取自", choices: fields(context.words) }),
        property(given, "retention", { kind: "text", label: "保管期限", choices: RETENTIONS }),
        property(given, "disclosure", { kind: "select", label: "公开属性", choices: DISCLOSURES }),
      ],
    },
    {
      title: "整件时限",
      fields: [
        property(given, "case_due", { kind: "period", label: "办理时限", choices: numbers(context.words) }),
        property(given, "case_warn", {
          kind: "period",
          label: "提前提醒",
          choices: numbers(context.words),
          help: "单位与时限相同",
        }),
        property(given, "case_overdue", {
          kind: "checks",
          label: "超过时限",
          choices: [
            ["notify", "通知有关人员"],
            ["escalate", "列入领导督办"],
          ],
        }),
      ],
    },
    {
      title: "发起",
      fields: [
        property(given, "one_at_a_time", { kind: "flag", label: "同一市场只能有一件在办" }),
        property(given, "for_all", { kind: "flag", label: "可以为全部市场一次发起" }),
        property(given, "survey", { kind: "flag", label: "办件页面显示问卷" }),
        property(given, "intake", {
          kind: "select",
          label: "公众填写的步骤",
          empty: "公众不填写",
          choices: people(modeler),
        }),
        property(given, "data", {
          kind: "text",
          label: "服务写入的数据",
          help: "自动服务放进流程的名称，用逗号分开",
        }),
      ],
    },
    basisGroup(given),
  ];
}

export function laneGroups(given) {
  return [
    {
      title: "单位",
      fields: [
        property(given, "agency", { kind: "select", label: "办理单位", choices: agencies(given.context.words) }),
      ],
    },
  ];
}

export function agencies(words) {
  return [["township", "申请单位（属地）"], ...words.agencies.map(({ key, name, short }) => [key, short || name])];
}

/** Unit and position, as `starters` and `voters` name them. */
export function seats(words) {
  const kinds = new Map(words.agencies.map(({ key, kind }) => [key, kind]));
  const short = new Map(words.agencies.map((each) => [each.key, each.short]));
  const found = words.positions.flatMap(({ key, name, agencies: held }) =>
    held.map((agency) =>
      kinds.get(agency) === "属地"
        ? [`township.${key}`, `属地 · ${name}`]
        : [`${agency}.${key}`, `${short.get(agency)} · ${name}`],
    ),
  );
  return [...new Map(found)];
}

export const numbers = (words) =>
  words.settings.filter(({ type }) => type === "number").map(({ key, label }) => [key, label]);

const fields = (words) =>
  Object.entries(words.forms).flatMap(([form, { title, fields: own }]) =>
    own
      .filter(({ type, path }) => type === "textfield" && !path.includes("*"))
      .map(({ path, label }) => [`${form}.${path}`, `${title} · ${label}`]),
  );

export const people = (modeler, except) =>
  nodesOf(modeler)
    .filter((each) => isA(each, "UserTask") && each !== except)
    .map((each) => [each.id, titleOf(each.businessObject)]);
