"""Checks what a pack says of its register of markets against its forms and processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.packs.checks.findings import Finding
from webapp.packs.checks.steps import read_steps
from webapp.packs.specs import FILING_FIELDS, OPINION_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import forms
    from webapp.packs.specs import MarketSpec, Pack

MANIFEST, ELEMENT = "pack.toml", "市场名录"
SUBJECT = "market"
"""Value of the property `subject` of a process whose cases are about markets."""


def check(pack: Pack, schemas: Mapping[str, forms.FormSchema]) -> Iterator[Finding]:
    """Yield what the register of markets would miss: its forms, their fields, a name for each kind."""
    if pack.market is None:
        yield from _needed(pack)
        return
    yield from _fields(schemas, "filing_form", pack.market.filing_form, FILING_FIELDS)
    yield from _fields(schemas, "opinion_form", pack.market.opinion_form, OPINION_FIELDS)
    yield from _names(pack.market, schemas)


def _needed(pack: Pack) -> Iterator[Finding]:
    for file, source in pack.flows.items():
        if any(step.process_properties.get("subject") == SUBJECT for step in read_steps(source)):
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
