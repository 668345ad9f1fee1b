"""An entry in a market's file may be reported without a case; procedures open once a year by themselves.

Revision: 0016
After: 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("market_record", schema=None) as batch_op:
        batch_op.alter_column("case_id", existing_type=sa.Uuid(), nullable=True)

    op.create_table(
        "yearly_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=False),
        sa.Column("process_key", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_yearly_round_jurisdiction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_yearly_round")),
        sa.UniqueConstraint(
            "jurisdiction_id",
            "process_key",
            "year",
            name=op.f("uq_yearly_round_jurisdiction_id_process_key_year"),
        ),
    )
    with op.batch_alter_table("yearly_round", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_yearly_round_jurisdiction_id"), ["jurisdiction_id"], unique=False
        )


def downgrade():
    op.drop_table("yearly_round")
    op.execute(sa.text("DELETE FROM market_record WHERE case_id IS NULL"))
    with op.batch_alter_table("market_record", schema=None) as batch_op:
        batch_op.alter_column("case_id", existing_type=sa.Uuid(), nullable=False)
