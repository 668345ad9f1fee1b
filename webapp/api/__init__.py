from webapp.api import (
    attention,
    batches,
    cases,
    documentation,
    files,
    holds,
    public,
    substitutions,
    tasks,
    verbs,
)
from webapp.api.blueprint import api

__all__ = [
    "api",
    "attention",
    "batches",
    "cases",
    "documentation",
    "files",
    "holds",
    "public",
    "substitutions",
    "tasks",
    "verbs",
]
