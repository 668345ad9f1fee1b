"""The people of the demonstration as clients: they sign in by the pages and call the API by their tokens."""

from __future__ import annotations

import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from demo_materials import material

if TYPE_CHECKING:
    from collections.abc import Mapping

PASSWORD = "Yanshi-2026"  # noqa: S105 - the sign-in page of the demonstration shows it
EDGE = "----linggong-demo"
FORM_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
MULTIPART = {"Content-Type": f"multipart/form-data; boundary={EDGE}"}


class DemoFailed(Exception):  # noqa: N818 - named by what happened
    """Something was not as it must be."""


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    content: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content)


class Browser:
    """Keeps cookies, follows redirects, sends forms with their token as the pages do."""

    def __init__(self, base: str) -> None:
        self.base = base
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)

    def send(
        self,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        expect: int = 200,
    ) -> Answer:
        """Send one request and expect a status."""
        asked = urllib.request.Request(self.base + path, data=body, headers=dict(headers or {}))  # noqa: S310
        try:
            with self._opener.open(asked, timeout=120) as response:
                answer = Answer(response.status, response.read())
        except urllib.error.HTTPError as refused:
            answer = Answer(refused.code, refused.read())
        if answer.status != expect:
            method = asked.get_method()
            raise DemoFailed(f"{method} {path}：应为 {expect}，实为 {answer.status}\n{answer.text[:2000]}")
        return answer

    def form_token(self, page: str) -> str:
        """Open a page and return the token that its forms carry."""
        found = FORM_TOKEN.search(self.send(page).text)
        if found is None:
            raise DemoFailed(f"{page}：没有表单令牌")
        return found[1]

    def submit(self, page: str, action: str, fields: Mapping[str, str]) -> Answer:
        """Open a page, and send a form of it."""
        token = self.form_token(page)
        body = urllib.parse.urlencode({"csrf_token": token, **fields}).encode()
        return self.send(action, body, {"Content-Type": "application/x-www-form-urlencoded"})


@dataclass
class Person:
    """One of the demonstration's people in one position, with a token for the API."""

    browser: Browser
    token: str

    @classmethod
    def sign_in(cls, base: str, username: str, position: str | None = None) -> Person:
        """Sign in by the pages, choose a position if there are several, and make a token."""
        browser = Browser(base)
        home = browser.submit("/sign-in", "/sign-in", {"username": username, "password": PASSWORD})
        if position is not None:
            choices = re.findall(
                r'name="position" value="([^"]+)">\s*<button[^>]*>(?:<svg.*?</svg>)?\s*([^<]+)<',
                home.text,
                re.DOTALL,
            )
            key = next((key for key, title in choices if title.strip().endswith(position)), None)
            if key is None:
                raise DemoFailed(f"{username} 没有“{position}”岗位：{choices}")
            browser.submit("/me", "/position", {"position": key})
        made = browser.submit("/me", "/me/tokens", {"name": "演示脚本", "days": "1"})
        token = re.search(r"lgt_[A-Za-z0-9_-]{20,}", made.text)
        if token is None:
            raise DemoFailed(f"{username}：“我的账户”没有给出接口令牌")
        return cls(browser, token[0])

    def get(self, path: str, *, expect: int = 200) -> Answer:
        """Read something of the API."""
        return self.browser.send(f"/api/v1{path}", headers=self._authorization, expect=expect)

    def post(self, path: str, body: Mapping[str, Any], *, expect: int = 200) -> Any:
        """Send JSON to the API."""
        headers = {**self._authorization, "Content-Type": "application/json"}
        return self.browser.send(f"/api/v1{path}", json.dumps(body).encode(), headers, expect=expect).json

    def upload(self, name: str) -> str:
        """Hand a material in and return its id."""
        headers = self._authorization | MULTIPART
        answer = self.browser.send(
            "/api/v1/attachments", as_form({}, name, material(name)), headers, expect=201
        )
        return str(answer.json["id"])

    @property
    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def check(holds: object, message: str) -> None:
    """Stop with a message unless something holds."""
    if not holds:
        raise DemoFailed(message)


def as_form(fields: Mapping[str, str], name: str, content: bytes) -> bytes:
    """Return a multipart body with one file."""
    parts = [
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return b"".join([*parts, head.encode(), content, f"\r\n--{EDGE}--\r\n".encode()])


def upload_all(person: Person, names: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Hand materials in and return their ids by field."""
    return {path: [person.upload(name) for name in wanted] for path, wanted in names.items()}
