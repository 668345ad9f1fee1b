"""RFC 3161: a seal carries the stamp of an authority that answers, and there is no seal without it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from webapp import documents
from webapp.documents import SigningError
from webapp.integrations import sealing

STAMPED = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
SIGNED = datetime(2026, 11, 21, 8, 29, tzinfo=UTC)


def authority():
    """A time-stamping authority with a key of its own."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "测试时间戳服务")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(STAMPED - timedelta(days=1))
        .not_valid_after(STAMPED + timedelta(days=1))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return DummyTimeStamper(
        asn1_x509.Certificate.load(der),
        asn1_keys.PrivateKeyInfo.load(private),
        fixed_dt=STAMPED,
    )


class Answers(BaseHTTPRequestHandler):
    """Answers as RFC 3161 says, or as `mode` says."""

    def do_POST(self):
        self.server.asked.append(self.headers["Content-Type"])
        request = self.rfile.read(int(self.headers["Content-Length"]))
        content, kind = b"<html>", "text/html"
        if self.server.mode == "stamps":
            answer = self.server.tsa.request_tsa_response(tsp.TimeStampReq.load(request))
            content, kind = answer.dump(), "application/timestamp-reply"
        self.send_response(503 if self.server.mode == "busy" else 200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    running = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    running.tsa, running.mode, running.asked = authority(), "stamps", []
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def seal(server, tmp_path):
    """Seal a sample letter with the installation's own authority and this time-stamping server."""
    before = sealing._Installed.sealing
    url = f"http://127.0.0.1:{server.server_port}/tsa"
    sealing.install(sealing.Sealing(tmp_path / "seals", "https://example.test", url))
    made = documents.render_sample("信函")
    (box,) = made.seal_boxes

    def sealed():
        return sealing.seal(
            made.pdf, made.seal_boxes, agency_key=box.agency_key, agency_name=made.seal_names[0], when=SIGNED
        )

    yield sealed
    if before is not None:
        sealing.install(before)


def test_a_seal_carries_the_stamp_of_the_authority(server, seal):
    (signature,) = sealing.check(seal()).signatures
    assert (signature.intact, signature.trusted) == (True, True)
    assert (signature.signed_at, signature.stamped_at) == (SIGNED, STAMPED)
    assert set(server.asked) == {"application/timestamp-query"}


def test_without_an_authority_there_is_no_stamp(seal, tmp_path):
    sealing.install(sealing.Sealing(tmp_path / "seals", "https://example.test"))
    (signature,) = sealing.check(seal()).signatures
    assert (signature.intact, signature.stamped_at) == (True, None)


@pytest.mark.parametrize("mode", ["busy", "odd"])
def test_there_is_no_seal_when_the_stamp_is_not_given(server, seal, mode):
    server.mode = mode
    with pytest.raises(SigningError, match="没有取得时间戳"):
        seal()


def test_a_stamped_file_that_is_changed_is_found(seal):
    pdf = seal()
    place = len(pdf) // 4
    changed = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
    assert not sealing.check(changed).intact
