"""Cases are found by who started them, what markets offer by how new it is.

Revision: 0017
After: 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index("ix_case_starter", ["started_by_id", "started_at"], unique=False)
    with op.batch_alter_table("market_record", schema=None) as batch_op:
        batch_op.create_index(
            "ix_market_record_newest", ["jurisdiction_id", "kind", "recorded_at"], unique=False
        )


def downgrade():
    with op.batch_alter_table("market_record", schema=None) as batch_op:
        batch_op.drop_index("ix_market_record_newest")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index("ix_case_starter")
