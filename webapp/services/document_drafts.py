"""Papers that are not issued yet, from what stands in a step's form: to be read before they are signed off.

A step says by its property `preview` which document it leads to: a key of the pack, or, behind `=`, a FEEL
expression that gives one, with the names that conditions of its form see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import forms
from webapp import feel
from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.core.errors import Invalid, Missing
from webapp.queries.facts import scope_of
from webapp.queries.releases import pack_of_case
from webapp.services import documents, markets
from webapp.services.document_facts import document_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from webapp.models.account import Agency
    from webapp.models.case import Case
    from webapp.models.work_item import WorkItem
    from webapp.packs import DocumentSpec

UNNUMBERED = "（登记入册时编定）"
"""Stands where the number in the register of markets will stand."""


def as_pdf(session: Session, item: WorkItem, own: Mapping[str, Any]) -> bytes:
    """Return the document that a step leads to as it would be issued now, marked as a preview, unnumbered.

    Args:
        session: Database session.
        item: The step.
        own: What its form says so far.

    Raises:
        Invalid: If what is filled in so far is not enough; says what is missing.
        Missing: If the step leads to no document.
    """
    spec = _spec(session, item, own)
    return documents.preview(session, item.case, spec, item.agency, _facts(session, item, spec, own))


def as_word(session: Session, item: WorkItem, own: Mapping[str, Any]) -> bytes:
    """Return what `as_pdf` returns as a Word file, for an office that goes on writing by hand.

    Raises:
        Invalid: If what is filled in so far is not enough; says what is missing.
        Missing: If the step leads to no document.
    """
    spec = _spec(session, item, own)
    return documents.in_word(session, item.case, spec, _facts(session, item, spec, own))


def _spec(session: Session, item: WorkItem, own: Mapping[str, Any]) -> DocumentSpec:
    named: object = item.properties.get("preview")
    if isinstance(named, str) and named.startswith("="):
        scope = scope_of(session, item.case)
        try:
            named = feel.evaluate(named[1:], scope | scope["facts"] | forms.to_json(own))
        except feel.FeelError as problem:
            raise Invalid(f"“{item.name}”的公文预览设置有误，请联系系统管理员：{problem}") from problem
    spec = pack_of_case(session, item.case).documents.get(str(named))
    if spec is None:
        raise Missing("这一步没有可以预览的公文。")
    return spec


def _facts(session: Session, item: WorkItem, spec: DocumentSpec, own: Mapping[str, Any]) -> dict[str, Any]:
    facts = document_facts(session, item.case, item.agency, number=None, given={}, forms={item.form_key: own})
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
