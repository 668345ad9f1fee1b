"""What can be wrong with a template, its facts or a signature."""

from __future__ import annotations

from typing import ClassVar

from webapp.core.errors import DomainError


class DocumentError(DomainError):
    """A document cannot be made from these facts; ``field`` names the value at fault."""

    status: ClassVar[int] = 422
    code: ClassVar[str] = "document"


class TemplateError(DocumentError):
    """A template itself is wrong; its author has to mend it."""

    code: ClassVar[str] = "template"


class WrongValue(DocumentError):  # noqa: N818 - named by what is wrong
    """A fact has no printed form.

    Attributes:
        value: The fact as text, by which its name can be found.
    """

    def __init__(self, message: str, value: object, *, field: str | None = None) -> None:
        super().__init__(message, field=field)
        self.value = str(value)


class MissingGlyph(DocumentError):  # noqa: N818 - named by what is wrong
    """No face has this character. It is never printed as a blank.

    Attributes:
        character: The character at fault.
    """

    code: ClassVar[str] = "missing_glyph"

    def __init__(self, character: str, *, field: str | None = None) -> None:
        where = f"“{field}”中" if field else ""
        super().__init__(
            f"{where}含有字库里没有的字：“{character}”（U+{ord(character):04X}）。"
            "请改用规范汉字，或由管理员补充字库。",
            field=field,
        )
        self.character = character


class SigningError(DocumentError):
    """A document cannot be sealed or signed."""

    code: ClassVar[str] = "signing"
