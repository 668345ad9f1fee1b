"""A pack as one ZIP file: the same files, byte for byte, as in the project's folders."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from webapp.packs import paths
from webapp.packs.tables import PackError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_ARCHIVE_BYTES = 8_000_000
MAX_ENTRIES = 2 * paths.MAX_FILES
MAX_RATIO = 200
"""How many times larger than it lies in the archive one file may become; text never comes near."""
_TOLD_AT_MOST = 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MANIFEST = re.compile(r"(?P<top>(?:[^/]+/)?)workflows/(?P<key>[a-z][a-z0-9_-]{0,39})/pack\.toml")
_LEFT_OUT = re.compile(
    r"(?:^|/)(?:README\.md|\.[^/]*)$|^__MACOSX/"
    r"|^(?:workflows|docs_templates)/[^/]+/(?:demo|samples)/|^docs_templates/fonts/"
)
"""What lies beside a pack in the project, or what a computer adds: no part of it."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What came out of an archive.

    Attributes:
        key: Name of the pack's folder.
        files: Path below the project to text.
        left_out: Paths that are no part of a pack and were passed over.
    """

    key: str
    files: dict[str, str]
    left_out: tuple[str, ...]


def write_archive(files: Mapping[str, str]) -> bytes:
    """Write files as a ZIP; the same files always give the same bytes."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, files[path].encode())
    return target.getvalue()


def read_archive(content: bytes) -> Unpacked:
    """Read a ZIP of a pack, with the folders `workflows`, `forms` and `docs_templates` at its top.

    One folder around all of them is passed over. Nothing is written to a disk.

    Raises:
        PackError: If it is no ZIP, is too large, or holds what cannot be part of a pack; each is named.
    """
    if len(content) > MAX_ARCHIVE_BYTES:
        raise PackError(f"压缩包不超过 {MAX_ARCHIVE_BYTES // 1_000_000} MB。")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _unpacked(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise PackError("这不是可以读取的 ZIP 文件（也不能有密码）。") from error


def _unpacked(archive: zipfile.ZipFile) -> Unpacked:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_ENTRIES:
        raise PackError(f"压缩包中不超过 {MAX_ENTRIES} 个文件。")
    top, key = _manifest(entries)
    files: dict[str, str] = {}
    faults, left_out, total = [], [], 0
    for entry in entries:
        path = entry.filename.removeprefix(top)
        if _LEFT_OUT.search(path):
            left_out.append(path)
            continue
        fault = paths.path_fault(path, key) or ("文件重复。" if path in files else "") or _size_fault(entry)
        total += entry.file_size
        if total > paths.MAX_TOTAL_BYTES:
            raise PackError(f"一个政策包合计不超过 {paths.MAX_TOTAL_BYTES // 1_000_000} MB。")
        if not fault:
            files[path], fault = _text(archive, entry)
        if fault:
            faults.append(f"{path}：{fault}")
    if faults:
        more = f"另有 {len(faults) - _TOLD_AT_MOST} 个文件。" if len(faults) > _TOLD_AT_MOST else ""
        raise PackError("压缩包中有不能放进政策包的文件。" + "".join(faults[:_TOLD_AT_MOST]) + more)
    return Unpacked(key, files, tuple(left_out))


def _manifest(entries: list[zipfile.ZipInfo]) -> tuple[str, str]:
    """Return what stands before every path, and the key of the pack."""
    found = [match for entry in entries if (match := _MANIFEST.fullmatch(entry.filename))]
    if len(found) != 1:
        raise PackError(f"压缩包中应当有且只有一个 workflows/政策包/pack.toml，现有 {len(found)} 个。")
    return found[0]["top"], found[0]["key"]


def _size_fault(entry: zipfile.ZipInfo) -> str:
    if entry.file_size > paths.MAX_FILE_BYTES:
        return f"单个文件不超过 {paths.MAX_FILE_BYTES // 1_000_000} MB。"
    if entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        return "压缩率异常。"
    return ""


def _text(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[str, str]:
    """Return a file's text, and what is wrong with it; never more is read than the archive said."""
    with archive.open(entry) as source:
        content = source.read(paths.MAX_FILE_BYTES + 1)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return "", "不是 UTF-8 文字文件。"
    return text, paths.text_fault(text)
