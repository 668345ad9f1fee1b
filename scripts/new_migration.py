"""Write a migration from the models: `python scripts/new_migration.py "add rosters"`.

It compares the models with a throw-away PostgreSQL that all present migrations were run on,
because what is generated there runs on SQLite too, and not the other way round. Read what
it wrote: a renamed column looks like one that is dropped and another that is added.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from flask_migrate import revision, upgrade  # noqa: E402 - the project is found by its place

from tests.application import test_settings  # noqa: E402
from tests.databases import PostgresServer  # noqa: E402
from webapp.app import create_app  # noqa: E402
from webapp.extensions import db  # noqa: E402


def main(message: str) -> None:
    """Generate the next numbered migration."""
    number = len(list((ROOT / "webapp" / "migrations" / "versions").glob("[0-9]*.py"))) + 1
    server = PostgresServer()
    try:
        with tempfile.TemporaryDirectory() as var:
            app = create_app(test_settings(Path(var), server.url))
            with app.app_context():
                upgrade()
                revision(message=message, autogenerate=True, rev_id=f"{number:04}")
                db.engine.dispose()
    finally:
        server.stop()


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]) or sys.exit(__doc__))
