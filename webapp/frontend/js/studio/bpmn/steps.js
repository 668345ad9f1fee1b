// A step that a person does.
import { answers, readAnswers, writeAnswers } from "../answers.js";
import { basisGroup, phaseField, property, readersField, split } from "./general.js";
import { numbers, people, seats } from "./process.js";
import { propertyOf } from "./properties.js";

const STAGES = [
  ["draft", "拟稿"],
  ["review", "核稿"],
  ["sign", "签发"],
];
const LATE = [
  ["notify", "通知有关人员"],
  ["escalate", "列入领导督办"],
  ["presume", "视为提交下面的内容"],
];

export function userGroups(given) {
  const {
    context: { words },
    element,
    modeler,
  } = given;
  const form = propertyOf(given.bo, "form");
  return [
    {
      title: "办理",
      fields: [
        property(given, "form", {
          kind: "select",
          label: "表单",
          choices: Object.entries(words.forms).map(([key, { title }]) => [key, `${title}（${key}）`]),
        }),
        property(given, "position", {
          kind: "select",
          label: "办理岗位",
          choices: positions(given),
          help: laneHelp(given),
        }),
        property(given, "result", {
          kind: "checks",
          label: "放进流程的结果",
          choices: results(words, form),
          none: "先选择表单",
          help: "后面的条件可以直接用这些名称",
        }),
        property(given, "signers", { kind: "text", label: "签署人数", digits: true, help: "两人共同签署写 2" }),
        property(given, "batch", { kind: "flag", label: "可以一次办理多件" }),
        property(given, "not_by", {
          kind: "checks",
          label: "不得由下列步骤的办理人办理",
          choices: people(modeler, element),
        }),
      ],
    },
    {
      title: "时限",
      fields: [
        property(given, "due", {
          kind: "period",
          label: "办理时限",
          choices: numbers(words),
          help: "数字，或者设置的名称",
        }),
        property(given, "warn", {
          kind: "period",
          label: "提前提醒",
          choices: numbers(words),
          help: "单位与时限相同",
        }),
        overdue(given),
        presumed(given, form),
      ],
    },
    {
      title: "公文与阶段",
      fields: [
        phaseField(given),
        property(given, "stage", { kind: "select", label: "在公文中的环节", choices: STAGES }),
        property(given, "preview", {
          kind: "text",
          label: "提交前预览的公文",
          choices: words.documents.map(({ key, title }) => [key, title]),
          help: "公文代号；要按填写内容决定时，写 = 和表达式",
        }),
        readersField(given),
      ],
    },
    {
      title: "补正与表决",
      fields: [
        property(given, "editable", { kind: "select", label: "只许改动", empty: "全部内容", choices: lists(words) }),
        property(given, "voters", { kind: "checks", label: "表决人", choices: seats(words) }),
        property(given, "vote_result", { kind: "text", label: "表决结果的名称", help: "放进流程，后面的条件可以用；小写英文" }),
        property(given, "rule", {
          kind: "select",
          label: "表决规则",
          choices: [
            ["all", "全部同意"],
            ["majority", "过半数同意"],
            ["veto", "一票否决"],
          ],
        }),
        property(given, "decides", { kind: "flag", label: "办完这一步，决定即告知" }),
      ],
    },
    basisGroup(given),
  ];
}

/** The unit of the lane around a step; empty outside lanes. */
export function agencyOf({ modeler, bo }) {
  const lane = modeler
    .get("elementRegistry")
    .find((each) => each.type === "bpmn:Lane" && each.businessObject.flowNodeRef?.includes(bo));
  return lane ? propertyOf(lane.businessObject, "agency") : "";
}

function positions(given) {
  const { words } = given.context;
  const agency = agencyOf(given);
  const kinds = new Map(words.agencies.map(({ key, kind }) => [key, kind]));
  const here = words.positions.filter(
    ({ agencies }) =>
      !agency || agencies.some((key) => key === agency || (agency === "township" && kinds.get(key) === "属地")),
  );
  return [...new Map(here.map(({ key, name }) => [key, `${name}（${key}）`]))];
}

function laneHelp(given) {
  const agency = agencyOf(given);
  if (!agency) return "这一步不在写明单位的泳道里，请先放进泳道";
  return agency === "township"
    ? "申请单位的岗位"
    : `${given.context.words.agencies.find(({ key }) => key === agency)?.short ?? agency}的岗位`;
}

/** Besides the form's fields a mark may go on: only what the system submits for one who is late has it. */
const MARK = ["presumed", "逾期视为提交的标记（presumed）"];

function results(words, form) {
  const fields = (words.forms[form]?.fields ?? [])
    .filter(({ path, personal }) => !path.includes(".") && !personal)
    .map(({ path, label }) => [path, `${label}（${path}）`]);
  return form ? [...fields, MARK] : fields;
}

function overdue(given) {
  const settings = given.context.words.settings
    .filter(({ type }) => type === "string")
    .map(({ key, label }) => [key, `按设置：${label}`]);
  const written = propertyOf(given.bo, "overdue");
  if (written.startsWith("take:")) {
    return property(given, "overdue", { kind: "text", label: "超过时限", help: "take: 后面写这一步以什么结果结束" });
  }
  const shown = settings.filter(([key]) => split(written).includes(key) || key.startsWith("late"));
  return property(given, "overdue", { kind: "checks", label: "超过时限", choices: [...LATE, ...shown] });
}

/** What counts as submitted when a step is late, answered like its form. */
function presumed(given, form) {
  const questions = (given.context.words.forms[form]?.fields ?? []).filter(
    ({ path, type, personal }) => !path.includes(".") && ANSWERED.has(type) && !personal,
  );
  if (split(propertyOf(given.bo, "result")).includes(MARK[0]))
    questions.push({ path: MARK[0], label: "逾期视为提交的标记", type: "checkbox" });
  const { commit, ...field } = property(given, "presume", { label: "逾期视为提交" });
  return {
    ...field,
    value: readAnswers(field.value),
    questions,
    draw: answers,
    help: "选了“视为提交”时，超过时限就按这里的内容提交",
    commit: (given_) => commit(writeAnswers(given_)),
  };
}

const ANSWERED = new Set(["textfield", "textarea", "number", "datetime", "select", "radio", "checkbox"]);

const lists = (words) =>
  Object.entries(words.forms).flatMap(([form, { title, fields }]) =>
    fields
      .filter(({ type }) => type === "dynamiclist")
      .map(({ path, label }) => [`${form}.${path}`, `${title} · ${label}`]),
  );
