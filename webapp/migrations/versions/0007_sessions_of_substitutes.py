"""A session knows under which substitution, and in which position of the other, its person acts.

Revision: 0007
After: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COLUMNS = {"substitution_id": "substitution", "for_appointment_id": "appointment"}


def upgrade():
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        for name, table in COLUMNS.items():
            batch_op.add_column(sa.Column(name, sa.Uuid(), nullable=True))
            batch_op.create_foreign_key(batch_op.f(f"fk_login_session_{name}"), table, [name], ["id"])


def downgrade():
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        for name in reversed(COLUMNS):
            batch_op.drop_constraint(batch_op.f(f"fk_login_session_{name}"), type_="foreignkey")
            batch_op.drop_column(name)
