"""政策推演 over every way that is kept with the pack, and over the stars of a year.

Each is played to its end in a sandbox; then the rules are asked again about what was decided there.
"""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from tests import stories
from tests.packs.opened import tongzhou
from webapp import packs
from webapp.packs.scenarios import SIGN, SUBMIT, WAIT, WORKDAY, Move, read_scenario
from webapp.sandbox import Site
from webapp.services import sandbox_moves, what_if
from webapp.services.sandbox_forms import about
from webapp.services.sandbox_moves import OwnTime

PACK = tongzhou()
MARKET = "综合性零工市场"


def rewritten(**changes):
    """The pack with every table's text changed, and some thresholds too: everything is asked again."""
    files = {
        path: text.replace("<definitions", "<!-- 改版 -->\n<definitions", 1)
        if path.endswith(".dmn")
        else text
        for path, text in PACK.files.items()
    }
    for name, pairs in changes.items():
        path = f"workflows/tongzhou/{name}.dmn"
        for old, new in pairs:
            assert old in files[path], old
            files[path] = files[path].replace(old, new)
    return packs.read(files)


SAME = rewritten()


@contextmanager
def ended(folder, name):
    """A sandbox in which a scenario was played."""
    scenario = read_scenario(name, PACK.scenarios[name])
    site = Site(folder / name, OwnTime.morning_of(scenario.begins))
    site.make(PACK)
    with site.open() as stage:
        sandbox_moves.start(stage, scenario.process, starter=scenario.starter, market=scenario.market)
        for move in scenario.moves:
            sandbox_moves.perform(stage, move)
        yield stage
    site.close()


def asked(stage, draft):
    stage.session.flush()
    return what_if.run(stage.session, stage.jurisdiction.id, draft, seconds=300)


def rate(stage):
    """Have the market rated for the year in which it was assessed; all of the panel agree."""
    chapter = next(one for one in stories.life()["chapters"] if one["process"] == "stars")
    sandbox_moves.start(stage, "stars", starter="hrss.clerk", market=MARKET)
    voted = False
    for step in chapter["steps"]:
        if "vote" in step and voted:
            continue
        voted = voted or "vote" in step
        items = sandbox_moves.open_items(stage.session, stage.jurisdiction)
        if "on" in step:
            for _ in range(6):
                sandbox_moves.perform(stage, Move(WAIT, until=WORKDAY))
        elif "vote" in step:
            while seats := [seat for seat in items[0].signings if seat.waits]:
                by = f"{seats[0].position.agency.key}.{seats[0].position.key}"
                sandbox_moves.perform(stage, about(stage, items[0].id, SIGN, position=by, agrees=True))
                stage.session.expire_all()
                if items[0].status != "open":
                    break
        else:
            values = step.get("data", {}) | step.get("files", {})
            sandbox_moves.perform(stage, about(stage, items[0].id, SUBMIT, values=values))


@pytest.mark.parametrize("name", sorted(PACK.scenarios))
def test_rules_that_say_the_same_change_no_result_of_any_kept_way(tmp_path, name):
    with ended(tmp_path, name) as stage:
        found = asked(stage, SAME)
    assert (found.changed, found.not_judged) == ([], [])
    assert sum(total.looked_at for total in found.totals) == found.looked_at


EXCELLENT = (
    ("<text>&gt;= 90</text>", "<text>&gt;= 99</text>"),
    ("<text>[80..90)</text>", "<text>[80..99)</text>"),
)
FIVE = (
    ("<text>&gt;= 95</text>", "<text>&gt;= 91</text>"),
    ("<text>[90..95)</text>", "<text>[90..91)</text>"),
)


def test_grades_and_stars_are_asked_again_and_told_by_township(tmp_path):
    with ended(tmp_path, "assessment_good") as stage:
        rate(stage)
        same = asked(stage, SAME)
        assert (same.changed, same.not_judged) == ([], [])
        grades = asked(stage, rewritten(assessment=EXCELLENT))
        stars = asked(stage, rewritten(stars=FIVE))
    assert "优秀" in str(grades.changed[0].before)
    assert "良好" in str(grades.changed[0].after)
    assert [(total.township, total.changed) for total in grades.totals] == [("中仓街道", len(grades.changed))]
    assert [("四星级" in str(row.before), "五星级" in str(row.after)) for row in stars.changed] == [
        (True, True)
    ]
    assert [(total.township, total.changed) for total in stars.totals] == [("中仓街道", 1)]
    assert same.looked_at == grades.looked_at == stars.looked_at
