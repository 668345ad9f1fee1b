"""Structure for screen readers of a file that is written page by page (ISO 32000-1, 14.8).

The elements of a page are written together, right behind it, in one object stream; only the numbers of
what holds them stay in memory. What is repeated on later pages (title, heading row) is no content there.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webapp.documents.pdf_stream import PdfStream

Kind = Literal["H1", "P"]
Cell = Literal["TH", "TD"]

ARTIFACT, END = "/Artifact BMC", "EMC"
_COLUMN_HEAD = "/A<</O/Table/Scope/Column>>"


class StreamTags:
    """The tree of a list: a title, paragraphs, and one table of any length."""

    def __init__(self, pdf: PdfStream, columns: int) -> None:
        self._pdf = pdf
        self._columns = columns
        self.root, self._document, self._table = (pdf.reserve() for _ in range(3))
        self._leading: list[int] = []
        self._sections = array("L")
        self._parents = array("L")
        self._marks = 0
        self._leaves: list[Kind] = []
        self._rows: list[Cell] = []

    def leaf(self, kind: Kind) -> str:
        """Return the operators that come before the only text of a heading or paragraph."""
        self._leaves.append(kind)
        self._marks += 1
        return f"/{kind}<</MCID {self._marks - 1}>>BDC"

    def row(self, kind: Cell) -> int:
        """Begin a row of cells; return the number of the mark of its first cell, the others follow."""
        self._rows.append(kind)
        self._marks += self._columns
        return self._marks - self._columns

    def end_page(self, page: int) -> None:
        """Write the elements of the page that was just written as an object of this number."""
        first = self._pdf.next_number
        self._parents.append(first)
        heads = self._rows.count("TH")
        sections = [
            (kind, rows) for kind, rows in (("THead", heads), ("TBody", len(self._rows) - heads)) if rows
        ]
        leaves_at = first + 1
        sections_at = leaves_at + len(self._leaves)
        rows_at = sections_at + len(sections)
        self._leading += range(leaves_at, sections_at)
        self._sections.extend(range(sections_at, rows_at))
        bodies = [
            f"<</S/{kind}/P {self._document} 0 R/Pg {page} 0 R/K {mark}>>"
            for mark, kind in enumerate(self._leaves)
        ]
        starts = range(rows_at, rows_at + len(self._rows) * (self._columns + 1), self._columns + 1)
        begin = 0
        for kind, rows in sections:
            bodies.append(f"<</S/{kind}/P {self._table} 0 R/K[{_references(starts[begin : begin + rows])}]>>")
            begin += rows
        owners = [f"{number} 0 R" for number in range(leaves_at, sections_at)]
        for index, kind in enumerate(self._rows):
            cells = range(starts[index] + 1, starts[index] + 1 + self._columns)
            listed = _references(cells)
            owners.append(listed)
            section = sections_at + (len(sections) - 1 if kind == "TD" else 0)
            bodies.append(f"<</S/TR/P {section} 0 R/K[{listed}]>>")
            bodies += self._cells(kind, starts[index], page, len(self._leaves) + index * self._columns)
        self._pdf.pack([f"[{' '.join(owners)}]", *bodies])
        self._marks, self._leaves, self._rows = 0, [], []

    def _cells(self, kind: Cell, row: int, page: int, mark: int) -> Iterator[str]:
        head = f"<</S/{kind}{_COLUMN_HEAD if kind == 'TH' else ''}/P {row} 0 R/Pg {page} 0 R/K "
        return (f"{head}{number}>>" for number in range(mark, mark + self._columns))

    def close(self) -> None:
        """Write what holds the elements together; no page may follow."""
        whole, table = self._document, self._table
        kids = _references([*self._leading, table])
        self._pdf.put(f"<</Type/StructElem/S/Document/P {self.root} 0 R/K[{kids}]>>", whole)
        self._pdf.put(f"<</Type/StructElem/S/Table/P {whole} 0 R/K[{_references(self._sections)}]>>", table)
        numbers = " ".join(f"{page} {number} 0 R" for page, number in enumerate(self._parents))
        self._pdf.put(
            f"<</Type/StructTreeRoot/K {whole} 0 R/ParentTree<</Nums[{numbers}]>>"
            f"/ParentTreeNextKey {len(self._parents)}>>",
            self.root,
        )


def _references(numbers: range | list[int] | array[int]) -> str:
    return " ".join(f"{number} 0 R" for number in numbers)
