"""List the tests that carry each clause, for the public page of the clause.

    python scripts/clause_tests.py [--check]

A test says what it carries in its docstring (`Policy: TZ-3.4.`), or a whole file does in that of its module.
Tests are not part of an installation, so the list is a file of the application; `--check` fails if it is not
what the tests say now.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parent.parent
LIST: Final = ROOT / "webapp" / "queries" / "clause_tests.json"
_ID: Final = r"[A-Z]{2,8}-[A-Z0-9][A-Z0-9.]*(?<!\.)"
_POLICY: Final = re.compile(rf"Policy:\s*({_ID}(?:,\s*{_ID})*)")


def carried(tests: Path) -> dict[str, list[str]]:
    """Return the tests that carry each clause: a file of tests, or `file::test` for one of them.

    Args:
        tests: Folder of the tests; names are given below it.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(tests.rglob("test_*.py")):
        name = path.relative_to(tests).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        whole = set(clauses_of(tree))
        for clause in whole:
            found[clause].add(name)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for clause in set(clauses_of(node)) - whole:
                    found[clause].add(f"{name}::{node.name}")
    return {clause: sorted(names) for clause, names in sorted(found.items())}


def clauses_of(node: ast.Module | ast.FunctionDef) -> Iterator[str]:
    """Yield the clauses that a docstring names behind `Policy:`."""
    for line in _POLICY.findall(ast.get_docstring(node) or ""):
        yield from re.findall(_ID, line)


def main() -> int:
    """Write the list, or compare it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    text = json.dumps(carried(ROOT / "tests"), ensure_ascii=False, indent=2) + "\n"
    if not parser.parse_args().check:
        LIST.write_text(text, encoding="utf-8")
    elif LIST.read_text(encoding="utf-8") != text:
        print("测试所依据的条款已有变化，请执行 make clauses 重新列出。", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
