"""A ZIP that goes out as it is written: one file of it is in memory at a time, never the whole."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from typing_extensions import Buffer

_STORED = (".pdf", ".jpg", ".jpeg", ".png", ".docx", ".xlsx")
"""Files that are compressed in themselves."""
_CHUNK = 1 << 16


class _Outbox(io.RawIOBase):
    """Takes what the ZIP writes and gives it out once; it cannot be moved in, so nothing is kept."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        piece = bytes(data)
        self._waiting += piece
        return len(piece)

    def take(self) -> bytes:
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken


def zip_stream(files: Iterable[tuple[str, Callable[[], bytes]]], at: datetime) -> Iterator[bytes]:
    """Yield a ZIP piece by piece.

    Args:
        files: Path inside the ZIP, and what reads its bytes when its turn comes.
        at: Time of the files, as the reader's clock shows it; it carries no zone.
    """
    outbox = _Outbox()
    with zipfile.ZipFile(outbox, "w", allowZip64=True) as archive:
        for path, read in files:
            entry = zipfile.ZipInfo(path, at.timetuple()[:6])
            packed = not path.lower().endswith(_STORED)
            entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            entry.external_attr = 0o644 << 16
            content = memoryview(read())
            with archive.open(entry, "w") as stream:
                for start in range(0, len(content), _CHUNK):
                    stream.write(content[start : start + _CHUNK])
                    if piece := outbox.take():
                        yield piece
            yield outbox.take()
    yield outbox.take()
