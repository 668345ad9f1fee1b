"""The application factory: puts settings, database, pages, guards and logs together."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, g, request, url_for
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import cli, logs
from webapp.api import api
from webapp.config import SETTINGS, Settings, current_settings, key_ring_of
from webapp.core import clock, crypto
from webapp.core.identifiers import public_token
from webapp.extensions import babel, db, migrate
from webapp.frontend import template_filters
from webapp.frontend.assets import Assets
from webapp.integrations import sealing, storage
from webapp.integrations.keys import kept_secret
from webapp.queries.viewer import viewer_for
from webapp.services import accounts, effects, succession
from webapp.uow import prepare_engine, read_only
from webapp.views import errors, security

if TYPE_CHECKING:
    from flask import Response

    from webapp.queries.viewer import Viewer

log = structlog.get_logger("web")

BLUEPRINTS = (
    "auth",
    "work",
    "cases",
    "markets",
    "work_items",
    "verbs",
    "case_acts",
    "batches",
    "circulations",
    "substitutions",
    "attachments",
    "documents",
    "evidence",
    "register",
    "notifications",
    "operations",
    "public",
    "service_zone",
    "surveys",
    "help_requests",
    "admin",
    "calendars",
    "studio",
    "studio_files",
    "studio_editing",
    "studio_sandbox",
    "studio_sandbox_acts",
    "studio_trying",
    "studio_review",
    "studio_jurisdictions",
    "escalations",
    "monitoring",
    "health",
)
"""Modules of `webapp.views`; each has a blueprint of its own name."""

_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'self'; frame-src 'self' blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'; "
    "script-src 'self' 'nonce-{nonce}'; style-src 'self' {styles}"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=()",
}


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application.

    Raises:
        pydantic.ValidationError: If a setting is missing or, in production, not safe.
    """
    settings = settings or Settings()
    app = Flask(__name__)
    app.extensions[SETTINGS] = settings
    settings.var.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.config.from_mapping(_flask_config(settings))
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    if settings.env != "test":
        logs.configure(readable=settings.env == "demo")
    install_process_state(settings)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    migrate.init_app(app, db, directory=f"{app.root_path}/migrations", render_as_batch=True)
    babel.init_app(app, default_locale="zh_Hans_CN", default_timezone="Asia/Shanghai")
    security.init_app(app)
    errors.init_app(app)
    for name in BLUEPRINTS:
        app.register_blueprint(getattr(import_module(f"webapp.views.{name}"), name))
    app.register_blueprint(api)
    _prepare_templates(app, settings)
    app.before_request(_begin)
    app.after_request(_finish)
    cli.init_app(app)
    return app


def install_process_state(settings: Settings) -> None:
    """Load keys, open the blob store, set the account policy and name all operators of this process."""
    crypto.install(key_ring_of(settings))
    storage.install(storage.BlobStore(settings.var / "blobs"))
    if settings.demo_clock is not None:
        clock.set_clock(clock.ahead_by(settings.demo_clock))
    effects.OPERATORS["open_case"] = succession.open_case
    effects.OPERATORS["end_opened"] = succession.end_opened
    sealing.install(sealing.Sealing(settings.var / "seals", settings.public_url, settings.tsa_url))
    accounts.install(
        accounts.AccountPolicy(
            account_failures=settings.account_failures,
            address_failures=settings.address_failures,
            lock_minutes=settings.lock_minutes,
            session_idle_minutes=settings.session_idle_minutes,
            session_hours=settings.session_hours,
            password_length=settings.password_length,
            argon2_memory_kib=settings.argon2_memory_kib,
            argon2_passes=settings.argon2_passes,
            demo_people=settings.env != "production",
        )
    )


def _flask_config(settings: Settings) -> dict[str, Any]:
    secret = settings.secret_key.get_secret_value() or kept_secret(settings.var / "secret_key")
    engine: dict[str, Any] = {"json_serializer": _plain_json, "hide_parameters": True}
    if settings.database_uri.startswith("postgresql"):
        engine.update(pool_size=10, max_overflow=10)
    return {
        "SECRET_KEY": secret,
        "SQLALCHEMY_DATABASE_URI": settings.database_uri,
        "SQLALCHEMY_ENGINE_OPTIONS": engine,
        "MAX_CONTENT_LENGTH": settings.upload_mb * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 8 * 1024 * 1024,
        "MAX_FORM_PARTS": 5000,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(hours=1),
        "SESSION_COOKIE_NAME": "linggong_form",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "WTF_CSRF_TIME_LIMIT": None,  # a form may stay open all day; the token dies with the browser
        "TESTING": settings.env == "test",
        "BABEL_TRANSLATION_DIRECTORIES": "translations",
    }


def _plain_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _prepare_templates(app: Flask, settings: Settings) -> None:
    assets = Assets(watch=settings.env != "production")

    def asset(name: str) -> str:
        return url_for("static", filename=assets.path(name))

    template_filters.install(app.jinja_env)
    app.jinja_env.globals.update(asset=asset)
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    return {
        "me": _viewer(),
        "now": clock.now(),
        "csp_nonce": csp_nonce(),
        "is_demo": current_settings().is_demo,
    }


def _viewer() -> Viewer | None:
    """The one who reads the page; looked up once per request."""
    visitor = security.visitor()
    if visitor is None or visitor.actor is None:
        return None
    if "viewer" not in g:
        with read_only() as session:
            g.viewer = viewer_for(session, visitor.actor, asked=g.get("asked"))
    found: Viewer = g.viewer
    return found


def csp_nonce() -> str:
    """Return the nonce that lets an inline script or style of this response run."""
    if "csp_nonce" not in g:
        g.csp_nonce = public_token()
    nonce: str = g.csp_nonce
    return nonce


def _policy() -> str:
    """Styles in place are allowed on the page of decision tables alone: its library sets them so."""
    nonce = csp_nonce()
    styles = "'unsafe-inline'" if g.get("inline_styles") else f"'nonce-{nonce}'"
    return _POLICY.format(nonce=nonce, styles=styles)


def _begin() -> None:
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=public_token()[:12])


def _finish(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", _policy())
    if current_settings().secure_cookies:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    _log_request(response)
    return response


def _log_request(response: Response) -> None:
    if request.endpoint in {"static", "health.alive", "health.ready"}:
        return
    log.info(
        "request",
        method=request.method,
        endpoint=request.endpoint,
        status=response.status_code,
        milliseconds=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000),
    )
