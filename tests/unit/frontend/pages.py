"""Templates as the tests read them: their files, their sources, a Jinja environment without the application."""

from __future__ import annotations

from pathlib import Path

import jinja2

from webapp.frontend import template_filters

ROOT = Path(__file__).parents[3]
TEMPLATES = ROOT / "webapp" / "templates"
FRONTEND = ROOT / "webapp" / "frontend"


def names() -> list[str]:
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))


def source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def environment() -> jinja2.Environment:
    """The environment of the application, with stand-ins for what only a request has."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    template_filters.install(env)
    env.globals.update(
        url_for=lambda endpoint, **values: "/" + endpoint + "".join(f"/{value}" for value in values.values()),
        csrf_token=lambda: "token",
        asset=lambda name: f"/static/dist/{name}",
    )
    return env
