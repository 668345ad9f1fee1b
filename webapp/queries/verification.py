"""活证照: whether a document or a file is genuine, and what its state is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from webapp.core.clock import beijing_date, official_date
from webapp.models.document import Document
from webapp.queries.document_deliveries import delivered_on
from webapp.queries.document_life import corrections_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from webapp.documents import Verification as SignatureFinding

_STATES = {
    "typeset": ("正在用印，请稍后再查", "warn"),
    "issued": ("有效", "ok"),
    "corrected": ("有效，内容有更正", "warn"),
    "revoked": ("已撤销", "bad"),
    "superseded": ("已被新的公文替代", "warn"),
}
_MARKET_STATES = {
    "recognised": "已认定，在名录中",
    "refused": "未予认定",
    "proposed": "办理中",
    "dropped": "申请已撤回",
    "left": "已移出名录",
}
_CORRECTED = "内容有更正，请与更正通知{numbers}一并使用。"
_NOT_SEALED = "本公文不加盖电子印章，由文中所列人员签字。"
_NO_LONGER = {
    "revoked": ("公文已撤销", "公文已不再有效，请勿使用。", "bad"),
    "superseded": ("公文已被新的公文替代", "请以新的公文为准，可以向发文单位索取。", "warn"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found, in words for everybody.

    Attributes:
        heading: The finding.
        text: What it means and what to do.
        tone: ``ok``, ``warn`` or ``bad``.
    """

    heading: str
    text: str
    tone: str


_REGISTERING = Verdict("公文正在登记", "登记完成前还不能核验，请稍后再查。", "warn")


@dataclass(frozen=True, slots=True)
class Verification:
    """What the public is told of a document. No content, no personal data."""

    genuine: bool
    title: str
    number: str | None
    agency: str
    issued_at: datetime
    state_label: str
    tone: str
    verdict: Verdict
    bears_seal: bool
    sha256: str | None
    token: str
    market: str | None
    looked_up_count: int
    is_demo: bool
    life: list[tuple[str, date]]
    """What became of it and when, by Beijing date: 用印, 送达, 更正, 撤销, 被替代."""


@dataclass(frozen=True, slots=True)
class FileVerification:
    """What checking a file found.

    Attributes:
        verdict: The finding.
        document: The registered document that the file is, or claims to be; `None` if there is none.
    """

    verdict: Verdict
    document: Verification | None


def by_token(session: Session, token: str) -> Document | None:
    """Return the document behind a verification address."""
    return session.scalar(select(Document).where(Document.token == token))


def by_content(session: Session, sha256: str) -> Document | None:
    """Return the document that has this file, with its seal or as it was before."""
    same = or_(Document.sha256 == sha256, Document.unsigned_sha256 == sha256)
    return session.scalar(select(Document).where(same))


def verification(session: Session, document: Document) -> Verification:
    """Return what the public is told of a document."""
    label, tone = _STATES[document.status]
    market = document.case.market
    corrections = corrections_of(session, document) if document.status == "corrected" else []
    return Verification(
        genuine=True,
        title=document.title,
        number=document.number,
        agency=document.agency.name,
        issued_at=document.issued_at,
        state_label=label,
        tone=tone,
        verdict=_of_left_market(_corrected(_document_verdict(document), corrections), document),
        bears_seal=bool(document.seal_boxes),
        sha256=document.sha256,
        token=document.token,
        market=f"{market.name}（{_MARKET_STATES[market.status]}）" if market else None,
        looked_up_count=document.look_ups,
        is_demo=document.case.is_demo,
        life=_life(session, document, corrections),
    )


def file_verification(
    session: Session, sha256: str, checked: SignatureFinding, token: str | None = None
) -> FileVerification:
    """Return what is told of a file that somebody holds.

    Args:
        session: Database session.
        sha256: Hash of the file, in hexadecimal.
        checked: What checking its signatures found.
        token: Of the document whose code was scanned before, if one was; a wrong one is ignored.
    """
    expected = by_token(session, token) if token else None
    found = by_content(session, sha256)
    if expected is not None and found is not expected:
        return FileVerification(_other_file(checked, found), verification(session, expected))
    if found is None:
        return FileVerification(_unknown_file(checked), None)
    corrections = corrections_of(session, found) if found.status == "corrected" else []
    known = _known_file(found, sha256, checked)
    verdict = _of_left_market(_corrected(known, corrections), found) if known.tone == "ok" else known
    return FileVerification(verdict, verification(session, found))


def _life(session: Session, document: Document, corrections: Sequence[Document]) -> list[tuple[str, date]]:
    """Return dated stages; who acted and who received it is nobody's business here."""
    delivered = delivered_on(session, document)
    found = [("用印", beijing_date(document.sealed_at))] if document.sealed_at else []
    found += [("送达", delivered)] if delivered else []
    found += [(f"更正（{notice.number}）", notice.issued_on) for notice in corrections]
    ended = {"revoked": "撤销", "superseded": "被替代"}.get(document.status)
    if ended and document.status_at:
        found.append((ended, beijing_date(document.status_at)))
    return found


