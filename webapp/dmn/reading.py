"""Read DMN XML into a model."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from webapp.dmn.boxed import expression_in, function_in, type_name
from webapp.dmn.errors import DmnSyntaxError
from webapp.dmn.model import Decision, Definitions, InputData, ItemType, Knowledge
from webapp.dmn.xml import attribute, child, children, open_source, reference, root_of, text_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

_REQUIREMENTS: Final = ("informationRequirement", "knowledgeRequirement")
_REQUIRED: Final = ("requiredInput", "requiredDecision", "requiredKnowledge")
_MAX_TYPES: Final = 20


def read(source: bytes | str) -> Definitions:
    """Read a decision model; the result is cached by content.

    Args:
        source: XML of DMN 1.2, 1.3, 1.4 or 1.5.

    Raises:
        DmnSyntaxError: when the source is no such model, is too large, or carries a document type.
    """
    return _read(open_source(source))


@lru_cache(maxsize=64)
def _read(data: bytes) -> Definitions:
    root = root_of(data)
    namespace = attribute(root, "namespace")
    inputs = tuple(_input(element) for element in children(root, "inputData"))
    decisions = tuple(_decision(element, namespace) for element in children(root, "decision"))
    knowledge = tuple(_knowledge(element, namespace) for element in children(root, "businessKnowledgeModel"))
    return Definitions(
        id=attribute(root, "id"),
        name=attribute(root, "name"),
        namespace=namespace,
        content_hash=hashlib.sha256(data).hexdigest(),
        inputs=inputs,
        decisions=decisions,
        knowledge=knowledge,
        types=_types(root),
        elements=_by_id((*inputs, *decisions, *knowledge)),
    )


def _by_id(
    elements: tuple[InputData | Decision | Knowledge, ...],
) -> Mapping[str, InputData | Decision | Knowledge]:
    found: dict[str, InputData | Decision | Knowledge] = {}
    for element in elements:
        if element.id in found:
            raise DmnSyntaxError(f"编号“{element.id}”重复", element=element.id)
        found[element.id] = element
    return found


def _identity(element: etree._Element) -> tuple[str, str, str, str | None]:
    """Id, name, and name and type of the variable."""
    name = " ".join((attribute(element, "name") or attribute(element, "id")).split())
    variable = child(element, "variable")
    used, kind = name, None
    if variable is not None:
        used = " ".join(attribute(variable, "name").split()) or name
        kind = type_name(variable)
    return attribute(element, "id") or name, name, used, kind


def _input(element: etree._Element) -> InputData:
    return InputData(*_identity(element))


def _requires(element: etree._Element, namespace: str) -> tuple[str, ...]:
    wanted = []
    for requirement in children(element, *_REQUIREMENTS):
        target = reference(child(requirement, *_REQUIRED))
        wanted.append(target.removeprefix(f"{namespace}#"))
    return tuple(wanted)


def _decision(element: etree._Element, namespace: str) -> Decision:
    return Decision(*_identity(element), _requires(element, namespace), expression_in(element))


def _knowledge(element: etree._Element, namespace: str) -> Knowledge:
    logic = child(element, "encapsulatedLogic")
    function = None if logic is None else function_in(logic)
    return Knowledge(*_identity(element), _requires(element, namespace), function)


def _types(root: etree._Element) -> Mapping[str, ItemType]:
    found = (_type(element, 0) for element in children(root, "itemDefinition"))
    return {item.name: item for item in found}


def _type(element: etree._Element, depth: int) -> ItemType:
    if depth > _MAX_TYPES:
        raise DmnSyntaxError("类型定义的嵌套层数超出上限")
    reference_element = child(element, "typeRef")
    parts = [_type(part, depth + 1) for part in children(element, "itemComponent")]
    base = None
    if reference_element is not None and reference_element.text:
        base = reference_element.text.strip().rpartition(":")[2]
    return ItemType(
        name=attribute(element, "name"),
        base=base,
        collection=attribute(element, "isCollection") == "true",
        allowed=text_in(child(element, "allowedValues", "typeConstraint")) or None,
        components={part.name: part for part in parts},
    )
