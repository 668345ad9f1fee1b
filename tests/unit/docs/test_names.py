"""Commands, variables, paths and identifiers that the documentation names exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click
import pytest

from tests.unit.docs.reading import PAGES, READMES, ROOT, code, exists, named, read, rows, sources
from webapp import cli
from webapp.config import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

pages = pytest.mark.parametrize("sheet", PAGES, ids=named)
readmes = pytest.mark.parametrize("sheet", READMES)

TARGETS = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
TOP = {path.name for path in ROOT.iterdir() if path.is_dir()}
BELOW = {path.name for path in (ROOT / "webapp").iterdir() if path.is_dir()}
ELSEWHERE = {"migrate", "db"}
"""Commands of Flask-Migrate and of Flask itself."""


def commands() -> Iterator[str]:
    """Every command of ours as it is typed after `flask --app wsgi`."""
    for thing in vars(cli).values():
        if isinstance(thing, click.Group):
            yield from (f"{thing.name} {name}" for name in thing.commands)
        elif isinstance(thing, click.Command):
            yield str(thing.name)


@pages
def test_make_targets_exist(sheet):
    text = "\n".join(code(read(sheet)))
    assert set(re.findall(r"\bmake (?:[A-Z]+=\S+ )*([a-z]+)", text)) <= TARGETS


@pages
def test_commands_exist(sheet):
    ours = set(commands())
    for line in code(read(sheet)):
        typed = re.search(r"(?:^|[/ ])flask (?:--app wsgi )?([a-z]+)(?: ([a-z]+))?", line)
        if typed and typed[1] not in ELSEWHERE:
            assert {f"{typed[1]} {typed[2]}", typed[1]} & ours, line


@pages
def test_variables_exist(sheet):
    known = sources(".py", ".sh")
    ours = {f"LINGGONG_{name.upper()}" for name in Settings.model_fields}
    named_here = set(re.findall(r"\b[A-Z]+(?:_[A-Z0-9]+)+\b", "\n".join(code(read(sheet)))))
    assert {name for name in named_here - ours if name not in known} == set()


@pages
def test_paths_exist(sheet):
    missing = []
    for span in code(read(sheet)):
        for word in re.findall(r"(?<![/\w.<>-])[\w.<>*-]+(?:/[\w.<>*-]+)+/?|^[a-z_]+/$", span):
            first = word.split("/")[0]
            if first in TOP | BELOW and first != "var" and not exists(word):
                missing.append(word)
    assert missing == []


@pages
def test_addresses_exist(sheet):
    known = sources(".py", ".html")
    for span in code(read(sheet)):
        if re.fullmatch(r"/[a-z][\w/.<>-]*", span):
            last = span.rsplit("/", 1)[1]
            assert re.search(rf'"[^"\s]*/{re.escape(last)}"', known) or exists(f"*{span}"), span


def test_words_of_the_glossary_are_in_the_code():
    known = set(re.findall(r"\w+", sources(".py", ".json", ".toml", ".bpmn", ".dmn", ".md", ".html")))
    known |= {path.stem for path in (ROOT / "docs_templates").rglob("*.md")}
    words = {
        word
        for span in code(read("docs/glossary.md"))
        if re.fullmatch(r"[\w.]+", span, re.ASCII)
        for word in span.split(".")
    }
    assert {word for word in words if word not in known} == set()


@readmes
def test_every_setting_is_in_the_table_with_its_default(sheet):
    told = {
        row[0].strip("`"): row[1].strip("`") for row in rows(read(sheet)) if row[0].startswith("`LINGGONG_")
    }
    settings = {f"LINGGONG_{name.upper()}": field for name, field in Settings.model_fields.items()}
    assert set(told) == set(settings) | {"LINGGONG_FONT_DIR", "LINGGONG_BIND"}
    figures = {
        name: str(field.default).lower() if isinstance(field.default, bool) else f"{field.default:g}"
        for name, field in settings.items()
        if isinstance(field.default, int | float)
    }
    assert {name: told[name] for name in figures} == figures
    words = {
        name: field.default
        for name, field in settings.items()
        if isinstance(field.default, str) and field.default
    }
    assert {name: told[name] for name in words} == words


@readmes
def test_readme_runs_what_the_pipeline_runs(sheet):
    run = set(re.findall(r"^run ([a-z]+)$", read(".ci/run"), re.MULTILINE))
    lines = [line for line in code(read(sheet)) if re.match(r"make [a-z]+ +#", line)]
    assert {line.split()[1] for line in lines} == run


def test_both_readmes_have_the_same_parts():
    english, chinese = (read(name) for name in READMES)
    for pattern in (r"^#+ ", r"^\| `([\w-]+)` \|", r"\]\(([^)\s]+\.(?:md|png)|LICENSE)\)"):
        found = [re.findall(pattern, text, re.MULTILINE) for text in (english, chinese)]
        found = [[target.replace(".zh-CN", "") for target in targets] for targets in found]
        assert found[0] == found[1]


def test_every_direct_dependency_has_its_line():
    told = {row[0].strip("`") for row in rows(read("docs/dependencies.md")) if row[0].startswith("`")}
    python = {
        re.split(r"[<>=~]", line)[0]
        for name in ("runtime", "dev")
        for line in read(f"requirements/{name}.in").splitlines()
        if line and not line.startswith(("-", "#"))
    }
    script = set(re.findall(r'^ {4}"([\w.@/-]+)": "\d', read("webapp/frontend/package.json"), re.MULTILINE))
    assert told == python | script


def test_dependencies_are_told_with_their_locked_version():
    locked = dict(re.findall(r"^([\w.-]+)==([\w.]+)", read("requirements/dev.txt"), re.MULTILINE))
    script = dict(
        re.findall(r'^ {4}"([\w.@/-]+)": "(\d[\w.]*)"', read("webapp/frontend/package.json"), re.MULTILINE)
    )
    known = {
        name.lower().replace(".", "-").replace("_", "-"): version
        for name, version in (locked | script).items()
    }
    told = {
        row[0].strip("`").partition("[")[0].lower().replace(".", "-"): row[1]
        for row in rows(read("docs/dependencies.md"))
        if row[0].startswith("`")
    }
    assert {name: version for name, version in told.items() if known[name] != version} == {}
