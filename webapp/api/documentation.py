"""The description of the API: for programs, and for people."""

from __future__ import annotations

from flask import Response, jsonify, render_template

from webapp.api.blueprint import api
from webapp.api.openapi import document
from webapp.views.security import public


@api.get("/openapi.json")
@public
def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    return jsonify(document())


@api.get("/docs")
@public
def docs() -> str:
    """The same for people."""
    described = document()
    operations = [
        {"path": path, "method": method, **operation}
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    return render_template(
        "api/docs.html",
        description=described,
        groups={
            tag["name"]: [operation for operation in operations if tag["name"] in operation["tags"]]
            for tag in described["tags"]
        },
        schemas=described["components"]["schemas"],
    )
