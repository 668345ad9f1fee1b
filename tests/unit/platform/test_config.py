"""Settings: a demo runs without any, production refuses to start half-safe."""

from __future__ import annotations

import pytest
from pydantic import SecretStr, ValidationError

from webapp.config import Settings, key_ring_of
from webapp.core.crypto import encode_key

KEY = encode_key(b"k" * 32)
SAFE = {
    "env": "production",
    "secret_key": SecretStr("s" * 32),
    "field_keys": SecretStr(f"1:{KEY}"),
    "index_key": SecretStr(KEY),
    "public_url": "https://lgsc.example.gov.cn",
}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    import os

    for name in list(os.environ):
        if name.startswith("LINGGONG_"):
            monkeypatch.delenv(name)


def settings(**values):
    return Settings(_env_file=None, **values)


def test_a_demo_needs_nothing():
    assert settings().is_demo
    assert settings().database_uri.startswith("sqlite:////")
    assert settings().database_uri.endswith("/var/linggong.db")


def test_the_environment_is_read(monkeypatch):
    monkeypatch.setenv("LINGGONG_SESSION_IDLE_MINUTES", "10")
    assert settings().session_idle_minutes == 10


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_gets_the_driver_that_is_installed(scheme):
    assert settings(database_url=f"{scheme}://u@h/d").database_uri == "postgresql+psycopg://u@h/d"


def test_production_with_its_own_secrets_starts():
    assert not settings(**SAFE).is_demo
    wrapped = SAFE | {"field_keys": SecretStr(""), "key_encryption_key": SecretStr(KEY)}
    assert settings(**wrapped).secure_cookies


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"secret_key": SecretStr("short")}, "LINGGONG_SECRET_KEY"),
        ({"field_keys": SecretStr("")}, "LINGGONG_FIELD_KEYS"),
        ({"index_key": SecretStr("")}, "LINGGONG_INDEX_KEY"),
        ({"public_url": "http://lgsc.example.gov.cn"}, "https://"),
    ],
)
def test_production_without_them_does_not(changes, named):
    with pytest.raises(ValidationError, match=named):
        settings(**(SAFE | changes))


def test_settings_never_show_their_secrets():
    assert "s" * 32 not in repr(settings(**SAFE))
    assert KEY not in repr(settings(**SAFE))


def test_keys_come_from_the_environment_or_from_the_file(tmp_path):
    assert key_ring_of(settings(**SAFE)).keys == {1: b"k" * 32}
    first = key_ring_of(settings(var=tmp_path))
    assert key_ring_of(settings(var=tmp_path)).keys == first.keys


@pytest.mark.parametrize("env", ["test", "production"])
def test_only_a_demonstration_leaves_the_true_time(tmp_path, env):
    with pytest.raises(ValidationError, match="真实时间"):
        settings(**SAFE | {"env": env, "demo_clock": tmp_path / "ahead"})
    assert settings(demo_clock=tmp_path / "ahead").demo_clock == tmp_path / "ahead"
