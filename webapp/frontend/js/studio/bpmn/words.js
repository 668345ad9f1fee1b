// What the modelling library says, in Chinese. Words that no page of ours can bring up are left out.

const WORDS = {
  "Search in diagram": "在流程图中查找",
  "Open minimap": "打开小地图",
  "Close minimap": "收起小地图",
  "flow elements must be children of pools/participants": "步骤要放在泳池之内",
  "element {element} referenced by {referenced}#{property} not yet drawn":
    "“{referenced}”引用的“{element}”还没有画出",
  "more than {count} child lanes": "泳道超过 {count} 条",
  "no shape type specified": "没有指定图形种类",
  "no parent for {element} in {parent}": "“{element}”没有放对位置",
  "element required": "请先选择一个元素",
  "already rendered {element}": "“{element}”画了两次",
  "failed to import {element}": "“{element}”没有读入",
  "no bpmnElement referenced in {element}": "图形“{element}”没有对应的元素",
  "no diagram to display": "文件中没有流程图，请按“自动排版”",
  "no process or collaboration to display": "文件中没有流程",
  "multiple DI elements defined for {element}": "“{element}”有多个图形",
  "missing {semantic}#attachedToRef": "边界事件“{semantic}”没有所附的步骤",
};

function translate(text, values = {}) {
  return (WORDS[text] ?? text).replace(/\{([^}]+)\}/g, (whole, name) => values[name] ?? whole);
}

export const WordsModule = { translate: ["value", translate] };
