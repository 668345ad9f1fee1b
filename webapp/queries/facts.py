"""The facts of a case: the newest submission of each form, and what expressions may see of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm import joinedload

import forms
from webapp.core.clock import beijing_date
from webapp.models.decision import Decision
from webapp.models.work_item import Submission
from webapp.queries.market_records import records_scope
from webapp.queries.releases import definition_of, form_of, pack_of_case
from webapp.queries.settings import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.models.market import Market
    from webapp.packs import Pack


def submissions_of(session: Session, case: Case) -> list[Submission]:
    """Return every submission of a case, oldest first, with its step and who handed it in."""
    return list(
        session.scalars(
            select(Submission)
            .where(Submission.case_id == case.id)
            .options(joinedload(Submission.person), joinedload(Submission.work_item))
            .order_by(Submission.submitted_at, Submission.id)
        )
    )


def newest_submissions(session: Session, case: Case) -> list[Submission]:
    """Return the newest submission of each form of a case, oldest first; older ones are no facts any more."""
    steps = definition_of(session, case.process_version).steps
    named = {step.properties["form"]: None for step in steps if "form" in step.properties}
    query = _newest(tuple(named))
    return list(session.scalars(query, {"case_id": case.id}))


@cache
def _newest(form_keys: tuple[str, ...]) -> Select[Submission]:
    """Return the query of the newest submission of each form, one look into the index for each."""
    of_case = Submission.case_id == bindparam("case_id", type_=Uuid())
    newest = [
        select(Submission.id)
        .where(of_case, Submission.form_key == key)
        .order_by(Submission.submitted_at.desc(), Submission.id.desc())
        .limit(1)
        .scalar_subquery()
        for key in form_keys
    ]
    order = (Submission.submitted_at, Submission.id)
    return select(Submission).where(Submission.id.in_(newest)).order_by(*order)


def facts_of(session: Session, case: Case, *, personal: bool = False) -> dict[str, dict[str, Any]]:
    """Return what is known of a case, by form: the newest submission of each.

    Args:
        session: Database session.
        case: The case.
        personal: Whether personal fields are included. Rules and conditions never see them.
    """
    return facts_in(pack_of_case(session, case), newest_submissions(session, case), personal=personal)


def facts_in(
    pack: Pack, submissions: Iterable[Submission], *, personal: bool = False
) -> dict[str, dict[str, Any]]:
    """Return what submissions, oldest first, say by form; see :func:`facts_of`."""
    facts: dict[str, dict[str, Any]] = {}
    for submission in submissions:
        schema = form_of(pack, submission.form_key)
        stored = submission.data
        if personal and submission.personal:
            stored = forms.merge_personal(stored, submission.personal)
        facts[submission.form_key] = forms.fill(schema, forms.from_json(schema, stored))
    return facts


def scope_of(session: Session, case: Case, submissions: Iterable[Submission] | None = None) -> dict[str, Any]:
    """Return the read-only names that expressions of a case see: case, market, facts, settings.

    Args:
        session: Database session.
        case: The case.
        submissions: The newest of each form, or more, oldest first, where they were read already.
    """
    pack = pack_of_case(session, case)
    said = newest_submissions(session, case) if submissions is None else submissions
    return {
        "case": case_scope(case) | _origin(session, case) | {"decisions": decisions_of(session, case)},
        "market": market_scope(session, case.market),
        "facts": facts_in(pack, said),
        "settings": settings_of(session, case.jurisdiction_id, pack),
    }


def scope_after(session: Session, case: Case, scope: Mapping[str, Any], said: Submission) -> dict[str, Any]:
    """Return the scope of a case after one more submission; nothing is read of the database again."""
    kept = {key: scope["case"][key] for key in ("origin", "origin_facts", "decisions")}
    return {
        "case": case_scope(case) | kept,
        "market": market_scope(session, case.market),
        "facts": {**scope["facts"], **facts_in(pack_of_case(session, case), [said])},
        "settings": scope["settings"],
    }


def decisions_of(session: Session, case: Case) -> dict[str, Any]:
    """Return what the rules of a case said last, by the step that asked them."""
    definition = definition_of(session, case.process_version)
    if all(step.kind != "businessRuleTask" for step in definition.steps):
        return {}
    rows = session.execute(
        select(Decision.element_id, Decision.outputs)
        .where(Decision.case_id == case.id)
        .order_by(Decision.decided_at, Decision.id)
    )
    return dict(rows.all())


def case_scope(case: Case) -> dict[str, Any]:
    """Return a case as expressions see it."""
    return {
        "no": case.no,
        "kind": case.kind,
        "corrections": case.corrections,
        "applicant": case.applicant.name,
        "applicant_key": case.applicant.key,
        "started_on": beijing_date(case.started_at),
        "submitted_on": beijing_date(case.submitted_at) if case.submitted_at else None,
    }


def _origin(session: Session, case: Case) -> dict[str, Any]:
    """Return the number and the facts of the case that opened this one, as expressions see them."""
    opened_by = case.origin
    if opened_by is None:
        return {"origin": None, "origin_facts": None}
    return {"origin": opened_by.no, "origin_facts": facts_of(session, opened_by)}


def market_scope(session: Session, market: Market | None) -> dict[str, Any] | None:
    """Return a market as expressions see it, with its file."""
    if market is None:
        return None
    return {
        "no": market.no,
        "name": market.name,
        "kind": market.kind,
        "status": market.status,
        "address": market.address,
        "opening_hours": market.opening_hours,
        "public_phone": market.public_phone,
        "services": list(market.services),
        "area_m2": market.area_m2,
        "township": market.township.name,
        "township_key": market.township.key,
        "operator": market.operator.name if market.operator else None,
        "operator_kind": market.operator.kind if market.operator else None,
        "operator_uscc": market.operator.uscc if market.operator else None,
        "self_operated": market.operator is None,
        "recognised_on": market.recognised_on,
        "trial_from": market.trial_from,
        "trial_until": market.trial_until,
        "closed_from": market.closed_from,
        "closed_until": market.closed_until,
        "records": records_scope(session, market),
    }
