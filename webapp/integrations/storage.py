"""Files by the SHA-256 of their content, in a folder; those with personal data lie encrypted.

A blob is written before the transaction that names it commits: a crash in between leaves a
file that nobody names, never a name without a file.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from webapp.core.crypto import CryptoError, key_id_of, key_ring
from webapp.core.errors import Missing
from webapp.core.scoping import standing_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SEALED = ".sealed"


class BlobStore:
    """One folder of blobs.

    Args:
        root: The folder; it is made when the first blob is put.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, content: bytes, *, personal: bool = True) -> str:
        """Keep some bytes and return their SHA-256 in hex. The same bytes are kept once.

        Args:
            content: The bytes.
            personal: Encrypt them at rest. Only what is public anyway may do without.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256, sealed=personal)
        if not path.exists():
            self._write(path, key_ring().seal(content, _context(sha256)) if personal else content)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes that were put, after checking that they are still the same.

        Raises:
            Missing: If there is no such blob, or it is damaged.
        """
        for sealed in (False, True):
            path = self._path(sha256, sealed=sealed)
            if path.exists():
                return self._checked(path, sha256, sealed=sealed)
        raise Missing("没有找到文件内容，请联系系统管理员。")

    def exists(self, sha256: str) -> bool:
        """Tell whether a blob is kept."""
        return any(self._path(sha256, sealed=sealed).exists() for sealed in (False, True))

    def delete(self, sha256: str) -> None:
        """Remove a blob, if it is there."""
        for sealed in (False, True):
            self._path(sha256, sealed=sealed).unlink(missing_ok=True)

    def reseal(self) -> Iterator[str]:
        """Encrypt anew, under the active key, every blob that lies under another; yield each hash."""
        for path in sorted(self.root.glob(f"*/*/*{_SEALED}")):
            sha256, content = path.name.removesuffix(_SEALED), path.read_bytes()
            if key_id_of(content) != key_ring().active:
                plain = key_ring().open(content, _context(sha256))
                self._write(path, key_ring().seal(plain, _context(sha256)))
                yield sha256

    def _checked(self, path: Path, sha256: str, *, sealed: bool) -> bytes:
        content = path.read_bytes()
        try:
            plain = key_ring().open(content, _context(sha256)) if sealed else content
        except CryptoError:
            plain = b""
        if hashlib.sha256(plain).hexdigest() != sha256:
            raise Missing("文件内容已损坏，无法打开，请联系系统管理员从备份恢复。")
        return plain

    def _path(self, sha256: str, *, sealed: bool) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise Missing("没有找到文件内容，请联系系统管理员。")
        return self.root / sha256[:2] / sha256[2:4] / (sha256 + (_SEALED if sealed else ""))

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


class _Installed:
    """The store of this process; the composition root puts it here once."""

    store: BlobStore | None = None


_HERE: ContextVar[BlobStore | None] = ContextVar("blob_store", default=None)


def install(store: BlobStore) -> None:
    """Make a store the one that this process uses."""
    _Installed.store = store


def store_of(store: BlobStore) -> AbstractContextManager[None]:
    """Keep files in another store in this context, until the block ends: a sandbox has its own."""
    return standing_in(_HERE, store)


def blob_store() -> BlobStore:
    """Return the store of this context or, as a rule, of this process.

    Raises:
        RuntimeError: If none is installed.
    """
    store = _HERE.get() or _Installed.store
    if store is None:
        raise RuntimeError("No blob store is installed.")
    return store


def put(content: bytes, *, personal: bool = True) -> str:
    """Keep some bytes in the store of this process; see :meth:`BlobStore.put`."""
    return blob_store().put(content, personal=personal)


def get(sha256: str) -> bytes:
    """Return bytes from the store of this process; see :meth:`BlobStore.get`."""
    return blob_store().get(sha256)


def _context(sha256: str) -> str:
    return f"blob:{sha256}"
