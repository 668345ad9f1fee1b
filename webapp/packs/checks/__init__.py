"""Checks a pack as a whole: every name leads somewhere, every step, field and rule has its 依据."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.packs.checks import clauses, flows, markets, rules, scenarios, schemas, templates
from webapp.packs.checks.facts import FactPaths
from webapp.packs.checks.findings import Finding, placed

if TYPE_CHECKING:
    from webapp.packs.specs import Pack

__all__ = ["Finding", "check"]


def check(pack: Pack) -> list[Finding]:
    """Return what is to be mended in a pack before it may be put in force; never raises for its content.

    Args:
        pack: A pack as it was read.
    """
    read_forms, findings = schemas.read_forms(pack)
    paths = FactPaths(read_forms)
    found = [
        *clauses.check(pack),
        *findings,
        *schemas.check(pack, read_forms),
        *rules.check(pack, paths),
        *flows.check(pack, paths),
        *templates.check(pack, paths),
        *markets.check(pack, read_forms),
        *scenarios.check(pack),
    ]
    return [placed(pack, finding) for finding in found]
