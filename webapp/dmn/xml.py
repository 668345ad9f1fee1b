"""Open DMN XML safely: no document type, no entities, no network, bounded size."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml import etree

from webapp.dmn.errors import DmnSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES: Final = 2_000_000
NAMESPACES: Final = frozenset(
    {
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
"""DMN 1.2 to 1.5; what is used here is the same in all of them."""
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")


def open_source(source: bytes | str) -> bytes:
    """Give the bytes of a source; a text loses its declaration, whose encoding no longer holds.

    Raises:
        DmnSyntaxError: when the source is too large.
    """
    data = (
        _DECLARATION.sub("", source).encode("utf-8", "replace") if isinstance(source, str) else bytes(source)
    )
    if len(data) > MAX_BYTES:
        raise DmnSyntaxError(f"决策模型文件过大，最多{MAX_BYTES // 1_000_000} MB")
    return data


def root_of(data: bytes) -> etree._Element:
    """Parse and return the `definitions` element.

    Raises:
        DmnSyntaxError: when the bytes are no DMN model, or carry a document type.
    """
    if b"<!DOCTYPE" in data:
        raise DmnSyntaxError("决策模型文件不能含有 DOCTYPE 声明")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise DmnSyntaxError(f"文件不是完整的 XML（第{line}行附近）") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DmnSyntaxError("决策模型文件不能含有 DOCTYPE 声明")
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in NAMESPACES:
        raise DmnSyntaxError("文件不是 DMN 1.2 至 1.5 的决策模型")
    return root


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Give the child elements of the model's own namespace, of these names or of any."""
    namespace = etree.QName(element).namespace
    for child in element:
        if isinstance(child.tag, str):
            name = etree.QName(child)
            if name.namespace == namespace and (not names or name.localname in names):
                yield child


def child(element: etree._Element, *names: str) -> etree._Element | None:
    """Give the first such child element."""
    return next(children(element, *names), None)


def local(element: etree._Element) -> str:
    """Name of an element without its namespace."""
    return str(etree.QName(element).localname)


def attribute(element: etree._Element, name: str) -> str:
    """Give an attribute without surrounding white space; empty when it is missing."""
    return str(element.get(name) or "").strip()


def name_of(element: etree._Element) -> str:
    """Give the name of an element, with single spaces."""
    return " ".join(attribute(element, "name").split())


def text_in(element: etree._Element | None) -> str:
    """Give the content of the `text` child; empty when there is none."""
    inner = None if element is None else child(element, "text")
    return "" if inner is None else "".join(str(part) for part in inner.itertext()).strip()


def reference(element: etree._Element | None, namespace: str) -> str:
    """Give the id that an `href` names; of an element of another model, `namespace#id`."""
    href = "" if element is None else attribute(element, "href")
    return href.removeprefix(f"{namespace}#").removeprefix("#")
