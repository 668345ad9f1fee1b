"""The pack of a new jurisdiction: the skeleton that is kept beside the packs, with its own names put in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from webapp.core.errors import Invalid
from webapp.packs.paths import COMMON

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

KEY: Final = "skeleton"
"""Folder of the skeleton; it is a whole pack of its own, so that the checks look after it."""
MAX_TOWNSHIPS: Final = 80
MAX_POLICY: Final = 400_000

_FULL, _SHORT, _BUREAU = "示例市示例区", "示例区", "示例市示例区人力资源和社会保障局"
_TOWNSHIP = re.compile(r'  \{ key = "township1", .*\},\n')
_NAME = re.compile(r"[\w（）()·、〔〕《》\[\] -]+")
_LONGEST_NAME = 80
_KEY = re.compile(r"[a-z][a-z0-9_]{1,30}")
_OFFICES = (("镇", "人民政府"), ("乡", "人民政府"), ("街道", "办事处"), ("地区", "办事处"))
_MANIFEST = f"workflows/{KEY}/pack.toml"


@dataclass(frozen=True, slots=True)
class NewJurisdiction:
    """What is asked of somebody who begins the pack of a new jurisdiction.

    Attributes:
        key: Name of the folder and of the jurisdiction, Latin letters.
        name: Full name, such as ``北京市通州区``.
        short: Name in running text, such as ``通州区``.
        division_code: 行政区划代码, six digits.
        case_prefix: Letters with which its case numbers begin.
        bureau: Full name of the bureau that decides.
        document_code: 发文机关代字 of the bureau.
        townships: The agencies that apply: ``东街镇``, or short and full name with a space between them,
            such as ``龙亭区人社局 开封市龙亭区人力资源和社会保障局``.
        source: Document number of the policy.
        source_title: Title of the policy.
        effective_from: Beijing date from which it holds.
        policy_text: The policy as published; empty if it is put in later.
    """

    key: str
    name: str
    short: str
    division_code: str
    case_prefix: str
    bureau: str
    document_code: str
    townships: tuple[str, ...]
    source: str
    source_title: str
    effective_from: date
    policy_text: str


def build(skeleton: Mapping[str, str], wanted: NewJurisdiction) -> dict[str, str]:
    """Return the files of a new jurisdiction's pack.

    Args:
        skeleton: Files of the skeleton, path below the project to text.
        wanted: Its names.

    Raises:
        Invalid: If a name is missing or cannot be used; each is told at its field.
    """
    _refuse_faults(wanted)
    files = {
        path.replace(f"/{KEY}/", f"/{wanted.key}/"): text if _is_shared(path) else _named(text, wanted)
        for path, text in skeleton.items()
    }
    home = f"workflows/{wanted.key}"
    files[f"{home}/pack.toml"] = _manifest(skeleton[_MANIFEST], wanted)
    if wanted.policy_text.strip():
        files[f"{home}/policy.txt"] = wanted.policy_text.replace("\r\n", "\n").rstrip("\n") + "\n"
    return files


def _is_shared(path: str) -> bool:
    return path.split("/")[1] == COMMON


def _named(text: str, wanted: NewJurisdiction) -> str:
    for old, new in ((_BUREAU, wanted.bureau), (_FULL, wanted.name), (_SHORT, wanted.short)):
        text = text.replace(old, new)
    return text.replace(f"urn:linggong:{KEY}", f"urn:linggong:{wanted.key}")


def _manifest(text: str, wanted: NewJurisdiction) -> str:
    rows = "".join(_township(wanted, number, name) for number, name in enumerate(wanted.townships, start=1))
    text = _TOWNSHIP.sub(lambda _: rows, text)
    for old, new in (
        (f'key = "{KEY}"', f'key = "{wanted.key}"'),
        ('document_code = "示人社"', f'document_code = "{wanted.document_code}"'),
        ('"示〔2026〕1号"', f'"{wanted.source}"'),
        ('"示例区零工市场（驿站）规范化建设实施意见"', f'"{wanted.source_title}"'),
        ("effective_from = 2026-01-01", f"effective_from = {wanted.effective_from}"),
        ('division_code = "000000"', f'division_code = "{wanted.division_code}"'),
        ('case_prefix = "SL"', f'case_prefix = "{wanted.case_prefix}"'),
    ):
        text = text.replace(old, new)
    return _named(text, wanted)


def _township(wanted: NewJurisdiction, number: int, line: str) -> str:
    short, _, full = line.partition(" ")
    return (
        f'  {{ key = "township{number}", name = "{full.strip() or _full_name(wanted, short)}", '
        f'short = "{short}", kind = "属地" }},\n'
    )


def _full_name(wanted: NewJurisdiction, short: str) -> str:
    """Return the full name of an agency: offices of townships follow one rule, others are as written."""
    office = next((office for ending, office in _OFFICES if short.endswith(ending)), None)
    return short if office is None else f"{wanted.name}{short}{office}"


def _refuse_faults(wanted: NewJurisdiction) -> None:
    faults: dict[str, list[str]] = {}
    for field, label in (
        ("name", "辖区全称"),
        ("short", "辖区简称"),
        ("bureau", "主管部门全称"),
        ("document_code", "发文机关代字"),
        ("source", "文号"),
        ("source_title", "政策名称"),
    ):
        if not _is_name(getattr(wanted, field)):
            faults[field] = [f"请填写{label}，不超过 {_LONGEST_NAME} 个字，不用引号。"]
    if not _KEY.fullmatch(wanted.key) or wanted.key in {KEY, COMMON}:
        faults["key"] = ["请用小写英文字母开头，只用小写字母、数字和下划线，如 tongzhou。"]
    if not re.fullmatch(r"[0-9]{6}", wanted.division_code):
        faults["division_code"] = ["行政区划代码是六位数字。"]
    if not re.fullmatch(r"[A-Z]{2,6}", wanted.case_prefix):
        faults["case_prefix"] = ["请用 2 至 6 个大写英文字母，如 TZ。"]
    if not 1 <= len(wanted.townships) <= MAX_TOWNSHIPS or not all(map(_is_name, wanted.townships)):
        faults["townships"] = [f"请每行写一个申请单位，1 至 {MAX_TOWNSHIPS} 个，不用引号。"]
    elif len({line.partition(" ")[0] for line in wanted.townships}) < len(wanted.townships):
        faults["townships"] = ["有重复的申请单位。"]
    if len(wanted.policy_text) > MAX_POLICY:
        faults["policy_text"] = [f"政策原文不超过 {MAX_POLICY} 个字。"]
    if faults:
        raise Invalid(errors=faults)


def _is_name(text: str) -> bool:
    return 1 <= len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) is not None
