from webapp.api import cases, documentation, files, public, tasks
from webapp.api.blueprint import api

__all__ = ["api", "cases", "documentation", "files", "public", "tasks"]
