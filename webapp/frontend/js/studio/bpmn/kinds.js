// The elements that a process may be made of, in the words of the page, in the order in which they are offered.

const TASK = { width: 128, height: 74 };

export const KINDS = {
  user: {
    label: "办理步骤",
    icon: "bpmn-icon-user-task",
    group: "步骤",
    type: "bpmn:UserTask",
    help: "由人填写表单",
    ...TASK,
  },
  service: {
    label: "自动服务",
    icon: "bpmn-icon-service-task",
    group: "步骤",
    type: "bpmn:ServiceTask",
    help: "制发公文、计时、归档等",
    ...TASK,
  },
  rule: {
    label: "规则判断",
    icon: "bpmn-icon-business-rule-task",
    group: "步骤",
    type: "bpmn:BusinessRuleTask",
    help: "按决策表判断",
    ...TASK,
  },
  receive: {
    label: "等待消息",
    icon: "bpmn-icon-receive-task",
    group: "步骤",
    type: "bpmn:ReceiveTask",
    help: "等到外部消息才继续",
    ...TASK,
  },
  call: {
    label: "调用流程",
    icon: "bpmn-icon-call-activity",
    group: "步骤",
    type: "bpmn:CallActivity",
    help: "办一遍另一个流程",
    ...TASK,
  },
  sub: {
    label: "子流程",
    icon: "bpmn-icon-subprocess-expanded",
    group: "步骤",
    type: "bpmn:SubProcess",
    help: "把几步合在一起",
    expanded: true,
  },
  exclusive: {
    label: "选一条路",
    icon: "bpmn-icon-gateway-xor",
    group: "分合",
    type: "bpmn:ExclusiveGateway",
    help: "按条件只走一条",
  },
  parallel: {
    label: "同时办理",
    icon: "bpmn-icon-gateway-parallel",
    group: "分合",
    type: "bpmn:ParallelGateway",
    help: "各条都走，都办完再合",
  },
  inclusive: {
    label: "选几条路",
    icon: "bpmn-icon-gateway-or",
    group: "分合",
    type: "bpmn:InclusiveGateway",
    help: "按条件走一条或几条",
  },
  start: {
    label: "开始",
    icon: "bpmn-icon-start-event-none",
    group: "事件",
    type: "bpmn:StartEvent",
    help: "流程从这里开始",
  },
  timer: {
    label: "等到时间",
    icon: "bpmn-icon-intermediate-event-catch-timer",
    group: "事件",
    type: "bpmn:IntermediateCatchEvent",
    definition: "bpmn:TimerEventDefinition",
    help: "到时间才继续",
  },
  message: {
    label: "等待消息事件",
    icon: "bpmn-icon-intermediate-event-catch-message",
    group: "事件",
    type: "bpmn:IntermediateCatchEvent",
    definition: "bpmn:MessageEventDefinition",
    help: "收到消息才继续",
  },
  boundary: {
    label: "步骤超时",
    icon: "bpmn-icon-intermediate-event-catch-timer",
    group: "事件",
    type: "bpmn:BoundaryEvent",
    definition: "bpmn:TimerEventDefinition",
    help: "附在步骤上，到时间另走一条路",
  },
  end: {
    label: "结束",
    icon: "bpmn-icon-end-event-none",
    group: "事件",
    type: "bpmn:EndEvent",
    help: "这条路到此为止",
  },
  terminate: {
    label: "全部结束",
    icon: "bpmn-icon-end-event-terminate",
    group: "事件",
    type: "bpmn:EndEvent",
    definition: "bpmn:TerminateEventDefinition",
    help: "到此整件结束，其余各路都停",
  },
};

/** The kind of an element that is there, or none for a lane, a flow or a label. */
export function kindOf(bo) {
  const definition = bo.eventDefinitions?.[0]?.$type;
  return (
    Object.keys(KINDS).find((key) => KINDS[key].type === bo.$type && KINDS[key].definition === definition) ?? null
  );
}

/** A shape that is not yet on the canvas. */
export function makeShape(injector, kind) {
  const { type, definition, width, height, expanded } = KINDS[kind];
  return injector.get("elementFactory").createShape({
    type,
    ...(definition ? { eventDefinitionType: definition } : {}),
    ...(width ? { width, height } : {}),
    ...(expanded ? { isExpanded: true } : {}),
  });
}

/** Kinds that an element may be turned into without losing its place in the flow. */
export function exchangeable(bo) {
  const kind = kindOf(bo);
  const group = kind && KINDS[kind].group;
  if (!group || ["sub", "boundary", "start"].includes(kind)) return [];
  if (group === "事件") return kind === "end" || kind === "terminate" ? ["end", "terminate"] : ["timer", "message"];
  return Object.keys(KINDS).filter((key) => KINDS[key].group === group && key !== "sub");
}
