"""Files that people hand in: checked by what they are, kept by hash, bound to a case by its form."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from uuid import UUID

import filetype

import forms
from webapp.core import clock as time
from webapp.core.errors import Invalid, Missing
from webapp.integrations import storage
from webapp.models.case import Case
from webapp.models.document import Attachment
from webapp.queries.case_access import visible_cases
from webapp.queries.document_deliveries import delivered_by
from webapp.queries.readers import Readers
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

MAX_BYTES = 20 * 1024 * 1024
MAX_NAME = 120
UNSEEN = {"Cc", "Cf", "Cs"}
"""Categories of characters that no name may hold: control, reordering, half characters."""
ACCEPTED = {
    "application/pdf": {"pdf"},
    "image/jpeg": {"jpg", "jpeg"},
    "image/png": {"png"},
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {"docx"},
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {"xlsx"},
}
"""What may be handed in: the type that the bytes show, and the endings that go with it."""


def upload(session: Session, actor: Actor, name: str, content: bytes) -> Attachment:
    """Keep a file that is not yet part of a case; only its uploader sees it until a form names it.

    Raises:
        Invalid: If it is empty, too large, or not what its name says.
    """
    name = PurePath(name.replace("\\", "/")).name.strip()[-MAX_NAME:]
    media_type = _check(name, content)
    attachment = Attachment(
        jurisdiction_id=actor.jurisdiction_id,
        uploaded_by_id=actor.person,
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=storage.put(content, personal=True),
        uploaded_at=time.now(),
    )
    session.add(attachment)
    session.flush()
    record(session, "attachment.uploaded", actor=actor, data={"sha256": attachment.sha256})
    return attachment


def readable(session: Session, actor: Actor, attachment_id: UUID) -> Attachment:
    """Return a file that the actor may open: their own, or one that something names which they may read.

    Raises:
        Missing: If there is none, or it is not theirs to see.
    """
    attachment = session.get(Attachment, attachment_id)
    if attachment is None or attachment.jurisdiction_id != actor.jurisdiction_id:
        raise Missing("没有找到这个文件。")
    if attachment.uploaded_by_id == actor.person_id:
        return attachment
    case = session.scalar(visible_cases(actor).where(Case.id == attachment.case_id))
    if case is None or not _reads(session, Readers(session, actor, case), attachment.id):
        raise Missing("没有找到这个文件。")
    return attachment


def _reads(session: Session, readers: Readers, attachment_id: UUID) -> bool:
    """Tell whether a file is one that something readable names: a form, or the delivery of a document."""
    if str(attachment_id) in readers.files:
        return True
    document = delivered_by(session, attachment_id)
    return document is not None and readers.document(document)


def bind(session: Session, case: Case, schema: forms.FormSchema, stored: Mapping[str, Any]) -> None:
    """Make the files that a submitted form names part of its case."""
    named = forms.attachments_by_field(schema, stored)
    for attachment_id in {key for keys in named.values() for key in keys}:
        attachment = session.get(Attachment, UUID(attachment_id))
        if attachment is not None and attachment.case_id is None:
            attachment.case_id = case.id


def _check(name: str, content: bytes) -> str:
    if any(unicodedata.category(sign) in UNSEEN for sign in name):
        raise Invalid("文件名含有看不见的字符，请改名后再上传。", field="file")
    if not content:
        raise Invalid(f"“{name}”是空文件，请重新选择。", field="file")
    if len(content) > MAX_BYTES:
        raise Invalid(
            f"“{name}”有 {len(content) / 1048576:.1f} MB，超过 {MAX_BYTES // 1048576} MB 的上限。"
            "请压缩或拆分后再上传。",
            field="file",
        )
    kind = filetype.guess(content)
    media_type = kind.mime if kind else ""
    endings = ACCEPTED.get(media_type)
    if endings is None or PurePath(name).suffix.lower().lstrip(".") not in endings:
        raise Invalid(
            f"“{name}”不是可以接收的文件。请上传 PDF、JPG、PNG、DOCX 或 XLSX，且扩展名要与内容一致。",
            field="file",
        )
    if media_type.startswith("application/vnd.openxmlformats"):
        _check_archive(name, content)
    return media_type


def _check_archive(name: str, content: bytes) -> None:
    """Refuse an Office file that unpacks to far more than it is, or that carries macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile:
        raise Invalid(f"“{name}”已损坏，无法打开。请重新保存后再上传。", field="file") from None
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > 20 * MAX_BYTES or any(entry.filename.endswith("vbaProject.bin") for entry in entries):
        raise Invalid(f"“{name}”含有宏或展开后过大，不能接收。请另存为普通文档后再上传。", field="file")
