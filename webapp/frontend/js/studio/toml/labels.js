// What the entries of a pack's TOML files are called, and how each is filled in.

const KINDS_OF_AGENCY = ["机关", "党委", "群团", "事业", "属地"].map((word) => [word, word]);
const AUDIENCES = [
  ["holders", "办理岗位的人"],
  ["applicant", "申请人"],
  ["named", "事件所指的人"],
  ["supervisors", "领导"],
  ["deciders", "正在办理的人"],
  ["administrators", "系统管理员"],
  ["releasers", "可核准发布的人"],
];
const MAILS = [
  ["none", "不发"],
  ["now", "立即"],
  ["digest", "每个工作日早晨汇总"],
];

/** Sections of the files: title, whether rows or one table, what a row is called, and what a new row begins with. */
export const SECTIONS = {
  pack: { title: "政策包" },
  jurisdiction: { title: "辖区" },
  agencies: {
    title: "单位",
    row: (each) => each.short || each.name,
    start: { key: "new_agency", name: "新单位", short: "新单位", kind: "机关" },
  },
  agency_defaults: { title: "单位的共同规定" },
  positions: {
    title: "岗位",
    row: (each, words) => `${each.name}（${[each.agency].flat().map((key) => shortOf(key, words)).join("、")}）`,
    start: { key: "new_position", name: "新岗位", agency: "属地", rights: ["case.read"] },
  },
  processes: {
    title: "事项",
    row: (each) => each.title,
    start: { key: "new_process", file: "new_process.bpmn", title: "新事项" },
  },
  documents: {
    title: "公文",
    row: (each) => each.title,
    start: { key: "new_document", template: "letter", title: "新公文", series: "", basis: "本地缺省：请写理由" },
  },
  market: { title: "名录" },
  records: {
    title: "档案种类",
    row: (each) => each.title,
    start: { key: "new_record", title: "新档案", public: false, shows: [], basis: "本地缺省：请写理由" },
  },
  zone: { title: "零工服务专区" },
  settings: {
    title: "设置",
    map: true,
    row: (each) => each.label,
    start: { label: "新设置", value: 5, basis: "本地缺省：请写理由" },
  },
  calendar: { title: "工作日历" },
  clause: {
    title: "条款",
    row: (each) => `${each.id} ${each.title}`,
    start: { id: "XX-1", title: "新条款", text: "条款原文", source: "", line: 1 },
  },
  notices: {
    title: "通知",
    row: (each) => each.label,
    start: { kind: "event.kind", label: "新通知", audience: "holders", title: "标题", text: "内容", mail: "digest" },
  },
};

/** Sections that a file may have; offered also while it has no entry of them. */
export const POSSIBLE = {
  "clauses.toml": ["clause"],
  "notices.toml": ["notices"],
  "pack.toml": ["agencies", "positions", "processes", "documents", "records"],
};

const text = (label, more = {}) => ({ label, kind: "text", ...more });
const area = (label, more = {}) => ({ label, kind: "area", ...more });
const one = (label, choices, more = {}) => ({ label, kind: "select", choices: () => choices, ...more });

/** Entries by name; the ones of a section come first. */
const ENTRIES = {
  key: text("代号", { help: "小写英文；流程、表单和公文用它指这里" }),
  name: text("名称"),
  short: text("简称"),
  title: text("名称"),
  version: text("版本"),
  source: text("文号"),
  source_title: text("文件标题"),
  source_text: text("政策原文的文件"),
  effective_from: text("施行日期", { date: true }),
  effective_until: text("失效日期", { date: true }),
  effective_basis: { label: "施行日期的依据", kind: "basis" },
  basis: { label: "依据", kind: "basis" },
  goal: { label: "目标的依据", kind: "basis" },
  parent_basis: { label: "上级的依据", kind: "basis" },
  division_code: text("行政区划代码"),
  case_prefix: text("办件编号字母"),
  kind: text("种类"),
  agency: {
    label: "在哪些单位",
    kind: "checks",
    list: true,
    choices: (words) => [
      ...words.kinds.map((kind) => [kind, `各${kind}单位`]),
      ...words.agencies.map(({ key, name, short }) => [key, short || name]),
    ],
  },
  parent: {
    label: "上级单位",
    kind: "select",
    choices: (words) => words.agencies.map(({ key, short }) => [key, short]),
  },
  document_code: text("发文机关代字"),
  seal_diameter_mm: text("印章直径（毫米）", { number: true }),
  rights: {
    label: "权限",
    kind: "checks",
    choices: (words) => words.rights.map(({ key, title }) => [key, title]),
  },
  file: text("流程文件"),
  process_id: text("文件中的流程编号"),
  template: {
    label: "模板",
    kind: "select",
    choices: (words) => words.templates.map(({ key, title }) => [key, `${title}（${key}）`]),
  },
  series: text("文号中的序列字", { help: "不编文号的留空", keepEmpty: true }),
  filing_form: { label: "申请表单", kind: "select", choices: forms },
  opinion_form: { label: "科室意见表单", kind: "select", choices: forms },
  number_series: text("编号中的字母"),
  name_suffixes: text("名称的结尾", {
    help: "一行一个类别，如“零工驿站 = 零工驿站”；结尾中写了 XX 的就是整个名称，XX 换成简称，前面不加辖区",
  }),
  public: { label: "公众可以看到", kind: "flag" },
  label: text("名称"),
  id: text("编号"),
  text: area("原文", { rows: 10 }),
  line: text("在原文的第几行", { number: true }),
  asks_nothing: area("没有步骤、字段或公文承载的原因", { rows: 2 }),
  audience: one("通知谁", AUDIENCES),
  mail: one("邮件", MAILS),
};

const OWN = {
  agencies: { name: text("全称"), short: text("简称"), kind: one("种类", KINDS_OF_AGENCY) },
  settings: { label: text("问题"), value: text("缺省值", { typed: true }) },
  notices: {
    kind: text("事件"),
    title: text("标题", { help: "花括号里的词会填上内容" }),
    text: area("内容", { rows: 4 }),
  },
  calendar: { source: text("依据的通知") },
  zone: {
    records: {
      label: "发布哪些档案种类",
      kind: "checks",
      list: true,
      choices: (words) => words.records.map(({ key, title }) => [key, title]),
    },
    kind: text("标题下的类别"),
    url: text("网址"),
  },
};

/** Entries that a row may have and often lacks. */
export const OPTIONAL = {
  agencies: ["parent", "parent_basis", "document_code", "seal_diameter_mm", "basis"],
  processes: ["process_id"],
  pack: ["effective_until"],
  clause: ["asks_nothing"],
  jurisdiction: [],
  market: [],
};

const shortOf = (key, words) => words.agencies.find((each) => each.key === key)?.short ?? key;

function forms(words) {
  return Object.entries(words.forms).map(([key, { title }]) => [key, `${title}（${key}）`]);
}

export function entryOf(section, name) {
  return OWN[section]?.[name] ?? ENTRIES[name] ?? text(name);
}
