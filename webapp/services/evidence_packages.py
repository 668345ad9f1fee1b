"""存证包: the whole file of a case as one ZIP that can be checked without this system."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf

from webapp.core import clock as time
from webapp.core.clock import BEIJING
from webapp.core.errors import Forbidden, Invalid, Missing
from webapp.integrations import sealing, storage
from webapp.integrations.zip_stream import zip_stream
from webapp.queries.agencies import deciding_agency
from webapp.queries.archive_catalogue import catalogue
from webapp.queries.evidence_package import (
    EVENTS,
    Part,
    as_lines,
    events_of,
    may_export,
    parts_of,
)
from webapp.services import events, evidence_verifier
from webapp.services.events import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from webapp.models.case import Case
    from webapp.models.document import Attachment
    from webapp.queries.actors import Actor

SHORTEST_REASON, LONGEST_REASON = 4, 200
_README = """本存证包由零工市场规范化审批平台导出，内含办件全部公文、材料、填报内容、决策和事件链。
其中有个人信息，请妥善保管。

归档目录.pdf、归档目录.csv 在“归档”文件夹内，所列文件按件号排列；其余证据在“存证”文件夹内。

离线核验（需 Python 3.10 或以上，不需联网）：
    python verify.py                解压后在本文件夹内运行
    python verify.py 存证包.zip      不解压，直接核验
核验程序宜另行向办理单位索取，不单以包内所附为准。
"""


@dataclass(frozen=True, slots=True)
class EvidencePackage:
    """A package that is ready to go out; its files are read one by one as it does.

    Attributes:
        name: File name.
        at: When it was made.
        keeper: Key and name of the agency that keeps the file and signs the manifest.
        manifest: The list of all files with their hashes, as JSON.
        parts: Its files in order.
    """

    name: str
    at: datetime
    keeper: tuple[str, str]
    manifest: bytes
    parts: tuple[Part, ...]

    def stream(self) -> Iterator[bytes]:
        """Sign the manifest now, and return the ZIP to be sent piece by piece. No transaction is needed.

        A file that is damaged is left out; the manifest names it all the same, so that the verifier tells
        that it is missing.

        Raises:
            SigningError: If the manifest cannot be signed.
        """
        key, name = self.keeper
        said = sealing.attest(self.manifest, agency_key=key, agency_name=name)
        signature = json.dumps(said, ensure_ascii=False, indent=1).encode()
        head = (Part(evidence_verifier.MANIFEST, self.manifest), Part(evidence_verifier.SIGNATURE, signature))
        return zip_stream(_files((*head, *self.parts)), self.at.astimezone(BEIJING))


def _files(parts: tuple[Part, ...]) -> Iterator[tuple[str, Callable[[], bytes]]]:
    for part in parts:
        try:
            content = storage.get(part.sha256) if part.content is None else part.content
        except Missing:
            continue
        yield part.path, partial(bytes, content)


def export(session: Session, actor: Actor, case: Case, *, reason: str) -> EvidencePackage:
    """Gather the file of a case; that it goes out, to whom and why, is on record and in the package itself.

    Args:
        session: The open unit of work.
        actor: Who takes it.
        case: A case that they may see.
        reason: What for.

    Raises:
        Forbidden: If the actor is not one who keeps the file.
        Invalid: If the reason is too short or too long.
    """
    if not may_export(session, actor, case):
        raise Forbidden("只有办理本件的单位中有导出权限的岗位可以导出存证包。")
    reason = reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Invalid(f"请写明导出事由（{SHORTEST_REASON} 至 {LONGEST_REASON} 字）。", field="reason")
    at = time.now()
    papers = catalogue(session, case, pages_of)
    parts = [*parts_of(session, case, papers, at)]
    record(session, "evidence.exported", actor=actor, case=case, data={"reason": reason})
    events.write(session)  # so that the package tells of itself
    history = events_of(session, case)
    parts += [
        Part(EVENTS, as_lines(history)),
        Part("verify.py", Path(evidence_verifier.__file__).read_bytes()),
        Part("说明.txt", _README.encode()),
    ]
    parts = list({part.path: part for part in parts}.values())
    seq, head = events.chain_state(session, case.jurisdiction_id)
    manifest = {
        "format": 1,
        "case": case.no,
        "title": case.title,
        "exported_at": at.isoformat(),
        "exported_by": actor.title,
        "reason": reason,
        "chain": {"seq": seq, "hash": head},
        "events": len(history),
        "files": [{"path": part.path, "sha256": _hash(part)} for part in parts],
    }
    keeper = deciding_agency(session, case)
    content = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    return EvidencePackage(f"{case.no} 存证包.zip", at, (keeper.key, keeper.name), content, tuple(parts))


def pages_of(attachment: Attachment) -> int | None:
    """Count the pages of a file that was handed in; `None` where that cannot be told."""
    if attachment.media_type.startswith("image/"):
        return 1
    if attachment.media_type != "application/pdf":
        return None
    try:
        with pikepdf.open(io.BytesIO(storage.get(attachment.sha256))) as pdf:
            return len(pdf.pages)
    except (pikepdf.PdfError, Missing):
        return None


def _hash(part: Part) -> str:
    return part.sha256 if part.content is None else hashlib.sha256(part.content).hexdigest()
