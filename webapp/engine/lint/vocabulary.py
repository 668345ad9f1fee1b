"""The BPMN that may be used: elements with their attributes, and why the rest may not."""

from __future__ import annotations

from typing import Final

_COMMON: Final = frozenset({"id", "name"})
_TASK: Final = _COMMON | {"implementation"}
_EXPRESSION: Final = frozenset({"id", "language"})


def _with(*names: str) -> frozenset[str]:
    return _COMMON | frozenset(names)


ATTRIBUTES: Final[dict[str, frozenset[str]]] = {
    "definitions": _with(
        "targetNamespace", "expressionLanguage", "typeLanguage", "exporter", "exporterVersion"
    ),
    "process": _with("isExecutable", "isClosed", "processType"),
    "collaboration": _with("isClosed"),
    "participant": _with("processRef"),
    "laneSet": _COMMON,
    "lane": _COMMON,
    "childLaneSet": _COMMON,
    "flowNodeRef": frozenset(),
    "documentation": frozenset({"id", "textFormat"}),
    "extensionElements": frozenset(),
    "startEvent": _with("isInterrupting"),
    "endEvent": _COMMON,
    "intermediateCatchEvent": _COMMON,
    "intermediateThrowEvent": _COMMON,
    "boundaryEvent": _with("attachedToRef", "cancelActivity"),
    "userTask": _TASK,
    "serviceTask": _TASK,
    "businessRuleTask": _TASK,
    "receiveTask": _with("implementation", "messageRef"),
    "subProcess": _with("triggeredByEvent"),
    "callActivity": _with("calledElement"),
    "exclusiveGateway": _with("default", "gatewayDirection"),
    "inclusiveGateway": _with("default", "gatewayDirection"),
    "parallelGateway": _with("gatewayDirection"),
    "sequenceFlow": _with("sourceRef", "targetRef"),
    "conditionExpression": _EXPRESSION,
    "incoming": frozenset(),
    "outgoing": frozenset(),
    "timerEventDefinition": _COMMON,
    "timeDuration": _EXPRESSION,
    "timeDate": _EXPRESSION,
    "messageEventDefinition": _with("messageRef"),
    "message": _COMMON,
    "terminateEventDefinition": _COMMON,
    "multiInstanceLoopCharacteristics": _with("isSequential"),
    "loopCardinality": _EXPRESSION,
    "loopDataInputRef": frozenset(),
    "loopDataOutputRef": frozenset(),
    "inputDataItem": _COMMON,
    "outputDataItem": _COMMON,
    "completionCondition": _EXPRESSION,
    "textAnnotation": frozenset({"id", "textFormat"}),
    "text": frozenset(),
    "association": frozenset({"id", "sourceRef", "targetRef", "associationDirection"}),
    "group": frozenset({"id", "categoryValueRef"}),
    "category": _COMMON,
    "categoryValue": frozenset({"id", "value"}),
}
"""Allowed elements of BPMN, each with its allowed attributes."""

EXTENSIONS: Final[dict[str, frozenset[str]]] = {
    "properties": frozenset(),
    "property": frozenset({"name", "value"}),
    "serviceTaskOperator": frozenset({"id", "resultVariable"}),
    "parameters": frozenset(),
    "parameter": frozenset({"id", "type", "value"}),
}
"""Allowed extension elements, each with its allowed attributes."""

FIXED: Final[dict[tuple[str, str], tuple[frozenset[str], str, str]]] = {
    ("subProcess", "triggeredByEvent"): (
        frozenset({"false"}),
        "事件子流程不能使用：引擎会忽略它是否中断主流程",
        "改成在步骤上挂边界定时或边界消息，再连到普通步骤",
    ),
    ("startEvent", "isInterrupting"): (frozenset({"true"}), "开始事件不能设为“非中断”", "去掉这个设置"),
    ("process", "isExecutable"): (frozenset({"true"}), "流程没有标为可执行", "把“可执行”设为是"),
}
"""Attributes that may have certain values only, with the reason and the mend for others."""

