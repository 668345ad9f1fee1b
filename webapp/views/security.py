"""Who may call what: every endpoint carries a mark, and one that carries none answers nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import abort, current_app, flash, g, jsonify, redirect, render_template, request, url_for
from flask_login import UserMixin, current_user

from webapp.config import current_settings
from webapp.core.errors import Forbidden
from webapp.extensions import csrf, login_manager
from webapp.services import api_tokens, sign_in
from webapp.uow import read_only, unit_of_work
from webapp.views.typed import typed_texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask, Request, Response
    from werkzeug.wrappers import Response as BaseResponse

    from webapp.queries.actors import Actor
    from webapp.services.sign_in import SignedIn

View = TypeVar("View", bound="Callable[..., Any]")

PUBLIC = "public"
SIGNED_IN = "signed in"
MARK = "required_rights"
_UNTIL_PASSWORD_CHANGED = {"auth.change_password", "auth.profile", "auth.sign_out"}
_BEARER = "Bearer "


def public(view: View) -> View:
    """Mark an endpoint that anybody may call."""
    setattr(view, MARK, frozenset({PUBLIC}))
    return view


def signed_in(view: View) -> View:
    """Mark an endpoint that everybody who is signed in may call."""
    setattr(view, MARK, frozenset({SIGNED_IN}))
    return view


def right(*names: str) -> Callable[[View], View]:
    """Mark an endpoint that needs one of these rights in the present position."""

    def mark(view: View) -> View:
        setattr(view, MARK, frozenset(names))
        return view

    return mark


def marks_of(view: Callable[..., Any]) -> frozenset[str]:
    """Return what an endpoint asks for; empty if it carries no mark."""
    return cast("frozenset[str]", getattr(view, MARK, frozenset()))


class User(UserMixin):  # type: ignore[misc]
    """The signed-in person as Flask-Login knows them."""

    def __init__(self, who: SignedIn) -> None:
        self.who = who
        self.id = str(who.person_id)


def who() -> SignedIn:
    """Return who this request comes from.

    Raises:
        Forbidden: If nobody is signed in.
    """
    found = visitor()
    if found is None:
        raise Forbidden("请先登录。")
    return found


def visitor() -> SignedIn | None:
    """Return who this request comes from, or `None` on a public page without signing in."""
    return current_user.who if current_user.is_authenticated else None


def current_actor() -> Actor:
    """Return the person in the position that they act in now.

    Raises:
        Forbidden: If the person holds no position.
    """
    actor = who().actor
    if actor is None:
        raise Forbidden("您目前没有任职，请联系本单位系统管理员。")
    return actor


def cookie_name() -> str:
    """Return the name of the session cookie; over HTTPS it is bound to this host."""
    return "__Host-linggong" if current_settings().secure_cookies else "linggong"


def local_path(target: str | None) -> str:
    """Return a path of this site to go on to, or the home page: nobody is sent elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(sign) < ord(" ") for sign in target):
        return "/"
    return target


def init_app(app: Flask) -> None:
    """Guard every endpoint of an application."""
    login_manager.session_protection = None  # sessions are rows; nothing about them is in the cookie
    login_manager.init_app(app)
    login_manager.request_loader(_load)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # the guard checks, after it knows who asks
    csrf.init_app(app)
    public(app.view_functions["static"])
    app.before_request(_guard)


def _load(asked: Request) -> User | None:
    header = asked.headers.get("Authorization", "")
    token = asked.cookies.get(cookie_name(), "")
    if header.startswith(_BEARER) and asked.blueprint == "api":
        found = _by_api_token(header.removeprefix(_BEARER).strip())
    else:
        found = _by_cookie(token) if token else None
    return User(found) if found else None


def _by_cookie(token: str) -> SignedIn | None:
    with read_only() as session:
        found = sign_in.signed_in(session, token)
        g.session_ended = found is None and sign_in.was_open(session, token)
    if found is not None and found.stale and found.session_id is not None:
        with unit_of_work() as session:
            sign_in.touch(session, found.session_id)
    return found


def _by_api_token(text: str) -> SignedIn | None:
    with read_only() as session:
        found = api_tokens.holder(session, text)
    if found is not None and found.stale:
        with unit_of_work() as session:
            api_tokens.note_use(session, text)
    return found


def _guard() -> Response | BaseResponse | tuple[Response | str, int] | None:
    if request.endpoint is None:
        return None
    if "\0" in request.path or b"%00" in request.query_string:
        abort(400)  # PostgreSQL keeps no such text, and nobody types it
    needed = marks_of(current_app.view_functions[request.endpoint])
    if not needed:
        current_app.logger.error("endpoint_without_mark %s", request.endpoint)
        abort(500)
    if PUBLIC in needed:
        csrf.protect()
        _refuse_nul_in_form()
        return None
    found = visitor()
    if found is None:
        return _ask_to_sign_in()
    if found.via == "session":
        csrf.protect()
    _refuse_nul_in_form()
    if found.must_change_password and request.endpoint not in _UNTIL_PASSWORD_CHANGED:
        if wants_json():
            raise Forbidden("首次登录或密码被重置后，请先在网页上修改密码。")
        flash("首次登录或密码被重置后，请先修改密码。", "warn")
        return redirect(url_for("auth.change_password"))
    if SIGNED_IN not in needed and not any(found.may(name) for name in needed):
        raise Forbidden("您当前的岗位没有这项权限。如有其他岗位，请在页面右上角切换。")
    return None


def _refuse_nul_in_form() -> None:
    """Refuse it in a form; the API reads its bodies itself, each within its own bounds."""
    if request.blueprint == "api":
        return
    if any("\0" in name or "\0" in text for name, text in request.form.items(multi=True)):
        abort(400)


def _ask_to_sign_in() -> Response | BaseResponse | tuple[Response | str, int]:
    if asked_by_system():
        abort(401)
    ended = g.get("session_ended", False)
    message = "登录已过期，请重新登录。" if ended else "请先登录。"
    back = request.full_path.rstrip("?") if request.method == "GET" else _referring_path()
    target = url_for("auth.sign_in", next=back)
    if wants_json():
        answer = jsonify(error={"code": "signed_out", "message": message}, sign_in=target)
        answer.headers["HX-Redirect"] = target
        return answer, 401
    typed = typed_texts() if ended else []
    if typed:  # whoever sends it now is not known, so it cannot become a draft
        return render_template("errors/401.html", message=message, typed=typed, sign_in=target), 401
    flash(message, "info")
    return redirect(target)


def _referring_path() -> str:
    parts = urlsplit(request.referrer or "")
    same_site = parts.netloc == request.host
    return local_path(parts.path + (f"?{parts.query}" if parts.query else "")) if same_site else "/"


def asked_by_system() -> bool:
    """Tell whether another system asks, also for an address of the API that does not exist."""
    return request.path.startswith("/api/")


def wants_json() -> bool:
    """Tell whether a script asks, not a person who follows a link."""
    return (
        asked_by_system()
        or "HX-Request" in request.headers
        or request.headers.get("X-Requested-With") in {"fetch", "XMLHttpRequest"}
        or request.accept_mimetypes.best == "application/json"
    )
