"""Read DMN XML into a model."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from webapp.dmn.boxed import expression_in, function_in, type_name
from webapp.dmn.errors import DmnSyntaxError
from webapp.dmn.model import (
    Decision,
    Definitions,
    Element,
    FunctionType,
    Import,
    InputData,
    ItemType,
    Knowledge,
    Service,
)
from webapp.dmn.xml import (
    NAMESPACES,
    attribute,
    child,
    children,
    name_of,
    open_source,
    reference,
    root_of,
    text_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    services = tuple(_service(element, namespace) for element in children(root, "decisionService"))
    return Definitions(
        id=attribute(root, "id"),
        name=attribute(root, "name"),
        namespace=namespace,
        content_hash=hashlib.sha256(data).hexdigest(),
        inputs=inputs,
        decisions=decisions,
        knowledge=knowledge,
        services=services,
        imports=tuple(_imports(root)),
        types=_types(root),
        elements=_by_id((*inputs, *decisions, *knowledge, *services)),
    )


def _imports(root: etree._Element) -> Iterator[Import]:
    """Read the imports of DMN models; a data schema of another kind says nothing that is used here."""
    for element in children(root, "import"):
        if attribute(element, "importType") in NAMESPACES:
            yield Import(name_of(element), attribute(element, "namespace"))


def _by_id(elements: tuple[Element, ...]) -> Mapping[str, Element]:
    found: dict[str, Element] = {}
    for element in elements:
        if element.id in found:
            raise DmnSyntaxError(f"编号“{element.id}”重复", element=element.id)
        found[element.id] = element
    return found


def _identity(element: etree._Element) -> tuple[str, str, str, str | None]:
    """Id, name, and name and type of the variable."""
    name = name_of(element) or attribute(element, "id")
    variable = child(element, "variable")
    used, kind = name, None
    if variable is not None:
        used = name_of(variable) or name
        kind = type_name(variable)
    return attribute(element, "id") or name, name, used, kind


def _input(element: etree._Element) -> InputData:
    return InputData(*_identity(element))


def _requires(element: etree._Element, namespace: str) -> tuple[str, ...]:
    requirements = children(element, *_REQUIREMENTS)
    return tuple(reference(child(part, *_REQUIRED), namespace) for part in requirements)


def _decision(element: etree._Element, namespace: str) -> Decision:
    return Decision(*_identity(element), _requires(element, namespace), expression_in(element))


def _knowledge(element: etree._Element, namespace: str) -> Knowledge:
    logic = child(element, "encapsulatedLogic")
    function = None if logic is None else function_in(logic)
    return Knowledge(*_identity(element), _requires(element, namespace), function)


def _service(element: etree._Element, namespace: str) -> Service:
    def targets(*names: str) -> tuple[str, ...]:
        return tuple(reference(part, namespace) for name in names for part in children(element, name))

    return Service(*_identity(element), targets("outputDecision"), targets("inputData", "inputDecision"))


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
        name=name_of(element),
        base=base,
        collection=attribute(element, "isCollection") == "true",
        allowed=text_in(child(element, "allowedValues")) or None,
        components={part.name: part for part in parts},
        function=_function_type(child(element, "functionItem")),
        whole=text_in(child(element, "typeConstraint")) or None,
    )


def _function_type(element: etree._Element | None) -> FunctionType | None:
    if element is None:
        return None
    parameters = tuple(type_name(parameter) for parameter in children(element, "parameters"))
    return FunctionType(parameters, type_name(element, "outputTypeRef"))
