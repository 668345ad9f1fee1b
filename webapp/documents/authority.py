"""A test certificate authority on this machine, and one signing certificate per agency.

It lets a district try the whole chain before it has certificates of an approved provider. Keys lie
unencrypted in one folder that only the running user may read; nothing here is legally valid, and
every certificate says 测试.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from webapp.documents.errors import SigningError

if TYPE_CHECKING:
    from pathlib import Path

_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
# Test certificates hold at any date that a demonstration clock may show.
_FROM = datetime(2020, 1, 1, tzinfo=UTC)
_UNTIL = datetime(2060, 1, 1, tzinfo=UTC)
_AUTHORITY = "authority"


class Signer(Protocol):
    """Signs for one agency. A provider's device or service can stand behind it."""

    @property
    def agency_key(self) -> str:
        """Agency it signs for."""

    @property
    def seal_name(self) -> str:
        """Name on the seal."""

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """DER certificates: the signer's own first, then its issuers."""

    @property
    def mechanism(self) -> str:
        """Signature algorithm by its CMS name, such as ``sha256_ecdsa``."""

    @property
    def is_test(self) -> bool:
        """True when seal and certificate are for trial only."""

    def sign_bytes(self, data: bytes) -> bytes:
        """Sign data with the mechanism and return the raw signature."""


@dataclass(frozen=True, slots=True)
class LocalSigner:
    """Signs with an ECDSA P-256 key of the local test authority."""

    agency_key: str
    seal_name: str
    certificates: tuple[bytes, ...]
    _key: ec.EllipticCurvePrivateKey

    @property
    def mechanism(self) -> str:
        """ECDSA over SHA-256."""
        return "sha256_ecdsa"

    @property
    def is_test(self) -> bool:
        """Always: the authority is local."""
        return True

    def sign_bytes(self, data: bytes) -> bytes:
        """Sign data and return a DER signature."""
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


class LocalAuthority:
    """The test authority in a folder; made on first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._key, self._certificate = self._open(_AUTHORITY, "零工市场平台测试根证书", None)

    @property
    def root(self) -> bytes:
        """DER of the root certificate, for verification."""
        return self._certificate.public_bytes(serialization.Encoding.DER)

    def signer(self, agency_key: str, seal_name: str) -> LocalSigner:
        """Return an agency's signer; its key and certificate are made the first time.

        Raises:
            SigningError: If the key is no plain identifier.
        """
        if not _KEY.fullmatch(agency_key) or agency_key == _AUTHORITY:
            raise SigningError(f"单位代号“{agency_key}”不能用作证书名。", field="agency_key")
        key, certificate = self._open(agency_key, seal_name, self)
        der = certificate.public_bytes(serialization.Encoding.DER)
        return LocalSigner(agency_key, seal_name, (der, self.root), key)

    def _open(
        self, name: str, holder: str, issuer: LocalAuthority | None
    ) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        key_path, certificate_path = self.folder / f"{name}.key.pem", self.folder / f"{name}.cert.pem"
        if not key_path.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            _write_new(key_path, _private_pem(key))
        read = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
        if not isinstance(read, ec.EllipticCurvePrivateKey):
            raise SigningError(f"密钥文件 {key_path.name} 不是 ECDSA 密钥。")
        if certificate_path.exists():
            certificate = x509.load_pem_x509_certificate(certificate_path.read_bytes())
            if _subject(certificate) == holder:
                return read, certificate
            certificate_path.unlink()  # the agency was renamed: same key, new certificate
        certificate = self._issue(read, holder, issuer)
        _write_new(certificate_path, certificate.public_bytes(serialization.Encoding.PEM))
        return read, x509.load_pem_x509_certificate(certificate_path.read_bytes())

    @staticmethod
    def _issue(
        key: ec.EllipticCurvePrivateKey, holder: str, issuer: LocalAuthority | None
    ) -> x509.Certificate:
        subject = _x509_name(holder)
        issuer_key = issuer._key if issuer else key  # noqa: SLF001 - the same class
        authority = issuer is None
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer._certificate.subject if issuer else subject)  # noqa: SLF001 - the same class
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_FROM)
            .not_valid_after(_UNTIL)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(_usage(authority=authority), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
            )
        )
        return builder.sign(issuer_key, hashes.SHA256())


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _x509_name(name: str) -> x509.Name:
    """The whole name as organisation; the common name may be 64 bytes long and is cut to that."""
    common_name = name.encode()[:64].decode(errors="ignore")
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "测试证书，不具法律效力"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _subject(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value)


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write_new(path: Path, content: bytes) -> None:
    """Write a file only its owner may read; if another process was first, its file stays.

    It is linked into place when it is whole, so that nobody reads half a key.
    """
    with NamedTemporaryFile(dir=path.parent) as stream:  # made with mode 0600
        stream.write(content)
        stream.flush()
        with suppress(FileExistsError):
            os.link(stream.name, path)
