"""A later version of a pack is put in force by a command of its own, which adds nobody."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from webapp.models.account import Agency, Person, Position
from webapp.models.event import Event
from webapp.models.release import ProcessVersion, Release
from webapp.queries.administration import ACTIONS
from webapp.uow import read_only

ROOT = Path(__file__).resolve().parents[2]
TAIHU = '  { key = "taihu",'
NEW_TOWN = '  { key = "newtown", name = "演示镇人民政府", short = "演示镇", kind = "属地", parent = "district", document_code = "演政" },\n'
SECTION = 'key = "section_chief"\nname = "科室负责人"\nagency = "hrss"\nrights = ["case.read", '


@pytest.fixture
def run(app):
    return lambda *arguments: app.test_cli_runner().invoke(app.cli, arguments)


@pytest.fixture
def installed(run):
    done = run("install", "tongzhou", "--admin", "guanli", "--name", "测试管理员")
    assert done.exit_code == 0, done.output


@pytest.fixture
def later(tmp_path):
    """A copy of the pack outside the project, to be edited."""
    for room in ("workflows", "forms", "docs_templates"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("fonts", "*.py", "demo"))

    def edited(*changes):
        manifest = tmp_path / "workflows" / "tongzhou" / "pack.toml"
        text = manifest.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        manifest.write_text(text, encoding="utf-8")
        return str(manifest.parent)

    return edited


def rights(agency, position):
    with read_only() as session:
        return set(
            session.scalars(
                select(Position).join(Agency).where(Agency.key == agency, Position.key == position)
            )
            .one()
            .rights
        )


def recorded(kind):
    with read_only() as session:
        return [
            row.data for row in session.scalars(select(Event).where(Event.kind == kind).order_by(Event.seq))
        ]


@pytest.mark.usefixtures("installed")
def test_release_agencies_and_rights_follow_and_nobody_is_added(run, later):
    folder = later(
        ('version = "2025.1"', 'version = "2025.2"'),
        (TAIHU, NEW_TOWN + TAIHU),
        (f'{SECTION}"case.read_all"', f'{SECTION}"document.approve", "case.read_all"'),
        ('key = "office"\nname = "局办公室', 'key = "bureau_office"\nname = "局办公室'),
    )
    before = rights("hrss", "section_chief")
    done = run("packs", "deploy", folder)
    assert done.exit_code == 1, "the process still names the position that is gone"
    assert "没有岗位“office”" in done.output
    assert rights("hrss", "section_chief") == before
    folder = later(('key = "bureau_office"\nname = "局办公室', 'key = "office"\nname = "局办公室'))
    done = run("packs", "deploy", folder)
    assert done.exit_code == 0, done.output
    assert "政策包 tongzhou 2025.2 已启用" in done.output
    assert "新增单位：演示镇" in done.output
    assert "演示镇 经办" in done.output
    assert "区人力社保局 科室负责人" in done.output
    assert rights("hrss", "section_chief") == before | {"document.approve"}
    assert "case.start" in rights("newtown", "clerk")
    with read_only() as session:
        assert session.query(Person).count() == 1
        current = session.scalars(select(ProcessVersion).where(ProcessVersion.is_current)).all()
        assert {row.release.pack_version for row in current} == {"2025.2"}
        assert session.query(Release).count() == 2
    assert len(recorded("release.activated")) == 2
    (changed,) = recorded("position.rights_changed")
    assert changed["position"] == "hrss.section_chief"
    assert set(changed["after"]) - set(changed["before"]) == {"document.approve"}
    assert {"release.activated", "position.rights_changed"} <= set(ACTIONS)


@pytest.mark.usefixtures("installed")
def test_the_same_again_leaves_no_trace(run):
    done = run("packs", "deploy", str(ROOT / "workflows" / "tongzhou"))
    assert done.exit_code == 0, done.output
    assert "内容与现行版本相同" in done.output
    assert len(recorded("release.activated")) == 1
    assert recorded("position.rights_changed") == []


@pytest.mark.usefixtures("installed")
def test_positions_that_a_pack_no_longer_has_are_named(run, later):
    folder = later(
        (
            '[[positions]]\nkey = "admin"\nname = "系统管理员"\nagency = "hrss"',
            '[[positions]]\nkey = "keeper"\nname = "系统管理员"\nagency = "hrss"',
        )
    )
    done = run("packs", "deploy", folder)
    assert done.exit_code == 0, done.output
    assert "仍保留权限的岗位（请视情免去任职）：区人力社保局 系统管理员" in done.output


def test_what_was_never_installed_is_not_deployed(run, app):
    done = run("packs", "deploy", str(ROOT / "workflows" / "tongzhou"))
    assert done.exit_code == 1
    assert "flask install tongzhou" in done.output
    with read_only() as session:
        assert session.query(Agency).count() == 0


def test_what_is_no_pack_is_told(run, app, tmp_path):
    done = run("packs", "deploy", str(tmp_path))
    assert done.exit_code == 1
    assert "pack.toml" in done.output
