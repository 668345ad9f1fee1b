"""Places of seals in the structure for screen readers: the seal is heard, and where (ISO 14289-1, 7.18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhanko.pdf_utils.generic import DictionaryObject, NumberObject, TextStringObject, pdf_name

if TYPE_CHECKING:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

FIELD_NAME = "电子印章"
"""What a reader says where a seal stands."""


def tag_fields(writer: IncrementalPdfFileWriter) -> None:
    """Add every form field to the end of the structure; a document without structure stays as it is."""
    if "/StructTreeRoot" not in writer.root:
        return
    root = writer.root["/StructTreeRoot"]
    whole, parents = root["/K"], root["/ParentTree"]
    for field in writer.root["/AcroForm"]["/Fields"]:
        widget, key = field.get_object(), root["/ParentTreeNextKey"]
        place = DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/OBJR"),
                pdf_name("/Obj"): field,
                pdf_name("/Pg"): widget.raw_get("/P"),
            }
        )
        element = DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/StructElem"),
                pdf_name("/S"): pdf_name("/Form"),
                pdf_name("/P"): root.raw_get("/K"),
                pdf_name("/Alt"): TextStringObject(FIELD_NAME),
                pdf_name("/K"): place,
            }
        )
        reference = writer.add_object(element)
        whole["/K"].append(reference)
        parents["/Nums"].extend((NumberObject(key), reference))
        root[pdf_name("/ParentTreeNextKey")] = NumberObject(key + 1)
        widget[pdf_name("/StructParent")] = NumberObject(key)
        writer.update_container(widget)
    for changed in (root, whole, parents):
        writer.update_container(changed)
