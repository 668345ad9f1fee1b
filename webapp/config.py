"""Settings of one installation, read from the environment (`LINGGONG_…`) or from `.env`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, cast

from flask import current_app
from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from webapp.core.crypto import Algorithm, KeyRing, decode_key
from webapp.integrations.keys import KeyFile, ring_from_text
from webapp.integrations.mail import MailServer

SETTINGS = "linggong_settings"
_SHORTEST_SECRET = 32


class Settings(BaseSettings):
    """What may differ between installations. Policy is not here; it is in the packs."""

    model_config = SettingsConfigDict(env_prefix="LINGGONG_", env_file=".env", extra="ignore", frozen=True)

    env: Literal["production", "demo", "test"] = "demo"
    var: Path = Path("var")
    """Folder of everything that is not code: database, blobs, keys."""
    database_url: str = ""
    """SQLAlchemy URL; empty means SQLite in `var`."""
    public_url: str = "http://127.0.0.1:8000"
    """How the world reaches the system; printed on documents as the address of verification."""

    demo_clock: Path | None = None
    """A file that says by how many seconds this demonstration is ahead of the true time; it may be changed
    while the system runs. Empty: the true time, which only a demonstration may leave."""
    tsa_url: str = ""
    """Address of a time-stamping authority (RFC 3161) whose stamp goes with every seal; empty: none."""

    secret_key: SecretStr = SecretStr("")
    """Signs form tokens. At least 32 characters in production; made in `var` otherwise."""
    field_keys: SecretStr = SecretStr("")
    """`1:<base64>,2:<base64>`: data keys for personal data, the last one active. Empty: `var/keys.json`."""
    index_key: SecretStr = SecretStr("")
    """Key of blind indexes and digests; goes with `field_keys` and never changes."""
    key_encryption_key: SecretStr = SecretStr("")
    """Wraps the keys in `var/keys.json`. Required in production unless `field_keys` is given."""
    field_cipher: Algorithm = "sm4-gcm"

    session_idle_minutes: int = Field(default=30, ge=1)
    session_hours: int = Field(default=12, ge=1)
    account_failures: int = Field(default=5, ge=1)
    """Failed sign-ins under one name before it is locked."""
    address_failures: int = Field(default=50, ge=1)
    """Failed sign-ins from one address before it is locked; offices share addresses."""
    lock_minutes: int = Field(default=15, ge=1)
    password_length: int = Field(default=10, ge=8)
    argon2_memory_kib: int = Field(default=19456, ge=8)
    argon2_passes: int = Field(default=2, ge=1)
    api_token_days: int = Field(default=365, ge=1)

    upload_mb: int = Field(default=50, ge=1)
    """Largest request body."""
    trusted_proxies: int = Field(default=0, ge=0)
    """How many reverse proxies in front set `X-Forwarded-For` and `X-Forwarded-Proto`."""
    smtp_url: SecretStr = SecretStr("")
    """`smtp://user:password@host:587` (STARTTLS), `smtps://…`, or `…?security=none` for a relay on the same
    machine. Empty: no mail is sent, and nobody is asked for an address."""
    mail_from: str = ""
    """Address that mail is from."""
    webhook_hosts: str = ""
    """Hosts of other systems that may be told of events, separated by commas."""

    embedded_worker: bool = True
    """Run background jobs in a thread of the web server."""
    worker_poll_seconds: float = Field(default=1.0, gt=0)

    @model_validator(mode="after")
    def _production_has_its_own_secrets(self) -> Settings:
        if self.env != "production":
            return self
        wrong = []
        if len(self.secret_key.get_secret_value()) < _SHORTEST_SECRET:
            wrong.append(f"LINGGONG_SECRET_KEY 至少 {_SHORTEST_SECRET} 个字符")
        if not (self.field_keys.get_secret_value() or self.key_encryption_key.get_secret_value()):
            wrong.append("LINGGONG_FIELD_KEYS 或 LINGGONG_KEY_ENCRYPTION_KEY 须设置其一")
        if self.field_keys.get_secret_value() and not self.index_key.get_secret_value():
            wrong.append("LINGGONG_INDEX_KEY 须与 LINGGONG_FIELD_KEYS 一并设置")
        if not self.public_url.startswith("https://"):
            wrong.append("LINGGONG_PUBLIC_URL 须以 https:// 开头")
        if wrong:
            raise ValueError("正式环境的设置不完整：" + "；".join(wrong) + "。")
        return self

    @model_validator(mode="after")
    def _time_is_true(self) -> Settings:
        if self.demo_clock is not None and not self.is_demo:
            raise ValueError("只有演示环境可以设置 LINGGONG_DEMO_CLOCK，其余环境以真实时间为准。")
        return self

    @model_validator(mode="after")
    def _mail_can_be_sent(self) -> Settings:
        if self.smtp_url.get_secret_value() and "@" not in self.mail_from:
            raise ValueError("设置了 LINGGONG_SMTP_URL 时，须设置 LINGGONG_MAIL_FROM。")
        if self.smtp_url.get_secret_value():
            MailServer.of(self.smtp_url.get_secret_value(), self.mail_from)
        return self

    @property
    def database_uri(self) -> str:
        """The SQLAlchemy URL in force, with the driver that is installed."""
        if not self.database_url:
            return f"sqlite:///{(self.var / 'linggong.db').resolve()}"
        for scheme in ("postgres://", "postgresql://"):
            if self.database_url.startswith(scheme):
                return "postgresql+psycopg://" + self.database_url.removeprefix(scheme)
        return self.database_url

    @property
    def mail_server(self) -> MailServer | None:
        """Where mail is handed over, if anywhere."""
        url = self.smtp_url.get_secret_value()
        return MailServer.of(url, self.mail_from) if url else None

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Hosts that webhooks may call."""
        return frozenset(host.strip() for host in self.webhook_hosts.split(",") if host.strip())

    @property
    def is_demo(self) -> bool:
        """Whether demo people may exist and are shown on the sign-in page."""
        return self.env == "demo"

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies travel over HTTPS only."""
        return self.public_url.startswith("https://")


def current_settings() -> Settings:
    """Return the settings of the application at work."""
    return cast("Settings", current_app.extensions[SETTINGS])


def key_ring_of(settings: Settings) -> KeyRing:
    """Return the keys from the environment, or from the key file in `var`."""
    field_keys = settings.field_keys.get_secret_value()
    if field_keys:
        return ring_from_text(field_keys, settings.index_key.get_secret_value(), settings.field_cipher)
    return key_file_of(settings).load(settings.field_cipher)


def key_file_of(settings: Settings) -> KeyFile:
    """Return the key file in `var`."""
    wrapping = settings.key_encryption_key.get_secret_value()
    return KeyFile(settings.var / "keys.json", decode_key(wrapping) if wrapping else None)
