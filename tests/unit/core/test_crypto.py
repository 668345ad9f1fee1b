"""Sealed values: what opens, what must not, and the standard's own vector for SM4-GCM."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from webapp.core import crypto
from webapp.core.crypto import CryptoError, KeyRing, decode_key, encode_key, key_id_of

KEY = b"0123456789abcdef0123456789abcdef"
OTHER = b"fedcba9876543210fedcba9876543210"


def ring(**changes):
    return KeyRing(**({"keys": {1: KEY}, "active": 1, "index_key": OTHER} | changes))


@pytest.mark.parametrize("algorithm", ["sm4-gcm", "aes-256-gcm"])
def test_a_sealed_value_opens_in_its_own_place_only(algorithm):
    sealed = ring(algorithm=algorithm).seal("张三".encode(), "person.name")
    assert "张三".encode() not in sealed
    assert ring().open(sealed, "person.name").decode() == "张三"
    with pytest.raises(CryptoError):
        ring().open(sealed, "person.phone")


def test_equal_values_do_not_look_equal():
    assert ring().seal(b"same", "a") != ring().seal(b"same", "a")


@pytest.mark.parametrize("position", [0, 2, 5, 16, -1])
def test_no_byte_may_change(position):
    sealed = bytearray(ring().seal(b"13800000000", "person.phone"))
    sealed[position] ^= 1
    with pytest.raises(CryptoError):
        ring().open(bytes(sealed), "person.phone")


def test_cut_off_values_are_refused():
    sealed = ring().seal(b"", "a")
    with pytest.raises(CryptoError, match="长度不足"):
        ring().open(sealed[:-1], "a")


def test_sm4_gcm_of_the_library_is_that_of_rfc_8998():
    """RFC 8998, appendix A.1."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    nonce = bytes.fromhex("00001234567800000000abcd")
    aad = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    plain = bytes.fromhex(
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
        "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
    )
    cipher = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(aad)
    sealed = cipher.update(plain) + cipher.finalize()
    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    )
    assert cipher.tag.hex() == "83de3541e4c2b58177e065a9bf7b62ec"


def test_rotation_seals_with_the_new_key_and_still_opens_the_old():
    before = ring().seal(b"old", "a")
    after = ring().rotated(OTHER)
    assert after.active == 2
    assert key_id_of(after.seal(b"new", "a")) == 2
    assert after.open(before, "a") == b"old"
    with pytest.raises(CryptoError, match="密钥 2"):
        ring().open(after.seal(b"new", "a"), "a")


def test_another_key_under_the_same_number_opens_nothing():
    sealed = ring().seal(b"x", "a")
    with pytest.raises(CryptoError):
        ring(keys={1: OTHER}).open(sealed, "a")


def test_blind_index_finds_equal_values_of_one_context():
    index = ring().blind_index("11010519491231002x", "person.resident_id")
    assert len(index) == 16
    assert index == ring().blind_index(" 11010519491231002X ", "person.resident_id")
    assert index != ring().blind_index("11010519491231002X", "worker.resident_id")
    assert index != ring(index_key=KEY).blind_index("11010519491231002X", "person.resident_id")


def test_blind_index_survives_rotation():
    assert ring().blind_index("13800000000", "p") == ring().rotated(OTHER).blind_index("13800000000", "p")


def test_digest_and_index_of_one_value_have_nothing_in_common():
    digest = ring().keyed_digest("张三", "c")
    assert len(digest) == 64
    assert not digest.startswith(ring().blind_index("张三", "c").hex())


def test_context_and_value_cannot_run_into_each_other():
    assert ring().keyed_digest("bc", "a") != ring().keyed_digest("c", "ab")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"active": 2}, "没有启用的密钥 2"),
        ({"keys": {0: KEY}, "active": 0}, "1 至 65535"),
        ({"keys": {1: b"short"}}, "32 字节"),
        ({"index_key": b""}, "32 字节"),
    ],
)
def test_a_wrong_ring_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        ring(**changes)


def test_keys_are_written_as_text_and_read_back():
    assert decode_key(encode_key(KEY)) == KEY
    with pytest.raises(ValueError, match="base64"):
        decode_key("密钥")
    with pytest.raises(ValueError, match="32 字节"):
        decode_key("c2hvcnQ")


def test_a_ring_never_shows_its_keys():
    assert "0123456789abcdef" not in repr(ring())
    assert encode_key(KEY) not in repr(ring())


def test_without_a_ring_nothing_is_sealed(monkeypatch):
    monkeypatch.setattr(crypto._Installed, "ring", None)
    with pytest.raises(CryptoError, match="尚未载入"):
        crypto.keyed_digest("x", "y")
