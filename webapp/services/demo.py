"""The demonstration: the pack of 通州区 in force, people for every position, and cases on their way.

Every name says 演示. Production refuses all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp import packs
from webapp.models.account import Agency, Jurisdiction, Person, Position
from webapp.models.case import Case
from webapp.services import accounts, demo_cases
from webapp.services.installation import install

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ROOT = Path(__file__).parent.parent.parent
SINCE = date(2025, 6, 1)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who does not exist.

    Attributes:
        username: What is typed to sign in.
        name: Says 演示.
        positions: `agency.position`, one or more.
    """

    username: str
    name: str
    positions: tuple[str, ...]


PEOPLE = (
    DemoPerson("majuqiao", "演示刘洋", ("majuqiao.clerk",)),
    DemoPerson("majuqiao-sh", "演示陈静", ("majuqiao.reviewer",)),
    DemoPerson("majuqiao-ld", "演示赵强", ("majuqiao.leader",)),
    DemoPerson("songzhuang", "演示孙悦", ("songzhuang.clerk", "songzhuang.reviewer")),
    DemoPerson("songzhuang-ld", "演示马超", ("songzhuang.leader",)),
    DemoPerson("renshe", "演示周敏", ("hrss.clerk",)),
    DemoPerson("renshe-2", "演示吴昊", ("hrss.clerk",)),
    DemoPerson("renshe-kz", "演示郑楠", ("hrss.section_chief",)),
    DemoPerson("renshe-fj", "演示王磊", ("hrss.deputy_director",)),
    DemoPerson("renshe-bgs", "演示冯雪", ("hrss.office",)),
    DemoPerson("renshe-fz", "演示方正", ("hrss.legal",)),
    DemoPerson("renshe-jz", "演示石岩", ("hrss.leader",)),
    DemoPerson("gongan", "演示李锋", ("police.clerk",)),
    DemoPerson("jiaotong", "演示韩冰", ("traffic.clerk",)),
    DemoPerson("caizheng", "演示曹颖", ("finance.clerk",)),
    DemoPerson("gonghui", "演示许晴", ("union.clerk",)),
    DemoPerson("wangxin", "演示何川", ("cac.clerk",)),
    DemoPerson("admin", "演示管理员", ("hrss.admin",)),
)


def seed(session: Session) -> None:
    """Load the pack and the people; a second run changes nothing but what the pack itself changed."""
    pack = packs.load(
        ROOT / "workflows" / "tongzhou", forms_root=ROOT / "forms", templates_root=ROOT / "docs_templates"
    )
    jurisdiction = install(session, pack)
    for someone in PEOPLE:
        if session.scalar(select(Person).where(Person.username == someone.username)) is None:
            _add(session, jurisdiction, someone)


def seed_cases(session: Session) -> None:
    """Play the demonstration's cases, unless there are cases already."""
    if session.scalar(select(Case.id).limit(1)) is None:
        demo_cases.play_all(session)


def _add(session: Session, jurisdiction: Jurisdiction, someone: DemoPerson) -> None:
    person = accounts.create_person(
        session,
        username=someone.username,
        name=someone.name,
        password=accounts.DEMO_PASSWORD,
        must_change_password=False,
        is_demo=True,
    )
    for where in someone.positions:
        agency_key, position_key = where.split(".")
        position = session.scalars(
            select(Position)
            .join(Agency)
            .where(
                Agency.jurisdiction_id == jurisdiction.id,
                Agency.key == agency_key,
                Position.key == position_key,
            )
        ).one()
        accounts.appoint(session, person, position, starts_on=SINCE)