def _corrected(verdict: Verdict, corrections: Sequence[Document]) -> Verdict:
    if not corrections:
        return verdict
    numbers = "".join(f"（{notice.number}）" for notice in corrections)
    return Verdict(f"{verdict.heading}，内容有更正", _CORRECTED.format(numbers=numbers), "warn")


def _of_left_market(verdict: Verdict, document: Document) -> Verdict:
    """Say it first if the market that a paper is about has left the directory since it was issued."""
    market = document.case.market
    if market is None or market.left_on is None or beijing_date(document.issued_at) > market.left_on:
        return verdict
    day = official_date(market.left_on)
    return Verdict(
        f"{verdict.heading}，但市场已移出名录", f"{verdict.text}所涉及的市场已于{day}移出名录。", "warn"
    )


def _document_verdict(document: Document) -> Verdict:
    if document.status == "typeset" and not document.seal_boxes:
        return _REGISTERING
    if document.status == "typeset":
        return Verdict("公文已登记，正在用印", "用印完成前，手中的文件还不是正式公文。请稍后再查。", "warn")
    if document.status in _NO_LONGER:
        heading, text, tone = _NO_LONGER[document.status]
        return Verdict(f"公文真实，但{heading.removeprefix('公文')}", text, tone)
    if document.seal_boxes:
        return Verdict("本系统签发的真实公文", "公文现行有效。", "ok")
    return Verdict("本系统登记的真实公文", f"公文现行有效。{_NOT_SEALED}", "ok")


def _known_file(document: Document, sha256: str, checked: SignatureFinding) -> Verdict:
    """Say what a file is whose bytes are those of a registered document."""
    if sha256 != document.sha256:
        return _file_before_sealing(document)
    if document.status in _NO_LONGER:
        heading, text, tone = _NO_LONGER[document.status]
        return Verdict(f"文件真实，但{heading}", f"文件与登记的原件逐字节一致。{text}", tone)
    if not document.seal_boxes:
        return Verdict("文件真实，公文有效", f"文件与登记的原件逐字节一致。{_NOT_SEALED}", "ok")
    if not checked.trusted:
        return Verdict(
            "文件与原件一致，但电子签名未通过验证", f"{checked.message}请联系发文单位核实。", "warn"
        )
    return Verdict("文件真实，公文有效", "文件与签发时的原件逐字节一致，电子签名有效。", "ok")


def _file_before_sealing(document: Document) -> Verdict:
    if not document.seal_boxes:
        return _REGISTERING
    if document.status == "typeset":
        return Verdict(
            "公文正在用印", "文件内容与登记的一致，但还没有加盖印章。请在用印后下载正式文件。", "warn"
        )
    return Verdict(
        "这是用印前的文件",
        "文件内容与登记的一致，但没有加盖印章，不能作为正式公文使用。请使用用印后的文件。",
        "warn",
    )


def _other_file(checked: SignatureFinding, found: Document | None) -> Verdict:
    """Say what a file is that is not the document whose code was scanned."""
    if found is not None:
        return Verdict(
            "文件是另一份公文",
            f"文件是登记过的《{found.title}》，不是二维码所对应的公文。二维码对应的公文如下。",
            "warn",
        )
    altered = checked.signatures and not checked.intact
    why = "文件在签名后被改动过" if altered else "文件被改动过、另存过，或者不是同一份公文"
    return Verdict(
        "文件与这份公文的原件不一致",
        f"{why}，不能采信。二维码所对应的公文如下，请以发文单位提供的原件为准。",
        "bad",
    )


def _unknown_file(checked: SignatureFinding) -> Verdict:
    """Say what a file is that no registered document has."""
    if checked.damaged:
        return Verdict("无法读取文件", "文件已损坏，或者不是 PDF 文件，无法核验。请使用原始文件。", "bad")
    if not checked.signatures:
        return Verdict(
            "未查到这份文件",
            "文件没有电子签名，也与本系统登记的公文都不一致：可能被改动过、另存过，也可能不是本系统的公文。"
            "手中有纸质公文的，请扫描公文上的二维码核验。",
            "bad",
        )
    if not checked.intact:
        return Verdict("文件被改动过", "文件在加盖电子印章后被改动，不能采信。请向发文单位索取原件。", "bad")
    if not checked.trusted:
        return Verdict("不是本系统签发的文件", "文件的电子签名不是由本系统作出的，无法证明真伪。", "bad")
    return Verdict(
        "未查到这份文件",
        "文件带有本系统的电子签名，但与登记的公文都不完全一致，可能追加过内容。请使用原始文件核验。",
        "bad",
    )
