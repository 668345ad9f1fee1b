"""A market has a file of entries, and a case may be opened by another.

Revision: 0013
After: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "market_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=False),
        sa.Column("market_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("values", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_market_record_case_id")),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_market_record_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_market_record_market_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_market_record")),
    )
    with op.batch_alter_table("market_record", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_market_record_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )
        batch_op.create_index("ix_market_record_market", ["market_id", "kind", "period"], unique=False)

    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_case_origin_id"), "case", ["origin_id"], ["id"])

    with op.batch_alter_table("market", schema=None) as batch_op:
        batch_op.add_column(sa.Column("left_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("left_way", sa.String(), nullable=True))


def downgrade():
    with op.batch_alter_table("market", schema=None) as batch_op:
        batch_op.drop_column("left_way")
        batch_op.drop_column("left_on")

    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_case_origin_id"), type_="foreignkey")
        batch_op.drop_column("origin_id")

    with op.batch_alter_table("market_record", schema=None) as batch_op:
        batch_op.drop_index("ix_market_record_market")
        batch_op.drop_index(batch_op.f("ix_market_record_jurisdiction_id"))

    op.drop_table("market_record")
