"""Clauses of a draft, quoted from the policy text that lies beside them."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from webapp.core.clauses import CLAUSE_ID
from webapp.core.errors import Invalid
from webapp.packs.table_edits import apply_edits
from webapp.queries import pack_drafts as queries
from webapp.services.pack_drafts import locked_draft, save_file

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor

LONGEST_TITLE = 80
_SPACE = re.compile(r"\s+")


def quote(
    session: Session, actor: Actor, draft_id: UUID, *, clause_id: str, title: str, text: str, line: int
) -> int:
    """Add a clause with the words of the policy text.

    Args:
        session: The open unit of work.
        actor: Who edits.
        draft_id: Which draft.
        clause_id: What it is to be called everywhere, such as ``KF-5``.
        title: Heading for lists.
        text: The words; blanks and line ends do not count when they are compared with the policy.
        line: Line of ``policy.txt`` on which they begin.

    Returns:
        How many clauses there are now.

    Raises:
        Invalid: If the number is taken or no clause's, the heading is missing, the words do not stand in the
            policy text, or the file of the clauses cannot be read.
        Locked: If the draft is not being edited any more.
    """
    draft = locked_draft(session, actor, draft_id)
    files = queries.files_of(session, draft.id)
    home = f"workflows/{draft.pack_key}"
    path = f"{home}/clauses.toml"
    known = [row for row in _read(files.get(path, "")).get("clause", []) if isinstance(row, dict)]
    words = text.strip()
    if not CLAUSE_ID.fullmatch(clause_id):
        raise Invalid("条款号由大写字母、短横和编号组成，如 KF-5。", field="id")
    if clause_id in {row.get("id") for row in known}:
        raise Invalid(f"已有条款 {clause_id}，请换一个编号。", field="id")
    if not 1 <= len(title.strip()) <= LONGEST_TITLE:
        raise Invalid(f"请填写条款标题，不超过 {LONGEST_TITLE} 个字。", field="title")
    if not words or _SPACE.sub("", words) not in _SPACE.sub("", files.get(f"{home}/policy.txt", "")):
        raise Invalid("请先在政策原文中选中条款的全文；选中的文字要与已保存的原文一致。", field="text")
    row = {
        "id": clause_id,
        "title": title.strip(),
        "text": words,
        "source": _source(files.get(f"{home}/pack.toml", "")),
        "line": line,
    }
    edited = apply_edits(files.get(path, ""), [{"at": ["clause", len(known)], "insert": row}])
    held = queries.file_row(session, draft.id, path)
    save_file(session, actor, draft_id, path, edited, expected_revision=held.revision if held else 0)
    return len(known) + 1


def _source(manifest: str) -> str:
    pack = _read(manifest).get("pack", {})
    return str(pack.get("source", "")) if isinstance(pack, dict) else ""


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as fault:
        raise Invalid(f"条款文件或基本信息写得不对，请先改正：{fault}") from fault
