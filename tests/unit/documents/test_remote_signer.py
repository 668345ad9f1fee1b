"""A device (PKCS#11) or a remote service signs through the same protocol, asked once for each seal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from webapp import documents
from webapp.documents import Signer, SigningError

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class Device:
    """Holds a key that never leaves it; all that comes out is a signature."""

    def __init__(self, kind):
        rsa_key = kind == "rsa"
        self._key = (
            rsa.generate_private_key(65537, 2048) if rsa_key else ec.generate_private_key(ec.SECP384R1())
        )
        name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "演示认证机构")])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(7)
            .not_valid_before(AT - timedelta(days=1))
            .not_valid_after(AT + timedelta(days=1))
            .add_extension(
                x509.KeyUsage(True, True, *([False] * 7)),
                critical=True,
            )
            .sign(self._key, hashes.SHA256())
            .public_bytes(serialization.Encoding.DER)
        )
        self.asked = 0

    def sign(self, data):
        self.asked += 1
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


class DeviceSigner:
    """What an office writes for its provider: the six names of the protocol."""

    is_test = False

    def __init__(self, device, mechanism, agency_key, seal_name):
        self._device, self.mechanism = device, mechanism
        self.agency_key, self.seal_name = agency_key, seal_name
        self.certificates = (device.certificate,)

    def sign_bytes(self, data):
        return self._device.sign(data)


@pytest.fixture(scope="module")
def letter():
    return documents.render_sample("信函")


@pytest.mark.parametrize(("kind", "mechanism"), [("rsa", "sha256_rsa"), ("ec", "sha256_ecdsa")])
def test_a_device_signs_once_and_the_file_verifies(letter, kind, mechanism):
    device = Device(kind)
    signer: Signer = DeviceSigner(device, mechanism, letter.seal_boxes[0].agency_key, letter.seal_names[0])
    sealed = documents.sign(letter.pdf, letter.seal_boxes, signer, AT)
    assert device.asked == 1
    found = documents.verify(sealed, [device.certificate])
    assert (found.intact, found.trusted) == (True, True)
    assert not documents.verify(sealed).trusted


def test_a_device_that_fails_gives_no_seal(letter):
    class Unplugged(Device):
        def sign(self, data):
            raise OSError("token not present")

    signer = DeviceSigner(
        Unplugged("rsa"), "sha256_rsa", letter.seal_boxes[0].agency_key, letter.seal_names[0]
    )
    with pytest.raises(SigningError, match="”：token not present"):
        documents.sign(letter.pdf, letter.seal_boxes, signer, AT)
