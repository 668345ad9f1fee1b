from webapp.api import (
    attention,
    batches,
    cases,
    document_acts,
    documentation,
    evidence,
    files,
    holds,
    operations,
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
    "document_acts",
    "documentation",
    "evidence",
    "files",
    "holds",
    "operations",
    "public",
    "substitutions",
    "tasks",
    "verbs",
]
