"""A mail server and another system's web server, both real, both on this machine."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage


class Post:
    """Keeps the mails that it is handed; refuses the first few, if told to."""

    def __init__(self, refuse: int = 0) -> None:
        self.mails: list[EmailMessage] = []
        self.refuse = refuse

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refuse:
            self.refuse -= 1
            return "451 try again later"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@contextmanager
def post_office(refuse: int = 0) -> Iterator[tuple[Post, str]]:
    """Run a mail server; give what it received and its address."""
    post = Post(refuse)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield post, f"smtp://127.0.0.1:{port}?security=none"
    finally:
        controller.stop()


@contextmanager
def other_system(status: int = 200) -> Iterator[tuple[list[tuple[dict[str, str], bytes]], str]]:
    """Run a web server; give the calls that it got, as headers and body, and its address."""
    calls: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            calls.append((dict(self.headers), body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield calls, f"http://127.0.0.1:{server.server_port}/hook"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
