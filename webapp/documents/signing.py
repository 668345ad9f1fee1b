"""Sealing and signing (PAdES) and checking signatures. The visible appearance is the vector seal."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asn1crypto import algos, tsp
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, InnerScaling, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.general import SigningError as PyHankoSigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from webapp.core.clock import utc
from webapp.documents.errors import SigningError
from webapp.documents.field_tags import FIELD_NAME, tag_fields
from webapp.documents.geometry import MM
from webapp.documents.seals import TEST_LABEL, seal_image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from pyhanko.pdf_utils.writer import BasePdfFileWriter
    from pyhanko.sign.signers.pdf_signer import PdfSigningSession
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

    from webapp.documents.authority import Signer
    from webapp.documents.flow import SealBox

_FIELD = "Seal_{}"
_DER_OVERHEAD = 16
_ATTRIBUTES = 2048
"""More than all takes up, in DER, that a signature holds besides certificates and the signature itself."""
# pyHanko would keep a margin of 5 points and print a seal of 42 mm with 38 mm.
_FILLED = SimpleBoxLayoutRule(
    x_align=AxisAlignment.ALIGN_MID,
    y_align=AxisAlignment.ALIGN_MID,
    inner_content_scaling=InnerScaling.STRETCH_TO_FIT,
)


class _Seal(PdfContent):
    """The drawn seal as the appearance of a signature."""

    def __init__(self, drawing: bytes) -> None:
        super().__init__()
        self._drawing = drawing

    def render(self) -> bytes:
        writer: BasePdfFileWriter = self._ensure_writer
        page = writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._drawing)))
        self.resources.xobject["/Seal"] = page
        x0, y0, x1, y1 = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(x1 - x0), height=abs(y1 - y0))
        return b"/Seal Do"


class _Adapter(signers.Signer):
    """Lets pyHanko sign with any :class:`Signer`."""

    def __init__(self, signer: Signer) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        own, *others = (asn1_x509.Certificate.load(der) for der in signer.certificates)
        store.register_multiple(others)
        super().__init__(
            signing_cert=own,
            cert_registry=store,
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": signer.mechanism}),
        )
        self._signer = signer
        key = own.public_key
        # An ECDSA signature is two integers in DER; an RSA signature is as long as the key.
        self._longest: int = 2 * key.byte_size + _DER_OVERHEAD if key.algorithm == "ec" else key.byte_size

    @property
    def room(self) -> int:
        """Hexadecimal digits to leave for the signature; pyHanko would find out by making it once before."""
        certificates = sum(len(der) for der in self._signer.certificates)
        return 2 * (certificates + self._longest + _ATTRIBUTES)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002, ARG002 - pyHanko's signature
        """Sign, once: pyHanko asks first how long it will be, and a device or a service is not asked that."""
        return bytes(self._longest) if dry_run else self._signer.sign_bytes(data)


class _PdfSigner(signers.PdfSigner):
    """Signs at the instant of the caller's clock instead of the machine's."""

    when: datetime

    def init_signing_session(
        self,
        pdf_out: BasePdfFileWriter,
        existing_fields_only: bool = False,  # noqa: FBT001, FBT002 - pyHanko's signature
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.when
        return session


class _TimeStamper(timestamps.TimeStamper):
    """Lets pyHanko ask any RFC 3161 service for a time stamp."""

    def __init__(self, ask: Callable[[bytes], bytes]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._ask = ask

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        try:
            return tsp.TimeStampResp.load(self._ask(req.dump()))
        except (OSError, ValueError) as problem:
            raise timestamps.TimestampRequestError(str(problem)) from problem


def sign(
    pdf: bytes,
    boxes: Sequence[SealBox],
    signer: Signer,
    when: datetime,
    *,
    time_stamps: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """Seal and sign a document for one agency.

    The first signature certifies the document: later ones may be added, nothing else may change.

    Args:
        pdf: The document as rendered, or as signed by other agencies.
        boxes: Seal boxes of the document; the one of the signer's agency is used.
        signer: Who signs.
        when: Instant of signing, time-zone aware.
        time_stamps: Asks a time-stamping authority: the DER of an RFC 3161 request in, of the answer out.
            It raises `OSError` when it cannot be reached. Without one, the signature carries no time stamp.

    Raises:
        SigningError: If the document has no place for this agency's seal, carries it already, cannot be
            read, or no time stamp is given for it.
    """
    box = next((box for box in boxes if box.agency_key == signer.agency_key), None)
    if box is None:
        raise SigningError(f"文件上没有为“{signer.seal_name}”留出印章位置。", field=signer.agency_key)
    try:
        return _sign(pdf, box, boxes, signer, utc(when), time_stamps)
    except timestamps.TimestampRequestError as problem:
        message = f"无法加盖印章“{signer.seal_name}”：没有取得时间戳（{problem}）。"
        raise SigningError(message, field=signer.agency_key) from problem
    except (PdfError, PyHankoSigningError, OSError) as problem:
        message = f"无法加盖印章“{signer.seal_name}”：{problem}"
        raise SigningError(message, field=signer.agency_key) from problem


def _sign(  # noqa: PLR0917 - all that a signature is made of
    pdf: bytes,
    box: SealBox,
    boxes: Sequence[SealBox],
    signer: Signer,
    when: datetime,
    time_stamps: Callable[[bytes], bytes] | None,
) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    name = _FIELD.format(signer.agency_key)
    signed = [signature.field_name for signature in writer.prev.embedded_signatures]
    if name in signed:
        raise SigningError(f"文件已经加盖“{signer.seal_name}”印章。", field=signer.agency_key)
    if not signed:
        # The certifying signature forbids new fields, so every place is laid out before it.
        for other in boxes:
            fields.append_signature_field(writer, _field(other))
        tag_fields(writer)
    label = TEST_LABEL if signer.is_test else ""
    drawing = seal_image(signer.seal_name, round((box.x1 - box.x0) / MM, 2), label=label)
    metadata = signers.PdfSignatureMetadata(
        field_name=name,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=f"加盖电子印章（{TEST_LABEL}）" if signer.is_test else "加盖电子印章",
        name=signer.seal_name,
        certify=not signed,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
    )
    adapter = _Adapter(signer)
    pdf_signer = _PdfSigner(
        metadata,
        signer=adapter,
        timestamper=_TimeStamper(time_stamps) if time_stamps else None,
        stamp_style=StaticStampStyle(
            background=_Seal(drawing),
            background_layout=_FILLED,
            border_width=0,
            background_opacity=1.0,
        ),
    )
    pdf_signer.when = when
    room = None if time_stamps else adapter.room  # how long the stamp will be, only its authority knows
    return bytes(pdf_signer.sign_pdf(writer, existing_fields_only=True, bytes_reserved=room).getvalue())


def _field(box: SealBox) -> fields.SigFieldSpec:
    return fields.SigFieldSpec(
        _FIELD.format(box.agency_key),
        on_page=box.page - 1,
        box=(box.x0, box.y0, box.x1, box.y1),  # type: ignore[arg-type]  # PDF takes decimals
        readable_field_name=FIELD_NAME,
    )


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """One signature of a document.

    Attributes:
        signer: Name in the certificate.
        issuer: Who issued it.
        signed_at: Instant that the signature claims, UTC.
        intact: The signed bytes are unchanged and the signature is right.
        trusted: The certificate leads to a trusted root.
        stamped_at: Instant of a time stamp that holds, UTC; `None` if there is none.
    """

    signer: str
    issuer: str
    signed_at: datetime | None
    intact: bool
    trusted: bool
    stamped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking a document found.

    Attributes:
        intact: It carries at least one signature, and nothing was changed after signing.
        trusted: All signatures lead to a trusted root as well.
        signatures: Every signature, in order of signing.
        message: The finding in one Chinese sentence.
        damaged: The file could not be read at all: it is broken, or no PDF.
    """

    intact: bool
    trusted: bool
    signatures: tuple[SignatureCheck, ...]
    message: str
    damaged: bool = False

    @property
    def signer(self) -> str:
        """Names of all who signed, joined with 、."""
        return "、".join(signature.signer for signature in self.signatures)


