"""Calls to other systems over HTTP: signed, bounded in time, never redirected."""

from __future__ import annotations

import hashlib
import hmac

import httpx

TIMEOUT_SECONDS = 15


class WebhookError(Exception):
    """The other system could not be reached, or did not take the call."""


def signature(secret: str, moment: str, body: bytes) -> str:
    """Return what the receiver computes as well: HMAC-SHA256 over `moment`, a dot and the body."""
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def call(url: str, *, secret: str, key: str, moment: str, body: bytes) -> str:
    """Post JSON and return the answer's status.

    Args:
        url: Where to; its host is one of those that the installation allows.
        secret: Shared with the receiver.
        key: The same for every attempt (`Idempotency-Key`).
        moment: Seconds since 1970 as text, signed along, against replays.
        body: JSON.

    Raises:
        WebhookError: If there was no answer, or none of the 2xx kind.
    """
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": key,
        "X-Linggong-Timestamp": moment,
        "X-Linggong-Signature": f"sha256={signature(secret, moment, body)}",
    }
    try:
        answer = httpx.post(
            url,
            content=body,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            follow_redirects=False,
            trust_env=False,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise WebhookError(type(error).__name__) from error
    if not answer.is_success:
        raise WebhookError(f"HTTP {answer.status_code}")
    return f"HTTP {answer.status_code}"
