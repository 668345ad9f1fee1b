"""FEEL in forms: conditions, computed values, dynamic options.

Names that an expression may use: the top-level keys of its own form, inside a list also the
columns of the row, ``this`` (the row, or the form) and ``i`` (the row number, from 1); the ids of
the forms in ``reads``; and ``case``, ``market``, ``facts``, ``settings``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from webapp import feel

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

SCOPE_NAMES = frozenset({"case", "market", "facts", "settings"})
LOCAL_NAMES = frozenset({"this", "i"})
MAX_LIST = 300
RESERVED_NAMES = SCOPE_NAMES | LOCAL_NAMES | {"attachments"}


@dataclass(frozen=True, slots=True)
class Expression:
    """A FEEL expression of a schema.

    Attributes:
        text: The source without the leading ``=``.
        names: The names that it may use.
    """

    text: str
    names: frozenset[str]

    def evaluate(self, context: Mapping[str, Any]) -> Any:
        """Evaluate; names that the context lacks are null.

        Raises:
            feel.FeelError: If the values do not fit or a limit is reached.
        """
        complete = dict.fromkeys(self.names) | dict(context)
        return feel.parse(self.text, self.names).evaluate(complete)

    def holds(self, context: Mapping[str, Any]) -> bool:
        """Tell whether a condition is exactly true; null, other values and failures are not."""
        try:
            return self.evaluate(context) is True
        except feel.FeelError:
            return False

    def scalar(self, context: Mapping[str, Any]) -> str | bool | Decimal | date | None:
        """Evaluate to one storable value; anything else, and any failure, is ``None``."""
        try:
            value = self.evaluate(context)
        except feel.FeelError:
            return None
        if isinstance(value, datetime):
            return None
        return value if isinstance(value, str | bool | Decimal | date) else None

    def choices(self, context: Mapping[str, Any]) -> list[tuple[str | bool | Decimal, str]]:
        """Evaluate to choices: a list of texts, or of contexts with ``value`` and ``label``."""
        found = []
        for entry in self._list(context):
            value = entry.get("value") if isinstance(entry, dict) else entry
            label = entry.get("label", value) if isinstance(entry, dict) else entry
            if isinstance(value, str | bool | Decimal) and value != "" and isinstance(label, str):
                found.append((value, label))
        return found

    def records(self, context: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Evaluate to the rows of a shown table; entries that are no contexts are left out."""
        return [entry for entry in self._list(context) if isinstance(entry, dict)]

    def _list(self, context: Mapping[str, Any]) -> list[Any]:
        try:
            found = self.evaluate(context)
        except feel.FeelError:
            return []
        return found[:MAX_LIST] if isinstance(found, list) else []


def read(source: str, names: Collection[str]) -> tuple[Expression, frozenset[str]]:
    """Read ``=expression`` as form-js writes it; the sign may be missing.

    Returns:
        The expression, and the names in it that it may not use; they are null when it is evaluated.

    Raises:
        feel.FeelError: If the text is no FEEL.
    """
    text = source.strip().removeprefix("=").strip()
    known = frozenset(names)
    unknown = frozenset(feel.parse(text, known).names) - known
    return Expression(text, known | unknown), unknown
