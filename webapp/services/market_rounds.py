"""One procedure for every market at once, as a yearly assessment is opened for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.core.errors import Locked, Missing
from webapp.models.market import Market
from webapp.queries.releases import current_process, definition_of
from webapp.queries.starters import is_for_all, markets_for
from webapp.services import cases

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from webapp.queries.actors import Actor


@dataclass(frozen=True, slots=True)
class Round:
    """What came of starting a procedure for every market.

    Attributes:
        title: Title of the procedure.
        started: Numbers of the cases that were started.
        left_out: Why a market was left out, one sentence each.
    """

    title: str
    started: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def told(self) -> str:
        """The outcome in words."""
        done = f"已为{len(self.started)}个市场（驿站）发起“{self.title}”。"
        if not self.left_out:
            return done
        return f"{done}{len(self.left_out)}个没有发起：{''.join(self.left_out)}"


def start_for_all(session: Session, actor: Actor, process_key: str) -> Round:
    """Start a case of a procedure for every listed market that the actor may choose.

    A market that has one under way is left out where the procedure allows one at a time. All are started
    in one transaction, or none.

    Args:
        session: Database session.
        actor: Who starts them.
        process_key: A procedure about a listed market whose property `for_all` is `true`.

    Raises:
        Forbidden: If the actor's position may not start it.
        Missing: If it is not started for all markets, or there is no market.
    """
    version = current_process(session, actor.jurisdiction_id, process_key)
    if not is_for_all(definition_of(session, version)):
        raise Missing("没有找到这项业务，或它不能为全部市场（驿站）一并发起。")
    numbers = list(session.scalars(markets_for(actor).with_only_columns(Market.no).order_by(Market.no)))
    if not numbers:
        raise Missing("名录中没有可以发起的市场（驿站）。")
    started, left_out = [], []
    for no in numbers:
        try:
            started.append(cases.start(session, actor, process_key, market_no=no).no)
        except Locked as busy:  # raised before anything is written
            left_out.append(busy.message)
    return Round(version.title, tuple(started), tuple(left_out))
