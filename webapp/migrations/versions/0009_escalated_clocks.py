"""The leaders' list finds what was escalated without reading every act of every clock.

Revision: 0009
After: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ESCALATED = sa.text("kind = 'escalated'")


def upgrade():
    op.create_index(
        "ix_clock_act_escalated",
        "clock_act",
        ["clock_id"],
        sqlite_where=_ESCALATED,
        postgresql_where=_ESCALATED,
    )


def downgrade():
    op.drop_index("ix_clock_act_escalated", table_name="clock_act")
