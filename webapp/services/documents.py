"""Official documents of a case: facts, number, typesetting, register, and then the seal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

import forms
from webapp import documents as typesetter
from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Invalid, Missing
from webapp.core.identifiers import public_token
from webapp.integrations import sealing, storage
from webapp.models.collaboration import SendBack
from webapp.models.document import Document
from webapp.packs import APPLICANT
from webapp.queries.actors import Actor
from webapp.queries.agencies import agency_of
from webapp.queries.document_stages import disclosure_of
from webapp.queries.number_register import register_of
from webapp.queries.releases import pack_of_case, template_in
from webapp.services import jobs, numbers
from webapp.services.document_facts import document_facts
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.models.account import Agency
    from webapp.models.case import Case
    from webapp.packs import DocumentSpec

SEAL_JOB = "document.seal"


def issue(
    session: Session, case: Case, actor: Actor, *, element_id: str, given: Mapping[str, Any]
) -> Document:
    """Set a document from the case's facts, number it, and put it in line for its seal.

    The number is drawn in this transaction: it exists if, and only if, the document does. When a case went
    back over the step that issued a document, the same document is not issued twice: it stands if it would
    say the same, and else the new one takes its place.

    Args:
        session: Database session; the case row is locked.
        case: The case.
        actor: Who caused it.
        element_id: The service task that asks for it.
        given: As for :func:`addressed`; everything else reaches the template as `参数`.

    Raises:
        Invalid: If a fact is missing or cannot be printed; says which.
    """
    spec, agency, given = addressed(session, case, given)
    earlier = _gone_back_over(session, case, element_id)
    if earlier is not None and _says_the_same(session, case, earlier, spec, given):
        return earlier
    document = make(session, case, actor, spec=spec, agency=agency, element_id=element_id, given=given)
    if earlier is not None:
        _supersede(session, actor, earlier, document)
    return document


def addressed(
    session: Session, case: Case, given: Mapping[str, Any]
) -> tuple[DocumentSpec, Agency, dict[str, Any]]:
    """Return which document a service task asks for, who issues it, and its parameters.

    Args:
        session: Database session.
        case: The case.
        given: `template`, `agency` (key of the issuing agency) and, optional, `recipients` (agency keys);
            `township` among them means the case's own 街道乡镇, under whose key it is returned.
    """
    named = [str(key) for key in given.get("recipients") or []]
    keys = [agency_of(session, case, key).key if key == APPLICANT else key for key in named]
    spec = pack_of_case(session, case).documents[str(given["template"])]
    return spec, agency_of(session, case, str(given["agency"])), {**given, "recipients": keys}


def make(
    session: Session,
    case: Case,
    actor: Actor,
    *,
    spec: DocumentSpec,
    agency: Agency,
    element_id: str,
    given: Mapping[str, Any],
    about: Document | None = None,
) -> Document:
    """Number, set and register a document, and put it in line for its seal.

    Args:
        session: Database session; the case row is locked.
        case: The case.
        actor: Who caused it.
        spec: Which kind of document.
        agency: Who issues it.
        element_id: The step that asks for it; who may read that step may read the document.
        given: Its parameters.
        about: The document that it corrects, or whose delivery it proves.

    Raises:
        Invalid: If a fact is missing or cannot be printed; says which.
    """
    number = _draw_number(session, case, agency, spec)
    facts = document_facts(session, case, agency, number=number[:2] if number else None, given=given)
    token = public_token()
    rendered = _typeset(session, case, spec, facts, agency=agency, token=token)
    document = Document(
        jurisdiction_id=case.jurisdiction_id,
        case_id=case.id,
        market_id=case.market_id,
        agency_id=agency.id,
        template_key=spec.key,
        element_id=element_id,
        title="".join(rendered.head.many("标题")) or spec.title,
        number=number[0] if number else None,
        series=spec.series if number else None,
        year=number[2] if number else None,
        serial=number[1] if number else None,
        about_id=about.id if about else None,
        issued_on=beijing_date(time.now()),
        issued_at=time.now(),
        token=token,
        facts=forms.to_json(facts),
        outline=[list(part) for part in rendered.outline],
        seal_boxes=[asdict(box) for box in rendered.seal_boxes],
        pages=rendered.pages,
        unsigned_sha256=storage.put(rendered.pdf),
        disclosure=disclosure_of(session, case, agency, rendered.head.one("公开属性")),
        retention=rendered.head.one("保管期限") or None,
        recipients=[str(key) for key in given.get("recipients") or []],
    )
    session.add(document)
    session.flush()
    jobs.enqueue(
        session,
        SEAL_JOB,
        {"document_id": str(document.id)},
        dedup=f"{SEAL_JOB}:{document.id}",
        jurisdiction_id=case.jurisdiction_id,
    )
    record(
        session,
        "document.issued",
        actor=actor,
        case=case,
        document=document,
        data={"number": document.number, "template": spec.key, "sha256": document.unsigned_sha256},
    )
    return document


def _gone_back_over(session: Session, case: Case, element_id: str) -> Document | None:
    """Return the document in force that a step issued before the case was sent back over it."""
    newest = session.scalar(
        select(Document)
        .where(
            Document.case_id == case.id,
            Document.element_id == element_id,
            Document.about_id.is_(None),
            Document.status.in_(("typeset", "issued", "corrected")),
        )
        .order_by(Document.id.desc())
        .limit(1)
    )
    if newest is None:
        return None
    back = select(SendBack.id).where(SendBack.case_id == case.id, SendBack.id > newest.id)
    return newest if session.scalar(back.limit(1)) is not None else None


def _says_the_same(
    session: Session, case: Case, earlier: Document, spec: DocumentSpec, given: Mapping[str, Any]
) -> bool:
    """Tell whether a document would read as it does, set today with its own number and date."""
    number = (earlier.number, int(earlier.facts["文"]["序号"])) if earlier.number else None
    facts = document_facts(session, case, earlier.agency, number=number, given=given)
    facts["文"] |= {"年": earlier.issued_on.year, "日期": earlier.issued_on}
    rendered = _typeset(session, case, spec, facts, agency=earlier.agency, token=earlier.token)
    return [list(part) for part in rendered.outline] == earlier.outline


def _supersede(session: Session, actor: Actor, earlier: Document, document: Document) -> None:
    earlier.status, earlier.status_at = "superseded", time.now()
    record(
        session,
        "document.superseded",
        actor=actor,
        case=document.case,
        document=earlier,
        data={"number": earlier.number, "by": document.number, "reason": "更正"},
    )


def preview(
    session: Session, case: Case, spec: DocumentSpec, agency: Agency, facts: Mapping[str, Any]
) -> bytes:
    """Return a document as it would be issued with these facts, marked as a preview.

    Raises:
        Invalid: If a fact is missing or cannot be printed; says which.
    """
    return _typeset(session, case, spec, facts, agency=agency, token=None).pdf


def in_word(session: Session, case: Case, spec: DocumentSpec, facts: Mapping[str, Any]) -> bytes:
    """Return a document with these facts as a Word file.

    Raises:
        Invalid: If a fact is missing or cannot be printed; says which.
    """
    return _in_word(session, case, spec.title, spec.template, facts)


def word_of(session: Session, document: Document) -> bytes:
    """Return a document as a Word file: the same template, filled with the facts that it was set from.

    Raises:
        Invalid: If an older version of the program could print facts that this one cannot.
    """
    spec = pack_of_case(session, document.case).documents.get(document.template_key)
    template = spec.template if spec else document.template_key
    return _in_word(session, document.case, document.title, template, document.facts)


def seal(session: Session, document_id: UUID, sealed: bytes) -> None:
    """Put a document out: its holders compare with this file from now on.

    A paper without a place for a seal goes out as it is, and nobody is told that it was sealed.
    """
    document = session.get_one(Document, document_id)
    if document.status != "typeset":
        return
    document.sha256 = storage.put(sealed)
    document.status = "issued"
    if not document.seal_boxes:
        return
    document.sealed_at = time.now()
    record(
        session,
        "document.sealed",
        actor=Actor.system(document.jurisdiction_id),
        case=document.case,
        document=document,
        data={"sha256": document.sha256},
    )


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A document that waits for its seal, with all that sealing needs, so that no transaction stays open."""

    pdf: bytes
    boxes: tuple[typesetter.SealBox, ...]
    agency_key: str
    agency_name: str
    issued_at: datetime

    def sealed(self) -> bytes:
        """Return the file with its seal; it may take long and call another machine.

        Raises:
            SigningError: If it cannot be sealed.
        """
        if not self.boxes:
            return self.pdf
        return sealing.seal(
            self.pdf,
            self.boxes,
            agency_key=self.agency_key,
            agency_name=self.agency_name,
            when=self.issued_at,
        )


