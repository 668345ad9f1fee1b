"""What administrators read: people, settings, the audit trail."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from webapp.models.account import Person
from webapp.models.case import Case
from webapp.models.event import Event
from webapp.models.release import SettingValue
from webapp.queries import links
from webapp.queries.bases import BasisView
from webapp.queries.names import acting_name
from webapp.queries.paging import PAGE_SIZE, Filters, Page, page_of
from webapp.queries.settings import pack_in_force, settings_of
from webapp.queries.system_state import Chain, chain
from webapp.queries.timeline import away_people

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from webapp.packs import SettingSpec
    from webapp.packs.specs import Choice
    from webapp.queries.actors import Actor

ACTIONS = {
    "case.started": "发起办件",
    "report.received": "平台报入市场数据",
    "round.opened": "按年自动发起办件",
    "case.opened_another": "转入另一项业务",
    "case.ended_another": "终止由本件发起的办件",
    "case.submitted": "报送申请",
    "case.finished": "办结",
    "case.withdrawn": "撤回办件",
    "case.suspended": "暂停办件",
    "case.resumed": "恢复办件",
    "case.terminated": "终止办件",
    "case.supervised": "督办",
    "case.supervision_lifted": "解除督办",
    "case.circulated": "抄送或传阅",
    "case.read": "确认阅知",
    "case.archived": "归档",
    "work_item.urged": "催办",
    "work_item.opened": "产生待办",
    "work_item.claimed": "认领待办",
    "work_item.released": "释放待办",
    "work_item.signed": "签署",
    "work_item.completed": "办结待办",
    "work_item.cancelled": "取消待办",
    "work_item.carried": "原意见继续有效",
    "work_item.transferred": "转办",
    "work_item.returned": "退回",
    "work_item.taken_back": "拿回",
    "work_item.given_back": "内容退回修改",
    "work_item.handed_back": "交回委派",
    "work_item.recalled": "收回委派",
    "work_item.declined": "推辞签署",
    "work_item.withdrawn": "收回加签",
    "seat.asked": "加签、会签或委派",
    "case.token_moved": "调整办理环节",
    "case.token_passed": "越过环节",
    "case.migrated": "办件改按新版流程",
    "case.migration_undone": "办件恢复原版流程",
    "incident.raised": "自动办理未成功",
    "incident.retried": "重新执行自动办理",
    "incident.skipped": "跳过自动办理",
    "incident.resolved": "自动办理问题已处理",
    "message.sent": "向办件发送消息",
    "message.arrived": "办件收到消息",
    "timer.fired": "定时到点",
    "migration.planned": "检查办件迁移",
    "migration.started": "开始办件迁移",
    "migration.undo_started": "开始撤销迁移",
    "migration.finished": "完成办件迁移",
    "migration.undone": "撤销办件迁移",
    "opinion.presumed": "逾期视为无意见",
    "clock.started": "起算时限",
    "clock.paused": "暂停计时",
    "clock.resumed": "恢复计时",
    "clock.overdue": "时限届满",
    "clock.warning": "临期提醒",
    "clock.due": "到期提醒",
    "clock.escalated": "逾期报领导",
    "clock.recomputed": "重算时限",
    "calendar.changed": "修改工作日历",
    "work_item.defaulted": "逾期按默认方式办理",
    "decision.made": "规则判定",
    "document.issued": "印发公文",
    "document.superseded": "公文作废",
    "document.sealed": "公文用印",
    "document.delivered": "公文送达",
    "document.receipt_returned": "收回送达回证",
    "document.corrected": "公文更正",
    "document.revoked": "公文撤销",
    "register.exported": "导出发文登记簿",
    "evidence.exported": "导出存证包",
    "market.recognised": "列入名录",
    "market.refused": "不予认定",
    "market.changed": "变更名录信息",
    "market.recorded": "记入市场档案",
    "market.left": "移出名录",
    "survey.opened": "生成调查邀请",
    "survey.handed_out": "打印或导出调查邀请",
    "survey.counted": "统计调查答卷",
    "help.rated": "公众评价办理结果",
    "attachment.uploaded": "上传文件",
    "draft.dropped": "清除到期草稿",
    "personal.revealed": "查看个人信息",
    "document.read": "查阅公文",
    "attachment.read": "下载材料",
    "task.read": "读取待办内容",
    "setting.changed": "修改设置",
    "agency.contact_changed": "修改单位联系方式",
    "person.created": "新增人员",
    "position.assigned": "任职",
    "position.ended": "免职",
    "substitution.made": "设置代理",
    "substitution.revoked": "撤销代理",
    "release.activated": "启用政策包",
    "release.planned": "核准政策包定期启用",
    "release.plan_cancelled": "取消政策包定期启用",
    "release.rolled_back": "恢复政策包原版本",
    "pack_draft.opened": "新建政策包草稿",
    "pack_draft.submitted": "提交政策包发布",
    "pack_draft.withdrawn": "撤回政策包发布",
    "pack_draft.returned": "退回政策包草稿",
    "pack_draft.abandoned": "放弃政策包草稿",
    "pack_draft.released": "核准政策包发布",
    "position.rights_changed": "调整岗位权限",
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
    "webhook.registered": "登记推送地址",
    "webhook.stopped": "停止推送",
}


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting."""

    key: str
    label: str
    value: str | int | bool
    choices: list[tuple[str, str]] | None
    kind: str
    optional: bool
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
    ).all()
    away = away_people(session, [event for event, _, _ in rows])
    shown = [
        _audit_row(event, person, away.get(event.data.get("for_person")), case_no)
        for event, person, case_no in rows
    ]
    return AuditTrail(
        page_of(shown, total, number, {"q": wanted}), Filters([], q=wanted), chain(session, actor)
    )


def _audit_row(
    event: Event, person: Person | None, for_person: Person | None, case_no: str | None
) -> AuditRow:
    return AuditRow(
        at=event.at,
        who=acting_name(person, for_person),
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
        optional=bool(spec.pattern and re.fullmatch(spec.pattern, "")),
        basis=BasisView("本地缺省", spec.basis.note or "", None, is_default=spec.basis.is_local),
        changed_by=changed.changed_by.name if changed and changed.changed_by else "",
        changed_at=changed.updated_at if changed else None,
    )
