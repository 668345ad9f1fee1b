"""What a form may be made of, each with the word that people know it by: for forms and for their editor."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILLED_IN = ("填写", "选择")

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "uscc": "统一社会信用代码",
        "resident_id": "身份证号",
        "phone": "电话",
        "money": "金额",
        "address": "地址（地图位置）",
    }
)
"""How a text or a number is written and checked."""
MASKS: Mapping[str, str] = MappingProxyType(
    {"name": "按姓名", "phone": "按电话", "resident_id": "按身份证号", "all": "全部遮盖"}
)
"""How personal data are covered."""
WIDTHS: Mapping[str, str] = MappingProxyType({"third": "三分之一行", "half": "半行", "full": "整行"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of component.

    Attributes:
        label: Chinese name.
        group: Heading under which an editor offers it.
        start: What a new component of this kind begins with, besides its type, key and label.
        formats: Which of :data:`FORMATS` it may have.
    """

    label: str
    group: str
    start: Mapping[str, Any] = field(default_factory=dict)
    formats: tuple[str, ...] = ()

    @property
    def is_filled_in(self) -> bool:
        """Whether a person fills it in; what is shown, computed or arranged is not."""
        return self.group in _FILLED_IN


def _options(*pairs: tuple[str, str | bool]) -> dict[str, list[dict[str, str | bool]]]:
    return {"values": [{"label": label, "value": value} for label, value in pairs]}


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "textfield": Kind("单行文字", "填写", {"validate": {"maxLength": 100}}, tuple(FORMATS)),
        "textarea": Kind("多行文字", "填写", {"validate": {"maxLength": 1000}}),
        "number": Kind("数字", "填写", {"decimalDigits": 0, "validate": {"min": 0}}, ("money",)),
        "datetime": Kind("日期", "填写", {"subtype": "date"}),
        "filepicker": Kind(
            "上传文件",
            "填写",
            {"multiple": True, "properties": {"accept": "pdf,jpg,png", "max_mb": "20"}},
        ),
        "select": Kind("下拉选择", "选择", _options(("选项一", "选项一"))),
        "radio": Kind("单选", "选择", _options(("是", True), ("否", False))),
        "checklist": Kind("多选", "选择", _options(("选项一", "选项一"))),
        "checkbox": Kind("勾选", "选择"),
        "expression": Kind("自动计算", "显示", {"expression": "=1"}),
        "text": Kind("说明文字", "显示", {"text": "说明"}),
        "table": Kind("对照表", "显示", {"dataSource": "=[]", "columns": [{"key": "name", "label": "名称"}]}),
        "group": Kind("分组", "排列", {"showOutline": True, "components": []}),
        "dynamiclist": Kind("可增减的列表", "排列", {"components": []}),
    }
)
"""Every kind of component that the server draws, by its form-js type, in the order of the editor."""
VALUE_TYPES = frozenset({name for name, kind in KINDS.items() if kind.is_filled_in} | {"expression"})
"""Kinds that have a value."""