def verify(pdf: bytes, roots: Iterable[bytes] = ()) -> Verification:
    """Check all signatures of a document. Never raises: a damaged file is a finding.

    Args:
        pdf: The file.
        roots: DER certificates of the trusted roots.
    """
    trust = [asn1_x509.Certificate.load(der) for der in roots]
    try:
        embedded = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        checks = tuple(_check(signature, trust) for signature in embedded)
    except Exception:  # noqa: BLE001 - damaged bytes fail in as many ways as there are bytes
        return Verification(False, False, (), "文件已损坏或被改动，无法验证签名。", damaged=True)
    if not checks:
        return Verification(False, False, (), "文件没有电子签名。")
    intact = all(check.intact for check in checks)
    trusted = intact and all(check.trusted for check in checks)
    if not intact:
        message = "文件在签名后被改动。"
    elif not trusted:
        message = "文件未被改动，但签名证书不在本平台信任的范围内。"
    else:
        message = "文件未被改动，签名有效。"
    return Verification(intact, trusted, checks, message)


def _check(signature: EmbeddedPdfSignature, trust: Sequence[asn1_x509.Certificate]) -> SignatureCheck:
    claimed = signature.self_reported_timestamp
    context = ValidationContext(
        trust_roots=list(trust), allow_fetching=False, moment=claimed, best_signature_time=claimed
    )
    status = validate_pdf_signature(signature, context)
    certificate, stamp = status.signing_cert, status.timestamp_validity
    stamped = stamp is not None and stamp.intact and stamp.valid
    return SignatureCheck(
        signer=_holder(certificate.subject.native),
        issuer=_holder(certificate.issuer.native),
        signed_at=utc(claimed) if claimed else None,
        intact=bool(status.intact and status.valid and status.docmdp_ok and (stamp is None or stamped)),
        trusted=bool(status.trusted),
        stamped_at=utc(stamp.timestamp) if stamp is not None and stamped else None,
    )


def _holder(name: Mapping[str, str]) -> str:
    """Who a certificate belongs to: the organisation, else the common name."""
    return str(name.get("organization_name") or name.get("common_name") or "")
