"""WTForms fields for the components of a form schema.

Every field carries what a page needs to draw it: ``path``, ``kind``, ``unit``, ``basis``, ``help``,
``personal``, ``width``, ``required``, ``readonly``, ``accept``, ``max_mb``, ``visible_when``,
``hidden`` and ``trigger``. ``data`` is the typed value, ``_value()`` the text to put back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import wtforms
from wtforms.utils import unset_value

from forms import codec, validators, values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from forms.schema import Component
    from webapp.core.clauses import Basis


@dataclass(frozen=True)
class Environment:
    """What the fields of one bound form share.

    Attributes:
        scope: Values from outside the form that expressions may look at.
        attachment: Looks up an attachment by id; ``None`` if this person may not use it.
        locked: Tells whether the value at a path must stay as it is.
        triggers: Paths whose change may show or hide other fields.
        fresh: True for a form that nobody has filled in yet.
    """

    scope: Mapping[str, Any]
    attachment: Callable[[str], Mapping[str, Any] | None]
    locked: Callable[[str], bool]
    triggers: frozenset[str]
    fresh: bool = False


class Drawn(wtforms.Field):  # type: ignore[misc,unused-ignore]
    """What every field of a form shares: the component it stands for and how to draw it."""

    def __init__(self, component: Component, environment: Environment, *, path: str, **kwargs: Any) -> None:
        super().__init__(
            label=component.label,
            validators=validators.for_component(component),
            description=component.help,
            **kwargs,
        )
        self.component = component
        self.environment = environment
        self.path = path
        self.hidden = False
        self.required = component.required
        """Whether it must be given now; the bound form adds what depends on other values."""
        self.readonly = component.readonly or environment.locked(path)
        self.breaks_must = False
        """Whether the condition that its value must meet does not hold now."""
        self.process_errors: list[str] = []
        self.errors: list[str] = []

    @property
    def kind(self) -> str:
        """The form-js type, or ``address`` for a text with a place on the map."""
        return "address" if self.component.format == "address" else self.component.type

    @property
    def unit(self) -> str:
        """Unit of a number, such as ``㎡``; money is in 元."""
        return self.component.unit or ("元" if self.component.format == "money" else "")

    @property
    def basis(self) -> Basis | None:
        """依据 of the field."""
        return self.component.basis

    @property
    def help(self) -> str:
        """What to write, in one sentence."""
        return self.component.help

    @property
    def personal(self) -> bool:
        """True for personal data."""
        return self.component.personal

    @property
    def width(self) -> str:
        """``third``, ``half`` or ``full``."""
        return self.component.width

    @property
    def visible_when(self) -> str | None:
        """FEEL condition under which the field is shown; ``None`` for always."""
        return f"({self.component.hide.text}) != true" if self.component.hide else None

    @property
    def trigger(self) -> bool:
        """True if a change of this field may show, hide, require or compute others."""
        return self.component.path in self.environment.triggers

    @property
    def blank(self) -> bool:
        """True if nothing was entered."""
        return not self.process_errors and (self.data is None or self.data in ("", [], {}))

    @property
    def entered(self) -> Any:
        """What to keep in a draft: the value, or the text that could not be read."""
        return codec.to_json(self.data)

    def drawn_children(self) -> list[Drawn]:
        """Fields inside this one."""
        return []


class Value(Drawn):
    """A field with one value of its own."""

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:  # noqa: ARG002
        """Take the value from the page, or from stored data if there is no page or it may not change."""
        self.process_errors = []
        self.raw_data = None
        self.data = None
        self.object_data = None if data is unset_value else data
        try:
            if formdata is None or self.readonly:
                self.process_data(self.object_data)
            else:
                self.raw_data = self.submitted(formdata)
                self.process_formdata(self.raw_data)
        except ValueError as error:
            self.process_errors.append(str(error))

    def submitted(self, formdata: Any) -> list[str]:
        """Return the texts that the page sent under the name of this field."""
        return [text for text in formdata.getlist(self.name) if isinstance(text, str)]

    def process_data(self, value: Any) -> None:
        """Take a stored value; what does not fit is shown as it is, to be mended."""
        if value is None and self.environment.fresh:
            value = self.initial()
        try:
            self.data = codec.from_json_value(self.component, value)
        except ValueError:
            self.raw_data = codec.as_texts(value)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the texts sent by the page."""
        self.data = self.read(valuelist[0] if valuelist else "")

    def initial(self) -> Any:
        """Return what an empty form starts with."""
        prefill = self.component.prefill
        return self.component.default if prefill is None else prefill.scalar(self.environment.scope)

    def read(self, text: str) -> Any:
        """Read one text.

        Raises:
            ValueError: With a Chinese sentence for the person.
        """
        return values.read_text(text)

    @property
    def entered(self) -> Any:
        """The value, or the text that could not be read."""
        if self.data is None and self.raw_data:
            return values.storable(self.raw_data[0]) or None
        return codec.to_json(self.data)

    def _value(self) -> str:
        """Text to put into the input."""
        return "" if self.entered is None else str(self.entered)


