"""Packs as files: out of the studio and into it again without a changed byte, and new jurisdictions."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.integration.studio import desk
from webapp import packs
from webapp.core.errors import Locked
from webapp.models.account import Agency, Jurisdiction, Position
from webapp.models.event import Event
from webapp.packs import archives
from webapp.queries.actors import actor_of
from webapp.queries.releases import release_in_force
from webapp.services import cases
from webapp.services.accounts import appoint, create_person
from webapp.uow import read_only, unit_of_work

pytestmark = pytest.mark.usefixtures("no_scenarios")

ROOT = Path(__file__).resolve().parents[3]
YANQING = {
    "name": "北京市延庆区",
    "short": "延庆区",
    "key": "yanqing",
    "division_code": "110119",
    "case_prefix": "yq",
    "bureau": "北京市延庆区人力资源和社会保障局",
    "document_code": "延人社",
    "townships": "康庄镇\r\n儒林街道\r\n",
    "source": "延人社发〔2026〕9号",
    "source_title": "延庆区零工市场管理办法",
    "effective_from": "2026-11-01",
    "policy_text": "第一条　为规范零工市场，制定本办法。",
}


def on_disk():
    return dict(
        packs.load(
            ROOT / "workflows" / "tongzhou", forms_root=ROOT / "forms", templates_root=ROOT / "docs_templates"
        ).files
    )


def unzipped(content):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def imported(browser, content, title="导入的草稿"):
    return browser.post(
        "/studio", data={"title": title, "source": "file", "file": (BytesIO(content), "pack.zip")}
    )


def test_an_export_is_the_files_of_the_project_byte_for_byte(admin):
    draft = desk.opened(admin)
    found = unzipped(admin.get(f"{draft}/export.zip").data)
    assert found == {path: (ROOT / path).read_bytes() for path in on_disk()}
    assert len(found) > 200


def test_what_is_imported_is_exported_as_it_came(admin):
    files = on_disk() | {"workflows/tongzhou/notes.txt": "行尾\r\n保留\n\ufeff"}
    content = archives.write_archive(files)
    draft = imported(admin, content).location
    assert admin.get(f"{draft}/export.zip").data == content
    page = admin.get(draft).text
    assert page.count(">notes.txt</a>") == 2, "in its group, and as the only file that differs"
    assert "新增" in page


def test_a_file_that_is_no_pack_is_told(admin):
    answer = imported(admin, b"PK not really")
    assert (answer.status_code, "不是可以读取的 ZIP" in answer.text) == (422, True)
    assert "导入的草稿" in answer.text, "the name that was typed is not lost"
    nothing = admin.post("/studio", data={"title": "无", "source": "file"})
    assert (nothing.status_code, "请选择 ZIP 文件" in nothing.text) == (422, True)


def test_a_pack_of_another_jurisdiction_is_not_taken(elsewhere):
    answer = imported(elsewhere, archives.write_archive(on_disk()))
    assert (answer.status_code, "北京市通州区的" in answer.text) == (403, True)


def test_commands_write_folders_and_begin_drafts(app, admin, tmp_path):
    run = app.test_cli_runner().invoke
    done = run(app.cli, ["packs", "export", "tongzhou", str(tmp_path)])
    assert done.exit_code == 0, done.output
    written = {str(path.relative_to(tmp_path)): path for path in tmp_path.rglob("*") if path.is_file()}
    assert set(written) == set(on_disk())
    assert all(path.read_bytes() == (ROOT / name).read_bytes() for name, path in written.items())
    folder = str(tmp_path / "workflows" / "tongzhou")
    begun = run(app.cli, ["packs", "import", folder, "--username", "admin", "--title", "来自文件夹"])
    assert begun.exit_code == 0, begun.output
    assert "来自文件夹" in admin.get("/studio").text
    refused = run(app.cli, ["packs", "import", folder, "--username", "majuqiao", "--title", "无权"])
    assert (refused.exit_code, "没有可以编辑政策包的岗位" in refused.output) == (1, True)
    unknown = run(app.cli, ["packs", "export", "nowhere", str(tmp_path)])
    assert (unknown.exit_code, "nowhere" in unknown.output) == (1, True)


def test_a_new_jurisdiction_is_begun_released_and_works(admin, chief, new_client):
    draft = admin.post("/studio/new-jurisdiction", data=YANQING).location
    assert admin.post(f"{draft}/check").json["findings"] == []
    assert admin.post(f"{draft}/submit", data={"note": "延庆区首次启用"}).status_code == 302
    assert "第一位系统管理员" in chief.get(draft).text
    unnamed = chief.post(f"{draft}/approve", data={"username": "", "name": ""})
    assert (unnamed.status_code, "第一位系统管理员的用户名" in unnamed.text) == (422, True)
    done = chief.post(f"{draft}/approve", data={"username": "Yq-Admin", "name": "延庆管理员"})
    assert done.status_code == 201
    password = done.text.partition('id="first-password">')[2].partition("<")[0]
    first = new_client()
    assert first.sign_in("yq-admin", password).status_code == 302
    assert "password" in first.get("/").location, "it is changed before anything else"
    with unit_of_work() as session:
        jurisdiction = session.scalars(select(Jurisdiction).where(Jurisdiction.key == "yanqing")).one()
        release = release_in_force(session, jurisdiction.id)
        assert release.note == "延庆区首次启用"
        agencies = session.scalars(select(Agency.short).where(Agency.jurisdiction_id == jurisdiction.id))
        assert set(agencies) == {"延庆区人力社保局", "康庄镇", "儒林街道"}
        clerk = clerk_of(session, jurisdiction, "township1")
        assert cases.start(session, clerk, "recognition").no == "YQ-RD-2026-0001"
        kinds = set(session.scalars(select(Event.kind).where(Event.jurisdiction_id == jurisdiction.id)))
    assert {"release.activated", "person.created"} <= kinds
    assert admin.get("/cases/YQ-RD-2026-0001").status_code in {403, 404}
    assert password not in chief.get("/studio").text


def clerk_of(session, jurisdiction, agency):
    """Somebody who applies in a jurisdiction."""
    position = session.scalars(
        select(Position)
        .join(Agency)
        .where(Agency.jurisdiction_id == jurisdiction.id, Agency.key == agency, Position.key == "clerk")
    ).one()
    person = create_person(session, username="yq-clerk", name="测试经办", password="Ceshi-2026-x")
    return actor_of(session, appoint(session, person, position, starts_on=date(2026, 11, 1)).id)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"key": "tongzhou"}, "已有这个辖区"),
        ({"key": "延庆"}, "小写英文字母"),
        ({"effective_from": ""}, "请填写施行日期"),
        ({"townships": ""}, "每行写一个申请单位"),
        ({"name": '延庆"'}, "请填写辖区全称"),
    ],
)
def test_what_is_wrong_with_a_new_jurisdiction_is_told_and_nothing_typed_is_lost(admin, change, says):
    answer = admin.post("/studio/new-jurisdiction", data=YANQING | change)
    assert answer.status_code == 422
    assert says in answer.text
    assert "延庆区零工市场管理办法" in answer.text


def test_a_case_prefix_that_is_taken_is_told_before_the_release(admin):
    draft = admin.post("/studio/new-jurisdiction", data=YANQING | {"case_prefix": "TZ"}).location
    answer = admin.post(f"{draft}/submit", data={"note": "延庆区首次启用"})
    assert (answer.status_code, "前缀“TZ”已由北京市通州区使用" in answer.text) == (422, True)


def test_a_policy_that_is_not_in_force_yet_starts_no_case(admin, chief):
    draft = admin.post("/studio/new-jurisdiction", data=YANQING | {"effective_from": "2026-12-01"}).location
    admin.post(f"{draft}/submit", data={"note": "延庆区首次启用"})
    assert chief.post(f"{draft}/approve", data={"username": "yq-admin", "name": "管理员"}).status_code == 201
    with pytest.raises(Locked, match="自2026年12月1日起施行"), unit_of_work() as session:
        jurisdiction = session.scalars(select(Jurisdiction).where(Jurisdiction.key == "yanqing")).one()
        cases.start(session, clerk_of(session, jurisdiction, "township1"), "recognition")


def test_the_review_pages_tell_what_changes_and_what_it_does(at, browse):
    at("filed")
    admin, chief = browse(desk.EDITOR), browse(desk.RELEASER)
    draft = desk.opened(admin)
    desk.change(admin, draft, "workflows/tongzhou/recognition.bpmn", 'name="街道乡镇审核"', 'name="属地审核"')
    changes = chief.get(f"{draft}/changes").text
    assert "<del>街道乡镇审核</del>" in changes
    assert "<ins>属地审核</ins>" in changes
    flow = "workflows/tongzhou/recognition.bpmn"
    drawing = chief.get(f"{draft}/drawing/{flow}").text
    assert '"active": ["township_review"' in drawing
    for side, name in (("before", "街道乡镇审核"), ("after", "属地审核")):
        assert f'name="{name}"' in chief.get(f"{draft}/source/{flow}?side={side}").text
    assert chief.get(f"{draft}/source/{desk.MANIFEST}").status_code == 404
    assert chief.get(f"{draft}/drawing/workflows/tongzhou/nothing.bpmn").status_code == 404
    impact = chief.get(f"{draft}/impact").text
    assert "零工市场（驿站）申请认定" in impact
    assert "可以迁移 1" in impact
    assert "18 个流程没有变化" in impact
    with read_only() as session:
        assert session.scalar(select(Event).where(Event.kind == "migration.planned")) is None
