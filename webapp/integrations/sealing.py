"""Seals of this installation: who signs for which agency, and where a document can be verified."""

from __future__ import annotations

from base64 import b64encode
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from webapp import documents
from webapp.core.scoping import standing_in
from webapp.integrations.time_stamps import TimeStampAuthority

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True)
class Sealing:
    """Where keys lie and how the world reaches the verification page.

    Attributes:
        folder: Folder of the local test authority and its signing keys.
        public_url: Address of the system, without a slash at its end.
        tsa_url: Address of a time-stamping authority (RFC 3161); empty for none.
    """

    folder: Path
    public_url: str
    tsa_url: str = ""


class _Installed:
    """The sealing of this process; the composition root puts it here once."""

    sealing: Sealing | None = None


_HERE: ContextVar[Sealing | None] = ContextVar("sealing", default=None)


def install(sealing: Sealing) -> None:
    """Make a sealing the one that this process uses."""
    _Installed.sealing = sealing
    _authority_in.cache_clear()


def sealing_of(sealing: Sealing) -> AbstractContextManager[None]:
    """Seal otherwise in this context, until the block ends: a sandbox has test keys of its own."""
    return standing_in(_HERE, sealing)


def verification_address(token: str) -> str:
    """Return the address that a document's QR code opens."""
    return f"{_installed().public_url.rstrip('/')}/v/{token}"


def seal(
    pdf: bytes,
    boxes: Sequence[documents.SealBox],
    *,
    agency_key: str,
    agency_name: str,
    when: datetime,
) -> bytes:
    """Return a document with an agency's seal and signature.

    Raises:
        SigningError: If it cannot be sealed.
    """
    signer = _authority().signer(agency_key, agency_name)
    tsa = _installed().tsa_url
    return documents.sign(pdf, boxes, signer, when, time_stamps=TimeStampAuthority(tsa) if tsa else None)


def attest(content: bytes, *, agency_key: str, agency_name: str) -> dict[str, Any]:
    """Sign some bytes for an agency, apart from them.

    Returns:
        Plain JSON: `signer`, `algorithm` by its CMS name, `signature` and `certificates` (the signer's own
        first) in Base64, `fingerprint` (SHA-256 of the signer's certificate) and `test` where the signature
        is for trial only.

    Raises:
        SigningError: If it cannot be signed.
    """
    signer = _authority().signer(agency_key, agency_name)
    return {
        "signer": signer.seal_name,
        "algorithm": signer.mechanism,
        "signature": b64encode(signer.sign_bytes(content)).decode(),
        "certificates": [b64encode(der).decode() for der in signer.certificates],
        "fingerprint": sha256(signer.certificates[0]).hexdigest(),
        "test": signer.is_test,
    }


def check(pdf: bytes) -> documents.Verification:
    """Check the signatures of a file against this installation's roots."""
    return documents.verify(pdf, [_authority().root])


def _authority() -> documents.LocalAuthority:
    return _authority_in(_installed().folder)


@lru_cache(maxsize=4)
def _authority_in(folder: Path) -> documents.LocalAuthority:
    return documents.LocalAuthority(folder)


def _installed() -> Sealing:
    sealing = _HERE.get() or _Installed.sealing
    if sealing is None:
        raise RuntimeError("No sealing is installed.")
    return sealing
