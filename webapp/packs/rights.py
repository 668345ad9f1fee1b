"""What a position may be allowed to do: every right that the system asks for, in words."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

RIGHTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "case.start": "发起",
        "case.read": "查看有关办件",
        "case.read_all": "查看全部办件",
        "task.act": "办理",
        "personal.reveal": "查看个人信息全文",
        "document.deliver": "登记送达",
        "document.register": "发文登记簿",
        "document.approve": "更正、撤销公文",
        "evidence.export": "导出存证包",
        "case.supervise": "督办",
        "case.hold": "暂停、恢复、终止",
        "person.manage": "管理人员",
        "setting.manage": "参数设置",
        "calendar.manage": "工作日历",
        "audit.read": "查看操作记录",
        "job.manage": "后台任务",
        "operation.manage": "流程运维",
        "substitution.manage": "代理设置",
        "token.manage": "接口令牌",
        "market.report": "线上平台报送数据",
        "studio.edit": "编辑政策包",
        "studio.release": "发布政策包",
    }
)
