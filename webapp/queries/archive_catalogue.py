"""归档目录: the papers of a case in their order, as a list, as a table for spreadsheets and as a PDF."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

import forms
from webapp import documents as typesetter
from webapp.core.clock import beijing_date
from webapp.models.document import Attachment, Document
from webapp.queries.document_views import STATES
from webapp.queries.facts import submissions_of
from webapp.queries.releases import definition_of, form_of, pack_of_case

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from webapp.models.case import Case

FOLDER = "归档"
HEADINGS = (
    "序号",
    "件号",
    "文号",
    "责任者",
    "题名",
    "日期",
    "页数",
    "保管期限",
    "公开属性",
    "备注",
    "文件",
    "SHA-256",
)
_PRINTED = 10
"""How many of the headings stand on paper; the others are for machines."""
_WEIGHTS = (3, 11, 10, 12, 22, 6, 3, 5, 7, 7)
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_LONGEST_NAME = 80
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Paper:
    """One line of the catalogue.

    Attributes:
        number: 序号, from 1.
        item_no: 件号: the case's number and 序号.
        pages: How many; `None` for a file that has no pages of its own (Word, Excel).
        path: Where it lies in the package.
        sha256: Of the file.
    """

    number: int
    item_no: str
    document_no: str
    author: str
    title: str
    on: date
    pages: int | None
    retention: str
    disclosure: str
    remark: str
    path: str
    sha256: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as texts, in the order of the headings."""
        return (
            str(self.number),
            self.item_no,
            self.document_no,
            self.author,
            self.title,
            f"{self.on:%Y%m%d}",
            "" if self.pages is None else str(self.pages),
            self.retention,
            self.disclosure,
            self.remark,
            self.path,
            self.sha256,
        )


def catalogue(session: Session, case: Case, pages_of: Callable[[Attachment], int | None]) -> list[Paper]:
    """Return the documents that a case issued, then the files that were handed in, each by date.

    Args:
        session: Database session.
        case: The case.
        pages_of: Counts the pages of a file.
    """
    process = definition_of(session, case.process_version).properties
    retention = case.retention or process.get("retention") or ""
    disclosure = case.disclosure or process.get("disclosure") or ""
    papers = [*_documents(session, case, retention, disclosure)]
    papers += _materials(session, case, pages_of, retention, disclosure)
    return [
        replace(
            paper,
            number=number,
            item_no=f"{case.no}-{number:03d}",
            path=f"{FOLDER}/{number:03d} {paper.path}",
        )
        for number, paper in enumerate(papers, start=1)
    ]


def as_csv(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return a table as CSV that spreadsheets open as it is; no cell of it is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows)
    return ("\ufeff" + out.getvalue()).encode()


def as_pdf(case: Case, papers: Sequence[Paper], at: datetime) -> bytes:
    """Return the catalogue as an official table, as long as it takes.

    A sign in a file's name that no type face has is printed as its code.
    """
    columns = tuple(
        typesetter.RosterColumn(title, weight, "c" if title in {"序号", "日期", "页数"} else "l")
        for title, weight in zip(HEADINGS[:_PRINTED], _WEIGHTS, strict=True)
    )
    note = f"{case.no}　{case.applicant.name}　共 {len(papers)} 件　编制日期：{beijing_date(at):%Y%m%d}"
    sheet = typesetter.RosterSheet("归档文件目录", columns, note, landscape=True, author=case.applicant.name)
    rows = [list(paper.cells[:_PRINTED]) for paper in papers]
    while True:
        out = io.BytesIO()
        try:
            typesetter.roster(sheet, rows, out)
        except typesetter.MissingGlyph as missing:
            code = f"〔U+{ord(missing.character):X}〕"
            rows = [[cell.replace(missing.character, code) for cell in row] for row in rows]
        else:
            return out.getvalue()


def file_name(text: str) -> str:
    """Return a text as a name that every system takes for a file."""
    return _FORBIDDEN.sub("_", text).strip(" .")[:_LONGEST_NAME] or "_"


def _documents(session: Session, case: Case, retention: str, disclosure: str) -> list[Paper]:
    rows = session.scalars(
        select(Document)
        .where(Document.case_id == case.id)
        .options(joinedload(Document.agency))
        .order_by(Document.issued_at, Document.id)
    )
    return [
        Paper(
            number=0,
            item_no="",
            document_no=row.number or "",
            author=row.agency.name,
            title=row.title,
            on=row.issued_on,
            pages=row.pages,
            retention=row.retention or retention,
            disclosure=row.disclosure or disclosure,
            remark="" if row.status == "issued" else STATES[row.status][0],
            path=f"{file_name(f'{row.number or str()} {row.title}')}.pdf",
            sha256=row.sha256 or row.unsigned_sha256,
        )
        for row in rows
    ]


def _materials(
    session: Session,
    case: Case,
    pages_of: Callable[[Attachment], int | None],
    retention: str,
    disclosure: str,
) -> list[Paper]:
    said = _named(session, case)
    rows = session.scalars(
        select(Attachment)
        .where(Attachment.case_id == case.id)
        .order_by(Attachment.uploaded_at, Attachment.id)
    )
    papers = []
    for row in rows:
        author, label = said.get(str(row.id), (case.applicant.name, ""))
        stem, dot, ending = row.name.rpartition(".")
        papers.append(
            Paper(
                number=0,
                item_no="",
                document_no="",
                author=author,
                title=f"{label}：{row.name}" if label else row.name,
                on=beijing_date(row.uploaded_at),
                pages=pages_of(row),
                retention=retention,
                disclosure=disclosure,
                remark="材料",
                path=f"{file_name(stem or row.name)}{dot}{ending}",
                sha256=row.sha256,
            )
        )
    return papers


def _named(session: Session, case: Case) -> dict[str, tuple[str, str]]:
    """Agency and field by which each file was handed in."""
    pack, found = pack_of_case(session, case), dict[str, tuple[str, str]]()
    for submission in submissions_of(session, case):
        schema = form_of(pack, submission.form_key)
        labels = {field.path: field.label for field in schema.fields}
        item = submission.work_item
        content = forms.merge_personal(submission.data, submission.personal)
        for path, keys in forms.attachments_by_field(schema, content).items():
            author = item.agency.name if item else case.applicant.name
            found |= dict.fromkeys(keys, (author, labels.get(path, "")))
    return found
