"""indexes of occurrences

A step that opens again looks for its last occurrence and for what was said in it: as quickly after two
thousand returns as after none.

Revision: 0010
After: 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.create_index("ix_work_item_occurrence", ["case_id", "element_id", "id", "status"])
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index("ix_submission_work_item", ["work_item_id", "submitted_at", "id"])


def downgrade():
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index("ix_submission_work_item")
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_index("ix_work_item_occurrence")