class TextField(Value):
    """One line of text."""

    def read(self, text: str) -> str | None:
        """Read one line and bring known kinds of numbers into their normal form."""
        return values.read_formatted(values.read_text(text, lines=False), self.component.format)


class TextAreaField(Value):
    """Several lines of text."""


class NumberField(Value):
    """A decimal number; money has two places."""

    def read(self, text: str) -> Decimal | None:
        """Read a number."""
        return values.read_number(text, decimals=self.component.rules.decimals)


class DateField(Value):
    """A calendar date in Beijing."""

    def read(self, text: str) -> date | None:
        """Read an ISO date."""
        return values.read_date(text)


class CheckboxField(Value):
    """A box to tick: true or false, never unknown."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Any value but ``false`` means ticked, as browsers send ``on`` or the value attribute."""
        self.data = bool(valuelist) and valuelist[-1] not in ("", "false")

    def process_data(self, value: Any) -> None:
        """Take a stored value; nothing means not ticked."""
        super().process_data(value)
        self.data = self.data is True

    @property
    def blank(self) -> bool:
        """Not ticked is as good as not answered."""
        return not self.data

    @property
    def entered(self) -> bool:
        """Ticked or not."""
        return self.data is True


class FilesField(Value):
    """Attachments that were uploaded before, by id."""

    @property
    def accept(self) -> tuple[str, ...]:
        """File name endings allowed, without dots."""
        return self.component.accept

    @property
    def max_mb(self) -> int:
        """Greatest size of one file in MiB."""
        return self.component.max_mb

    @property
    def max_files(self) -> int:
        """Greatest number of files."""
        return self.component.max_files

    @property
    def files(self) -> list[tuple[str, Mapping[str, Any] | None]]:
        """Id and what is known of each attachment."""
        return [(key, self.environment.attachment(key)) for key in self.data or []]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read ids, each once."""
        if len(valuelist) > self.max_files * 2:
            raise values.Unreadable(f"最多上传 {self.max_files} 个文件，请删去多余的。")
        keys = [values.read_key(text) for text in valuelist]
        self.data = list(dict.fromkeys(key for key in keys if key is not None))

    def process_data(self, value: Any) -> None:
        """Take stored ids."""
        super().process_data(value)
        self.data = self.data or []

    @property
    def entered(self) -> list[str]:
        """The ids."""
        return list(self.data or [])


class AddressField(Value):
    """An address with a place on the map; its three inputs end in ``-text``, ``-lng`` and ``-lat``."""

    @property
    def parts(self) -> dict[str, tuple[str, str]]:
        """Name and text of each of the three inputs."""
        shown = self.entered or {}
        return {part: (f"{self.name}-{part}", str(shown.get(part) or "")) for part in codec.ADDRESS_PARTS}

    def submitted(self, formdata: Any) -> list[str]:
        """Return exactly three texts."""
        return [
            next((text for text in formdata.getlist(f"{self.name}-{part}") if isinstance(text, str)), "")
            for part in codec.ADDRESS_PARTS
        ]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the text and the place."""
        text = values.read_text(valuelist[0], lines=False)
        lng, lat = values.read_position(valuelist[1], valuelist[2])
        if text is None and lng is not None:
            raise values.Unreadable("请填写门牌地址，地图位置不能代替地址。")
        self.data = None if text is None else {"text": text, "lng": lng, "lat": lat}

    @property
    def entered(self) -> Any:
        """The value, or the three texts that could not be read."""
        texts = [values.storable(text) for text in self.raw_data or ()]
        if self.data is None and any(texts):
            return dict(zip(codec.ADDRESS_PARTS, texts, strict=False))
        return codec.to_json(self.data)

    def _value(self) -> str:
        """The text part."""
        return self.parts["text"][1]


class ShownField(Value):
    """Something computed or fixed that is shown and cannot be entered."""

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:  # noqa: ARG002
        """Ignore what was sent; the server computes it."""
        self.data = None
        self.process_errors = []
        self.readonly = True

    def compute(self, context: Mapping[str, Any]) -> None:
        """Compute the value, the text or the table anew."""
        formula = self.component.computed
        if self.component.type == "table":
            self.data = [] if formula is None else formula.records(context)
        else:
            found = self.component.text if formula is None else formula.scalar(context)
            self.data = codec.computed_value(self.component, found)

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Key and label of each column of a shown table."""
        return self.component.columns
