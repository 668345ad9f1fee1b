"""Checks a pack as a whole: every name leads somewhere, every step, field and rule has its 依据."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.packs.checks import (
    clauses,
    coverage,
    filled,
    flows,
    markets,
    positions,
    rules,
    scenarios,
    schemas,
    templates,
    undecided,
)
from webapp.packs.checks.facts import FactPaths
from webapp.packs.checks.findings import Finding, placed
from webapp.packs.checks.steps import read_steps

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
    steps = {file: read_steps(source) for file, source in pack.flows.items()}
    found = [
        *clauses.check(pack),
        *findings,
        *schemas.check(pack, read_forms),
        *rules.check(pack, paths),
        *flows.check(pack, paths, steps),
        *templates.check(pack, paths),
        *markets.check(pack, read_forms),
        *positions.check(pack),
        *filled.check(pack, steps),
        *undecided.check(pack, steps),
        *coverage.check(pack, read_forms, steps),
        *scenarios.check(pack),
    ]
    return [placed(pack, finding) for finding in found]
