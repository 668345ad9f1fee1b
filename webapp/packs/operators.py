"""Signatures of the automatic services, by name, as the linter and the engine ask for them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from webapp.engine import OperatorSignature
from webapp.packs.operator_words import operator_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webapp.packs.operator_words import OperatorWords


def _signature(words: OperatorWords) -> OperatorSignature:
    return OperatorSignature(
        required=frozenset(each.name for each in words.parameters if each.required),
        optional=frozenset(each.name for each in words.parameters if not each.required),
        open_ended=words.open_ended,
        returns=words.returns,
    )


OPERATORS: Mapping[str, OperatorSignature] = MappingProxyType(
    {words.name: _signature(words) for words in operator_words()}
)
"""The services that do the work register under the same names."""
