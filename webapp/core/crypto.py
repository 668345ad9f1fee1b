"""Keys and ciphers for personal data at rest, and keyed digests that stand in for it.

A sealed value is ``algorithm (1 byte) | key id (2 bytes) | nonce (12 bytes) | ciphertext and tag``.
Its *context* (``person.phone``) is authenticated with it, so a ciphertext moved to another
column does not open. SM4-GCM (RFC 8998) is the default, AES-256-GCM a setting; both read
what the other wrote, because the algorithm travels with the value.
"""

from __future__ import annotations

import base64
import binascii
import os
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from webapp.core.scoping import standing_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

Algorithm = Literal["sm4-gcm", "aes-256-gcm"]

KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_HEAD_BYTES = 3
_BLIND_INDEX_BYTES = 16
_LARGEST_KEY_ID = 0xFFFF
_CODES: dict[Algorithm, int] = {"sm4-gcm": 1, "aes-256-gcm": 2}
_SM4_CODE = _CODES["sm4-gcm"]


class CryptoError(Exception):
    """A sealed value cannot be opened: wrong key, wrong place or changed bytes."""


@dataclass(frozen=True)
class KeyRing:
    """Data keys by id; the active one seals, all of them open.

    Attributes:
        keys: 32-byte secrets by id (1 to 65535). Cipher keys are derived from them.
        active: Id of the key that new values are sealed with.
        index_key: 32-byte secret of blind indexes and digests; it does not rotate with the data keys.
        algorithm: Cipher for new values.
    """

    keys: Mapping[int, bytes] = field(repr=False)
    active: int
    index_key: bytes = field(repr=False)
    algorithm: Algorithm = "sm4-gcm"
    _derived: dict[tuple[int, int], bytes] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.active not in self.keys:
            raise ValueError(f"密钥环中没有启用的密钥 {self.active}。")
        if any(not 1 <= key_id <= _LARGEST_KEY_ID for key_id in self.keys):
            raise ValueError("密钥编号应在 1 至 65535 之间。")
        if any(len(secret) != KEY_BYTES for secret in (*self.keys.values(), self.index_key)):
            raise ValueError("每个密钥应为 32 字节。")

    @classmethod
    def generate(cls, algorithm: Algorithm = "sm4-gcm") -> KeyRing:
        """Return a ring with one new random key."""
        return cls(
            keys={1: os.urandom(KEY_BYTES)},
            active=1,
            index_key=os.urandom(KEY_BYTES),
            algorithm=algorithm,
        )

    def rotated(self, secret: bytes | None = None) -> KeyRing:
        """Return a ring that seals with a new key and still opens what the old ones sealed."""
        key_id = max(self.keys) + 1
        keys = {**self.keys, key_id: secret or os.urandom(KEY_BYTES)}
        return KeyRing(keys=keys, active=key_id, index_key=self.index_key, algorithm=self.algorithm)

    def seal(self, plain: bytes, context: str) -> bytes:
        """Encrypt under the active key, bound to its place."""
        code = _CODES[self.algorithm]
        head = bytes((code,)) + self.active.to_bytes(2, "big")
        nonce = os.urandom(_NONCE_BYTES)
        key = self._cipher_key(code, self.active)
        return head + nonce + _encrypt(code, key, nonce, plain, _bound(head, context))

    def open(self, sealed: bytes, context: str) -> bytes:
        """Decrypt a value sealed for the same context.

        Raises:
            CryptoError: If the key is unknown, the context differs, or a byte changed.
        """
        if len(sealed) < _HEAD_BYTES + _NONCE_BYTES + _TAG_BYTES:
            raise CryptoError("密文长度不足。")
        head, nonce = sealed[:_HEAD_BYTES], sealed[_HEAD_BYTES : _HEAD_BYTES + _NONCE_BYTES]
        code, key_id = sealed[0], key_id_of(sealed)
        if code not in _CODES.values() or key_id not in self.keys:
            raise CryptoError(f"没有打开该密文的密钥（算法 {code}，密钥 {key_id}）。")
        key = self._cipher_key(code, key_id)
        try:
            return _decrypt(code, key, nonce, sealed[_HEAD_BYTES + _NONCE_BYTES :], _bound(head, context))
        except InvalidTag:
            raise CryptoError("密文校验不通过：内容被改动，或用途不符。") from None

    def blind_index(self, value: str, context: str) -> bytes:
        """Return 16 bytes that are equal for equal values of one context, for look-up without opening.

        Surrounding blanks and letter case do not count.
        """
        text = value.strip().upper()
        return self._hmac("blind-index", context, text.encode())[:_BLIND_INDEX_BYTES]

    def keyed_digest(self, value: str, context: str) -> str:
        """Return a hex digest that stands for a personal value where the value itself must not be."""
        return self._hmac("digest", context, value.encode()).hex()

    def _hmac(self, purpose: str, context: str, message: bytes) -> bytes:
        mac = HMAC(self.index_key, hashes.SM3())
        for part in (purpose.encode(), context.encode()):
            mac.update(len(part).to_bytes(2, "big") + part)
        mac.update(message)
        return mac.finalize()

    def _cipher_key(self, code: int, key_id: int) -> bytes:
        found = self._derived.get((code, key_id))
        if found is None:
            length = 16 if code == _SM4_CODE else 32
            info = b"linggong sealed value " + bytes((code,))
            found = HKDF(hashes.SHA256(), length, salt=None, info=info).derive(self.keys[key_id])
            self._derived[(code, key_id)] = found
        return found


