"""One sandbox: its folder with database, files and keys, and its time."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy import create_engine, select

from webapp.core import clock, crypto
from webapp.integrations import sealing, storage
from webapp.integrations.keys import KeyFile
from webapp.models.account import Jurisdiction
from webapp.models.base import Base
from webapp.services import effects, succession
from webapp.services.sandbox_moves import OwnTime, Stage
from webapp.services.sandbox_office import furnish
from webapp.uow import prepare_engine, work_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from webapp.packs import Pack

NOWHERE: Final = "https://sandbox.invalid"
"""Address that the codes on a sandbox's papers lead to; by RFC 2606 there is none."""

effects.OPERATORS.setdefault("open_case", succession.open_case)


class Site:
    """A sandbox on disk.

    Args:
        folder: Its folder; it is made by :meth:`make`.
        time: Its time, moved by whoever plays.
    """

    def __init__(self, folder: Path, time: OwnTime) -> None:
        self.folder = folder
        self.time = time
        self._engine = create_engine(f"sqlite:///{folder / 'sandbox.db'}", hide_parameters=True)
        prepare_engine(self._engine)

    def make(self, pack: Pack) -> None:
        """Make folder, tables, office and people from a draft.

        Raises:
            DomainError: If the draft cannot even be installed.
        """
        self.folder.mkdir(mode=0o700, parents=True)
        with self._engine.begin() as connection:
            Base.metadata.create_all(connection)
        with self._standing_in(), work_in(self._engine) as session:
            furnish(session, pack)

    @contextmanager
    def open(self) -> Iterator[Stage]:
        """Open it for one move or one look; what was done is kept, unless something is raised."""
        with self._standing_in(), work_in(self._engine) as session:
            jurisdiction = session.scalars(select(Jurisdiction)).one()
            yield Stage(session, jurisdiction, self.time)

    def close(self) -> None:
        """Give its database connections back."""
        self._engine.dispose()

    def remove(self) -> None:
        """Remove everything of it."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def _standing_in(self) -> Iterator[None]:
        ring = KeyFile(self.folder / "keys.json", None).load("aes-256-gcm")
        with ExitStack() as everything:
            everything.enter_context(clock.clock_of(self.time))
            everything.enter_context(crypto.ring_of(ring))
            everything.enter_context(storage.store_of(storage.BlobStore(self.folder / "blobs")))
            everything.enter_context(sealing.sealing_of(sealing.Sealing(self.folder / "seals", NOWHERE)))
            yield
