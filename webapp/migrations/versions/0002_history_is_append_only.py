"""history is append-only

Revision: 0002
After: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE = "BEGIN SELECT RAISE(ABORT, 'event is append-only'); END"
REFUSE = "EXECUTE FUNCTION event_append_only()"
FUNCTION = """CREATE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'event is append-only'; END $$"""


def upgrade():
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER event_no_update BEFORE UPDATE ON event {SQLITE}")
        op.execute(f"CREATE TRIGGER event_no_delete BEFORE DELETE ON event {SQLITE}")
        return
    op.execute(FUNCTION)
    op.execute(f"CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event FOR EACH ROW {REFUSE}")
    op.execute(f"CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event FOR EACH STATEMENT {REFUSE}")


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER event_no_update")
        op.execute("DROP TRIGGER event_no_delete")
        return
    op.execute("DROP TRIGGER event_no_change ON event")
    op.execute("DROP TRIGGER event_no_truncate ON event")
    op.execute("DROP FUNCTION event_append_only()")