def key_id_of(sealed: bytes) -> int:
    """Return the id of the key that a value was sealed with."""
    return int.from_bytes(sealed[1:_HEAD_BYTES], "big")


def encode_key(secret: bytes) -> str:
    """Write a key as settings hold it: URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(secret).rstrip(b"=").decode()


def decode_key(text: str) -> bytes:
    """Read a key written by :func:`encode_key`.

    Raises:
        ValueError: If it is not base64 or not 32 bytes.
    """
    try:
        secret = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise ValueError("密钥应为 base64 文本。") from None
    if len(secret) != KEY_BYTES:
        raise ValueError("每个密钥应为 32 字节。")
    return secret


class _Installed:
    """The ring of this process; the composition root puts it here once."""

    ring: KeyRing | None = None


_HERE: ContextVar[KeyRing | None] = ContextVar("key_ring", default=None)


def install(ring: KeyRing) -> None:
    """Make a ring the one that this process seals and opens with."""
    _Installed.ring = ring


def ring_of(ring: KeyRing) -> AbstractContextManager[None]:
    """Seal and open with another ring in this context, until the block ends: a sandbox has its own keys."""
    return standing_in(_HERE, ring)


def key_ring() -> KeyRing:
    """Return the ring of this context or, as a rule, of this process.

    Raises:
        CryptoError: If none is installed.
    """
    ring = _HERE.get() or _Installed.ring
    if ring is None:
        raise CryptoError("尚未载入密钥环。")
    return ring


def blind_index(value: str, context: str) -> bytes:
    """Return the blind index of a value under the ring of this process."""
    return key_ring().blind_index(value, context)


def keyed_digest(value: str, context: str) -> str:
    """Return the keyed digest of a value under the ring of this process."""
    return key_ring().keyed_digest(value, context)


def _bound(head: bytes, context: str) -> bytes:
    return head + context.encode()


def _encrypt(code: int, key: bytes, nonce: bytes, plain: bytes, aad: bytes) -> bytes:
    if code != _SM4_CODE:
        return AESGCM(key).encrypt(nonce, plain, aad)
    cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(aad)
    body = cipher.update(plain) + cipher.finalize()
    return body + cipher.tag


def _decrypt(code: int, key: bytes, nonce: bytes, body: bytes, aad: bytes) -> bytes:
    if code != _SM4_CODE:
        return AESGCM(key).decrypt(nonce, body, aad)
    text, tag = body[:-_TAG_BYTES], body[-_TAG_BYTES:]
    cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    cipher.authenticate_additional_data(aad)
    return cipher.update(text) + cipher.finalize()
