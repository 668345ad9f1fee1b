"""Commands: `flask --app wsgi …`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from webapp import packs, sandbox
from webapp.cli_documents import document_commands
from webapp.cli_studio import export_pack, import_pack
from webapp.config import current_settings, key_file_of
from webapp.core import crypto
from webapp.core.errors import Invalid
from webapp.integrations.storage import blob_store
from webapp.models.account import Jurisdiction, Person
from webapp.queries import profile
from webapp.services import accounts, events, installation, jobs, keys
from webapp.services import demo as demonstration
from webapp.uow import read_only, unit_of_work
from webapp.worker import make_worker

if TYPE_CHECKING:
    from flask import Flask

    from webapp.packs import Pack

audit = AppGroup("audit", help="Prove that history is whole.")
key_commands = AppGroup("keys", help="Keys that protect personal data.")
sessions = AppGroup("sessions", help="Open sessions.")
job_commands = AppGroup("jobs", help="Background work that failed for good.")
demo = AppGroup("demo", help="The demonstration.")
pack_commands = AppGroup("packs", help="Policy as data.")
pack_commands.add_command(export_pack)
pack_commands.add_command(import_pack)

ROOT = Path(__file__).resolve().parents[1]
LONGEST_PLAY = 300.0
"""Seconds that the scenarios of a pack may take on the command line, where nobody waits for a page."""


def init_app(app: Flask) -> None:
    """Add the commands to an application."""
    for group in (audit, key_commands, sessions, job_commands, demo, pack_commands):
        app.cli.add_command(group)
    app.cli.add_command(document_commands)
    app.cli.add_command(work)
    app.cli.add_command(install_pack)


@audit.command("verify")
def audit_verify() -> None:
    """Walk every chain; exit with 1 if one is broken."""
    with read_only() as session:
        found = events.verify_all(session)
        heads = {
            row.name: events.chain_state(session, row.id) for row in session.scalars(select(Jurisdiction))
        }
    for name, breaks in found.items():
        seq, digest = heads[name]
        click.echo(f"{name}：共 {seq} 条，末条校验值 {digest}，{'完整' if not breaks else '发现问题'}")
        for broken in breaks:
            click.echo(f"  第 {broken.seq} 条：{broken.reason}")
    if any(found.values()):
        raise SystemExit(1)


@key_commands.command("rotate")
def keys_rotate() -> None:
    """Seal with a new key from now on, and encrypt anew what lies under old ones."""
    ring = crypto.key_ring().rotated()
    if current_settings().field_keys.get_secret_value():
        text = crypto.encode_key(ring.keys[ring.active])
        click.echo(f"密钥由环境变量提供。请在 LINGGONG_FIELD_KEYS 末尾加上“,{ring.active}:{text}”，")
        click.echo("重启后运行 flask --app wsgi keys reseal。")
        return
    key_file_of(current_settings()).save(ring)
    crypto.install(ring)
    click.echo(f"已启用密钥 {ring.active}。请重启其他进程。")
    _reseal()


@key_commands.command("reseal")
def keys_reseal() -> None:
    """Encrypt anew, under the active key, what lies under old ones; may be run again at any time."""
    _reseal()


@sessions.command("revoke")
@click.option("--username", help="Only this person's; everybody's if not given.")
def sessions_revoke(username: str | None) -> None:
    """End open sessions."""
    with unit_of_work() as session:
        person_id = None
        if username:
            person_id = session.scalar(select(Person.id).where(Person.username == username.lower()))
            if person_id is None:
                raise click.ClickException("没有这个用户名。")
        count = accounts.revoke_sessions(session, person_id)
    click.echo(f"已退出 {count} 个登录会话。")


@job_commands.command("failed")
def jobs_failed() -> None:
    """List the jobs that failed for good."""
    with read_only() as session:
        for job in jobs.dead_letters(session):
            click.echo(f"{job.id}  {job.kind}  {job.failed_at:%Y-%m-%d %H:%M}  {job.error}")


@job_commands.command("retry")
@click.argument("job_id", type=click.UUID)
def jobs_retry(job_id: Any) -> None:
    """Let a failed job run again."""
    with unit_of_work() as session:
        jobs.retry(session, job_id)


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due and end.")
@with_appcontext
def work(*, once: bool) -> None:
    """Do background work, beside or instead of the thread in the web server."""
    worker = make_worker(_app())
    if once:
        click.echo(f"完成 {worker.run_until_idle()} 项。")
    else:
        worker.run()


@click.command("install")
@click.argument("pack")
@click.option("--admin", required=True, help="User name of the first administrator.")
@click.option("--name", required=True, help="Name of the first administrator.")
@click.option("--force", is_flag=True, help="Add an administrator although there is one.")
@with_appcontext
def install_pack(pack: str, admin: str, name: str, *, force: bool) -> None:
    """Set up the jurisdiction of a pack of `workflows`, and its first administrator."""
    folder = ROOT / "workflows" / pack
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", pack) or not (folder / "pack.toml").is_file():
        raise click.ClickException(f"workflows 下没有政策包“{pack}”。")
    try:
        loaded = _loaded(folder)
        with unit_of_work() as session:
            jurisdiction = installation.install(session, loaded)
            password = installation.first_administrator(
                session, jurisdiction, username=admin, name=name, force=force
            )
    except Invalid as refused:
        raise _told(refused) from None
    click.echo(f"{jurisdiction.name}已设置，政策包 {loaded.key} {loaded.version} 已启用。")
    click.echo(f"系统管理员 {admin.strip().lower()}，初始密码 {password}")
    click.echo("密码只显示这一次，首次登录须修改。")


@demo.command("seed")
@click.option("--without-cases", is_flag=True, help="Only the pack and the people.")
def demo_seed(*, without_cases: bool) -> None:
    """Load the pack, people and cases of the demonstration; a second run changes nothing."""
    if current_settings().env == "production":
        raise click.ClickException("正式环境不得载入演示数据。")
    with unit_of_work() as session:
        demonstration.seed(session)
        if not without_cases:
            demonstration.seed_cases(session)


@demo.command("accounts")
def demo_accounts() -> None:
    """Print the address and the accounts of the demonstration."""
    click.echo(f"\n演示系统：{current_settings().public_url}")
    with read_only() as session:
        for account in profile.demo_accounts(session, accounts.DEMO_PASSWORD):
            click.echo(f"  {account.username:<16}{account.password:<14}{account.person}  {account.position}")
    click.echo("按 Ctrl+C 停止。\n")


@pack_commands.command("check")
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
def packs_check(folders: tuple[Path, ...]) -> None:
    """Check packs, all if none is named, and play their scenarios; exit with 1 if one fails."""
    errors = 0
    for folder in folders or sorted(path.parent for path in (ROOT / "workflows").glob("*/pack.toml")):
        pack = _loaded(folder)
        findings = packs.check(pack)
        found = sum(1 for finding in findings if finding.severity == "error")
        click.echo(f"{folder.name}：{len(findings)} 个提示")
        for finding in findings:
            click.echo(f"  [{finding.severity}] {finding.element}：{finding.reason}{finding.mend}")
        errors += found or _played(pack)
    if errors:
        raise SystemExit(1)


def _played(pack: Pack) -> int:
    """Play the scenarios of a pack without errors; return how many go another way than they are told."""
    results = sandbox.play_all(pack, seconds=LONGEST_PLAY)
    for result in results:
        verdict = "通过" if result.passed else "未通过"
        click.echo(f"  场景“{result.title}”：{verdict}（{result.seconds:.1f} 秒）")
        for problem in result.problems:
            click.echo(f"    第 {problem.move} 步 {problem.element_id}：{problem.reason}")
    return sum(not result.passed for result in results)


@pack_commands.command("deploy")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def packs_deploy(folder: Path) -> None:
    """Put a later version of an installed pack in force; running cases stay on theirs, nobody is added."""
    pack = _loaded(folder)
    try:
        with unit_of_work() as session:
            done = installation.update(session, pack)
    except Invalid as refused:
        raise _told(refused, by_place=True) from None
    said = "已启用，之后发起的办件按此办理" if done.is_new else "内容与现行版本相同，没有重新启用"
    click.echo(f"{done.jurisdiction.name}：政策包 {pack.key} {pack.version} {said}。")
    for label, names in (
        ("新增单位", done.agencies),
        ("新增或调整权限的岗位", done.positions),
        ("政策包中已没有、仍保留权限的岗位（请视情免去任职）", done.left),
    ):
        if names:
            click.echo(f"{label}：{'、'.join(names)}")


def _loaded(folder: Path) -> Pack:
    """Read a pack; its forms and templates lie beside `workflows`, or in this project."""
    home = folder.resolve().parents[1]
    rooms = [home / room if (home / room).is_dir() else ROOT / room for room in ("forms", "docs_templates")]
    try:
        return packs.load(folder.resolve(), forms_root=rooms[0], templates_root=rooms[1])
    except packs.PackError as unreadable:
        raise click.ClickException(unreadable.message) from None


def _told(refused: Invalid, *, by_place: bool = False) -> click.ClickException:
    return click.ClickException(
        "\n".join(
            f"{place}：{text}" if by_place and place else text
            for place, texts in refused.errors.items()
            for text in texts
        )
    )


def _reseal() -> None:
    for column in keys.sealed_columns():
        total, after, first = 0, None, True
        while first or after is not None:
            first = False
            with unit_of_work() as session:
                changed, after = keys.reseal(session, column, after)
            total += changed
        click.echo(f"{column.context}：重新加密 {total} 项")
    click.echo(f"文件：重新加密 {sum(1 for _ in blob_store().reseal())} 个")


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]  # noqa: SLF001
