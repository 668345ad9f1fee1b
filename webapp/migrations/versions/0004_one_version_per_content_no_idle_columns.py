"""one version per content, no idle columns

A process keeps its version as long as its own sources stay the same, so that several releases may
carry the same one. Rows from before hold the hash of their whole release; the first release after
this one therefore counts up once.

Revision: 0004
After: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SQLITE = "BEGIN SELECT RAISE(ABORT, 'event is append-only'); END"
VERSIONS = sa.table(
    "process_version",
    sa.column("id", sa.Uuid()),
    sa.column("jurisdiction_id", sa.Uuid()),
    sa.column("process_key", sa.String()),
    sa.column("version", sa.Integer()),
)


def upgrade():
    with op.batch_alter_table("process_version", schema=None) as batch_op:
        batch_op.drop_constraint("uq_process_version_jurisdiction_id_process_key_version", type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_process_version_release_id_process_key"), ["release_id", "process_key"]
        )
    with op.batch_alter_table("market", schema=None) as batch_op:
        batch_op.drop_column("details")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_constraint("fk_event_on_behalf_of_id", type_="foreignkey")
        batch_op.drop_column("on_behalf_of_id")
    _refuse_changes_of_history()


def downgrade():
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("on_behalf_of_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key("fk_event_on_behalf_of_id", "person", ["on_behalf_of_id"], ["id"])
    _refuse_changes_of_history()
    kind = sa.JSON().with_variant(JSONB(), "postgresql")
    with op.batch_alter_table("market", schema=None) as batch_op:
        batch_op.add_column(sa.Column("details", kind, nullable=False, server_default="{}"))
    with op.batch_alter_table("market", schema=None) as batch_op:
        batch_op.alter_column("details", server_default=None)
    _number_each_row()
    with op.batch_alter_table("process_version", schema=None) as batch_op:
        batch_op.drop_constraint("uq_process_version_release_id_process_key", type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_process_version_jurisdiction_id_process_key_version"),
            ["jurisdiction_id", "process_key", "version"],
        )


def _refuse_changes_of_history():
    """On SQLite the table was made anew, without its triggers."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER event_no_update BEFORE UPDATE ON event {SQLITE}")
        op.execute(f"CREATE TRIGGER event_no_delete BEFORE DELETE ON event {SQLITE}")


def _number_each_row():
    """Give every row a version of its own again, in the order of their making (keys are time-ordered)."""
    connection = op.get_bind()
    last = {}
    for row in connection.execute(sa.select(VERSIONS).order_by(VERSIONS.c.id)).all():
        of = (row.jurisdiction_id, row.process_key)
        last[of] = last.get(of, 0) + 1
        connection.execute(VERSIONS.update().where(VERSIONS.c.id == row.id).values(version=last[of]))
