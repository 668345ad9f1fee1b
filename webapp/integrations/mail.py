"""Mail by SMTP."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT_SECONDS = 20
_PORTS = {"smtp": 25, "smtps": 465}


class MailError(Exception):
    """The mail server could not be reached or refused; the message names no address."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server and whom mail is from.

    Attributes:
        host: Its name.
        port: Its port.
        sender: Address that mail is from.
        user: Account, if it wants one.
        password: Its password.
        security: `tls` from the first byte, `starttls`, or `none` for a relay on the same machine.
    """

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    security: str = "starttls"

    @classmethod
    def of(cls, url: str, sender: str) -> MailServer:
        """Read `smtp://user:password@host:587?security=starttls` or `smtps://…`.

        Raises:
            ValueError: If it cannot be read.
        """
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("LINGGONG_SMTP_URL 应如 smtp://用户:口令@主机:587。")
        default = "tls" if parts.scheme == "smtps" else "starttls"
        security = parse_qs(parts.query).get("security", [default])[0]
        if security not in {"tls", "starttls", "none"}:
            raise ValueError("LINGGONG_SMTP_URL 的 security 应为 tls、starttls 或 none。")
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            sender=sender,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            security=security,
        )

    def send(self, *, to: str, subject: str, text: str, key: str) -> None:
        """Hand one mail over.

        Args:
            to: Address.
            subject: Its subject.
            text: Plain text.
            key: The same for every attempt; it becomes the message's id.

        Raises:
            MailError: If it could not be handed over.
        """
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message["Date"] = formatdate()
        message["Message-ID"] = f"<{key}@{self.sender.rpartition('@')[2]}>" if key else make_msgid()
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        try:
            with self._connected() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise MailError(type(error).__name__) from error

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
            if self.security == "starttls":
                server.starttls(context=context)
        if self.user:
            server.login(self.user, self.password)
        return server
