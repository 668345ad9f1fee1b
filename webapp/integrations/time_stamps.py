"""Time stamps of an RFC 3161 authority over HTTP."""

from __future__ import annotations

import httpx

_SECONDS = 15
_LARGEST = 1 << 20
_REQUEST, _ANSWER = "application/timestamp-query", "application/timestamp-reply"


class TimeStampAuthority:
    """One time-stamping authority.

    Args:
        url: Its address.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def __call__(self, request: bytes) -> bytes:
        """Send the DER of a request and return the DER of the answer.

        Raises:
            OSError: If the authority cannot be reached, or answers with something else.
        """
        try:
            answer = httpx.post(
                self.url,
                content=request,
                headers={"Content-Type": _REQUEST, "Accept": _ANSWER},
                timeout=_SECONDS,
            )
            answer.raise_for_status()
        except httpx.HTTPError as problem:
            raise OSError(f"时间戳服务 {self.url} 没有应答：{problem}") from problem
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != _ANSWER or len(answer.content) > _LARGEST:
            raise OSError(f"时间戳服务 {self.url} 的应答不是时间戳。")
        return answer.content
