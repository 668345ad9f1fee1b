"""Names in expressions that point at forms and settings: whether there is such a field or setting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from webapp.packs.checks.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import forms
    from webapp.packs.specs import Pack

_FACT = re.compile(r"\bfacts\.([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*)*)")
_SETTING = re.compile(r"\bsettings\.([A-Za-z_]\w*)")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


def forms_named(expression: str) -> set[str]:
    """Return the forms whose values a FEEL text looks at."""
    return {form for form, _ in _FACT.findall(_TEXT.sub('""', expression))}


_OPEN_FORMATS = frozenset({"address"})
"""A value of these formats has parts of its own (``site.address.text``)."""


class FactPaths:
    """The paths that the forms of a pack give values for."""

    def __init__(self, schemas: Mapping[str, forms.FormSchema]) -> None:
        self._paths: dict[str, set[str]] = {}
        self._open: dict[str, tuple[str, ...]] = {}
        for key, schema in schemas.items():
            fields = [(field.path.replace(".*", ""), field.format) for field in schema.fields]
            self._paths[key] = {
                ".".join(path.split(".")[:depth])
                for path, _ in fields
                for depth in range(1, path.count(".") + 2)
            }
            self._open[key] = tuple(f"{path}." for path, kind in fields if kind in _OPEN_FORMATS)

    def has(self, form: str, path: str) -> bool:
        """Tell whether a form has a value at a path; an empty path is the whole form."""
        if form not in self._paths:
            return False
        return not path or path in self._paths[form] or path.startswith(self._open[form])

    def fields(self, form: str) -> frozenset[str]:
        """Return every path of a form, those of sections included."""
        return frozenset(self._paths.get(form, ()))

    def check(
        self, pack: Pack, file: str, element: str, expression: str, element_id: str = ""
    ) -> Iterator[Finding]:
        """Yield what a FEEL text names and nobody has: it would be null for ever, without a word."""
        code = _TEXT.sub('""', expression)
        for form, path in _FACT.findall(code):
            if not self.has(form, path.lstrip(".")):
                yield Finding(
                    file,
                    element,
                    f"表达式用到的“facts.{form}{path}”在表单中没有。",
                    "请改成表单里已有的字段路径。",
                    element_id=element_id,
                )
        for setting in _SETTING.findall(code):
            if setting not in pack.settings:
                yield Finding(
                    file,
                    element,
                    f"表达式用到的设置“{setting}”不存在。",
                    "请改成基本信息“设置”中的代号，或补上它。",
                    element_id=element_id,
                )
