"""Files as people read about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.queries import links

if TYPE_CHECKING:
    from uuid import UUID

    from webapp.models.document import Attachment

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileView:
    """A file that was handed in."""

    id: UUID
    name: str
    size_text: str
    type_tag: str
    sha256: str
    url: str
    field_label: str


def file_view(attachment: Attachment, field_label: str) -> FileView:
    """Return a file as pages show it, with the label of the field that names it."""
    return FileView(
        id=attachment.id,
        name=attachment.name,
        size_text=size_text(attachment.size),
        type_tag=type_tag(attachment.name),
        sha256=attachment.sha256,
        url=links.attachment(attachment.id),
        field_label=field_label,
    )


def size_text(size: int) -> str:
    """Return a number of bytes as people read it, such as `1.8 MB`."""
    return f"{size / _MEGABYTE:.1f} MB" if size >= _MEGABYTE else f"{max(1, round(size / 1024))} KB"


def type_tag(name: str) -> str:
    """Return the ending of a file's name, such as `PDF`."""
    return name.rpartition(".")[2].upper()[:4]
