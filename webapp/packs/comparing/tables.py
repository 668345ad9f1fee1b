"""Compares two versions of decision tables, rule by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from webapp import dmn
from webapp.packs.comparing.changes import Detail, Part, Thing, differing, reordered
from webapp.packs.sources import attributes_of, parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from webapp.dmn.logic import DecisionTable

_DRAWN = "DMNDI"
_TABLE = "decisionTable"


def compare(before: str, after: str) -> list[Part] | None:
    """Return what differs between two versions; ``None`` if one of them cannot be read.

    Args:
        before: DMN XML of the old version.
        after: DMN XML of the new version.
    """
    try:
        old, new = _tables(before), _tables(after)
    except dmn.DmnError:
        return None
    parts = [*differing(_elements(before), _elements(after))]
    for key in dict.fromkeys((*old, *new)):
        parts += _rules(old.get(key), new.get(key))
    return parts


def _tables(source: str) -> dict[str, tuple[str, DecisionTable]]:
    """Decision tables by the id of their decision, with its name."""
    return {
        decision.id: (decision.name, decision.table)
        for decision in dmn.read(source.encode()).decisions
        if decision.table is not None
    }


def _rules(old: tuple[str, DecisionTable] | None, new: tuple[str, DecisionTable] | None) -> Iterator[Part]:
    before, after = ({} if each is None else _rows(*each) for each in (old, new))
    found = {part.id: part for part in differing(before, after)}
    yield from found.values()
    for key in reordered(before, after):
        if key not in found:
            places = (list(rows).index(key) + 1 for rows in (before, after))
            yield Part(key, after[key].name, "moved", (Detail("次序", *map(str, places)),))


def _rows(name: str, table: DecisionTable) -> dict[str, Thing]:
    inputs = _headings([column.label for column in table.inputs])
    outputs = _headings([column.label or column.name or "结果" for column in table.outputs])
    return {
        rule.id or f"{table.id} {rule.index}": Thing(
            f"{name} 规则 {rule.id or rule.index}",
            {
                **dict(zip(inputs, rule.tests, strict=True)),
                **{f"→ {label}": text for label, text in zip(outputs, rule.outputs, strict=True)},
                **rule.annotations,
            },
        )
        for rule in table.rules
    }


def _headings(labels: list[str]) -> list[str]:
    """Tell columns of the same heading apart."""
    return [
        label if labels.count(label) == 1 else f"{label}（第{place}列）"
        for place, label in enumerate(labels, 1)
    ]


def _elements(source: str) -> Mapping[str, Thing]:
    """Everything but rules: decisions, inputs, types, columns, expressions, by id."""
    root = parse_xml(source)
    found: dict[str, Thing] = {}
    for element in () if root is None else root.iterchildren(tag=etree.Element):
        if etree.QName(element).localname == _DRAWN:
            continue
        name = element.get("name") or element.get("id") or ""
        key = element.get("id") or name
        found[key] = Thing(f"{_word(element)} {name}", dict(_facets(element)))
    return found


def _facets(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield what an element says, path by path, rules left out."""
    stack = [(element, "")]
    while stack:
        at, path = stack.pop()
        for key, value in attributes_of(at).items():
            if key != "id":
                yield f"{path}{key}", value
        if (at.text or "").strip():
            yield path.rstrip(" ") or "内容", " ".join((at.text or "").split())
        counted: dict[str, int] = {}
        inner = []
        for child in at.iterchildren(tag=etree.Element):
            word = _word(child)
            counted[word] = counted.get(word, 0) + 1
            if etree.QName(child).localname != "rule":
                label = child.get("label") or child.get("name") or str(counted[word])
                inner.append((child, f"{path}{word} {label} "))
        stack.extend(reversed(inner))


_WORDS = {
    "decision": "决策",
    "inputData": "输入数据",
    "businessKnowledgeModel": "函数",
    "itemDefinition": "类型",
    "decisionService": "决策服务",
    "decisionTable": "决策表",
    "input": "条件列",
    "output": "结果列",
    "inputExpression": "表达式",
    "literalExpression": "表达式",
    "text": "内容",
    "description": "说明",
    "variable": "变量",
    "informationRequirement": "依赖",
    "annotation": "注释列",
}


def _word(element: etree._Element) -> str:
    name = etree.QName(element).localname
    return _WORDS.get(name, name)
