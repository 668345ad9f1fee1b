"""The built-in functions of FEEL, by name."""

from collections.abc import Mapping
from typing import Final

from webapp.feel.builtin import REGISTRY, Builtin
from webapp.feel.builtins import contexts, lists, numbers, ranges, statistics, temporal, texts

__all__ = ["BUILTINS", "contexts", "lists", "numbers", "ranges", "statistics", "temporal", "texts"]

BUILTINS: Final[Mapping[str, Builtin]] = REGISTRY
