"""Keys in a file or in the environment."""

from __future__ import annotations

import stat

import pytest

from webapp.core.crypto import CryptoError, encode_key
from webapp.integrations.keys import KeyFile, kept_secret, ring_from_text

WRAPPING = b"wrapping key of 32 bytes, a test"
FIRST, SECOND = b"1" * 32, b"2" * 32


def test_the_first_load_makes_a_key_that_stays(tmp_path):
    path = tmp_path / "var" / "keys.json"
    made = KeyFile(path, None).load("sm4-gcm")
    assert KeyFile(path, None).load("sm4-gcm").keys == made.keys
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_wrapped_keys_need_their_wrapping_key(tmp_path):
    path = tmp_path / "keys.json"
    made = KeyFile(path, WRAPPING).load("sm4-gcm")
    assert encode_key(made.keys[1]) not in path.read_text()
    assert KeyFile(path, WRAPPING).load("sm4-gcm").keys == made.keys
    with pytest.raises(CryptoError, match="LINGGONG_KEY_ENCRYPTION_KEY"):
        KeyFile(path, None).load("sm4-gcm")
    with pytest.raises(CryptoError):
        KeyFile(path, FIRST).load("sm4-gcm")


def test_a_rotated_ring_is_saved_with_its_old_keys(tmp_path):
    file = KeyFile(tmp_path / "keys.json", WRAPPING)
    before = file.load("sm4-gcm")
    file.save(before.rotated())
    after = file.load("sm4-gcm")
    assert after.active == 2
    assert after.keys[1] == before.keys[1]
    assert after.index_key == before.index_key


def test_keys_from_the_environment_the_last_is_active():
    ring = ring_from_text(f"1:{encode_key(FIRST)}, 2:{encode_key(SECOND)}", encode_key(FIRST), "aes-256-gcm")
    assert (ring.active, ring.keys) == (2, {1: FIRST, 2: SECOND})
    assert ring.algorithm == "aes-256-gcm"


@pytest.mark.parametrize("text", ["abc", "x:abc", "1=abc"])
def test_malformed_keys_are_named(text):
    with pytest.raises(ValueError, match="编号:密钥"):
        ring_from_text(text, encode_key(FIRST), "sm4-gcm")


def test_a_secret_is_made_once(tmp_path):
    made = kept_secret(tmp_path / "secret_key")
    assert len(made) >= 64
    assert kept_secret(tmp_path / "secret_key") == made
