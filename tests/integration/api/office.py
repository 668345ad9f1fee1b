"""What other systems do: requests with a person's token, each standing for itself, as on a server."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask.testing import FlaskClient

from tests.factories import filings
from webapp import uow
from webapp.services import api_tokens
from webapp.uow import read_only, unit_of_work
from webapp.worker import make_worker

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

Person = str | tuple[str, str]
"""A demonstration person's name to sign in with, and the position where they hold several."""


class Office:
    """Calls the API as the people of the demonstration; `None` calls without a token."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._tokens: dict[Person, str] = {}

    def token(self, who: Person) -> str:
        """The token of a person, made when it is first needed."""
        if who not in self._tokens:
            named = (who,) if isinstance(who, str) else who
            with unit_of_work() as session:
                self._tokens[who] = api_tokens.create(
                    session, filings.actor(session, *named), name="测试", days=30
                )
        return self._tokens[who]

    def call(self, who: Person | None, method: str, path: str, **more: Any) -> TestResponse:
        """Send one request; the path begins below `/api/v1`."""
        headers = dict(more.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.token(who)}"
        with self.app.app_context():
            client = FlaskClient(self.app, self.app.response_class, use_cookies=False)
            answer = client.open(f"/api/v1{path}", method=method, headers=headers, **more)
        assert not uow.is_open(), "the request left a unit of work open"
        return answer

    def get(self, who: Person | None, path: str, status: int = 200) -> Any:
        """Read something and expect a status."""
        answer = self.call(who, "GET", path)
        assert answer.status_code == status, answer.text
        return answer.json

    def post(self, who: Person | None, path: str, body: Any, status: int = 200) -> Any:
        """Send JSON and expect a status."""
        answer = self.call(who, "POST", path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json

    def upload(self, who: Person, name: str, content: bytes | None = None, status: int = 201) -> Any:
        """Hand a file in."""
        content = content or (filings.PNG if name.endswith("png") else filings.PDF)
        answer = self.call(who, "POST", "/attachments", data={"file": (BytesIO(content), name)})
        assert answer.status_code == status, answer.text
        return answer.json

    def files(self, who: Person, names: dict[str, list[str]]) -> dict[str, list[str]]:
        """Hand files in and return their ids by field."""
        return {field: [self.upload(who, name)["id"] for name in wanted] for field, wanted in names.items()}

    def file(self, who: Person, kind: str = "market") -> str:
        """Start a case with the whole filing; return its number."""
        given = filings.content(kind)
        data = given["filing"] | self.files(who, given["files"])
        return str(self.post(who, "/cases", {"process": "recognition", "data": data}, 201)["no"])

    def task(self, who: Person, no: str) -> Any:
        """The one task that waits for a person in a case."""
        (row,) = self.get(who, f"/tasks?q={no}")["items"]
        return self.get(who, f"/tasks/{row['id']}")

    def complete(self, who: Person, no: str, data: dict[str, Any], status: int = 200, **more: Any) -> Any:
        """Complete or sign the one task that waits for a person in a case."""
        task = self.task(who, no)
        body = {"data": data, "revision": task["revision"], **more}
        return self.post(who, f"/tasks/{task['id']}/complete", body, status)

    def seal(self) -> None:
        """Let the worker do what is due."""
        assert make_worker(self.app).run_until_idle() >= 0

    def counts(self, *models: Any) -> list[int]:
        """How many rows there are of each model."""
        with read_only() as session:
            return [session.query(model).count() for model in models]


def raw(body: str | bytes, media_type: str = "application/json") -> dict[str, Any]:
    """A body just as it is."""
    return {"data": body, "headers": {"Content-Type": media_type}}


def problem(answer: TestResponse) -> Any:
    """The RFC 9457 body of a refusal."""
    assert answer.mimetype == "application/problem+json"
    found = json.loads(answer.text)
    assert found["status"] == answer.status_code
    assert found["title"]
    assert found["detail"].endswith("。")
    return found
