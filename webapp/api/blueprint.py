"""The interface for other systems: everything that a person can do by the pages, by personal token."""

from __future__ import annotations

from flask import Blueprint

PREFIX = "/api/v1"

api = Blueprint("api", __name__, url_prefix=PREFIX)
