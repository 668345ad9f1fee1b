"""Commands: what an operator of the system runs."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from tests.factories.accounts import make_agency, make_jurisdiction, make_person, make_position
from webapp.core import crypto
from webapp.core.errors import Invalid
from webapp.extensions import db
from webapp.integrations import storage
from webapp.models.account import LoginSession
from webapp.models.job import Job
from webapp.queries.actors import Actor
from webapp.services import events, jobs
from webapp.uow import read_only, unit_of_work


@pytest.fixture
def run(app):
    def invoke(*arguments):
        return app.test_cli_runner().invoke(app.cli, arguments)

    return invoke


@pytest.fixture
def jurisdiction(session):
    made = make_jurisdiction(session, "tongzhou")
    make_person(session, make_position(session, make_agency(session, made)), username="wangwu")
    session.commit()
    return made


def test_audit_verify_tells_whole_from_broken(run, jurisdiction):
    with unit_of_work() as session:
        events.record(session, "x.done", actor=Actor.system(jurisdiction.id))
    done = run("audit", "verify")
    assert done.exit_code == 0
    assert "测试区 tongzhou：共 1 条" in done.output
    assert "完整" in done.output
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE chain_head SET seq = 2"))
    done = run("audit", "verify")
    assert done.exit_code == 1
    assert "链首记录的签章不符" in done.output


def test_sessions_are_ended_for_one_or_for_all(run, jurisdiction, client):
    client.sign_in("wangwu")
    assert "没有这个用户名" in run("sessions", "revoke", "--username", "nobody").output
    assert client.get("/me").status_code == 200
    assert "1 个" in run("sessions", "revoke", "--username", "WangWu").output
    assert client.get("/me").status_code == 302
    client.sign_in("wangwu")
    assert "1 个" in run("sessions", "revoke").output
    assert client.get("/me").status_code == 302


def test_keys_are_rotated_and_everything_is_sealed_anew(run, jurisdiction, app, monkeypatch, tmp_path):
    from webapp.config import SETTINGS

    changed = app.extensions[SETTINGS].model_copy(
        update={"field_keys": type(app.extensions[SETTINGS].field_keys)("")}
    )
    monkeypatch.setitem(app.extensions, SETTINGS, changed)
    monkeypatch.setattr(crypto._Installed, "ring", crypto.key_ring())
    # Files of its own: those that other tests share would from here on lie under a key that they do not have.
    storage.install(storage.BlobStore(tmp_path / "blobs"))
    kept_file = storage.put(b"a file", personal=True)
    done = run("keys", "rotate")
    assert done.exit_code == 0, done.output
    assert "已启用密钥 2" in done.output
    assert "person.name：重新加密 1 项" in done.output
    assert "文件：重新加密 1 个" in done.output
    assert storage.get(kept_file) == b"a file"
    assert "person.name：重新加密 0 项" in run("keys", "reseal").output
    kept = (changed.var / "keys.json").read_text()
    assert '"active": 2' in kept
    (changed.var / "keys.json").unlink()


def test_keys_of_the_environment_are_not_changed_behind_its_back(run, app):
    done = run("keys", "rotate")
    assert "LINGGONG_FIELD_KEYS" in done.output
    assert crypto.key_ring().active == 1


def test_failed_jobs_are_listed_and_run_again(run, app):
    with unit_of_work() as session:
        job = jobs.enqueue(session, "nothing.known", {}, max_attempts=1)
        jobs.fail(job, Invalid("邮件服务器无应答。"))
    assert "Invalid: 邮件服务器无应答。" in run("jobs", "failed").output
    assert run("jobs", "retry", str(job.id)).exit_code == 0
    assert run("jobs", "failed").output == ""
    with read_only() as session:
        assert session.get_one(Job, job.id).state == "ready"


def test_the_worker_does_what_is_due_and_ends(run, app, client, jurisdiction, frozen_clock):
    client.sign_in("wangwu")
    frozen_clock.move(days=200)
    done = run("worker", "--once")
    assert done.exit_code == 0, done.output
    assert "完成 5 项" in done.output, (
        "a session, two counts of failures, a walk along the chain, history read for notices"
    )
    with read_only() as session:
        assert session.query(LoginSession).count() == 0


def test_the_demonstration_is_seeded_twice_without_harm(run, app):
    for _ in range(2):
        done = run("demo", "seed")
        assert done.exit_code == 0, done.output
    listed = run("demo", "accounts").output
    assert "majuqiao" in listed
    assert listed.count("演示周敏") == 1


@pytest.fixture
def production(app, monkeypatch):
    from webapp.config import SETTINGS

    settings = app.extensions[SETTINGS].model_copy(update={"env": "production"})
    monkeypatch.setitem(app.extensions, SETTINGS, settings)


@pytest.mark.usefixtures("production")
def test_a_pack_is_installed_with_its_first_administrator(run, client):
    done = run("install", "tongzhou", "--admin", "GuanLi", "--name", "测试管理员")
    assert done.exit_code == 0, done.output
    password = re.search(r"系统管理员 guanli，初始密码 (\S+)", done.output)[1]
    assert client.sign_in("guanli", password).status_code == 302
    assert client.get("/admin").location == "/me/password"
    changed = {"current": password, "new": "Xin-mima-2026", "again": "Xin-mima-2026"}
    assert client.post("/me/password", data=changed).status_code == 302
    assert "马驹桥镇 经办" in client.get("/admin/people").text
    assert run("audit", "verify").exit_code == 0


def test_a_second_administrator_is_installed_on_purpose_only(run, client):
    first = ("install", "tongzhou", "--admin", "guanli", "--name", "测试管理员")
    assert run(*first).exit_code == 0
    again = run("install", "tongzhou", "--admin", "guanli2", "--name", "测试管理员乙")
    assert again.exit_code == 1
    assert "已有系统管理员" in again.output
    assert run(*first, "--force").exit_code == 1, "the user name is taken"
    done = run("install", "tongzhou", "--admin", "guanli2", "--name", "测试管理员乙", "--force")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("pack", ["nothing", "../tongzhou", "common"])
def test_what_is_no_pack_is_not_installed(run, app, pack):
    done = run("install", pack, "--admin", "guanli", "--name", "测试管理员")
    assert done.exit_code == 1
    assert "没有政策包" in done.output


def test_production_takes_no_demonstration(run, app, monkeypatch):
    from webapp.config import SETTINGS

    monkeypatch.setitem(
        app.extensions, SETTINGS, app.extensions[SETTINGS].model_copy(update={"env": "production"})
    )
    done = run("demo", "seed")
    assert done.exit_code == 1
    assert "正式环境不得载入演示数据" in done.output


def test_the_packs_of_the_repository_are_in_order(run, app):
    done = run("packs", "check")
    assert done.exit_code == 0, done.output
    assert "tongzhou" in done.output
