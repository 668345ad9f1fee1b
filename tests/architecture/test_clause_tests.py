"""The list of tests by clause that the public page shows is what the tests say."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "scripts")
    import clause_tests

    yield clause_tests
    sys.modules.pop("clause_tests")


def test_the_list_is_fresh(script):
    listed = json.loads(script.LIST.read_text(encoding="utf-8"))
    assert listed == script.carried(ROOT / "tests"), "make clauses"


def test_a_file_or_a_single_test_carries_what_its_docstring_names(script, tmp_path):
    (tmp_path / "test_whole.py").write_text(
        '"""Of two clauses (Policy: TZ-3.1, TZ-A)."""\n'
        "def test_one():\n"
        '    """Policy: TZ-3.1, materials; TZ-9.9 is not behind it."""\n'
    )
    (tmp_path / "test_single.py").write_text(
        "def test_plain():\n    pass\n"
        "class TestMore:\n"
        "    def test_inner(self):\n"
        '        """Policy: TZ-3.1."""\n'
    )
    assert script.carried(tmp_path) == {
        "TZ-3.1": ["test_single.py::test_inner", "test_whole.py"],
        "TZ-A": ["test_whole.py"],
    }
