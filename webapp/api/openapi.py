"""The OpenAPI 3.1 document, read off the routes, their marks and their descriptions.

pydantic writes the schemas and Flask knows the routes, so that nothing else is needed: the document
cannot say more or less than what is served, and errors stay in the one form that pages and API share.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask import current_app
from pydantic.json_schema import models_json_schema

from webapp.api.answers import Problem
from webapp.api.blueprint import PREFIX, api
from webapp.api.describing import TAGS, Operation, operation_of
from webapp.api.reading import JSON, MULTIPART
from webapp.views.security import PUBLIC, SIGNED_IN, marks_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import BaseModel

VERSION = "1.0.0"
PROBLEM = "application/problem+json"
_REF = "#/components/schemas/{model}"
_WORDS = {
    200: "成功",
    201: "已建立",
    400: "请求内容无法读取",
    401: "没有令牌，或令牌无效、过期、已撤销",
    403: "岗位没有这项权限",
    404: "没有，或不能查看",
    409: "内容已更新，或正由他人办理",
    413: "内容过大",
    415: "内容类型不对",
    422: "填写有误，errors 按字段路径列出提示",
    429: "过于频繁，retry_after 后再试",
}
_PARAMETERS = {
    "no": "办件编号，例如 TZ-RD-2026-0001",
    "task_id": "待办编号",
    "attachment_id": "材料编号",
    "document_id": "公文编号",
    "circulation_id": "传阅编号",
    "substitution_id": "代理编号",
    "incident_id": "运行事件编号",
    "migration_id": "迁移编号",
    "seat_id": "签署人员一栏的编号",
    "token": "核验标识",
    "market_no": "市场的认定编号，例如 TZ-SC-2026-001",
    "kind": "数据的类别，例如 platform（线上平台报入）",
    "period": "月份，例如 2026-10",
}
_FILE_BODY = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {
            "type": "string",
            "format": "binary",
            "description": "PDF、JPG、PNG、DOCX 或 XLSX，不超过 20 MB",
        }
    },
}


def document() -> dict[str, Any]:
    """Return the OpenAPI document of the present application."""
    described = sorted(_described(), key=lambda found: TAGS.index(found[2].tag))
    references, schemas = _schemas([operation for _, _, operation, _ in described])
    paths: dict[str, dict[str, Any]] = {}
    for path, method, operation, view in described:
        paths.setdefault(path, {})[method] = _operation(path, operation, view, references)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "零工市场规范化审批平台接口",
            "version": VERSION,
            "description": "接口和页面执行同一套规则。令牌在“我的账户”中生成，等同本人在该岗位办理。",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": PREFIX}],
        "tags": [{"name": tag} for tag in TAGS],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _described() -> Iterator[tuple[str, str, Operation, Callable[..., Any]]]:
    """Path below the prefix, method, description and view of every endpoint, in the order of the routes."""
    for rule in current_app.url_map.iter_rules():
        view = current_app.view_functions[rule.endpoint]
        operation = operation_of(view)
        if rule.endpoint.startswith(f"{api.name}.") and operation is not None:
            path = re.sub(r"<(\w+)>", r"{\1}", rule.rule.removeprefix(PREFIX))
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield path, method.lower(), operation, view


def _schemas(operations: list[Operation]) -> tuple[dict[Any, Any], dict[str, Any]]:
    bodies = [operation.body for operation in operations if operation.body is not None]
    answers: list[type[BaseModel]] = [o.answer for o in operations if not isinstance(o.answer, str)]
    wanted: list[tuple[type[BaseModel], Any]] = [(model, "validation") for model in dict.fromkeys(bodies)]
    answers.append(Problem)
    wanted += [(model, "serialization") for model in dict.fromkeys(answers)]
    references, whole = models_json_schema(wanted, by_alias=False, ref_template=_REF)
    return {model: reference for (model, _), reference in references.items()}, whole["$defs"]


def _operation(
    path: str, operation: Operation, view: Callable[..., Any], references: dict[Any, Any]
) -> dict[str, Any]:
    rights = marks_of(view)
    public = PUBLIC in rights
    found: dict[str, Any] = {
        "operationId": view.__name__,
        "tags": [operation.tag],
        "summary": operation.summary,
        "security": [] if public else [{"token": []}],
        "parameters": [*_path_parameters(path), *_query_parameters(operation)],
        "responses": _responses(operation, references, () if public else (401, 403)),
    }
    if not rights & {PUBLIC, SIGNED_IN}:
        found["description"] = "所需权限：" + "、".join(sorted(rights))
    if operation.body is not None:
        found["requestBody"] = _body(JSON, references[operation.body])
    elif operation.upload:
        found["requestBody"] = _body(MULTIPART, _FILE_BODY)
    return found


def _body(media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {media_type: {"schema": schema}}}


def _responses(
    operation: Operation, references: dict[Any, Any], also: tuple[int, ...]
) -> dict[str, dict[str, Any]]:
    if isinstance(operation.answer, str):
        content = {operation.answer: {"schema": {"type": "string", "format": "binary"}}}
    else:
        content = {JSON: {"schema": references[operation.answer]}}
    found = {str(operation.status): {"description": _WORDS[operation.status], "content": content}}
    for status in sorted({*operation.problems, *also}):
        problem = {PROBLEM: {"schema": references[Problem]}}
        found[str(status)] = {"description": _WORDS[status], "content": problem}
    return found


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": _PARAMETERS[name],
            "schema": {"type": "string", **({"format": "uuid"} if name.endswith("_id") else {})},
        }
        for name in re.findall(r"{(\w+)}", path)
    ]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    properties = operation.query.model_json_schema()["properties"]
    return [
        {"name": name, "in": "query", "description": schema.pop("description", ""), "schema": schema}
        for name, schema in properties.items()
    ]
