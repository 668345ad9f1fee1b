"""Filled-in facts of two good applications; all names are 演示."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import Any

MARKET, STATION = "综合性零工市场", "零工驿站"

_MARKET: dict[str, Any] = {
    "kind": MARKET,
    "need": {"gathering": True, "demand": True, "trades": True, "similar": True, "transport": True},
    "site": {
        "fixed": True,
        "area": Decimal(5000),
        "host": None,
        "new_build_reason": None,
        "use_mode": None,
        "hours": "5:00–20:00",
        "free_space": False,
    },
    "zones": {
        "areas": ["人力资源机构办公区", "公共服务区", "暖心服务区", "技能培训室", "工会驿站", "直播带岗区"]
    },
    "facilities": {"market_sign": True, "station_sign": False, "basic": ["遮风避雨", "防暑防寒", "消防应急"]},
    "rules": {"kinds": ["管理制度", "业务流程", "服务标准"]},
    "staff": [{"role": "负责人"}, {"role": "宣传引流人员"}],
    "platform": {
        "functions": ["在线求职", "在线招聘", "线上撮合服务情况监测统计", "市场信息指数"],
        "encryption": True,
        "lawful": True,
    },
    "operator": {"has": True},
    "services": {"free": True},
}

_STATION: dict[str, Any] = {
    "kind": STATION,
    "need": {"gathering": None, "demand": False, "trades": False, "similar": False, "transport": False},
    "site": {
        "fixed": False,
        "area": Decimal(120),
        "host": "社区服务站",
        "new_build_reason": None,
        "use_mode": "分时分区共享场地设施",
        "hours": "6:00–9:00，17:00–20:00",
        "free_space": True,
    },
    "zones": {"areas": []},
    "facilities": {"market_sign": False, "station_sign": True, "basic": []},
    "rules": {"kinds": []},
    "staff": [],
    "platform": {"functions": [], "encryption": True, "lawful": True},
    "operator": {"has": False},
    "services": {"free": False},
}


def filing(kind: str, **changes: Any) -> dict[str, Any]:
    """A good application of a kind, with values changed by path (``site__area=10``)."""
    values = deepcopy(_MARKET if kind == MARKET else _STATION)
    for path, value in changes.items():
        *parents, key = path.split("__")
        holder = values
        for parent in parents:
            holder = holder[parent]
        holder[key] = value
    return values
