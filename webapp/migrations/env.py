"""How migrations run: on both databases, in one transaction, without importing what they create."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from alembic import context
from flask import current_app
from sqlalchemy import LargeBinary

import webapp.models
from webapp.models.base import Base
from webapp.models.types import EncryptedJSON, EncryptedText, JSONDoc, UTCDateTime

for _module in pkgutil.iter_modules(webapp.models.__path__):
    import_module(f"webapp.models.{_module.name}")


def render_item(kind, thing, _):
    """Write our column types as the plain types that they stand for: migrations outlive the code."""
    if kind != "type":
        return False
    if isinstance(thing, JSONDoc):
        return 'sa.JSON().with_variant(JSONB(), "postgresql")'
    if isinstance(thing, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(thing, EncryptedText | EncryptedJSON | LargeBinary):
        return "sa.LargeBinary()"
    return False


def run():
    """Run against the application's database, or against the connection that a test hands in."""
    given = context.config.attributes.get("connection")
    if given is not None:
        _run_on(given)
        return
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        _run_on(connection)


def _run_on(connection):
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:  # tables that are made anew must not take the rows that refer to them along
        raw = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys=OFF")
    try:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=render_item,
            render_as_batch=True,
            compare_type=True,
            compare_server_default=True,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()
            if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise RuntimeError("The migration broke a reference between tables.")
    finally:
        if sqlite:
            raw.execute("PRAGMA foreign_keys=ON")


run()
