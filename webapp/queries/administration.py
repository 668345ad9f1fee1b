"""What administrators read: people, settings, the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from webapp.core import clock as time
from webapp.core.clock import beijing_date
from webapp.models.account import Appointment, Person, Position
from webapp.models.case import Case
from webapp.models.event import Event
from webapp.models.release import SettingValue
from webapp.queries import links
from webapp.queries.bases import BasisView
from webapp.queries.paging import PAGE_SIZE, Filters, Page, page_of
from webapp.queries.settings import pack_in_force, settings_of
from webapp.queries.system_state import Chain, chain

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.packs import SettingSpec
    from webapp.packs.specs import Choice
    from webapp.queries.actors import Actor

ACTIONS = {
    "case.started": "发起办件",
    "case.submitted": "报送申请",
    "case.finished": "办结",
    "case.withdrawn": "撤回办件",
    "case.archived": "归档",
    "work_item.opened": "产生待办",
    "work_item.claimed": "认领待办",
    "work_item.released": "释放待办",
    "work_item.signed": "签署",
    "work_item.completed": "办结待办",
    "work_item.cancelled": "取消待办",
    "opinion.presumed": "逾期视为无意见",
    "clock.started": "起算时限",
    "clock.paused": "暂停计时",
    "clock.resumed": "恢复计时",
    "clock.overdue": "时限届满",
    "decision.made": "规则判定",
    "document.issued": "印发公文",
    "document.sealed": "公文用印",
    "market.recognised": "列入名录",
    "market.refused": "不予认定",
    "attachment.uploaded": "上传文件",
    "personal.revealed": "查看个人信息",
    "document.read": "查阅公文",
    "attachment.read": "下载材料",
    "task.read": "读取待办内容（接口）",
    "setting.changed": "修改设置",
    "person.created": "新增人员",
    "position.assigned": "任职",
    "position.ended": "免职",
    "release.activated": "启用政策包",
    "person.signed_in": "登录",
    "person.signed_out": "退出登录",
    "person.deactivated": "停用人员",
    "person.reactivated": "恢复人员",
    "password.reset": "重置密码",
    "job.retried": "重新执行任务",
    "sign_in.failed": "登录失败",
    "session.revoked": "强制退出",
    "position.chosen": "切换岗位",
    "password.changed": "修改密码",
    "token.created": "创建接口令牌",
    "token.revoked": "撤销接口令牌",
}


@dataclass(frozen=True, slots=True)
class Holding:
    """A position that a person holds or held, as the page of people shows it."""

    id: UUID
    title: str
    agency: str
    from_date: date
    to_date: date | None
    over: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person with their positions."""

    id: UUID
    name: str
    username: str
    active: bool
    is_self: bool
    positions: list[Holding]


@dataclass(frozen=True, slots=True)
class People:
    """The page of people, and the positions that can be given."""

    people: list[PersonRow]
    positions: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting."""

    key: str
    label: str
    value: str | int | bool
    choices: list[tuple[str, str]] | None
    kind: str
    basis: BasisView
    changed_by: str
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One link of the chain, in words."""

    at: datetime
    who: str
    position: str
    action_label: str
    subject: str
    url: str | None
    hash_short: str


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """A page of the audit trail."""

    page: Page[AuditRow]
    filters: Filters
    chain: Chain


def people_page(session: Session, actor: Actor) -> People:
    """Return everybody who holds or held a position of the jurisdiction."""
    held = session.scalars(
        select(Appointment)
        .where(Appointment.jurisdiction_id == actor.jurisdiction_id)
        .options(joinedload(Appointment.person), joinedload(Appointment.position).joinedload(Position.agency))
        .order_by(Appointment.starts_on, Appointment.id)
    ).all()
    today = beijing_date(time.now())
    people: dict[UUID, tuple[Person, list[Holding]]] = {}
    for row in held:
        position, over = row.position, row.is_over(today)
        holding = Holding(row.id, position.title, position.agency.short, row.starts_on, row.ends_on, over)
        people.setdefault(row.person_id, (row.person, []))[1].append(holding)
    positions = session.scalars(
        select(Position)
        .where(Position.jurisdiction_id == actor.jurisdiction_id)
        .options(joinedload(Position.agency))
        .order_by(Position.agency_id, Position.id)
    )
    rows = [
        PersonRow(p.id, p.name, p.username, p.is_active, p.id == actor.person_id, holdings)
        for p, holdings in people.values()
    ]
    return People(
        people=sorted(rows, key=lambda row: row.username),
        positions=[(str(position.id), position.full_title) for position in positions],
    )


def settings_page(session: Session, actor: Actor) -> list[SettingRow]:
    """Return the settings of the pack in force, with who changed them last."""
    pack = pack_in_force(session, actor.jurisdiction_id)
    values = settings_of(session, actor.jurisdiction_id, pack)
    changed = {
        row.key: row
        for row in session.scalars(
            select(SettingValue)
            .where(SettingValue.jurisdiction_id == actor.jurisdiction_id)
            .options(joinedload(SettingValue.changed_by))
        )
    }
    return [_setting(spec, values[key], changed.get(key)) for key, spec in pack.settings.items()]


def audit_trail(session: Session, actor: Actor, number: int, q: str = "") -> AuditTrail:
    """Return a page of the audit trail, the newest first, narrowed to an action, a position or a case."""
    conditions = [Event.jurisdiction_id == actor.jurisdiction_id]
    wanted = q.strip()[:40]
    if wanted:
        kinds = [kind for kind, label in ACTIONS.items() if wanted in label]
        cases = select(Case.id).where(Case.jurisdiction_id == actor.jurisdiction_id, Case.no.contains(wanted))
        conditions.append(
            or_(Event.kind.in_(kinds), Event.position_title.contains(wanted), Event.case_id.in_(cases))
        )
    total = session.scalar(select(func.count(Event.id)).where(*conditions)) or 0
    rows = session.execute(
        select(Event, Person, Case.no)
        .outerjoin(Person, Person.id == Event.actor_person_id)
        .outerjoin(Case, Case.id == Event.case_id)
        .where(*conditions)
        .order_by(Event.seq.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    shown = [_audit_row(event, person, case_no) for event, person, case_no in rows]
    return AuditTrail(
        page_of(shown, total, number, {"q": wanted}), Filters([], q=wanted), chain(session, actor)
    )


def _audit_row(event: Event, person: Person | None, case_no: str | None) -> AuditRow:
    return AuditRow(
        at=event.at,
        who=person.name if person else "系统",
        position=event.position_title or "",
        action_label=ACTIONS.get(event.kind, "其他操作"),
        subject=case_no or "",
        url=links.case(case_no) if case_no else None,
        hash_short=event.hash[:12],
    )


def _setting(spec: SettingSpec, value: Choice, changed: SettingValue | None) -> SettingRow:
    kinds = {bool: "bool", int: "int"}
    return SettingRow(
        key=spec.key,
        label=spec.label,
        value=value,
        choices=[(str(v).lower() if isinstance(v, bool) else str(v), label) for v, label in spec.choices]
        or None,
        kind="choice" if spec.choices else kinds.get(type(spec.value), "text"),
        basis=BasisView("本地缺省", spec.basis.note or "", None, is_default=spec.basis.is_local),
        changed_by=changed.changed_by.name if changed and changed.changed_by else "",
        changed_at=changed.updated_at if changed else None,
    )
