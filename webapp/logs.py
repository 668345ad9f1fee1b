"""Structured logs, one JSON line per event, without personal data."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

_PRIVATE_KEYS = re.compile(
    r"pass|secret|token|cookie|authorization|csrf|phone|resident|^name$|person_name", re.IGNORECASE
)
_PRIVATE_TEXT = (
    (re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])"), "[证件号]"),
    (re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])"), "[手机号]"),
)
_HIDDEN = "[略]"


def configure(*, readable: bool) -> None:
    """Send everything that is logged to standard error.

    Args:
        readable: Lines for a person at a terminal instead of JSON.
    """
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=False)
        if readable
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_personal_data,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for chatty in ("werkzeug", "alembic", "pyhanko", "fontTools"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def hide_personal_data(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Blank values whose key says that they are private, and numbers that identify people in any text."""
    return {key: _HIDDEN if _PRIVATE_KEYS.search(key) else _clean(value) for key, value in event.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        for pattern, shown in _PRIVATE_TEXT:
            value = pattern.sub(shown, value)
        return value
    if isinstance(value, dict):
        return {
            key: _HIDDEN if _PRIVATE_KEYS.search(str(key)) else _clean(item) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
