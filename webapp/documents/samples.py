"""One sample of every format, for looking at and for measuring.

The facts lie beside the general templates in ``docs_templates/common/samples``; their people, bodies
and decisions are demonstrations.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from webapp.documents.errors import DocumentError
from webapp.documents.flow import SealBox, SealPlace
from webapp.documents.rendering import render
from webapp.documents.rosters import Roster, RosterColumn, RosterSheet, roster
from webapp.documents.template import load_template

if TYPE_CHECKING:
    from collections.abc import Callable

TEMPLATES = Path(__file__).resolve().parents[2] / "docs_templates" / "common"
_VERIFY_URL = "https://example.gov.cn/v/sample"


@dataclass(frozen=True, slots=True)
class Sample:
    """A rendered sample.

    Attributes:
        pdf: The file, without seals.
        pages: Number of pages.
        seal_boxes: Where its seals go.
        seal_names: Name on each of them.
    """

    pdf: bytes
    pages: int
    seal_boxes: tuple[SealBox, ...] = ()
    seal_names: tuple[str, ...] = ()


def sample_facts(template: str) -> dict[str, Any]:
    """Return the demonstration facts of a general template."""
    text = (TEMPLATES / "samples" / f"{template}.json").read_text(encoding="utf-8")
    facts: dict[str, Any] = json.loads(text)
    return facts


def _document(template: str) -> Sample:
    made = load_template(TEMPLATES / f"{template}.md")
    facts = sample_facts(template)
    names = made.fill(facts)[0].many("署名")
    seals = tuple(SealPlace(f"sample_{number}") for number, _ in enumerate(names, start=1))
    rendered = render(made, facts, verify_url=_VERIFY_URL, seals=seals)
    return Sample(rendered.pdf, rendered.pages, rendered.seal_boxes, names[: len(rendered.seal_boxes)])


_ROSTER = RosterSheet(
    title="零工市场服务人员花名册（演示）",
    columns=(
        RosterColumn("序号", 1.3, "c"),
        RosterColumn("姓名", 1.6, "c"),
        RosterColumn("性别", 1, "c"),
        RosterColumn("证件号码", 3.6),
        RosterColumn("联系电话", 2.5),
        RosterColumn("工种", 1.4, "c"),
        RosterColumn("用工单位", 4),
        RosterColumn("上岗日期", 2.2, "c"),
        RosterColumn("上岗天数", 1.9, summed=True),
        RosterColumn("金额（元）", 2.3, summed=True, places=2),
    ),
    note="填报单位：通州区张家湾演示零工市场",
    landscape=True,
    author="演示零工市场",
)
_DETAILS = RosterSheet(
    title="撮合成功人次补贴明细表（演示）",
    columns=(
        RosterColumn("序号", 1.2, "c"),
        RosterColumn("月份", 2, "c"),
        RosterColumn("用工单位", 6),
        RosterColumn("人次", 1.6, summed=True),
        RosterColumn("补贴金额（元）", 2.6, summed=True, places=2),
    ),
    note="申报单位：通州区张家湾演示零工市场",
    author="演示零工市场",
)
_SAMPLE_ROWS = 60


def sample_roster(count: int, out: BinaryIO) -> Roster:
    """Write a demonstration 花名册 with so many rows of ten columns.

    Raises:
        DocumentError: If the file cannot be made.
    """
    rows = (
        (
            number,
            f"演示{'甲乙丙丁戊己庚辛'[number % 8]}",
            "男女"[number % 2],
            f"110112********{number % 10000:04d}",
            f"138****{number % 10000:04d}",
            ("保洁", "搬运", "家政", "安装")[number % 4],
            f"演示用工单位{number % 50}号",
            f"2026-11-{number % 28 + 1:02d}",
            number % 5 + 1,
            Decimal(120 * (number % 5 + 1)),
        )
        for number in range(1, count + 1)
    )
    return roster(_ROSTER, rows, out)


def _sample_details(count: int, out: BinaryIO) -> Roster:
    rows = (
        (
            number,
            f"2026年{number % 12 + 1}月",
            f"演示用工单位{number % 20}号",
            number % 9 + 1,
            50 * (number % 9 + 1),
        )
        for number in range(1, count + 1)
    )
    return roster(_DETAILS, rows, out)


def _roster(write: Callable[[int, BinaryIO], Roster]) -> Sample:
    stream = io.BytesIO()
    written = write(_SAMPLE_ROWS, stream)
    return Sample(stream.getvalue(), written.pages)


FORMATS: dict[str, Callable[[], Sample]] = {
    "文件": partial(_document, "notice"),
    "信函": partial(_document, "letter"),
    "上行文": partial(_document, "report"),
    "联合行文": partial(_document, "joint_notice"),
    "命令": partial(_document, "order"),
    "纪要": partial(_document, "minutes"),
    "通知书": partial(_document, "rectification_notice"),
    "存根": partial(_document, "interview_notice"),
    "公示": partial(_document, "public_notice"),
    "审核表": partial(_document, "subsidy_review"),
    "登记表": partial(_document, "registration_form"),
    "花名册": partial(_roster, sample_roster),
    "明细表": partial(_roster, _sample_details),
    "证书": partial(_document, "recognition_certificate"),
    "星级证书": partial(_document, "rating_certificate"),
    "牌匾": partial(_document, "recognition_plaque"),
    "星级牌匾": partial(_document, "rating_plaque"),
}


def render_sample(name: str) -> Sample:
    """Render the sample of a format; unsealed, the same bytes every time.

    Raises:
        DocumentError: If there is no such format.
    """
    made = FORMATS.get(name)
    if made is None:
        raise DocumentError(f"没有“{name}”这种版式。可用的有：{'、'.join(FORMATS)}。", field="版式")
    return made()
