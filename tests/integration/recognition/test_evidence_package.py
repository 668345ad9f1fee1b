"""The evidence package: everything of a case in one ZIP, which a flipped byte gives away."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile

import pikepdf
import pytest

from tests.factories import filings
from tests.integration.recognition import desk
from webapp.integrations import storage
from webapp.services import api_tokens, evidence_packages
from webapp.services.events import verify as verify_chain
from webapp.uow import read_only, unit_of_work

CASE = "/cases/TZ-RD-2026-0001"
REASON = "行政复议举证（演示）"


@pytest.fixture
def package(sealed):
    """Bytes of the package of a case that was recognised and sealed."""
    case_id = sealed()
    return case_id, exported(case_id)


def exported(case_id, username="renshe-kz"):
    with unit_of_work() as session:
        who, case = filings.actor(session, username), session.get_one(desk.Case, case_id)
        made = evidence_packages.export(session, who, case, reason=REASON)
    return b"".join(made.stream())


def checked(content, tmp_path, verifier=None):
    """Run the package's own verifier on it in a bare Python; return its exit status and what it says."""
    place = tmp_path / "存证包.zip"
    place.write_bytes(content)
    program = tmp_path / "verify.py"
    program.write_bytes(verifier or zipfile.ZipFile(io.BytesIO(content)).read("verify.py"))
    done = subprocess.run([sys.executable, "-I", program, place], capture_output=True, check=False)
    assert not done.stderr, done.stderr.decode()
    return done.returncode, done.stdout.decode()


