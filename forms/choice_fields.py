"""WTForms fields that choose among options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from forms import codec, values
from forms.fields import Environment, Value
from forms.schema import Option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from forms.schema import Component


class Choosing(Value):
    """A field with choices."""

    def __init__(self, component: Component, environment: Environment, *, path: str, **kwargs: Any) -> None:
        super().__init__(component, environment, path=path, **kwargs)
        source = component.options_from
        found = None if source is None else source.choices(environment.scope)
        self.options = component.options if found is None else tuple(Option(v, name) for v, name in found)

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """Key, label and whether chosen, in order."""
        keys = self.chosen_keys
        return [(option.key, option.label, option.key in keys) for option in self.options]

    @property
    def chosen_keys(self) -> frozenset[str]:
        """Keys of the chosen options."""
        chosen = self.data if isinstance(self.data, list) else [self.data]
        return frozenset(option.key for option in self.options if _among(option.value, chosen))

    def read(self, text: str) -> Any:
        """Return the value of the option with this key."""
        key = text.strip()
        if not key:
            return None
        for option in self.options:
            if option.key == key:
                return option.value
        raise values.Unreadable("请从列出的选项中选择。")


class SelectField(Choosing):
    """One of several choices, as a list to open."""


class RadioField(Choosing):
    """One of several choices, all in sight."""


class ChecklistField(Choosing):
    """Any number of several choices."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keep the order of the choices, whatever the order of the texts."""
        if len(valuelist) > len(self.options):
            raise values.Unreadable("请从列出的选项中选择。")
        chosen = [self.read(text) for text in valuelist]
        self.data = [option.value for option in self.options if _among(option.value, chosen)]

    def process_data(self, value: Any) -> None:
        """Take stored choices."""
        super().process_data(value)
        self.data = self.data or []

    @property
    def entered(self) -> Any:
        """The chosen values."""
        return codec.to_json(self.data or [])


def _among(value: object, chosen: Sequence[object]) -> bool:
    """Tell whether a value was chosen; true is not the number one."""
    return any(value == other and type(value) is type(other) for other in chosen)
