"""Blobs: kept once, by hash, encrypted when personal, and never given back changed."""

from __future__ import annotations

import hashlib

import pytest

from webapp.core import crypto
from webapp.core.crypto import KeyRing, key_id_of
from webapp.core.errors import Missing
from webapp.integrations.storage import BlobStore

CONTENT = "身份证复印件".encode() * 50


@pytest.fixture(autouse=True)
def _keys(monkeypatch):
    monkeypatch.setattr(crypto._Installed, "ring", KeyRing.generate())


@pytest.fixture
def store(tmp_path):
    return BlobStore(tmp_path / "blobs")


def files(store):
    return [path for path in store.root.rglob("*") if path.is_file()]


def test_the_name_is_the_hash_and_the_content_comes_back(store):
    sha256 = store.put(CONTENT)
    assert sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert store.get(sha256) == CONTENT
    assert store.exists(sha256)


def test_the_same_content_is_kept_once(store):
    assert store.put(CONTENT) == store.put(CONTENT)
    assert len(files(store)) == 1


def test_personal_content_lies_encrypted(store):
    store.put(CONTENT)
    (file,) = files(store)
    assert CONTENT[:18] not in file.read_bytes()


def test_public_content_lies_as_it_is(store):
    sha256 = store.put(b"%PDF-1.7", personal=False)
    (file,) = files(store)
    assert file.read_bytes() == b"%PDF-1.7"
    assert store.get(sha256) == b"%PDF-1.7"


@pytest.mark.parametrize("personal", [True, False])
def test_damage_is_noticed(store, personal):
    sha256 = store.put(CONTENT, personal=personal)
    (file,) = files(store)
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    with pytest.raises(Missing, match="已损坏"):
        store.get(sha256)


def test_a_blob_put_in_anothers_place_is_noticed(store):
    first, second = store.put(b"first"), store.put(b"second")
    one, other = store._path(first, sealed=True), store._path(second, sealed=True)
    one.write_bytes(other.read_bytes())
    with pytest.raises(Missing, match="已损坏"):
        store.get(first)


@pytest.mark.parametrize("name", ["", "0" * 64, "../../etc/passwd", "A" * 64])
def test_what_is_not_there_is_missing(store, name):
    with pytest.raises(Missing):
        store.get(name)


def test_deleting_twice_is_no_error(store):
    sha256 = store.put(CONTENT)
    store.delete(sha256)
    store.delete(sha256)
    assert not store.exists(sha256)


def test_after_rotation_every_file_moves_to_the_new_key(store, monkeypatch):
    sha256 = store.put(CONTENT)
    store.put(b"public", personal=False)
    monkeypatch.setattr(crypto._Installed, "ring", crypto.key_ring().rotated())
    assert list(store.reseal()) == [sha256]
    assert key_id_of(store._path(sha256, sealed=True).read_bytes()) == 2
    assert store.get(sha256) == CONTENT
    assert list(store.reseal()) == []


def test_a_crash_while_writing_leaves_nothing_behind(store, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        store.put(CONTENT)
    assert files(store) == []
