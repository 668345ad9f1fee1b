"""Structure for screen readers: a tree of headings, paragraphs and tables (ISO 32000-1, 14.8).

The glyphs of every part stand between marks on the page; the tree says in reading order what each is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from reportlab.pdfbase.pdfdoc import PDFObject, PDFObjectReference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Tag = tuple[int, int]  # entry of the outline, and cell of it if it is a row
ARTIFACT: Tag = (-1, -1)

_HEADINGS = {
    "title": "H1",
    "heading-1": "H2",
    "attachment-title": "H2",
    "slip-title": "H2",
}


@dataclass(frozen=True, slots=True)
class CellTag:
    """A cell: how many columns and rows it takes, and what it heads (``Row``, ``Column`` or nothing)."""

    columns: int = 1
    rows: int = 1
    heads: str = ""


@dataclass(frozen=True, slots=True)
class RowTags:
    """A row of a table. Cells that are one with the cell above them have none of their own."""

    table: int
    cells: Mapping[int, CellTag]


@dataclass(frozen=True, slots=True)
class Structure:
    """What the tags of the marks on the pages mean.

    Attributes:
        outline: Role and text of everything, in reading order.
        rows: Which entries of it are rows.
    """

    outline: Sequence[tuple[str, str]] = ()
    rows: Mapping[int, RowTags] = field(default_factory=dict)

    def kind(self, tag: Tag) -> str:
        """Structure type of what carries a tag."""
        entry, cell = tag
        row = self.rows.get(entry)
        if row is None:
            return _HEADINGS.get(self.outline[entry][0], "P")
        return "TH" if row.cells[cell].heads else "TD"


class Raw(PDFObject):
    """An object written as it is; what is no bytes is a reference, put in when the file is written."""

    def __init__(self, *parts: bytes | PDFObjectReference) -> None:
        self.parts = list(parts)

    def format(self, document: Any) -> bytes:
        """Write it."""
        return b"".join(part if isinstance(part, bytes) else part.format(document) for part in self.parts)


class PageTags:
    """Marked content of one page: numbers given out in the order in which it is painted."""

    def __init__(self, structure: Structure) -> None:
        self._structure = structure
        self._open: Tag | None = None
        self.numbered: list[Tag] = []

    def turn(self, tag: Tag) -> list[str]:
        """Operators that come before a mark with this tag."""
        if tag == self._open:
            return []
        code = self.end()
        self._open = tag
        if tag == ARTIFACT:
            return [*code, "/Artifact BMC"]
        self.numbered.append(tag)
        return [*code, f"/{self._structure.kind(tag)} <</MCID {len(self.numbered) - 1}>> BDC"]

    def end(self) -> list[str]:
        """Operators that close what is open."""
        code = [] if self._open is None else ["EMC"]
        self._open = None
        return code


class _Tree:
    """Writes the elements; every element knows its parent, every piece of a page its element."""

    def __init__(self, document: Any, structure: Structure, pages: Sequence[PageTags]) -> None:
        self.document = document
        self.structure = structure
        self.places: dict[Tag, list[tuple[int, int]]] = {}
        for page, tags in enumerate(pages):
            for number, tag in enumerate(tags.numbered):
                self.places.setdefault(tag, []).append((page, number))
        self.owners: dict[Tag, PDFObjectReference] = {}

    def element(
        self, kind: str, parent: PDFObjectReference, attributes: str = ""
    ) -> tuple[Raw, PDFObjectReference]:
        made = Raw(f"<</Type/StructElem/S/{kind}{attributes}/P ".encode(), parent)
        reference: PDFObjectReference = self.document.Reference(made)
        return made, reference

    def close(self, made: Raw, kids: Sequence[bytes | PDFObjectReference]) -> None:
        made.parts += [b"/K[", *(part for kid in kids for part in (kid, b" ")), b"]>>"]

    def leaf(self, tag: Tag, parent: PDFObjectReference, attributes: str = "") -> PDFObjectReference:
        made, reference = self.element(self.structure.kind(tag), parent, attributes)
        self.owners[tag] = reference
        kids: list[bytes | PDFObjectReference] = []
        for page, number in self.places.get(tag, ()):
            page_reference = PDFObjectReference(f"Page{page + 1}")
            kids += [b"<</Type/MCR/Pg ", page_reference, f"/MCID {number}>>".encode()]
        self.close(made, kids)
        return reference

    def build(self, parent: PDFObjectReference) -> list[PDFObjectReference]:
        """Elements of the whole document, those of one table together."""
        entries = range(len(self.structure.outline))
        rows = self.structure.rows
        kids: list[PDFObjectReference] = []
        for table, group in groupby(entries, lambda at: rows[at].table if at in rows else None):
            if table is None:
                kids += [self.leaf((at, 0), parent) for at in group if (at, 0) in self.places]
            else:
                kids.append(self.table(list(group), parent))
        return kids

    def table(self, entries: Sequence[int], parent: PDFObjectReference) -> PDFObjectReference:
        made, reference = self.element("Table", parent)
        self.close(made, [self.row(at, reference) for at in entries])
        return reference

    def row(self, at: int, parent: PDFObjectReference) -> PDFObjectReference:
        made, reference = self.element("TR", parent)
        cells = self.structure.rows[at].cells
        self.close(
            made, [self.leaf((at, index), reference, _attributes(cell)) for index, cell in cells.items()]
        )
        return reference


def _attributes(cell: CellTag) -> str:
    spans = (("ColSpan", cell.columns), ("RowSpan", cell.rows))
    parts = [f"/{name} {count}" for name, count in spans if count > 1]
    if cell.heads:
        parts.append(f"/Scope/{cell.heads}")
    return f"/A<</O/Table{''.join(parts)}>>" if parts else ""


def structure_tree(document: Any, structure: Structure, pages: Sequence[PageTags]) -> PDFObject:
    """Add the tree to a ReportLab document and return its root.

    Args:
        document: ReportLab's document.
        structure: What the tags mean.
        pages: Marked content of each page; page ``n`` has ``StructParents`` ``n``.
    """
    tree = _Tree(document, structure, pages)
    root = Raw()
    root_reference = document.Reference(root)
    whole, whole_reference = tree.element("Document", root_reference)
    tree.close(whole, tree.build(whole_reference))
    root.parts += [b"<</Type/StructTreeRoot/K ", whole_reference, b"/ParentTree<</Nums["]
    for page, tags in enumerate(pages):
        root.parts.append(f"{page}[".encode())
        for tag in tags.numbered:
            root.parts += [tree.owners[tag], b" "]
        root.parts.append(b"]")
    root.parts.append(f"]>>/ParentTreeNextKey {len(pages)}>>".encode())
    return root
