"""Checks what a pack says of its register of markets against its forms and processes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from webapp.packs.checks.findings import Finding
from webapp.packs.checks.steps import read_steps
from webapp.packs.market_specs import FILING_FIELDS, OPINION_FIELDS
from webapp.packs.specs import LISTED_MARKET, SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import forms
    from webapp.packs.checks.steps import StepText
    from webapp.packs.market_specs import MarketSpec
    from webapp.packs.specs import Pack

MANIFEST, ELEMENT, ZONE = "pack.toml", "市场名录", "零工服务专区"
OF_A_LISTED_MARKET = frozenset({"change_register", "leave_register", "open_case"})
"""Operators that need a market of the directory."""
_CONSTANT = re.compile(r'"([^"\\]*)"')


def check(pack: Pack, schemas: Mapping[str, forms.FormSchema]) -> Iterator[Finding]:
    """Yield what the register of markets would miss: its forms, their fields, a name for each kind."""
    yield from _subjects(pack)
    yield from _zone(pack)
    if pack.market is None:
        yield from _needed(pack)
        return
    yield from _fields(schemas, "filing_form", pack.market.filing_form, FILING_FIELDS)
    yield from _fields(schemas, "opinion_form", pack.market.opinion_form, OPINION_FIELDS)
    yield from _names(pack.market, schemas)


def _subjects(pack: Pack) -> Iterator[Finding]:
    """What a process is about is a word that starting a case knows; what changes a market has one."""
    for file, source in pack.flows.items():
        steps = read_steps(source)
        for subject in {step.process_properties.get("subject") for step in steps} - {None, *SUBJECTS}:
            yield Finding(
                file,
                "流程",
                f"办件对象“{subject}”不存在。",
                "请在流程的“针对”（subject）中选择申请中的市场，或名录中的市场。",
            )
        for step in steps:
            yield from _step(pack, file, step)


def _step(pack: Pack, file: str, step: StepText) -> Iterator[Finding]:
    """What writes to a market has one; what it names of the pack is there."""
    subject = step.process_properties.get("subject")
    if step.operator in OF_A_LISTED_MARKET and subject != LISTED_MARKET:
        yield Finding(
            file,
            step.label,
            "这一步写入名录或转入其他业务，但所在流程不以名录中的市场为对象。",
            "请在流程的“针对”（subject）中选择名录中的市场。",
            element_id=step.id,
        )
    if step.operator == "enter_record" and subject not in SUBJECTS:
        yield Finding(
            file,
            step.label,
            "这一步记入市场档案，但所在流程不以市场为对象。",
            "请填写流程的“针对”（subject）。",
            element_id=step.id,
        )
    named = {
        "enter_record": ("kind", "市场档案的类别", pack.records, "请在基本信息的“档案种类”中写明。"),
        "open_case": ("process", "流程", pack.processes, "请改成基本信息“事项”中的代号。"),
    }.get(step.operator)
    if named is not None:
        parameter, what, known, mend = named
        for name in _CONSTANT.findall(step.parameters.get(parameter, "")):
            if name not in known:
                yield Finding(file, step.label, f"{what}“{name}”不存在。", mend, element_id=step.id)


def _zone(pack: Pack) -> Iterator[Finding]:
    """What everybody reads is there, meant for everybody, and leads to no address without protection."""
    for key in pack.zone.records if pack.zone else ():
        if key not in pack.records or not pack.records[key].public:
            yield Finding(
                MANIFEST,
                ZONE,
                f"零工服务专区要发布的档案类别“{key}”不存在，或者不公开。",
                "请改成“档案种类”中公开的类别。",
            )
    for reading in pack.zone.readings if pack.zone else ():
        if reading.url and not reading.url.startswith("https://"):
            yield Finding(
                MANIFEST, ZONE, f"“{reading.title}”的网址不是 https 地址。", "请写官方网站的 https 地址。"
            )


def _needed(pack: Pack) -> Iterator[Finding]:
    for file, source in pack.flows.items():
        if any(step.process_properties.get("subject") in SUBJECTS for step in read_steps(source)):
            yield Finding(
                file, "流程", "办件以市场为对象，但没有写明市场名录。", "请在基本信息中写上“名录”。"
            )


def _fields(
    schemas: Mapping[str, forms.FormSchema], entry: str, form: str, wanted: tuple[str, ...]
) -> Iterator[Finding]:
    schema = schemas.get(form)
    if schema is None:
        yield Finding(
            MANIFEST, ELEMENT, f"{entry} 所指的表单“{form}”不存在。", "请改成本包已有且可读取的表单。"
        )
        return
    for path in wanted:
        if schema.field(path) is None:
            yield Finding(
                MANIFEST, ELEMENT, f"表单“{form}”没有名录要用的字段“{path}”。", "请在表单中补上这个字段。"
            )


def _names(market: MarketSpec, schemas: Mapping[str, forms.FormSchema]) -> Iterator[Finding]:
    schema = schemas.get(market.filing_form)
    field = schema.field("kind") if schema else None
    for option in field.options if field else ():
        if option.value not in market.name_suffixes:
            yield Finding(
                MANIFEST,
                ELEMENT,
                f"类型“{option.value}”没有名称后缀。",
                "请在“名录”的“名称的结尾”中补上。",
            )
