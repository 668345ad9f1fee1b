"""Run the DMN Technology Compatibility Kit against this platform's decisions.

    python scripts/conformance.py KIT_FOLDER [--write docs/conformance.md]

KIT_FOLDER is a checkout of https://github.com/dmn-tck/tck. Every test case of the compliance levels 2 and 3
is evaluated through the public functions of `webapp.dmn`, in the mode in which an error gives null as the
standard says. The exit status is 0 when all of level 2 passes.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lxml import etree

from webapp import dmn, feel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SPACE: Final = "{http://www.omg.org/spec/DMN/20160719/testcase}"
_INSTANCE: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_LEVELS: Final = (2, 3)
_PAIRS: Final = 3
"""Models in a row of a table."""
_TOLERANCE: Final = Decimal("1e-8")
"""By how much numbers may differ, relative to their size: the kit writes eight digits."""
_NUMBERS: Final = frozenset({"decimal", "double", "float", "integer", "int", "long"})
_TEMPORAL: Final = {"date": "date", "time": "time", "dateTime": "date and time", "duration": "duration"}
_REFUSED: Final = "不支持外部函数"
_ON_PURPOSE: Final = (
    "not supported on purpose: the model asks for external Java functions, and no foreign code is run"
)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An expected value that the platform has no value for."""

    text: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a case expects of one result; `error` when it expects the evaluation to go wrong."""

    name: str
    value: Any
    error: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One test case.

    Attributes:
        service: the decision service that is called, or None when decisions are.
    """

    id: str
    service: str | None
    inputs: dict[str, Any]
    expectations: tuple[Expectation, ...]


@dataclass(slots=True)
class Outcome:
    """What came of one model's cases: how many there are, and why some fail, by case."""

    level: int
    model: str
    total: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)

    @property
    def passed(self) -> int:
        """How many cases pass."""
        return self.total - len(self.failures)