def unsealed(session: Session, document_id: UUID) -> Unsealed | None:
    """Return a document that waits for its seal; `None` if it carries it already."""
    document = session.get_one(Document, document_id)
    if document.status != "typeset":
        return None
    return Unsealed(
        pdf=storage.get(document.unsigned_sha256),
        boxes=tuple(typesetter.SealBox(**box) for box in document.seal_boxes),
        agency_key=document.agency.key,
        agency_name=document.agency.name,
        issued_at=document.issued_at,
    )


def file_of(document: Document) -> bytes:
    """Return a document's file: with its seal, or, while that is being made, without."""
    return storage.get(document.sha256 or document.unsigned_sha256)


def latest_id(session: Session, case: Case) -> UUID | None:
    """Return the document that a case issued last."""
    return session.scalar(
        select(Document.id)
        .where(Document.case_id == case.id)
        .order_by(Document.issued_at.desc(), Document.id.desc())
        .limit(1)
    )


def looked_at(session: Session, token: str) -> Document:
    """Count a look at the verification page of a document that exists, and return it as it is then."""
    session.execute(update(Document).where(Document.token == token).values(look_ups=Document.look_ups + 1))
    return session.scalars(select(Document).where(Document.token == token)).one()


def _draw_number(
    session: Session, case: Case, agency: Agency, spec: DocumentSpec
) -> tuple[str, int, int] | None:
    """Draw `通人社函〔2026〕3号` from the register of agency, series and year; with number and year apart."""
    if not spec.series:
        return None
    if not agency.document_code:
        raise Missing(f"{agency.name}没有设置机关代字，不能编号。请联系系统管理员。")
    year = beijing_date(time.now()).year
    value = numbers.draw(session, case.jurisdiction_id, register_of(agency.key, spec.series), year)
    return f"{agency.document_code}{spec.series}〔{year}〕{value}号", value, year


def _in_word(session: Session, case: Case, title: str, template: str, facts: Mapping[str, Any]) -> bytes:
    try:
        return typesetter.to_word(template_in(pack_of_case(session, case), template), facts)
    except typesetter.DocumentError as problem:
        raise Invalid(f"《{title}》不能生成 Word 稿：{problem}") from problem


def _typeset(
    session: Session,
    case: Case,
    spec: DocumentSpec,
    facts: Mapping[str, Any],
    *,
    agency: Agency,
    token: str | None,
) -> typesetter.Rendered:
    template = template_in(pack_of_case(session, case), spec.template)
    places = (typesetter.SealPlace(agency.key, float(agency.seal_diameter_mm or 42)),) if token else ()
    try:
        return typesetter.render(
            template,
            facts,
            verify_url=sealing.verification_address(token) if token else None,
            seals=places,
            preview=token is None,
        )
    except typesetter.DocumentError as problem:
        raise Invalid(f"《{spec.title}》不能生成：{problem}") from problem