def rewritten(content, changes):
    """Return the package with some of its files replaced, removed (`None`) or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        files = {name: old.read(name) for name in old.namelist()} | changes
        for name, data in files.items():
            if data is not None:
                new.writestr(name, data)
    return out.getvalue()


def flipped(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_it_holds_everything_and_verifies_offline(package, tmp_path):
    case_id, content = package
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    hashes = {hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    for paper in desk.documents(case_id):
        assert {paper.unsigned_sha256, paper.sha256} <= hashes, paper.title
    with read_only() as session:
        files = session.query(desk.Attachment).filter_by(case_id=case_id).all()
        decisions = session.query(desk.Decision).filter_by(case_id=case_id).all()
    assert {file.sha256 for file in files} <= hashes
    told = [json.loads(archive.read(name)) for name in archive.namelist() if name.startswith("存证/决策/")]
    assert [(one["规则版本 SHA-256"], one["冻结的事实"]) for one in told] == [
        (row.source_hash, row.facts) for row in decisions
    ]
    assert all(one["推导过程"]["decisions"] for one in told)
    status, said = checked(content, tmp_path)
    assert status == 0, said
    assert "核验通过：TZ-RD-2026-0001" in said


def test_its_chain_ends_with_its_own_export(package):
    case_id, content = package
    lines = zipfile.ZipFile(io.BytesIO(content)).read("存证/事件链.jsonl").decode().splitlines()
    links = [json.loads(line) for line in lines]
    assert [link["hash"] for link in links] == [event.hash for event in desk.events(case_id)]
    assert links[-1]["record"]["kind"] == "evidence.exported"
    assert links[-1]["record"]["data"] == {"reason": REASON}
    assert links[-1]["next"] is None
    assert all(link["next"] for link in links[:-1])
    with read_only() as session:
        assert verify_chain(session, desk.case_of(case_id).jurisdiction_id) == []


def test_the_catalogue_lists_every_paper_in_its_folder(package):
    case_id, content = package
    archive = zipfile.ZipFile(io.BytesIO(content))
    rows = list(csv.DictReader(io.StringIO(archive.read("归档/归档目录.csv").decode("utf-8-sig"))))
    papers = desk.documents(case_id)
    assert [row["文号"] for row in rows if row["备注"] != "材料"] == [paper.number or "" for paper in papers]
    assert [row["序号"] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]
    assert rows[0]["件号"] == "TZ-RD-2026-0001-001"
    for row in rows:
        assert hashlib.sha256(archive.read(row["文件"])).hexdigest() == row["SHA-256"]
        assert row["保管期限"]
        assert row["公开属性"]
        assert row["日期"] == "20261120"
    for row, paper in zip(rows, papers, strict=False):
        with pikepdf.open(io.BytesIO(archive.read(row["文件"]))) as pdf:
            assert int(row["页数"]) == len(pdf.pages) == paper.pages
    with pikepdf.open(io.BytesIO(archive.read("归档/归档目录.pdf"))) as pdf:
        assert len(pdf.pages) >= 1


def test_a_flipped_byte_in_any_file_is_found_and_named(package, tmp_path):
    _, content = package
    archive = zipfile.ZipFile(io.BytesIO(content))
    verifier = archive.read("verify.py")
    spoiled = {
        name: flipped(archive.read(name), len(archive.read(name)) // 2)
        for name in archive.namelist()
        if name not in {"清单.json", "清单签名.json"}
    }
    status, said = checked(rewritten(content, spoiled), tmp_path, verifier)
    assert status == 1
    for name in spoiled:
        assert f"× “{name}”：内容被改动" in said
    for name in ("清单.json", "清单签名.json"):
        data = archive.read(name)
        for place in (1, len(data) // 3, len(data) // 2, len(data) - 40):
            status, said = checked(rewritten(content, {name: flipped(data, place)}), tmp_path, verifier)
            assert status == 1, (name, place, said)


def test_a_flipped_byte_of_the_zip_itself_is_found(package, tmp_path):
    _, content = package
    archive = zipfile.ZipFile(io.BytesIO(content))
    verifier = archive.read("verify.py")
    entry = max(archive.infolist(), key=lambda one: one.compress_size)
    begin = entry.header_offset + 30 + len(entry.filename.encode())
    status, said = checked(flipped(content, begin + entry.compress_size // 2), tmp_path, verifier)
    assert status == 1
    assert f"“{entry.filename}”" in said
    assert checked(content[: len(content) // 2], tmp_path, verifier)[0] == 2


def test_whoever_mends_the_manifest_is_found_by_its_signature(package, tmp_path):
    _, content = package
    archive = zipfile.ZipFile(io.BytesIO(content))
    name = next(name for name in archive.namelist() if name.startswith("存证/决策/"))
    forged = archive.read(name).replace("结果".encode(), "后果".encode())
    manifest = json.loads(archive.read("清单.json"))
    for entry in manifest["files"]:
        if entry["path"] == name:
            entry["sha256"] = hashlib.sha256(forged).hexdigest()
    changes = {name: forged, "清单.json": json.dumps(manifest, ensure_ascii=False, indent=1).encode()}
    status, said = checked(rewritten(content, changes), tmp_path)
    assert status == 1
    assert said.splitlines()[0] == "× 清单签名：与清单不符，清单或签名被改动。"


def test_a_changed_removed_or_moved_event_is_told(package, tmp_path):
    _, content = package
    lines = zipfile.ZipFile(io.BytesIO(content)).read("存证/事件链.jsonl").decode().splitlines(keepends=True)

    def said(changed):
        return checked(rewritten(content, {"存证/事件链.jsonl": "".join(changed).encode()}), tmp_path)[1]

    seq = json.loads(lines[3])["record"]["seq"]
    altered = lines[3].replace('"position": "', '"position": "伪造')
    assert f"事件链：第 {seq} 条的内容与其校验值不符" in said([*lines[:3], altered, *lines[4:]])
    assert f"应有 {len(lines)} 条，实有 {len(lines) - 1} 条" in said([*lines[:3], *lines[4:]])
    assert "的顺序不对" in said([*lines[:3], lines[4], lines[3], *lines[5:]])


def test_missing_and_added_files_are_told(package, tmp_path):
    _, content = package
    name = "归档/归档目录.pdf"
    status, said = checked(rewritten(content, {name: None, "归档/假.pdf": b"%PDF-"}), tmp_path)
    assert status == 1
    assert f"“{name}”：文件缺失" in said
    assert "“归档/假.pdf”：清单中没有这个文件" in said


def test_a_lost_blob_does_not_stop_the_package_and_is_told(at, app, tmp_path):
    case_id = at("filed")
    desk.work(app)
    (report,) = desk.documents(case_id)
    storage.blob_store().delete(report.sha256)
    status, said = checked(exported(case_id), tmp_path)
    assert status == 1
    assert "：文件缺失" in said
    assert report.title in said


def test_it_is_streamed_one_file_at_a_time(package, monkeypatch):
    case_id, _ = package
    read = []
    monkeypatch.setattr(storage, "get", lambda sha256: read.append(sha256) or b"x" * 300_000)
    with unit_of_work() as session:
        who, case = filings.actor(session, "renshe-kz"), session.get_one(desk.Case, case_id)
        made = evidence_packages.export(session, who, case, reason=REASON)
    read.clear()
    pieces = made.stream()
    seen = [(len(read), len(piece)) for piece in pieces]
    assert max(size for _, size in seen) < 1_000_000
    assert seen[0][0] <= 1
    assert len({count for count, _ in seen}) == len(read) + 1 > 5, "each is read when its turn comes"


def test_the_page_offers_it_to_those_who_keep_the_file_and_records_it(at, browse):
    case_id = at("filed")
    chief = browse("renshe-kz")
    assert "导出存证包" in chief.get(CASE).text
    answer = chief.post(f"{CASE}/evidence.zip", data={"reason": REASON})
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None
    (event,) = desk.events(case_id, "evidence.exported")
    assert event.data == {"reason": REASON}
    assert "导出存证包（事由：行政复议举证（演示））" in [view.title for view in desk.page(case_id).timeline]
    assert chief.post(f"{CASE}/evidence.zip", data={"reason": "无"}).status_code == 302
    assert len(desk.events(case_id, "evidence.exported")) == 1
    for other in ("renshe", "majuqiao", "majuqiao-ld"):
        page = browse(other)
        assert "导出存证包" not in page.get(CASE).text.replace("导出存证包（", "")
        assert page.post(f"{CASE}/evidence.zip", data={"reason": REASON}).status_code == 403


def test_another_system_gets_the_same(at, browse):
    case_id = at("filed")
    with unit_of_work() as session:
        who = filings.actor(session, "renshe-kz")
        key = {"Authorization": f"Bearer {api_tokens.create(session, who, name='测试', days=30)}"}
    address = f"/api/v1{CASE}/evidence"
    assert browse().post(address, json={"reason": "无"}, headers=key).status_code == 422
    answer = browse().post(address, json={"reason": REASON}, headers=key)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert len(desk.events(case_id, "evidence.exported")) == 1
