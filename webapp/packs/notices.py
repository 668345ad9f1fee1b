"""What people are told when something happens: texts and defaults, read from `notices.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from webapp.packs.tables import Table, read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS = (
    "办件",
    "编号",
    "环节",
    "申请单位",
    "期限",
    "时限",
    "理由",
    "公文",
    "文号",
    "办理人",
    "草稿",
    "启用日",
)
"""What may stand in braces."""

AUDIENCES = ("holders", "applicant", "named", "deciders", "supervisors", "administrators", "releasers")
MAIL = ("none", "now", "digest")

_FILE = "notices.toml"
_HOLE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class NoticeSpec:
    """消息模板 of one kind of event.

    Attributes:
        kind: Kind of event, such as ``work_item.opened``.
        label: Its name for people who choose what they want to hear of.
        audience: One of :data:`AUDIENCES`.
        title: Title with words in braces.
        text: Text with words in braces.
        mail: Default way by mail, one of :data:`MAIL`.
    """

    kind: str
    label: str
    audience: str
    title: str
    text: str
    mail: str

    def fill(self, words: Mapping[str, str]) -> tuple[str, str]:
        """Return title and text with the words put in; what there is none of reads —."""

        def put(hole: re.Match[str]) -> str:
            return words.get(hole.group(1)) or "—"

        return _HOLE.sub(put, self.title), _HOLE.sub(put, self.text)


def read_notices(files: Mapping[str, str], key: str, faults: list[str]) -> Mapping[str, NoticeSpec]:
    """Read the notices that all packs share, with those that a pack has in their place.

    One for an audience or a way that there is not tells nobody, and a word that nobody fills in reads —; both
    are faults.

    Raises:
        PackError: If a file cannot be understood.
    """
    found: dict[str, NoticeSpec] = {}
    for folder in ("common", key):
        path = f"workflows/{folder}/{_FILE}"
        if path in files:
            for table in read_toml(files, path, faults).tables("notices"):
                spec = _notice(table)
                found.pop(spec.kind, None)
                if _is_one_of(table, "audience", AUDIENCES) and _is_one_of(table, "mail", MAIL):
                    found[spec.kind] = spec
    return MappingProxyType(found)


def _notice(table: Table) -> NoticeSpec:
    return NoticeSpec(
        kind=table.text("kind"),
        label=table.text("label"),
        audience=table.text("audience"),
        title=_worded(table, "title"),
        text=_worded(table, "text"),
        mail=table.text("mail"),
    )


def _is_one_of(table: Table, key: str, allowed: tuple[str, ...]) -> bool:
    if table.text(key) in allowed:
        return True
    table.faults.append(f"{table.place}：{key} 应当是 {'、'.join(allowed)} 之一。")
    return False


def _worded(table: Table, key: str) -> str:
    text = table.text(key)
    unknown = [word for word in _HOLE.findall(text) if word not in WORDS]
    if unknown:
        table.faults.append(
            f"{table.place}：{key} 中的“{{{unknown[0]}}}”没有可填的内容，可用的有{'、'.join(WORDS)}。"
        )
    return text
