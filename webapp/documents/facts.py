"""Facts as templates see them: read only, found by key, never by a Python attribute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from jinja2 import Undefined

from webapp.documents.errors import DocumentError, TemplateError, WrongValue

# Characters with a meaning in the line markup are moved here inside values, and back after reading.
_SHIFT = 0xF0000
_SPECIAL = "\n\t#|-[]<>=^!"
_SHIELD = {ord(character): chr(_SHIFT + ord(character)) for character in _SPECIAL}
_UNSHIELD = {_SHIFT + ord(character): character for character in _SPECIAL}
# Invisible characters that come along with pasted text and have no glyph.
_INVISIBLE = dict.fromkeys(
    [0x200B, 0x2060, 0xFEFF, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_LINE_ENDS = {0x0D: 0x0A, 0x0B: 0x0A, 0x0C: 0x0A, 0x85: 0x0A, 0x2028: 0x0A, 0x2029: 0x0A, 0xA0: 0x20}


class MissingFact(Undefined):
    """A fact that is not there, or is empty: it can be tested, but not printed.

    A blank in an official document is worse than an error.
    """

    __slots__ = ()

    def _refuse(self) -> Any:
        path = self._undefined_hint or self._undefined_name or ""
        raise DocumentError(f"缺少数据“{path}”，无法生成公文。", field=str(path))

    def __str__(self) -> str:
        return str(self._refuse())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._refuse())

    def __len__(self) -> int:
        return int(self._refuse())

    def _refuse_with(self, _other: object) -> Any:
        return self._refuse()

    __add__ = __radd__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse_with

    def __bool__(self) -> bool:
        return False

    def __hash__(self) -> int:
        return id(type(self))

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)


class FactMap(Mapping[str, Any]):
    """A mapping that knows where it stands among the facts (``表.filing.site``)."""

    def __init__(self, values: Mapping[str, Any], path: str = "") -> None:
        self._values = values
        self.path = path

    def child_path(self, key: object) -> str:
        """Full path of a key, for messages."""
        return f"{self.path}.{key}" if self.path else str(key)

    def __getitem__(self, key: str) -> Any:
        return wrap(self._values[key], self.child_path(key))

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def wrap(value: Any, path: str) -> Any:
    """Make a value safe for templates; ``None`` and empty text become a missing fact."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return MissingFact(hint=path, name=path)
    if isinstance(value, Mapping):
        return FactMap(value, path)
    if isinstance(value, list | tuple):
        return tuple(wrap(item, f"{path}.{index}") for index, item in enumerate(value))
    return value


def plain_number(value: Decimal | float) -> str:
    """Write a number without exponent and without idle zeros: ``5200``, ``0.5``."""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_text(value: Any) -> str:
    """Write a single value as it is printed.

    Raises:
        DocumentError: If the fact is missing.
        TemplateError: If the value is a list or a mapping, or of a type that has no printed form.
    """
    if isinstance(value, MissingFact):
        return str(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal | int | float):
        return plain_number(value)
    if isinstance(value, date):
        raise TemplateError("模板里的日期要写成 {{ … | 日期 }}。")
    if isinstance(value, str):
        return value
    raise TemplateError("模板里直接输出了一组数据，请逐项输出，或写成 {{ … | 列 }}。")


def clean(text: str) -> str:
    """Make line ends uniform and drop invisible characters.

    Raises:
        DocumentError: If control characters remain.
    """
    text = text.replace("\r\n", "\n").translate(_LINE_ENDS).translate(_INVISIBLE)
    for character in text:
        if character < " " and character not in "\n\t":
            shown = text[:20].replace(character, "□")
            raise WrongValue(f"“{shown}”里有无法打印的控制字符（U+{ord(character):04X}）。", character)
    return text


def shield(value: Any) -> str:
    """Turn a printed value into text that the line markup cannot misread as markup."""
    return clean(as_text(value)).translate(_SHIELD)


def unshield(text: str) -> str:
    """Undo :func:`shield` once the markup has been read."""
    return text.translate(_UNSHIELD)


def find_paths(facts: Mapping[str, Any], needle: str) -> list[str]:
    """Paths of all texts among the facts that contain a string."""
    return [path for path, text in _texts(facts, "") if needle in text]


def texts_within(facts: Mapping[str, Any], text: str) -> tuple[str, ...]:
    """Texts among the facts that stand inside another text, longest first."""
    found = {value for _, value in _texts(facts, "") if 1 < len(value) < len(text) and value in text}
    return tuple(sorted(found, key=lambda value: (-len(value), value)))


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}.{index}")


def plain_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Write facts in JSON types, so that they can be stored and rendered again to the same bytes.

    Dates and aware instants become ISO 8601 texts, numbers with decimals become texts.
    """
    return {str(key): _plain(value) for key, value in facts.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return plain_facts(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | float):
        return plain_number(value)
    if value is None or isinstance(value, str | bool | int):
        return value
    raise DocumentError(f"“{value}”不能作为公文数据保存。")
