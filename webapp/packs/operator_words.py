"""The automatic services that a process may name: what each takes and gives, and its words on the page.

This is the one place: signatures are read off it (:mod:`webapp.packs.operators`), so that no service or
parameter can be without words.
"""

from __future__ import annotations

from dataclasses import dataclass

CHOICES = ("document", "agency", "agencies", "record", "process", "setting")
"""Types of parameters whose values are names of the pack; a page offers them to choose from."""


@dataclass(frozen=True, slots=True)
class ParameterWords:
    """One parameter of a service, in the words of the page.

    Attributes:
        name: Name in the process file.
        label: Chinese label.
        type: FEEL type (``string``, ``number``, ``boolean``, ``date``, ``list``, ``context``), ``period``, or
            one of :data:`CHOICES`.
        required: The service refuses to work without it.
        help: What to write.
    """

    name: str
    label: str
    type: str
    required: bool
    help: str


@dataclass(frozen=True, slots=True)
class OperatorWords:
    """One service, in the words of the page.

    Attributes:
        name: Name in the process file.
        title: Chinese name.
        help: What it does to the case.
        open_ended: It takes any other parameter too, as facts for a template.
        returns: It gives a result that the token may keep.
        parameters: Its own parameters, in the order in which they are filled in.
    """

    name: str
    title: str
    help: str
    open_ended: bool
    returns: bool
    parameters: tuple[ParameterWords, ...]


def _must(name: str, label: str, kind: str, says: str) -> ParameterWords:
    return ParameterWords(name, label, kind, required=True, help=says)


def _may(name: str, label: str, kind: str, says: str) -> ParameterWords:
    return ParameterWords(name, label, kind, required=False, help=says)


def _does(
    name: str,
    title: str,
    says: str,
    *parameters: ParameterWords,
    open_ended: bool = False,
    returns: bool = True,
) -> OperatorWords:
    return OperatorWords(name, title, says, open_ended, returns, parameters)


_ALL = (
    _does(
        "issue_document",
        "制发公文",
        "按模板生成公文、编文号，随后盖章发出。",
        _must("template", "公文种类", "document", "要制发的公文"),
        _must("agency", "制发单位", "agency", "署名和盖章的单位"),
        _may("recipients", "主送单位", "agencies", "要送交的单位"),
        open_ended=True,
    ),
    _does(
        "start_clock",
        "开始计时",
        "开始计算整件办理时限。",
        _must("name", "时限名称", "string", '如 "办理时限"'),
        _may("limit", "期限", "period", '如 "5 workday"；不写则用流程的整件时限'),
        returns=False,
    ),
    _does(
        "pause_clock",
        "暂停计时",
        "整件办理时限停止计算。",
        _must("reason", "暂停原因", "string", '如 "补正"'),
        returns=False,
    ),
    _does(
        "resume_clock",
        "恢复计时",
        "接着计算整件办理时限。",
        returns=False,
    ),
    _does(
        "recognise_market",
        "列入名录",
        "给市场编号，列入公开名录。",
    ),
    _does(
        "change_register",
        "变更名录",
        "把决定的内容写入名录，原内容留存；值为 null 的项目不变。",
        _may("address", "地址", "context", "新的地址"),
        _may("opening_hours", "服务时间", "string", "新的服务时间"),
        _may("public_phone", "公开电话", "string", "新的公开电话"),
        _may("services", "服务内容", "list", "新的服务内容"),
        _may("area_m2", "面积（平方米）", "number", "新的面积"),
        _may("operator", "运营单位", "context", "新的运营单位"),
        _may("closed_from", "停业起始日", "date", "停业的第一天"),
        _may("closed_until", "停业截止日", "date", "停业的最后一天"),
        _may("reopens", "恢复营业", "boolean", "true 表示恢复营业"),
        returns=False,
    ),
    _does(
        "enter_record",
        "记入市场档案",
        "在市场档案中记一笔；其他参数是记下的内容。",
        _must("kind", "档案种类", "record", "本包登记的档案种类"),
        _must("period", "所属时期", "string", '如 "2026年11月"'),
        _may("valid_until", "有效期至", "date", "到期后不再有效；不写为长期"),
        open_ended=True,
        returns=False,
    ),
    _does(
        "leave_register",
        "移出名录",
        "市场移出名录，其页面和证书随即注明。",
        _must("way", "移出方式", "string", '如 "注销" 或 "撤销"'),
        returns=False,
    ),
    _does(
        "open_case",
        "另立办件",
        "就同一市场另开一件别的事项。",
        _must("process", "事项", "process", "要另开的事项"),
        _may("reason", "原因", "string", "写在新办件上的原因"),
        returns=False,
    ),
    _does(
        "end_opened",
        "终止所立办件",
        "终止由本办件另立、尚未办结的办件。",
        _must("reason", "原因", "string", "写在被终止办件的办理过程里"),
        returns=False,
    ),
    _does(
        "make_invitations",
        "发出问卷",
        "生成免登录填写的问卷链接。",
        _must("closes_on", "截止日期", "date", "此日之后不能再填"),
        _must("groups", "填写对象", "list", "每组写明 key、label、form、number"),
        returns=False,
    ),
    _does(
        "count_answers",
        "统计问卷",
        "结束问卷并计算份数和得分。",
    ),
    _does(
        "archive_case",
        "归档",
        "办结并归档，按保管期限保存。",
        _must("outcome", "办理结果", "string", '"approved"、"refused" 等'),
        _may("label", "结果名称", "string", "页面上显示的结果；不写用通用名称"),
        returns=False,
    ),
)
"""In the order in which a page offers them."""


def operator_words() -> tuple[OperatorWords, ...]:
    """Return every service with its words, in the order in which a page offers them."""
    return _ALL