REFUSED: Final[dict[str, tuple[str, str]]] = {
    "scriptTask": (
        "脚本任务不能使用，本系统不执行任何脚本",
        "改成服务任务并选择登记过的操作，或改成决策任务",
    ),
    "script": ("脚本不能使用，本系统不执行任何脚本", "删去脚本"),
    "task": ("没有指定任务类型", "改成用户任务、服务任务或决策任务"),
    "manualTask": ("手工任务不能使用，办理情况无法记录", "改成用户任务并选择表单"),
    "sendTask": ("发送任务不能使用", "改成服务任务并选择发送类操作"),
    "complexGateway": ("复杂网关不能使用", "改成排他、并行或包容网关"),
    "eventBasedGateway": ("事件网关不能使用", "改成接收任务，并在它上面挂边界定时"),
    "transaction": ("事务子流程不能使用", "改成普通子流程"),
    "adHocSubProcess": ("自由子流程不能使用，运行时会出错", "改成普通子流程，用网关表示先后"),
    "signalEventDefinition": ("信号事件不能使用：信号结束事件从不发出", "改成服务任务，或用消息事件等待"),
    "linkEventDefinition": ("链接事件不能使用：它会使流程提前结束", "直接用连线连接"),
    "compensateEventDefinition": ("补偿事件不能使用：引擎会把它当作空事件", "用普通步骤画出补救措施"),
    "errorEventDefinition": ("错误事件不能使用", "用排他网关判断结果后分流"),
    "escalationEventDefinition": ("升级事件不能使用", "用边界定时后接普通步骤表示升级"),
    "cancelEventDefinition": ("取消事件不能使用", "用终止结束事件，或用排他网关分流"),
    "conditionalEventDefinition": ("条件事件不能使用", "用排他网关判断条件"),
    "timeCycle": ("循环定时不能使用", "改用时长或日期定时；反复提醒请在步骤的时限中设置"),
    "standardLoopCharacteristics": ("标准循环不能使用", "用排他网关画出回路"),
    "ioSpecification": (
        "输入输出定义不能使用，引擎会因此丢弃其他数据",
        "删去；步骤写入的数据在属性 result 中列出",
    ),
    "dataInputAssociation": ("数据关联不能使用", "删去；表达式可直接使用流程数据"),
    "dataOutputAssociation": ("数据关联不能使用", "删去；步骤写入的数据在属性 result 中列出"),
    "dataObject": ("数据对象不能使用", "删去；流程数据在步骤的属性 result 中列出"),
    "dataObjectReference": ("数据对象不能使用", "删去，说明文字请用文本注释"),
    "dataStore": ("数据存储不能使用", "删去，说明文字请用文本注释"),
    "dataStoreReference": ("数据存储不能使用", "删去，说明文字请用文本注释"),
    "messageFlow": ("消息流不起作用", "删去；等待消息请用接收任务或消息事件"),
    "globalUserTask": ("全局任务不能使用", "在流程中直接画用户任务"),
}
"""Elements that people know from other tools, with the reason and the mend."""

REFUSED_EXTENSIONS: Final[dict[str, tuple[str, str]]] = {
    "preScript": ("前置脚本不能使用，本系统不执行任何脚本", "删去"),
    "postScript": ("后置脚本不能使用，本系统不执行任何脚本", "删去"),
    "unitTests": ("脚本测试不能使用", "删去"),
    "calledDecisionId": ("决策不能用 calledDecisionId 指定", "改用属性 decision，写成“文件.dmn#决策编号”"),
}
"""Extension elements of the library that do nothing here, or run scripts."""

EVENT_DEFINITIONS: Final[dict[str, frozenset[str]]] = {
    "startEvent": frozenset(),
    "endEvent": frozenset({"terminateEventDefinition"}),
    "intermediateThrowEvent": frozenset(),
    "intermediateCatchEvent": frozenset({"timerEventDefinition", "messageEventDefinition"}),
    "boundaryEvent": frozenset({"timerEventDefinition", "messageEventDefinition"}),
}
"""What each kind of event may be defined by."""

FEEL_LANGUAGES: Final = frozenset(
    {
        "feel",
        "http://www.omg.org/spec/FEEL/20140401",
        "http://www.omg.org/spec/DMN/20151101/FEEL/",
        "http://www.omg.org/spec/DMN/20180521/FEEL/",
        "https://www.omg.org/spec/DMN/20191111/FEEL/",
        "https://www.omg.org/spec/DMN/20211108/FEEL/",
    }
)
"""How an expression may say that it is written in FEEL."""
