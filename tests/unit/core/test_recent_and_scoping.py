from contextvars import Context
from datetime import UTC, datetime

import pytest

from webapp.core import clock, crypto
from webapp.core.recent import Recent
from webapp.integrations import sealing, storage

THEN = datetime(2030, 1, 2, 3, 4, tzinfo=UTC)


def test_what_was_asked_for_longest_ago_leaves_first():
    kept = Recent(2)
    made = []

    def make(name):
        made.append(name)
        return name.upper()

    assert [kept.of(name, lambda name=name: make(name)) for name in ("a", "b", "a", "c", "a")] == list(
        "ABACA"
    )
    assert made == ["a", "b", "c"], "a was looked at last, so b left when c came"
    assert kept.of("b", lambda: make("b")) == "B"
    assert made == ["a", "b", "c", "b"]
    assert len(kept) == 2
    kept.drop("b")
    kept.drop("b")
    assert len(kept) == 1


def test_what_cannot_be_made_is_not_kept():
    kept = Recent(2)
    with pytest.raises(ValueError, match="no"):
        kept.of("a", lambda: (_ for _ in ()).throw(ValueError("no")))
    assert len(kept) == 0
    assert kept.of("a", lambda: 1) == 1


def test_a_clock_of_its_own_counts_inside_only(frozen_clock):
    with clock.clock_of(lambda: THEN):
        assert clock.now() == THEN
        assert Context().run(clock.now) == frozen_clock.instant, "other requests keep their time"
    assert clock.now() == frozen_clock.instant


def test_a_clock_of_its_own_is_gone_after_an_error(frozen_clock):
    with pytest.raises(RuntimeError), clock.clock_of(lambda: THEN):
        raise RuntimeError
    assert clock.now() == frozen_clock.instant


def test_keys_files_and_seals_stand_in_for_those_of_the_process(tmp_path, monkeypatch):
    monkeypatch.setattr(crypto._Installed, "ring", crypto.KeyRing.generate())
    outside = crypto.key_ring().seal(b"secret", "x")
    storage_before = storage._Installed.store
    storage.install(storage.BlobStore(tmp_path / "outside"))
    try:
        with (
            crypto.ring_of(crypto.KeyRing.generate()),
            storage.store_of(storage.BlobStore(tmp_path / "inside")),
            sealing.sealing_of(sealing.Sealing(tmp_path / "seals", "https://sandbox.invalid")),
        ):
            with pytest.raises(crypto.CryptoError):
                crypto.key_ring().open(outside, "x")
            sha256 = storage.put(b"a file")
            assert storage.get(sha256) == b"a file"
            assert sealing.verification_address("t") == "https://sandbox.invalid/v/t"
        assert not storage.blob_store().exists(sha256)
        assert crypto.key_ring().open(outside, "x") == b"secret"
    finally:
        storage._Installed.store = storage_before
