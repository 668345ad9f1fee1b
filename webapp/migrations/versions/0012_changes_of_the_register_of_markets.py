"""What decisions change in the register of markets is kept field by field; a market can be closed for a while.

Revision: 0012
After: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "market_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=False),
        sa.Column("market_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("before", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
        sa.Column("after", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_market_change_case_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_market_change_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_market_change_market_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_market_change")),
    )
    with op.batch_alter_table("market_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_market_change_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )
        batch_op.create_index("ix_market_change_market", ["market_id", "changed_at"], unique=False)

    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("outcome_label", sa.String(), nullable=True))

    with op.batch_alter_table("market", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("closed_until", sa.Date(), nullable=True))


def downgrade():
    with op.batch_alter_table("market", schema=None) as batch_op:
        batch_op.drop_column("closed_until")
        batch_op.drop_column("closed_from")

    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_column("outcome_label")

    with op.batch_alter_table("market_change", schema=None) as batch_op:
        batch_op.drop_index("ix_market_change_market")
        batch_op.drop_index(batch_op.f("ix_market_change_jurisdiction_id"))

    op.drop_table("market_change")
