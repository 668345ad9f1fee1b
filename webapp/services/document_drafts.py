"""Papers that are not issued yet, from what stands in a step's form: to be read before they are signed off.

A step says by its property `preview` which documents it leads to: a key of the pack, or, behind `=`, a FEEL
expression with the names that conditions of its form see. The expression gives a key; or an answer, such as
`{pass: true}`: then the step is tried out with it, and its papers are those that it would put out at once.
"""

from __future__ import annotations

import io
import zipfile
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import forms
from webapp import documents as typesetter
from webapp import engine, feel
from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Invalid, Missing
from webapp.queries.facts import scope_of
from webapp.queries.releases import pack_of_case
from webapp.services import documents, markets, steps
from webapp.services.document_facts import document_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from webapp.models.account import Agency
    from webapp.models.case import Case
    from webapp.models.work_item import WorkItem
    from webapp.packs import DocumentSpec

UNNUMBERED = "（登记入册时编定）"
"""Stands where the number in the register of markets will stand."""


@dataclass(frozen=True, slots=True)
class _Draft:
    spec: DocumentSpec
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class WordDraft:
    """Papers for Word: one file, or several packed into one archive.

    Attributes:
        content: The file.
        packed: Whether it is a ZIP archive of several.
    """

    content: bytes
    packed: bool


def as_pdf(session: Session, item: WorkItem, own: Mapping[str, Any]) -> bytes:
    """Return the documents that a step leads to as they would be issued now, marked as a preview, unnumbered.

    Several stand one after the other.

    Args:
        session: Database session.
        item: The step.
        own: What its form says so far.

    Raises:
        Invalid: If what is filled in so far is not enough; says what is missing.
        Missing: If the step leads to no document.
    """
    drafts = _drafts(session, item, own)
    return typesetter.joined(
        [documents.preview(session, item.case, draft.spec, item.agency, draft.facts) for draft in drafts]
    )


def as_word(session: Session, item: WorkItem, own: Mapping[str, Any]) -> WordDraft:
    """Return what `as_pdf` returns for Word, for an office that goes on writing by hand.

    Raises:
        Invalid: If what is filled in so far is not enough; says what is missing.
        Missing: If the step leads to no document.
    """
    drafts = _drafts(session, item, own)
    files = [documents.in_word(session, item.case, draft.spec, draft.facts) for draft in drafts]
    if len(files) == 1:
        return WordDraft(files[0], packed=False)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (draft, file) in enumerate(zip(drafts, files, strict=True), start=1):
            archive.writestr(f"{number}. {draft.spec.title}.docx", file)
    return WordDraft(stream.getvalue(), packed=True)


def _drafts(session: Session, item: WorkItem, own: Mapping[str, Any]) -> list[_Draft]:
    """Return the papers with what they would say.

    Raises:
        Missing: If there is none.
    """
    scope = scope_of(session, item.case)
    named = _named(item, scope, own)
    pack = pack_of_case(session, item.case)
    if isinstance(named, Mapping):
        asked = [
            documents.addressed(session, item.case, given)
            for given in _put_out(session, item, scope, {**own, **named})
        ]
        found = [(spec, given) for spec, agency, given in asked if agency.id == item.agency_id]
    else:
        found = [(spec, {}) for key, spec in pack.documents.items() if key == named]
    if not found:
        raise Missing("这一步没有可以预览的公文。")
    return [_Draft(spec, _facts(session, item, spec, own, given)) for spec, given in found]


def _named(item: WorkItem, scope: Mapping[str, Any], own: Mapping[str, Any]) -> object:
    """Return what a step's property says: a key, or an answer to try."""
    named: object = item.properties.get("preview")
    if not isinstance(named, str) or not named.startswith("="):
        return named
    try:
        return feel.evaluate(named[1:], {**scope, **scope["facts"], **forms.to_json(own)})
    except feel.FeelError as problem:
        raise Invalid(f"“{item.name}”的公文预览设置有误，请联系系统管理员：{problem}") from problem


def _put_out(
    session: Session, item: WorkItem, scope: Mapping[str, Any], answer: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """Try a step out in memory; yield the parameters of each document on the way to where people wait again.

    Effects are not performed: what they would answer is null.
    """
    said = {**scope, "facts": {**scope["facts"], item.form_key: answer}}
    try:
        run = steps.resumed(session, item.case, said)
        waiting = deque(run.complete(item.task_id, steps.result_of(item, forms.to_json(answer))).effects)
        while waiting:
            effect = waiting.popleft()
            if effect.operator == "issue_document":
                yield effect.parameters
            waiting.extend(run.deliver(effect.task_id, {}).effects)
    except (engine.EngineError, feel.FeelError) as problem:
        raise Invalid(f"“{item.name}”的文稿还不能生成：{problem}") from problem


def _facts(
    session: Session,
    item: WorkItem,
    spec: DocumentSpec,
    own: Mapping[str, Any],
    given: Mapping[str, Any],
) -> dict[str, Any]:
    said = {item.form_key: own}
    facts = document_facts(session, item.case, item.agency, number=None, given=given, forms=said)
    facts["文"]["字号"] = _open_number(item.agency, spec)
    facts["市场"] |= _future_entry(session, item.case, facts["表"])
    return facts


def _open_number(agency: Agency, spec: DocumentSpec) -> str | None:
    """Return the 发文字号 with its serial number left open, as it stands on a draft."""
    if not spec.series or not agency.document_code:
        return None
    return f"{agency.document_code}{spec.series}〔{beijing_date(time.now()).year}〕　号"


def _future_entry(session: Session, case: Case, said: Mapping[str, Any]) -> dict[str, str]:
    """Return what the register will say of a proposed market once it is recognised.

    Policy: TZ-3.1
    """
    market, spec = case.market, pack_of_case(session, case).market
    if market is None or spec is None or market.status != "proposed":
        return {}
    short = said.get(spec.opinion_form, {}).get("market_short_name")
    name = markets.official_name(session, case, str(short), market.kind) if short else market.name
    return {"名称": name, "编号": market.no or UNNUMBERED}
