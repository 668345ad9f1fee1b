"""What a document template of a case may name: the facts under their Chinese names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.core import clock as time
from webapp.core.clock import BEIJING, beijing_date
from webapp.models.document import Attachment, Document
from webapp.models.work_item import Signing, WorkItem
from webapp.queries.document_stages import APPROVE
from webapp.queries.facts import facts_of
from webapp.queries.names import acting_name
from webapp.queries.releases import pack_of_case
from webapp.queries.settings import settings_of
from webapp.services import clocks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from webapp.models.account import Agency
    from webapp.models.case import Case
    from webapp.models.market import Market


def document_facts(
    session: Session,
    case: Case,
    agency: Agency,
    *,
    number: tuple[str, int] | None,
    given: Mapping[str, Any],
    forms: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the facts for a template.

    Args:
        session: Database session.
        case: The case.
        agency: The agency that issues the document.
        number: Its 发文字号 and the number in it, once drawn.
        given: The parameters of the service task.
        forms: Form values that take the place of what is submitted, for a preview.
    """
    today = beijing_date(time.now())
    return {
        "案": _case(case),
        "市场": _market(case.market),
        "表": {**facts_of(session, case, personal=True), **(forms or {})},
        "签署": _signers(session, case),
        "附件": _attachments(session, case),
        "文书": _earlier(session, case),
        "单位": {
            "代号": agency.key,
            "名称": agency.name,
            "简称": agency.short,
            "代字": agency.document_code,
            "联系电话": agency.phone,
            "联系科室": agency.contact_office,
            "地址": agency.address,
            "邮编": agency.postcode,
            "办公室": None,
        },
        "文": {
            "字号": number[0] if number else None,
            "序号": number[1] if number else None,
            "年": today.year,
            "日期": today,
            "签发人": _approver(session, case, agency),
        },
        "设置": dict(settings_of(session, case.jurisdiction_id, pack_of_case(session, case))),
        "参数": _parameters(session, case, given),
    }


def _case(case: Case) -> dict[str, Any]:
    submitted = case.submitted_at or time.now()
    return {
        "编号": case.no,
        "标题": case.title,
        "类型": case.kind,
        "申请单位": case.applicant.name,
        "申请单位简称": case.applicant.short,
        "收件日期": beijing_date(submitted),
        "补正次数": case.corrections,
    }


def _market(market: Market | None) -> dict[str, Any]:
    if market is None:
        return {}
    return {
        "名称": market.name,
        "编号": market.no,
        "类型": market.kind,
        "地址": market.address,
        "属地": market.township.name,
        "运营机构": market.operator.name if market.operator else None,
    }


def _signers(session: Session, case: Case) -> dict[str, list[dict[str, Any]]]:
    """Who signed each form, and when: signatures that hold, in the order of signing."""
    rows = session.scalars(
        select(Signing)
        .join(Signing.work_item)
        .where(
            WorkItem.case_id == case.id,
            WorkItem.status == "done",
            Signing.role == "sign",
            Signing.voided_at.is_(None),
        )
        .options(joinedload(Signing.person), joinedload(Signing.work_item))
        .order_by(Signing.signed_at, Signing.id)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        item = row.work_item
        found.setdefault(item.form_key, []).append(
            {
                "姓名": acting_name(row.person, row.for_person),
                "单位": item.agency.short,
                "岗位": item.position.title,
                "时间": row.signed_at.astimezone(BEIJING) if row.signed_at else None,
            }
        )
    return found


def _approver(session: Session, case: Case, agency: Agency) -> str | None:
    """Who approved the issue: the newest valid signature of the agency under the right to do so."""
    rows = session.scalars(
        select(Signing)
        .join(Signing.work_item)
        .where(
            WorkItem.case_id == case.id,
            WorkItem.agency_id == agency.id,
            WorkItem.status == "done",
            Signing.role == "sign",
            Signing.voided_at.is_(None),
        )
        .options(joinedload(Signing.person), joinedload(Signing.work_item).joinedload(WorkItem.position))
        .order_by(Signing.signed_at.desc(), Signing.id.desc())
    )
    return next(
        (acting_name(row.person, row.for_person) for row in rows if APPROVE in row.work_item.position.rights),
        None,
    )


def _attachments(session: Session, case: Case) -> dict[str, dict[str, Any]]:
    rows = session.scalars(select(Attachment).where(Attachment.case_id == case.id))
    return {str(row.id): {"名称": row.name, "上传时间": row.uploaded_at.astimezone(BEIJING)} for row in rows}


def _earlier(session: Session, case: Case) -> dict[str, dict[str, Any]]:
    """The newest document of each kind that the case has issued so far."""
    rows = session.scalars(
        select(Document).where(Document.case_id == case.id).order_by(Document.issued_at, Document.id)
    )
    kinds = dict.fromkeys(pack_of_case(session, case).documents, None)
    empty: dict[str, dict[str, Any]] = {key: {"字号": None} for key in kinds}
    return empty | {row.template_key: {"字号": row.number, "标题": row.title} for row in rows}


def _parameters(session: Session, case: Case, given: Mapping[str, Any]) -> dict[str, Any]:
    pack = pack_of_case(session, case)
    rest = {key: value for key, value in given.items() if key not in {"template", "agency", "recipients"}}
    names = [pack.agencies[str(key)].name for key in given.get("recipients") or []]
    return {"due": None, "copies": None, **_days(session, case, given), **rest, "recipients": names}


def _days(session: Session, case: Case, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return first and last day of the period that a document names, counted from its issue."""
    limit = given.get("limit")
    if limit is None:
        return {}
    return {"start": beijing_date(time.now()), "end": clocks.last_day(session, case, str(limit))}
