"""life of documents

Where a document stands in the register of numbers, what became of it, and how it was delivered. Numbers that
were given before are read into the register.

Revision: 0011
After: 0010
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_NUMBER = re.compile(r"(.+)〔(\d{4})〕(\d+)号")
_PLACE = ("agency_id", "series", "year", "serial")


def upgrade():
    op.create_table(
        "document_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("jurisdiction_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("receiver", sa.LargeBinary(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remark", sa.LargeBinary(), nullable=True),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("proof_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("position_title", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_delivery_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction_id"], ["jurisdiction.id"], name=op.f("fk_document_delivery_jurisdiction_id")
        ),
        sa.ForeignKeyConstraint(["proof_id"], ["attachment.id"], name=op.f("fk_document_delivery_proof_id")),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["document.id"], name=op.f("fk_document_delivery_receipt_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_document_delivery_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_delivery")),
    )
    with op.batch_alter_table("document_delivery", schema=None) as batch_op:
        batch_op.create_index("ix_document_delivery_document", ["document_id", "delivered_at"])
        batch_op.create_index(batch_op.f("ix_document_delivery_jurisdiction_id"), ["jurisdiction_id"])
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.add_column(sa.Column("series", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("year", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("serial", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("status_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("about_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_document_about_id"), "document", ["about_id"], ["id"])
    _register()
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_unique_constraint(
            batch_op.f("uq_document_agency_id_series_year_serial"), list(_PLACE)
        )
        batch_op.create_index("ix_document_about", ["about_id"])
        batch_op.create_index(
            "ix_document_register", ["jurisdiction_id", "year", "agency_id", "series", "serial"]
        )


def downgrade():
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index("ix_document_register")
        batch_op.drop_index("ix_document_about")
        batch_op.drop_constraint(batch_op.f("uq_document_agency_id_series_year_serial"), type_="unique")
        batch_op.drop_constraint(batch_op.f("fk_document_about_id"), type_="foreignkey")
        for column in ("about_id", "status_at", "serial", "year", "series"):
            batch_op.drop_column(column)
    op.drop_table("document_delivery")


def _register():
    """Read agency, series, year and number of every document off its 发文字号."""
    bind = op.get_bind()
    numbered = sa.text(
        "SELECT document.id, document.number, agency.document_code FROM document"
        " JOIN agency ON agency.id = document.agency_id WHERE document.number IS NOT NULL"
    )
    place = sa.text("UPDATE document SET series = :series, year = :year, serial = :serial WHERE id = :id")
    for key, number, code in bind.execute(numbered).all():
        found = _NUMBER.fullmatch(number)
        if found is not None:
            series = found[1].removeprefix(code or "")
            bind.execute(place, {"series": series, "year": int(found[2]), "serial": int(found[3]), "id": key})