def main() -> int:
    """Run the kit, print what came of it, and write the report when asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kit", type=Path, metavar="KIT_FOLDER")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the report as Markdown")
    parser.add_argument("--kit-version", default="", help="name of the kit's version, for the report")
    options = parser.parse_args()
    outcomes = list(run_kit(options.kit))
    if not outcomes:
        print(f"no test cases below {options.kit}", file=sys.stderr)
        return 2
    for outcome in outcomes:
        for case, reason in outcome.failures:
            print(f"{outcome.model} {case}: {reason}")
    for level in _LEVELS:
        print(f"level {level}: {_sum(outcomes, level)}")
    if options.write is not None:
        options.write.write_text(report(outcomes, options.kit_version), encoding="utf-8")
    return int(any(outcome.failures for outcome in outcomes if outcome.level == _LEVELS[0]))


def run_kit(kit: Path) -> Iterator[Outcome]:
    """Run every model of the kit, level by level."""
    for level in _LEVELS:
        for folder in sorted((kit / "TestCases" / f"compliance-level-{level}").glob("*/")):
            outcome = Outcome(level, folder.name)
            for tests in sorted(folder.glob("*.xml")):
                run_tests(tests, outcome)
            if outcome.total:
                yield outcome


def run_tests(tests: Path, outcome: Outcome) -> None:
    """Run the cases of one test file."""
    root = etree.parse(str(tests)).getroot()
    if root.tag != f"{_SPACE}testCases":
        return
    model = tests.parent / (root.findtext(f"{_SPACE}modelName") or "").strip()
    source = model.read_bytes()
    imports = {path.name: path.read_bytes() for path in tests.parent.glob("*.dmn") if path != model}
    for element in root.iter(f"{_SPACE}testCase"):
        case = read_case(element)
        outcome.total += 1
        reason = run_case(case, source, imports)
        if reason is not None:
            outcome.failures.append((case.id, reason))


def read_case(element: etree._Element) -> Case:
    """Read one test case."""
    inputs = {}
    for node in element.findall(f"{_SPACE}inputNode"):
        namespace = node.get("namespace")
        inputs[f"{namespace}#{node.get('name')}" if namespace else str(node.get("name"))] = value_in(node)
    expectations = []
    for node in element.findall(f"{_SPACE}resultNode"):
        expected = node.find(f"{_SPACE}expected")
        value = None if expected is None else value_in(expected)
        expectations.append(Expectation(str(node.get("name")), value, node.get("errorResult") == "true"))
    service = element.get("invocableName") if element.get("type") == "decisionService" else None
    return Case(str(element.get("id")), service, inputs, tuple(expectations))


def value_in(element: etree._Element) -> Any:
    """Read the value, list or components inside an element."""
    parts = {}
    for child in element:
        if child.get(f"{_INSTANCE}nil") == "true":
            return None
        if child.tag == f"{_SPACE}value":
            kind = (child.get(f"{_INSTANCE}type") or "string").rpartition(":")[2]
            return _atom(kind, child.text or "")
        if child.tag == f"{_SPACE}list":
            return [value_in(item) for item in child.findall(f"{_SPACE}item")]
        if child.tag == f"{_SPACE}component":
            parts[str(child.get("name"))] = value_in(child)
    return parts or None


def _atom(kind: str, text: str) -> Any:
    if kind == "string":
        return text
    text = text.strip()
    if kind in _NUMBERS:
        return Decimal(text)
    if kind == "boolean":
        return text in {"true", "1"}
    value = feel.evaluate(f"{_TEMPORAL[kind]}(text)", {"text": text})
    return Unreadable(text) if value is None else value


def run_case(case: Case, source: bytes, imports: dict[str, bytes]) -> str | None:
    """Evaluate what a case asks for; give in one sentence why it fails, or None."""
    for expected in case.expectations:
        try:
            found = _evaluate(case, expected.name, source, imports)
        except (dmn.DmnError, feel.FeelError) as error:
            if expected.error and expected.value is None and _REFUSED not in str(error):
                continue
            return _ON_PURPOSE if _REFUSED in str(error) else f"the evaluation ends with “{error}”"
        if not same(expected.value, found):
            return f"{expected.name} should be {_shown(expected.value)} but is {_shown(found)}"
    return None


def _evaluate(case: Case, name: str, source: bytes, imports: dict[str, bytes]) -> Any:
    if case.service is None:
        return dmn.evaluate(source, name, case.inputs, imports=imports, strict=False).outputs
    outputs = dmn.evaluate_service(source, case.service, case.inputs, imports=imports, strict=False).outputs
    if len(case.expectations) == 1:
        return outputs
    return outputs.get(name) if isinstance(outputs, dict) else None


def same(expected: Any, found: Any) -> bool:
    """Whether a value is the one expected: of the same kind and, but for last digits of numbers, equal."""
    if isinstance(expected, Decimal) and isinstance(found, Decimal):
        return abs(expected - found) <= _TOLERANCE * max(Decimal(1), abs(expected))
    if type(expected) is not type(found):
        return False
    if isinstance(expected, list):
        return len(expected) == len(found) and all(map(same, expected, found))
    if isinstance(expected, dict):
        return expected.keys() == found.keys() and all(same(expected[key], found[key]) for key in expected)
    return feel.evaluate("is(a, b)", {"a": expected, "b": found}) is True


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f'`"{value}"`'
    return f"`{value.text if isinstance(value, Unreadable) else feel.text_of(value)}`"


def _sum(outcomes: Sequence[Outcome], level: int | None = None) -> str:
    chosen = [outcome for outcome in outcomes if level in {None, outcome.level}]
    passed, total = sum(outcome.passed for outcome in chosen), sum(outcome.total for outcome in chosen)
    return f"{passed} of {total}"


def report(outcomes: Sequence[Outcome], version: str) -> str:
    """Write what came of the kit as Markdown."""
    lines = [*_HEAD, ""]
    if version:
        lines += [f"Version of the kit: `{version}`.", ""]
    lines += ["## Totals", "", "| Level | Models | Cases passed |", "| --- | ---: | ---: |"]
    for level in _LEVELS:
        models = sum(outcome.level == level for outcome in outcomes)
        lines.append(f"| {level} | {models} | {_sum(outcomes, level)} |")
    lines.append(f"| Both | {len(outcomes)} | {_sum(outcomes)} |")
    for level in _LEVELS:
        lines += ["", *_level_lines(level, [outcome for outcome in outcomes if outcome.level == level])]
    return "\n".join(lines) + "\n"


def _level_lines(level: int, outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield f"## Level {level}"
    for outcome in outcomes:
        if outcome.failures:
            yield from ("", f"### {outcome.model}: {outcome.passed} of {outcome.total}", "")
            yield from (f"- `{case}`: {reason}." for case, reason in outcome.failures)
    passing = [f"{outcome.model} | {outcome.total}" for outcome in outcomes if not outcome.failures]
    yield from ("", "Models whose cases all pass, with the number of cases:", "")
    yield "| " + " | ".join(["Model", "Cases"] * _PAIRS) + " |"
    yield "|" + " --- | ---: |" * _PAIRS
    for start in range(0, len(passing), _PAIRS):
        row = passing[start : start + _PAIRS]
        yield "| " + " | ".join([*row, *[" | "] * (_PAIRS - len(row))]) + " |"


_HEAD: Final = """\
# Conformance to DMN

The Technology Compatibility Kit (https://github.com/dmn-tck/tck) is the public test of the DMN standard:
models in DMN 1.5 and, for each, cases with inputs and the results that the standard demands. Level 2 covers
decision tables and simple expressions; level 3 all boxed expressions, all of FEEL, services and imports.

To run it, check the kit out somewhere and call

    python scripts/conformance.py KIT_FOLDER --write docs/conformance.md

which evaluates every case through `webapp.dmn` and writes this page. A case passes when every result that it
lists has the expected kind and value; numbers may differ after the eighth digit.

Three things are meant to be as they are:

- External functions are refused: no code that comes with a definition is ever run. The kit's model of
  external Java functions is refused as a whole, so all its cases fail, also those that expect null.
- By the standard an error gives null and the evaluation goes on. The kit is run in that mode
  (`strict=False`); where the platform decides cases it stops at the first error and says where it is.
- Every evaluation is bounded in steps, depth, size and time. No case of the kit reaches a bound.
""".splitlines()


if __name__ == "__main__":
    raise SystemExit(main())
