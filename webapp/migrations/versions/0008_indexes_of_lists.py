"""indexes of lists

Lists stay as quick with a million steps as with a thousand. Clocks of whole cases, which have no step,
are left out of the index by step: a database without statistics would look for "no step" there.

Revision: 0008
After: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OF_STEP = sa.text("work_item_id IS NOT NULL")


def upgrade():
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.drop_index("ix_clock_work_item")
        batch_op.create_index(
            "ix_clock_work_item",
            ["work_item_id", "due_at", "id"],
            sqlite_where=_OF_STEP,
            postgresql_where=_OF_STEP,
        )
        batch_op.drop_index("ix_clock_case")
        batch_op.create_index("ix_clock_case", ["case_id", "work_item_id", "due_at", "id"])
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.create_index("ix_work_item_arrived", ["position_id", "opened_at"])
        batch_op.create_index("ix_work_item_done", ["done_by_id", "done_at"])
    with op.batch_alter_table("case_party", schema=None) as batch_op:
        batch_op.drop_index("ix_case_party_agency")
        batch_op.create_index("ix_case_party_agency", ["agency_id", "created_at"])


def downgrade():
    with op.batch_alter_table("case_party", schema=None) as batch_op:
        batch_op.drop_index("ix_case_party_agency")
        batch_op.create_index("ix_case_party_agency", ["agency_id"])
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_index("ix_work_item_done")
        batch_op.drop_index("ix_work_item_arrived")
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.drop_index("ix_clock_case")
        batch_op.create_index("ix_clock_case", ["case_id"])
        batch_op.drop_index("ix_clock_work_item")
        batch_op.create_index("ix_clock_work_item", ["work_item_id"])
