"""The build: built again exactly when something changed, and found by its name."""

from __future__ import annotations

import json
import re

import pytest

from tests.unit.frontend.pages import FRONTEND
from webapp.frontend import build
from webapp.frontend.assets import AssetMissing, Assets

EDITORS = ("bpmn", "dmn", "form", "text", "toml")


@pytest.fixture
def sources(tmp_path):
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "app.js").write_text("one", encoding="utf-8")
    (tmp_path / "package-lock.json").write_text("{}", encoding="utf-8")
    return tmp_path


@pytest.fixture
def dist(tmp_path):
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "app-1.js").write_text("", encoding="utf-8")
    (folder / "manifest.json").write_text('{"app.js": "app-1.js"}', encoding="utf-8")
    (folder / build.STAMP).write_text('{"sources": "abc"}', encoding="utf-8")
    return folder


def test_a_changed_source_changes_the_fingerprint(sources) -> None:
    before = build.fingerprint(sources)
    (sources / "js" / "app.js").write_text("two", encoding="utf-8")

    assert build.fingerprint(sources) != before


def test_a_renamed_source_changes_the_fingerprint(sources) -> None:
    before = build.fingerprint(sources)
    (sources / "js" / "app.js").rename(sources / "js" / "other.js")

    assert build.fingerprint(sources) != before


def test_installed_packages_do_not_count_as_sources(sources) -> None:
    before = build.fingerprint(sources)
    (sources / "node_modules").mkdir()
    (sources / "node_modules" / "x.js").write_text("", encoding="utf-8")

    assert build.fingerprint(sources) == before


def test_a_complete_build_of_these_sources_is_current(dist) -> None:
    assert build.is_current(dist, "abc")


def test_a_build_of_other_sources_is_not_current(dist) -> None:
    assert not build.is_current(dist, "other")


def test_a_build_with_a_missing_file_is_not_current(dist) -> None:
    (dist / "app-1.js").unlink()

    assert not build.is_current(dist, "abc")


def test_a_missing_build_is_not_current(tmp_path) -> None:
    assert not build.is_current(tmp_path, "abc")


def test_an_asset_is_found_by_its_name(dist) -> None:
    assert Assets(dist).path("app.js") == "dist/app-1.js"


def test_an_unknown_asset_is_named_in_the_error(dist) -> None:
    with pytest.raises(AssetMissing, match=r"other\.js"):
        Assets(dist).path("other.js")


def test_without_a_build_the_error_says_how_to_make_one(tmp_path) -> None:
    with pytest.raises(AssetMissing, match=r"python -m webapp\.frontend\.build"):
        Assets(tmp_path).path("app.js")


def test_packages_are_pinned_exactly_and_locked_with_their_hashes() -> None:
    package = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    wanted = {**package["dependencies"], **package["devDependencies"]}

    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    for name, version in wanted.items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    assert all("integrity" in entry for path, entry in lock["packages"].items() if path)


def test_the_manifest_names_every_file_that_the_pages_ask_for() -> None:
    """Needs the set-up step: python -m webapp.frontend.build."""
    manifest = json.loads((build.DIST / "manifest.json").read_text(encoding="utf-8"))

    studio = {f"studio-{kind}.{end}" for kind in EDITORS for end in ("css", "js")}
    assert set(manifest) == {"app.css", "app.js", "boot.js", "viewer.css", "viewer.js"} | studio
    for name, built in manifest.items():
        stem, _, ending = name.rpartition(".")
        assert re.fullmatch(rf"{stem}-[0-9A-Z]{{8}}\.{ending}", built)
        assert (build.DIST / built).stat().st_size > 0
