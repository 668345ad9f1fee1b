"""Who may start a process, and about which markets: the one rule for offering it and for doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from webapp.models.account import Agency
from webapp.models.market import Market
from webapp.packs import APPLICANT, APPLICANT_KIND, LISTED_MARKET

if TYPE_CHECKING:
    from sqlalchemy import Select

    from webapp.engine import Definition
    from webapp.models.account import Position
    from webapp.packs import Pack
    from webapp.queries.actors import Actor

_ANY_APPLICANT = "街道乡镇"


def may_start(definition: Definition, position: Position) -> bool:
    """Tell whether a position is named by a process's property `starters`, such as `township.clerk`.

    An entry names the position by its agency's own key, or by `township` for any agency that can apply.
    """
    names = {f"{position.agency.key}.{position.key}"}
    if position.agency.kind == APPLICANT_KIND:
        names.add(f"{APPLICANT}.{position.key}")
    return bool(set(_starters(definition)) & names)


def starters_in_words(pack: Pack, definition: Definition) -> str:
    """Return who may start a process, such as `街道乡镇的经办岗位`."""
    named = []
    for entry in _starters(definition):
        agency, _, key = entry.partition(".")
        spec = pack.agencies.get(agency)
        own = pack.holders(key, agency)
        titles = [one.name for one in pack.positions if one.key == key and set(own) & set(one.agencies)]
        whose = _ANY_APPLICANT if agency == APPLICANT else spec.short if spec else agency
        named.append(f"{whose}的{titles[0] if titles else key}岗位")
    return "或".join(named)


def first_starter(definition: Definition) -> str:
    """Return the agency key of the first entry of `starters`: whose case it is if another case opens it."""
    return _starters(definition)[0].partition(".")[0]


def is_about_listed_market(definition: Definition) -> bool:
    """Tell whether a process's cases are about a market that is chosen from the directory."""
    return definition.properties.get("subject") == LISTED_MARKET


def is_for_all(definition: Definition) -> bool:
    """Tell whether a process may be started for every listed market at once."""
    return is_about_listed_market(definition) and definition.properties.get("for_all") == "true"


def markets_for(actor: Actor) -> Select[Market]:
    """Return the listed markets that an actor may start a case about: a township's own, a bureau's all."""
    own = select(Agency.id).where(Agency.id == actor.agency_id, Agency.kind == APPLICANT_KIND)
    listed = select(Market).where(
        Market.jurisdiction_id == actor.jurisdiction_id, Market.status == "recognised"
    )
    return listed.where((Market.township_id == actor.agency_id) | ~own.exists())


def _starters(definition: Definition) -> list[str]:
    return [key.strip() for key in definition.properties.get("starters", "").split(",") if key.strip()]
