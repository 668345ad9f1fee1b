"""Checks what a pack says of its register of markets against its forms and processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.packs.checks.findings import Finding
from webapp.packs.checks.steps import read_steps
from webapp.packs.specs import FILING_FIELDS, LISTED_MARKET, OPINION_FIELDS, SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import forms
    from webapp.packs.specs import MarketSpec, Pack

MANIFEST, ELEMENT = "pack.toml", "市场名录"
CHANGES = "change_register"
"""Operator that writes to the market of its case."""


def check(pack: Pack, schemas: Mapping[str, forms.FormSchema]) -> Iterator[Finding]:
    """Yield what the register of markets would miss: its forms, their fields, a name for each kind."""
    yield from _subjects(pack)
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
                "请在属性 subject 中写 market（申请中的市场）或 listed_market（名录中的市场）。",
            )
        for step in steps:
            if step.operator == CHANGES and step.process_properties.get("subject") != LISTED_MARKET:
                yield Finding(
                    file,
                    step.label,
                    "变更名录的步骤所在流程不以名录中的市场为对象。",
                    "请把流程的属性 subject 写成 listed_market。",
                    element_id=step.id,
                )


def _needed(pack: Pack) -> Iterator[Finding]:
    for file, source in pack.flows.items():
        if any(step.process_properties.get("subject") in SUBJECTS for step in read_steps(source)):
            yield Finding(
                file, "流程", "办件以市场为对象，但没有写明市场名录。", "请在 pack.toml 中写上 [market]。"
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
                "请在 [market.name_suffixes] 中补上。",
            )
