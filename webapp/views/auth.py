"""Signing in and out, choosing a position, one's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, session, url_for

from webapp.config import current_settings
from webapp.core.errors import Invalid
from webapp.queries import profile as profiles
from webapp.services import accounts, api_tokens
from webapp.services import sign_in as signing_in
from webapp.uow import read_only, unit_of_work
from webapp.views.parameters import key_of
from webapp.views.security import (
    cookie_name,
    current_actor,
    local_path,
    public,
    right,
    signed_in,
    visitor,
    who,
)

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as BaseResponse

auth = Blueprint("auth", __name__)

_TOO_MANY = 429
_REFUSED = 401
_INVALID = 422


@auth.get("/sign-in")
@public
def sign_in() -> str | BaseResponse:
    """Show the sign-in page, or go on if somebody is signed in already."""
    target = local_path(request.args.get("next"))
    return redirect(target) if visitor() else _sign_in_page(target)


@auth.post("/sign-in", endpoint="sign_in_post")
@public
def sign_in_post() -> BaseResponse | tuple[str, int]:
    """Sign in: the password is compared outside the transaction that opens the session."""
    target = local_path(request.form.get("next"))
    username, password = request.form.get("username", ""), request.form.get("password", "")
    if not username.strip() or not password:
        return _sign_in_page(target, {"": ["请填写用户名和密码。"]}, username), _INVALID
    with read_only() as reading:
        attempt = signing_in.examine(reading, username, password, address=request.remote_addr or "")
    with unit_of_work() as writing:
        admission = signing_in.admit(
            writing,
            attempt,
            user_agent=request.user_agent.string,
            previous_token=request.cookies.get(cookie_name()),
        )
    if admission.token is None:
        if admission.retry_after:
            return _sign_in_page(target, {}, username, locked=admission.message), _TOO_MANY
        return _sign_in_page(target, {"": [admission.message]}, username), _REFUSED
    session.clear()  # form tokens from before signing in are worth nothing after it
    answer = redirect(target)
    _set_cookie(answer, admission.token)
    return answer


@auth.post("/sign-out")
@signed_in
def sign_out() -> BaseResponse:
    """End this session, on the server and in the browser."""
    with unit_of_work() as writing:
        signing_in.sign_out(writing, request.cookies.get(cookie_name(), ""))
    session.clear()
    flash("已退出登录。", "ok")
    answer = redirect(url_for("auth.sign_in"))
    answer.delete_cookie(
        cookie_name(), secure=current_settings().secure_cookies, httponly=True, samesite="Lax"
    )
    return answer


@auth.post("/position")
@signed_in
def choose_position() -> BaseResponse:
    """Act in another of one's positions, or in that of whom one stands in for (代), from now on."""
    position, under = key_of(request.form.get("position", "")), request.form.get("substitution")
    with unit_of_work() as writing:
        if under:
            actor = signing_in.stand_in(writing, who(), key_of(under), position)
        else:
            actor = signing_in.choose_position(writing, who(), position)
    words = f"代{actor.for_person_name}办理，岗位为“{actor.title}”" if under else f"“{actor.title}”"
    flash(f"已切换到{words}。", "ok")
    return redirect(url_for("work.workbench"))


@auth.get("/me")
@signed_in
def profile() -> str:
    """Show one's own account: positions, open sessions, API tokens."""
    return _profile_page()


@auth.route("/me/password", methods=["GET", "POST"])
@signed_in
def change_password() -> str | BaseResponse | tuple[str, int]:
    """Change one's own password; the other sessions end."""
    if request.method == "GET":
        return render_template("auth/change_password.html", errors={})
    try:
        _change_password(who())
    except Invalid as wrong:
        return render_template("auth/change_password.html", errors=wrong.errors), _INVALID
    flash("密码已修改，其他设备上的登录已全部退出。", "ok")
    return redirect(url_for("auth.profile"))


@auth.post("/me/sessions/end")
@signed_in
def end_session() -> BaseResponse:
    """End one of one's own sessions elsewhere."""
    with unit_of_work() as writing:
        signing_in.revoke_session(writing, who(), key_of(request.form.get("session", "")))
    flash("该设备已退出登录。", "ok")
    return redirect(url_for("auth.profile"))


@auth.post("/me/tokens")
@right("token.manage")
def create_token() -> str | tuple[str, int]:
    """Make an API token; the page that answers is the only one that ever shows it."""
    try:
        with unit_of_work() as writing:
            text = api_tokens.create(
                writing,
                current_actor(),
                name=request.form.get("name", ""),
                days=request.form.get("days", 0, type=int),
                longest_days=current_settings().api_token_days,
            )
    except Invalid as wrong:
        return _profile_page(errors=wrong.errors), _INVALID
    return _profile_page(new_token=text)


@auth.post("/me/tokens/revoke")
@right("token.manage")
def revoke_token() -> BaseResponse:
    """End one of one's own API tokens."""
    with unit_of_work() as writing:
        api_tokens.revoke(writing, current_actor(), key_of(request.form.get("token", "")))
    flash("令牌已吊销，使用它的程序将立即不能访问。", "ok")
    return redirect(url_for("auth.profile"))


def _sign_in_page(
    target: str, errors: dict[str, list[str]] | None = None, username: str = "", locked: str | None = None
) -> str:
    offered: list[profiles.DemoAccount] = []
    if current_settings().is_demo:
        with read_only() as reading:
            offered = profiles.demo_accounts(reading, accounts.DEMO_PASSWORD)
    return render_template(
        "auth/sign_in.html",
        form={"username": username, "errors": errors or {}},
        next_url=target if target != "/" else "",
        demo_accounts=offered,
        locked=locked,
    )


def _profile_page(*, new_token: str | None = None, errors: dict[str, list[str]] | None = None) -> str:
    me = who()
    with read_only() as reading:
        return render_template(
            "auth/profile.html",
            profile=profiles.profile_of(reading, me.person_id),
            sessions=profiles.sessions_of(reading, me.person_id, me.session_id),
            tokens=profiles.tokens_of(reading, me.person_id),
            new_token=new_token,
            errors=errors or {},
        )


def _change_password(me: signing_in.SignedIn) -> None:
    if request.form.get("new", "") != request.form.get("again", ""):
        raise Invalid("两次输入的新密码不一致。", field="again")
    with unit_of_work() as writing:
        accounts.change_password(
            writing,
            me.actor,
            person_id=me.person_id,
            current=request.form.get("current", ""),
            new=request.form.get("new", ""),
            keep_session_id=me.session_id,
        )


def _set_cookie(answer: BaseResponse | Response, token: str) -> None:
    answer.set_cookie(
        cookie_name(),
        token,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=current_settings().secure_cookies,
    )
