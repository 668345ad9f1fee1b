"""Checks the forms of a pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import forms
from webapp.packs.checks.findings import Finding, check_basis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from webapp.packs.specs import Pack


def read_forms(pack: Pack) -> tuple[dict[str, forms.FormSchema], list[Finding]]:
    """Read every form; those that cannot be read are findings."""
    found: dict[str, forms.FormSchema] = {}
    findings = []
    for key, source in pack.forms.items():
        file = f"{key}.json"
        try:
            schema = forms.read(source)
        except forms.SchemaError as error:
            findings.append(
                Finding(file, error.component, error.reason, error.mend, element_id=error.component)
            )
            continue
        if schema.id != key:
            findings.append(Finding(file, schema.id, "表单编号与文件名不一致。", f"请把 id 改成“{key}”。"))
        found[key] = schema
    return found, findings


def check(pack: Pack, schemas: Mapping[str, forms.FormSchema]) -> Iterator[Finding]:
    """Yield fields without a good 依据 or a type, and forms that read a form that is not there."""
    for key, schema in schemas.items():
        file = f"{key}.json"
        for other in schema.reads:
            if other not in pack.forms:
                yield Finding(file, schema.title, f"要读取的表单“{other}”不存在。", "请改成本包已有的表单。")
        for field in schema.fields:
            named = f"{field.label}（{field.path}）"
            yield from check_basis(pack, file, named, field.basis, field.path)
            if field.computed is not None and not field.result:
                yield Finding(
                    file,
                    named,
                    "计算项没有写明结果的类型。",
                    "请在 properties 中写 type：string、number、boolean 或 date。",
                    element_id=field.path,
                )
