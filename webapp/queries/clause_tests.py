"""Which tests carry a clause, as `make clauses` listed them: tests are no part of an installation."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LIST = Path(__file__).with_suffix(".json")
_FOLDERS = {"unit": "单元", "packs": "政策包", "integration": "集成", "journeys": "浏览器"}


def tests_by_clause() -> Mapping[str, Sequence[str]]:
    """Return the tests that carry each clause, in words such as `集成测试 exit/test_exit.py`."""
    return {clause: [_words(name) for name in names] for clause, names in _read().items()}


@cache
def _read() -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = json.loads(_LIST.read_text(encoding="utf-8"))
    return found


def _words(name: str) -> str:
    folder, _, rest = name.partition("/")
    return f"{_FOLDERS.get(folder, '')}测试 {rest}"
