"""Several files as one, for reading them one after the other."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Sequence


def joined(files: Sequence[bytes]) -> bytes:
    """Return PDF files as one, in their order. A single file stays as it is, tags included."""
    if len(files) == 1:
        return files[0]
    stream = io.BytesIO()
    with pikepdf.new() as whole:
        for file in files:
            with pikepdf.open(io.BytesIO(file)) as part:
                whole.pages.extend(part.pages)
        whole.save(stream, deterministic_id=True)
    return stream.getvalue()
