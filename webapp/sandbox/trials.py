"""Trials: one sandbox for each draft and person, kept for a day at most and in a bounded number."""

from __future__ import annotations

import fcntl
import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from webapp.core import clock
from webapp.core.errors import Locked, Missing
from webapp.packs.scenarios import MOST_MOVES, Move, Scenario, read_move
from webapp.sandbox.site import Site
from webapp.services import sandbox_moves, scenarios
from webapp.services.sandbox_moves import OwnTime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

    from webapp.packs import Pack
    from webapp.services.sandbox_moves import Stage

LONGEST: Final = timedelta(days=1)
MOST: Final = 40
"""Sandboxes of an installation; one more takes the place of the one that was left longest ago."""
_STATE: Final = "trial.json"


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a trial begins.

    Attributes:
        process: Key of the procedure.
        starter: `agency.position` that starts it.
        begins: Beijing date.
        market: Kind of the listed market, where the procedure is about one.
        follows: Name of the scenario that it follows, empty for none.
    """

    process: str
    starter: str
    begins: date
    market: str = ""
    follows: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """A draft that is being tried out.

    Attributes:
        folder: Where it lies.
        how: How it began.
        content: Hash of the draft's content when it began.
        instant: What its clock shows, UTC-aware.
        moves: What was done since, in order.
    """

    folder: Path
    how: Beginning
    content: str
    instant: datetime
    moves: tuple[Move, ...] = ()


class Trials:
    """The sandboxes below one folder.

    Args:
        root: The folder; it is made when it is first needed.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def find(self, draft_id: UUID, person_id: UUID) -> Trial | None:
        """Return the trial of a draft by a person, if there is one."""
        return _read(self._folder(draft_id, person_id))

    def begin(self, draft_id: UUID, person_id: UUID, pack: Pack, how: Beginning) -> Trial:
        """Begin anew; what there was of this draft and person is gone.

        Raises:
            DomainError: If the draft cannot be installed or the case not be started; nothing is left then.
        """
        self.forget_old(room_for=1)
        folder = self._folder(draft_id, person_id)
        with self._alone(folder):
            self._clear(folder)
            site = Site(folder, OwnTime.morning_of(how.begins))
            try:
                site.make(pack)
                with site.open() as stage:
                    sandbox_moves.start(stage, how.process, starter=how.starter, market=how.market)
            except BaseException:
                site.remove()
                raise
            site.close()
            trial = Trial(folder, how, pack.content_hash, site.time.instant)
            _keep(trial)
        return trial

    def move(self, trial: Trial, *moves: Move) -> Trial:
        """Make moves, one after another; those before one that cannot be made stand.

        Raises:
            DomainError: If one cannot be made; says why.
            Locked: If the trial is at its longest.
        """
        with self._alone(trial.folder):
            return self._make(_read(trial.folder) or trial, moves)  # somebody may have moved it since

    def _make(self, trial: Trial, moves: tuple[Move, ...]) -> Trial:
        with self._site(trial) as site:
            try:
                for move in moves:
                    trial = _moved(site, trial, move)
            finally:
                _keep(trial)
        return trial

    @contextmanager
    def look(self, trial: Trial) -> Iterator[Stage]:
        """Open the sandbox of a trial at its present time."""
        with self._site(trial) as site, site.open() as stage:
            yield stage

    def scenario(self, trial: Trial, name: str, title: str) -> Scenario:
        """Return what was done in a trial, with what has come of it, as a scenario to keep."""
        with self.look(trial) as stage:
            came = scenarios.outcome(stage.session, stage.jurisdiction)
        how = trial.how
        return Scenario(name, title, how.process, how.begins, how.starter, how.market, trial.moves, came)

    def end(self, trial: Trial) -> None:
        """Remove the sandbox of a trial."""
        with self._alone(trial.folder):
            self._clear(trial.folder)

    def old(self, *, room_for: int = 0) -> list[Path]:
        """Return what nobody has moved for a day, and the oldest beyond the number.

        Args:
            room_for: How many are about to be added.
        """
        kept = sorted((_kept_at(file), file.parent) for file in self._root.glob(f"*/{_STATE}"))
        before, too_many = clock.now() - LONGEST, max(0, len(kept) + room_for - MOST)
        return [folder for place, (at, folder) in enumerate(kept) if at < before or place < too_many]

    def forget_old(self, *, room_for: int = 0) -> int:
        """Remove what is :meth:`old`; return how many went."""
        gone = self.old(room_for=room_for)
        for folder in gone:
            with self._alone(folder):
                self._clear(folder)
        return len(gone)

    @contextmanager
    def _site(self, trial: Trial) -> Iterator[Site]:
        if not trial.folder.is_dir():
            raise Missing("这个沙箱已经结束，请重新开始。")
        site = Site(trial.folder, OwnTime(trial.instant))
        try:
            yield site
        finally:
            site.close()

    @contextmanager
    def _alone(self, folder: Path) -> Iterator[None]:
        """Let one request at a time move a sandbox, also among several processes."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._root / f"{folder.name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _clear(self, folder: Path) -> None:
        if folder.is_dir():
            Site(folder, OwnTime(clock.now())).remove()

    def _folder(self, draft_id: UUID, person_id: UUID) -> Path:
        return self._root / f"{draft_id.hex}-{person_id.hex}"


def _moved(site: Site, trial: Trial, move: Move) -> Trial:
    if len(trial.moves) >= MOST_MOVES:
        raise Locked(f"一次试办最多 {MOST_MOVES} 步，请从头再来。")
    with site.open() as stage:
        sandbox_moves.perform(stage, move)
    return replace(trial, moves=(*trial.moves, move), instant=site.time.instant)


def _read(folder: Path) -> Trial | None:
    try:
        kept = json.loads((folder / _STATE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    how = {**kept["how"], "begins": date.fromisoformat(kept["how"]["begins"])}
    moves = tuple(read_move(_STATE, told) for told in kept["moves"])
    instant = datetime.fromisoformat(kept["instant"])
    return Trial(folder, Beginning(**how), kept["content"], instant, moves)


def _keep(trial: Trial) -> None:
    state = {
        "how": {**asdict(trial.how), "begins": trial.how.begins.isoformat()},
        "content": trial.content,
        "instant": trial.instant.isoformat(),
        "moves": [move.as_json() for move in trial.moves],
        "kept_at": clock.now().isoformat(),
    }
    written = trial.folder / f"{_STATE}.new"
    written.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
    written.replace(trial.folder / _STATE)


def _kept_at(file: Path) -> datetime:
    try:
        return datetime.fromisoformat(json.loads(file.read_text(encoding="utf-8"))["kept_at"])
    except FileNotFoundError:  # somebody ended it just now
        return clock.now()
