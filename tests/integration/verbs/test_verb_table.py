"""docs/verbs.md says where each verb is found; what it names is there."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

import pytest

from webapp.queries.timeline import SHOWN_KINDS, TECHNICAL_KINDS
from webapp.views.security import SIGNED_IN, marks_of
from webapp.views.verbs import ACTS

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
ROWS = [
    [cell.strip().strip("`") for cell in line.strip("|\n ").split("|")]
    for line in (ROOT / "docs" / "verbs.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| [^V-]", line)
]
OF_NO_CASE = {"substitution.made", "substitution.revoked", "message.sent", "migration.planned"}
"""Events that no case page tells of, for they are of no single case."""


def test_the_table_is_read():
    assert len(ROWS) == 37
    assert all(len(row) == 6 for row in ROWS)


def _endpoint(app, named, prefix=""):
    """Return the name and values of the route that an address leads to."""
    method, path = named.split(" ")
    path = re.sub(r"\{(\w+)\}", lambda part: "TZ-1" if part[1] == "no" else str(UUID(int=0)), path)
    return app.url_map.bind("localhost").match(prefix + path, method=method)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_what_a_row_names_is_there(app, row):
    _, page, api, event, right, test = row
    wanted = SIGNED_IN if right == "signed in" else right
    for named, prefix in ((page, ""), (api, "/api/v1")):
        name, values = _endpoint(app, named, prefix)
        assert wanted in marks_of(app.view_functions[name]), named
        assert name.startswith("api.") == bool(prefix)
        if name == "verbs.do":
            assert values["verb"] in ACTS
    assert event in SHOWN_KINDS | TECHNICAL_KINDS | OF_NO_CASE
    services = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "webapp" / "services").glob("*.py")
    )
    kind, state = event.split(".")
    by_status = kind == "case" and 'f"case.{status}"' in services and f'"{state}"' in services
    assert f'"{event}"' in services or by_status
    assert (HERE / test).is_file()


def test_every_act_of_a_task_stands_in_the_table():
    named = {row[1].rpartition("/acts/")[2] for row in ROWS if "/acts/" in row[1]}
    assert named == set(ACTS)
