"""Names of the built files: ``asset("app.css")`` in a template becomes ``dist/app-9C1B.css``."""

from __future__ import annotations

import json
from pathlib import Path

DIST = Path(__file__).resolve().parent.parent / "static" / "dist"


class AssetMissing(LookupError):  # noqa: N818 - says what is the case
    """The front end has not been built, or has no such file."""


class Assets:
    """The manifest of one build.

    Args:
        dist: folder with ``manifest.json``.
        watch: read the manifest again when it has changed; for development.
    """

    def __init__(self, dist: Path = DIST, *, watch: bool = False) -> None:
        self._manifest = dist / "manifest.json"
        self._watch = watch
        self._read_at = -1.0
        self._names: dict[str, str] = {}

    def path(self, name: str) -> str:
        """Path below ``static/`` of a built file, for example ``dist/app-9C1B.css``.

        Raises:
            AssetMissing: nothing was built, or the build has no file of that name.
        """
        self._read()
        try:
            return f"dist/{self._names[name]}"
        except KeyError:
            raise AssetMissing(f"前端文件中没有 {name}") from None

    def _read(self) -> None:
        if self._names and not self._watch:
            return
        try:
            changed = self._manifest.stat().st_mtime
            if changed != self._read_at:
                self._names = json.loads(self._manifest.read_text(encoding="utf-8"))
                self._read_at = changed
        except FileNotFoundError:
            raise AssetMissing("前端尚未构建，请运行 python -m webapp.frontend.build") from None
