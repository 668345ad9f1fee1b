"""Where keys are kept: in the environment, or in a file of `var`, wrapped if a wrapping key is given."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from webapp.core.crypto import CryptoError, KeyRing, decode_key, encode_key

if TYPE_CHECKING:
    from webapp.core.crypto import Algorithm

_PRIVATE = 0o600
_SECRET_BYTES = 48


class KeyFile:
    """Data keys in a JSON file that only its owner can read.

    Args:
        path: The file; it is made with a first key when it is not there.
        wrapping_key: 32 bytes that seal the keys in the file; `None` leaves them plain.
    """

    def __init__(self, path: Path, wrapping_key: bytes | None) -> None:
        self.path = path
        self._wrap = (
            KeyRing(keys={1: wrapping_key}, active=1, index_key=wrapping_key) if wrapping_key else None
        )

    def load(self, algorithm: Algorithm) -> KeyRing:
        """Return the ring in the file.

        Raises:
            CryptoError: If the file is wrapped under another key.
        """
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            ring = KeyRing.generate(algorithm)
            if self._save_new(ring):
                return ring
            kept = json.loads(self.path.read_text(encoding="utf-8"))
        keys = {int(key_id): self._read(text, f"key:{key_id}") for key_id, text in kept["keys"].items()}
        index_key = self._read(kept["index_key"], "index_key")
        return KeyRing(keys=keys, active=kept["active"], index_key=index_key, algorithm=algorithm)

    def save(self, ring: KeyRing) -> None:
        """Replace the file, atomically."""
        self._written(ring).replace(self.path)

    def _save_new(self, ring: KeyRing) -> bool:
        """Write the first file unless another process was quicker."""
        written = self._written(ring)
        try:
            os.link(written, self.path)
        except FileExistsError:
            return False
        finally:
            written.unlink()
        return True

    def _written(self, ring: KeyRing) -> Path:
        content = {
            "active": ring.active,
            "keys": {str(key_id): self._write(key, f"key:{key_id}") for key_id, key in ring.keys.items()},
            "index_key": self._write(ring.index_key, "index_key"),
        }
        return private_file(self.path.parent, json.dumps(content, indent=2))

    def _write(self, secret: bytes, context: str) -> str:
        return "wrapped:" + self._wrap.seal(secret, context).hex() if self._wrap else encode_key(secret)

    def _read(self, text: str, context: str) -> bytes:
        if not text.startswith("wrapped:"):
            return decode_key(text)
        if self._wrap is None:
            raise CryptoError(f"{self.path} 中的密钥已加密，须设置 LINGGONG_KEY_ENCRYPTION_KEY。")
        return self._wrap.open(bytes.fromhex(text.removeprefix("wrapped:")), context)


def ring_from_text(field_keys: str, index_key: str, algorithm: Algorithm) -> KeyRing:
    """Read `1:<base64>,2:<base64>` as the environment holds it; the last key is the active one.

    Raises:
        ValueError: If a part is not `number:key`.
    """
    keys: dict[int, bytes] = {}
    for part in filter(None, (part.strip() for part in field_keys.split(","))):
        key_id, colon, text = part.partition(":")
        if not colon or not key_id.isdigit():
            raise ValueError("LINGGONG_FIELD_KEYS 应写作“编号:密钥,编号:密钥”。")
        keys[int(key_id)] = decode_key(text)
    return KeyRing(keys=keys, active=list(keys)[-1], index_key=decode_key(index_key), algorithm=algorithm)


def kept_secret(path: Path) -> str:
    """Return the random secret in a file that only its owner can read; make it if it is not there."""
    if not path.exists():
        written = private_file(path.parent, secrets.token_urlsafe(_SECRET_BYTES))
        try:
            os.link(written, path)
        except FileExistsError:
            pass
        finally:
            written.unlink()
    return path.read_text(encoding="utf-8").strip()


def private_file(folder: Path, text: str) -> Path:
    """Write a new file of random name that only its owner can read."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".new")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), _PRIVATE)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
