"""Commands about official documents: `flask --app wsgi documents …`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask.cli import AppGroup

from webapp import documents
from webapp.core.clock import BEIJING, now
from webapp.integrations import sealing

document_commands = AppGroup("documents", help="Official documents.")


@document_commands.command("sample")
@click.argument("name", metavar="FORMAT", type=click.Choice(list(documents.FORMATS)))
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False, writable=True))
@click.option("--unsealed", is_flag=True, help="Without seals: the same bytes every time.")
def sample(name: str, out: Path, *, unsealed: bool) -> None:
    """Render a sample of a format to a file.

    Its seals come from an authority that is thrown away at once, so that no sample is ever genuine.
    """
    try:
        made = documents.render_sample(name)
        pdf = made.pdf if unsealed else _sealed(made)
    except documents.DocumentError as problem:
        raise click.ClickException(problem.message) from None
    out.write_bytes(pdf)
    click.echo(f"{name}：{made.pages} 页，印章 {len(made.seal_boxes)} 枚，已写入 {out}")


@document_commands.command("check")
@click.argument("packs", nargs=-1, metavar="[PACK]…")
def check(packs: tuple[str, ...]) -> None:
    """Set every template of packs (or of all) with its sample facts; exit with 1 if one has an error."""
    root = documents.TEMPLATES.parent
    known = sorted(
        folder.name for folder in root.iterdir() if list(folder.glob("*.md")) and folder.name != "fonts"
    )
    unknown = sorted(set(packs) - set(known))
    if unknown:
        raise click.ClickException(f"没有模板目录“{'、'.join(unknown)}”。可用的有：{'、'.join(known)}。")
    faults = 0
    for pack in packs or known:
        for report in documents.check_folder(root / pack):
            faults += sum(finding.severity == "error" for finding in report.findings)
            click.echo(f"{pack}/{report.name}  {report.pages} 页")
            for finding in report.findings:
                mark = "错误" if finding.severity == "error" else "提醒"
                click.echo(f"  {mark} {finding.element}：{finding.reason}{finding.mend}")
    if faults:
        raise click.ClickException(f"共有 {faults} 处错误。")


@document_commands.command("verify")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def verify(file: Path) -> None:
    """Check a sealed document without any network; exit with 1 unless it is genuine."""
    pdf = file.read_bytes()
    found = sealing.check(pdf)
    click.echo(f"{'真实' if found.trusted else '不能确认真实'}：{found.message}")
    for signature in found.signatures:
        signed_at = signature.signed_at
        moment = f"{signed_at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}" if signed_at else "时间不明"
        state = "完好" if signature.intact else "已被改动"
        click.echo(f"  {signature.signer}，{moment}（北京时间），{state}，证书颁发者：{signature.issuer}")
        if signature.stamped_at:
            click.echo(
                f"  可信时间戳：{signature.stamped_at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}（北京时间）"
            )
    click.echo(f"SHA-256 {hashlib.sha256(pdf).hexdigest()}")
    click.echo("是否仍然有效（有无更正、撤销）请扫码或在公开查询页核对。")
    if not found.trusted:
        raise SystemExit(1)


def _sealed(made: documents.Sample) -> bytes:
    pdf = made.pdf
    with TemporaryDirectory() as folder:
        authority = documents.LocalAuthority(Path(folder))
        for box, name in zip(made.seal_boxes, made.seal_names, strict=True):
            pdf = documents.sign(pdf, made.seal_boxes, authority.signer(box.agency_key, name), now())
    return pdf
