// Time, messages, called processes, and a step that is done once for each of several.
import { basisGroup } from "./general.js";
import { isA } from "./modeler.js";
import { change, expression } from "./properties.js";
import { feelField } from "./services.js";

export function eventGroups(given) {
  const { element, bo } = given;
  if (isA(element, "CallActivity")) return [calledGroup(given), basisGroup(given)];
  const definition = bo.eventDefinitions?.[0];
  const groups = [];
  if (definition?.$type === "bpmn:TimerEventDefinition") groups.push(timerGroup(given, definition));
  if (definition?.$type === "bpmn:MessageEventDefinition") groups.push(messageGroup(given, definition));
  if (isA(element, "ReceiveTask")) groups.push(messageGroup(given, bo));
  return groups.length ? [...groups, basisGroup(given)] : [];
}

function calledGroup({ modeler, element, bo, context, process }) {
  const own = context.words.called.filter(({ key }) => key !== process.bo.id);
  return {
    title: "调用",
    fields: [
      {
        id: "called",
        kind: "select",
        label: "流程",
        value: bo.calledElement ?? "",
        choices: own.map(({ key, title }) => [key, title || key]),
        commit: (value) => modeler.get("modeling").updateProperties(element, { calledElement: value || undefined }),
      },
    ],
  };
}

function timerGroup(given, definition) {
  const { modeler, element, bo } = given;
  const kind = definition.timeDuration ? "timeDuration" : "timeDate";
  const written = definition[kind]?.body ?? "";
  const set = (name, text) =>
    change(modeler, element, definition, {
      timeDate: undefined,
      timeDuration: undefined,
      [name]: expression(modeler, text || '""', definition),
    });
  return {
    title: "时间",
    fields: [
      {
        id: "timer-kind",
        kind: "select",
        label: "按什么计",
        value: kind,
        empty: "（请选择）",
        choices: [
          ["timeDate", "到某一时刻"],
          ["timeDuration", "过一段时间"],
        ],
        commit: (value) => value && set(value, written),
      },
      {
        ...feelField(given, "timer", kind === "timeDate" ? "时刻" : "时长", written, (text) => set(kind, text)),
        help:
          kind === "timeDate"
            ? '如 date and time(date("2026-12-31"), time("00:00:00@Asia/Shanghai"))'
            : '如 duration("P3D")',
      },
      isA(element, "BoundaryEvent") && {
        id: "cancels",
        kind: "flag",
        label: "到时停下所附的步骤",
        value: bo.cancelActivity !== false,
        commit: (on) => modeler.get("modeling").updateProperties(element, { cancelActivity: on }),
      },
    ],
  };
}

/** Messages are declared beside the process; one of the same name is used again. */
function messageGroup({ modeler, element }, holder) {
  const definitions = modeler.getDefinitions();
  const known = definitions.rootElements.filter((each) => each.$type === "bpmn:Message");
  return {
    title: "消息",
    fields: [
      {
        id: "message",
        kind: "text",
        label: "消息名称",
        value: holder.messageRef?.name ?? "",
        choices: known.map(({ name }) => [name, ""]),
        commit: (name) => {
          const found = known.find((each) => each.name === name);
          const message = found ?? (name ? modeler.get("bpmnFactory").create("bpmn:Message", { name }) : undefined);
          if (message && !found) {
            message.$parent = definitions;
            change(modeler, element, definitions, { rootElements: [message, ...definitions.rootElements] });
          }
          change(modeler, element, holder, { messageRef: message });
        },
      },
    ],
  };
}

/** 逐项办理: the step is done once for every entry of a list, together or one after the other. */
export function loopGroup(given) {
  const { modeler, element, bo } = given;
  const loop = bo.loopCharacteristics;
  const modeling = modeler.get("modeling");
  const create = (type, values) => modeler.get("bpmnFactory").create(type, values);
  const own = (part) => {
    if (part) part.$parent = loop;
    return part;
  };
  const item = (name, text) =>
    change(modeler, element, loop, {
      [name]: own(text ? create("bpmn:DataInput", { id: text, name: text }) : undefined),
    });
  const fields = [
    {
      id: "loop",
      kind: "flag",
      label: "对多项逐一办理",
      value: Boolean(loop),
      commit: (on) => {
        const made = on ? create("bpmn:MultiInstanceLoopCharacteristics", { isSequential: false }) : undefined;
        if (made) made.$parent = bo;
        modeling.updateProperties(element, { loopCharacteristics: made });
      },
    },
  ];
  if (loop) {
    fields.push(
      {
        id: "loop-order",
        kind: "select",
        label: "先后",
        empty: "（请选择）",
        value: loop.isSequential ? "one" : "all",
        choices: [
          ["all", "同时"],
          ["one", "一项接一项"],
        ],
        commit: (value) => change(modeler, element, loop, { isSequential: value === "one" }),
      },
      feelField(given, "loop-list", "列表", loop.loopDataInputRef ?? "", (text) =>
        change(modeler, element, loop, { loopDataInputRef: text || undefined }),
      ),
      {
        id: "loop-item",
        kind: "text",
        label: "每一项的名称",
        value: loop.inputDataItem?.name ?? loop.inputDataItem?.id ?? "",
        help: "步骤里用这个名称指当前一项",
        commit: (text) => item("inputDataItem", text),
      },
      feelField(given, "loop-times", "或者次数", loop.loopCardinality?.body ?? "", (text) =>
        change(modeler, element, loop, { loopCardinality: own(expression(modeler, text, loop)) }),
      ),
      {
        id: "loop-result",
        kind: "text",
        label: "各项结果放进",
        value: loop.loopDataOutputRef ?? "",
        commit: (text) => change(modeler, element, loop, { loopDataOutputRef: text || undefined }),
      },
      {
        id: "loop-out",
        kind: "text",
        label: "取每一项的",
        value: loop.outputDataItem?.name ?? loop.outputDataItem?.id ?? "",
        commit: (text) => item("outputDataItem", text),
      },
      feelField(given, "loop-until", "提前结束的条件", loop.completionCondition?.body ?? "", (text) =>
        change(modeler, element, loop, { completionCondition: own(expression(modeler, text, loop)) }),
      ),
    );
  }
  return { title: "逐项办理", fields };
}
