"""Errors as pages and as JSON: the one place where rules of the domain become HTTP statuses."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from flask import current_app, jsonify, render_template, request
from flask.globals import request_ctx
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, Unauthorized

from webapp.core.errors import DomainError, Forbidden, Invalid, Stale, TooMany
from webapp.views import other_position, oversize
from webapp.views.security import asked_by_system, wants_json
from webapp.views.typed import typed_texts

if TYPE_CHECKING:
    from flask import Flask, Response

log = structlog.get_logger("web")

_TITLES = {
    400: "请求有误",
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的操作",
    409: "内容已更新",
    413: "内容过大",
    415: "格式不支持",
    422: "填写有误",
    429: "操作过于频繁",
    500: "系统出错",
    503: "系统繁忙",
}
_MESSAGES = {
    400: "请求的内容不完整或格式不正确，请返回重试。",
    401: "请在请求头 Authorization 中给出有效的接口令牌（Bearer），或先登录。",
    403: "您没有权限进行这项操作。",
    404: "页面不存在，或您无权查看。请检查网址，或从工作台进入。",
    405: "该地址不支持这种操作，请返回重试。",
    413: "提交的内容超过大小上限，本次操作没有生效。",
    500: "系统出现错误，本次操作没有生效。请稍后重试；如仍有问题，请联系系统管理员。",
}
_COLLISIONS = {"40001", "40P01"}
"""SQL states of a serialisation failure and of a deadlock."""
_TOO_LARGE = 413
_PAGES = {403, 404, 409, _TOO_LARGE, 422, 429, 500}


def init_app(app: Flask) -> None:
    """Answer every error of an application in plain Chinese."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(Forbidden, _forbidden)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(StaleDataError, _overtaken)
    if not app.testing:  # a test is to see the error itself
        app.register_error_handler(Exception, _unexpected)


def _forbidden(error: Forbidden) -> tuple[str | Response, int, dict[str, str]]:
    """A form sent in a position that it does not belong to says so; otherwise it is not allowed."""
    try:
        page = other_position.sent_from_another()
    except Forbidden as told:
        return _domain(told)
    return _domain(error) if page is None else (*page, {})


def _domain(error: DomainError) -> tuple[str | Response, int, dict[str, str]]:
    more: dict[str, Any] = {}
    headers: dict[str, str] = {}
    if isinstance(error, Invalid):
        more["errors"] = error.errors
    elif isinstance(error, Stale):
        more.update(
            changes=error.changes, current_revision=error.current_revision, reload_url=_page_of_request()
        )
    elif isinstance(error, TooMany) and error.retry_after is not None:
        more["retry_after"] = error.retry_after
        headers["Retry-After"] = str(error.retry_after)
    return _answer(error.status, error.code, error.message, more, headers)


def _forged(error: CSRFError) -> tuple[str | Response, int, dict[str, str]]:
    log.info("csrf_refused", reason=error.description)
    message = "页面停留过久或已在别处退出，本次提交没有生效，请返回上一页刷新后再提交。"
    return _answer(400, "csrf", message)


def _http(error: HTTPException) -> tuple[str | Response, int, dict[str, str]] | HTTPException:
    status = error.code or 500
    if status < HTTPStatus.BAD_REQUEST:  # a redirect raised by routing is no error
        return error
    allowed = getattr(error, "valid_methods", None)
    headers = {"Allow": ", ".join(allowed)} if allowed else {}
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    message = _MESSAGES.get(status, "无法完成请求，请返回重试。")
    if status == _TOO_LARGE and not asked_by_system():
        said = oversize.refused()
        return _answer(status, "http", f"{message}{said.limit}", {"oversize": said})
    return _answer(status, "http", message, headers=headers)


def is_collision(error: DBAPIError | StaleDataError) -> bool:
    """Tell whether two people did the same thing at the same moment."""
    if isinstance(error, IntegrityError | StaleDataError):
        return True
    return getattr(error.orig, "sqlstate", None) in _COLLISIONS


def _database(error: DBAPIError) -> tuple[str | Response, int, dict[str, str]]:
    """Answer a collision as such; everything else is a fault of ours."""
    if is_collision(error):
        return _overtaken(error)
    if current_app.testing:
        raise error
    return _unexpected(error)


def _overtaken(error: Exception) -> tuple[str | Response, int, dict[str, str]]:
    log.warning("overtaken", error=type(error).__name__, exc_info=error)
    return _domain(Stale())


def _unexpected(error: Exception) -> tuple[str | Response, int, dict[str, str]]:
    log.error("request_failed", error=type(error).__name__, exc_info=error)
    return _answer(500, "error", _MESSAGES[500])


def _problem(status: int, code: str, message: str, more: dict[str, Any]) -> Response:
    """RFC 9457, for other systems."""
    kept = {name: value for name, value in more.items() if name != "reload_url"}
    answer = jsonify(title=_title(status, code), status=status, detail=message, code=code, **kept)
    answer.mimetype = "application/problem+json"
    return answer


def _page_of_request() -> str | None:
    """The page that shows what the request wanted to change, if there is one under the same address."""
    adapter = request_ctx.url_adapter
    return request.path if adapter is not None and adapter.test(request.path, method="GET") else None


def _title(status: int, code: str) -> str:
    return "暂不能办理" if code == "locked" else _TITLES.get(status, "无法完成")


def _answer(
    status: int,
    code: str,
    message: str,
    more: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[str | Response, int, dict[str, str]]:
    more = more or {}
    if asked_by_system():
        return _problem(status, code, message, more), status, headers or {}
    if wants_json():
        kept = {name: value for name, value in more.items() if name != "oversize"}
        return jsonify(error={"code": code, "message": message, **kept}), status, headers or {}
    page = render_template(
        f"errors/{status}.html" if status in _PAGES else "errors/error.html",
        status=status,
        title=_title(status, code),
        message=message,
        typed=typed_texts(),
        request_id=structlog.contextvars.get_contextvars().get("request"),
        **more,
    )
    return page, status, headers or {}
