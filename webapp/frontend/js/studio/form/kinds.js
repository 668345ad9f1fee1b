// Components that the server draws, with what each begins with.

export const KINDS = {
  textfield: { label: "单行文字", group: "填写", start: { validate: { maxLength: 100 } } },
  textarea: { label: "多行文字", group: "填写", start: { validate: { maxLength: 1000 } } },
  number: { label: "数字", group: "填写", start: { decimalDigits: 0, validate: { min: 0 } } },
  datetime: { label: "日期", group: "填写", start: { subtype: "date" } },
  select: { label: "下拉选择", group: "选择", start: { values: [{ label: "选项一", value: "选项一" }] } },
  radio: {
    label: "单选",
    group: "选择",
    start: {
      values: [
        { label: "是", value: true },
        { label: "否", value: false },
      ],
    },
  },
  checklist: { label: "多选", group: "选择", start: { values: [{ label: "选项一", value: "选项一" }] } },
  checkbox: { label: "勾选", group: "选择", start: {} },
  filepicker: {
    label: "上传文件",
    group: "填写",
    start: { multiple: true, properties: { accept: "pdf,jpg,png", max_mb: "20" } },
  },
  expression: { label: "自动计算", group: "显示", start: { expression: "=1" } },
  text: { label: "说明文字", group: "显示", start: { text: "说明" } },
  table: { label: "对照表", group: "显示", start: { dataSource: "=[]", columns: [{ key: "name", label: "名称" }] } },
  group: { label: "分组", group: "排列", start: { showOutline: true, components: [] } },
  dynamiclist: { label: "可增减的列表", group: "排列", start: { components: [] } },
};

export const HOLDERS = new Set(["group", "dynamiclist"]);

/** The name of the entry that a component keeps its own key in. */
export const keyName = (component) => (HOLDERS.has(component.type) ? "path" : "key");
export const labelName = (component) => (component.type === "datetime" ? "dateLabel" : "label");
export const titleOf = (component) =>
  component.label ||
  component.dateLabel ||
  (component.text ?? "").slice(0, 20) ||
  KINDS[component.type]?.label ||
  component.type;

/** A new component; it needs something inside when it holds others. */
export function begin(type, key) {
  const { start, label } = KINDS[type];
  const made = { type };
  if (type !== "text" && type !== "table") {
    if (type !== "group") made[keyName(made)] = key;
    made[labelName(made)] = label;
  } else if (type === "table") made.label = label;
  const copy = structuredClone(start);
  if (HOLDERS.has(type)) copy.components = [begin("textfield", `${key}_name`)];
  return { ...made, ...copy };
}
