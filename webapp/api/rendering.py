"""Models as JSON answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

if TYPE_CHECKING:
    from pydantic import BaseModel


def answered(model: BaseModel, status: int = 200) -> Response:
    """Return a model as the answer to the present request."""
    return Response(model.model_dump_json() + "\n", status=status, mimetype="application/json")
