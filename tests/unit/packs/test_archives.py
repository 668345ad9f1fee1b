"""Packs as ZIP files: the same bytes out and in, and nothing that is no pack."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from webapp.packs import PackError, archives, paths

FILES = {
    "workflows/demo/pack.toml": "[pack]\r\nkey = 'demo'\n",
    "workflows/demo/policy.txt": "\ufeff第一条　测试。",
    "workflows/demo/scenarios/good.json": "{}",
    "forms/demo/filing.json": "{}\n",
    "docs_templates/common/letter.md": "---\n",
}


def packed(entries, **more):
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
        for name, content in more.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_what_is_written_is_read_again_byte_for_byte():
    content = archives.write_archive(FILES)
    assert archives.read_archive(content).files == FILES
    assert archives.write_archive(dict(reversed(FILES.items()))) == content


def test_a_folder_around_all_and_notes_beside_are_passed_over():
    entries = {f"repository-main/{path}": text for path, text in FILES.items()}
    entries |= {
        "repository-main/docs_templates/demo/README.md": "#",
        "repository-main/docs_templates/demo/samples/letter.json": "{}",
        "repository-main/workflows/demo/demo/story.json": "{}",
        "repository-main/.DS_Store": "x",
    }
    found = archives.read_archive(packed(entries))
    assert (found.key, found.files) == ("demo", FILES)
    assert len(found.left_out) == 4


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"workflows/demo/run.py": "import os"}, "run.py：workflows 之下只能放"),
        ({"workflows/other/flow.bpmn": "<x/>"}, "本政策包的文件夹“demo”"),
        ({"workflows/demo/../../etc.toml": "x"}, "文件名只用"),
        ({"/forms/demo/a.json": "{}"}, "文件名只用"),
        ({"forms/demo/wide.json": b"\xff\xfe"}, "不是 UTF-8"),
        ({"forms/demo/nul.json": "a\0b"}, "空字符"),
        ({"forms/demo/bomb.json": "0" * 900_000}, "压缩率异常"),
        ({"forms/demo/large.json": "0" * (paths.MAX_FILE_BYTES + 1)}, "不超过 1 MB"),
        ({"workflows/other/pack.toml": "x"}, "有且只有一个"),
    ],
)
def test_what_is_no_part_of_a_pack_is_named(more, says):
    with pytest.raises(PackError, match=r"(?s).") as refused:
        archives.read_archive(packed(FILES | more))
    assert says in refused.value.message


def test_every_refused_file_is_named():
    with pytest.raises(PackError) as refused:
        archives.read_archive(packed(FILES | {"forms/demo/a.exe": "x", "forms/demo/b.exe": "x"}))
    assert "a.exe" in refused.value.message
    assert "b.exe" in refused.value.message


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip", archives.write_archive(FILES)[:200]])
def test_what_is_no_zip_is_refused(content):
    with pytest.raises(PackError, match="ZIP"):
        archives.read_archive(content)


def test_too_many_files_are_refused():
    many = {f"forms/demo/f{number}.json": "" for number in range(archives.MAX_ENTRIES + 1)}
    with pytest.raises(PackError, match="不超过 2000 个文件"):
        archives.read_archive(packed(FILES | many))


def test_a_damaged_entry_is_refused():
    content = bytearray(
        archives.write_archive({**FILES, "forms/demo/long.json": "".join(map(str, range(2000)))})
    )
    start = content.index(b"forms/demo/long.json") + len(b"forms/demo/long.json")
    content[start : start + 8] = b"\xff" * 8
    with pytest.raises(PackError, match="ZIP"):
        archives.read_archive(bytes(content))
