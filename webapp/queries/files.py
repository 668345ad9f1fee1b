"""Files as people read about them."""

from __future__ import annotations

_MEGABYTE = 1024 * 1024


def size_text(size: int) -> str:
    """Return a number of bytes as people read it, such as `1.8 MB`."""
    return f"{size / _MEGABYTE:.1f} MB" if size >= _MEGABYTE else f"{max(1, round(size / 1024))} KB"


def type_tag(name: str) -> str:
    """Return the ending of a file's name, such as `PDF`."""
    return name.rpartition(".")[2].upper()[:4]
