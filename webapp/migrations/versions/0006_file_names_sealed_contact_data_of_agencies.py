"""file names sealed, contact data of agencies

A file may be named after a person, so its name lies encrypted from now on. What is there is sealed
on the way up and opened on the way down, a batch at a time.

Revision: 0006
After: 0005
"""

import sqlalchemy as sa
from alembic import op

from webapp.core.crypto import key_ring

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CONTEXT = "attachment.name"
CONTACT = ("phone", "contact_office", "address", "postcode")
BATCH = 500
FILES = sa.table(
    "attachment",
    sa.column("id", sa.Uuid()),
    sa.column("name", sa.String()),
    sa.column("sealed_name", sa.LargeBinary()),
)


def upgrade():
    with op.batch_alter_table("agency", schema=None) as batch_op:
        for name in CONTACT:
            batch_op.add_column(sa.Column(name, sa.String(), nullable=True))
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sealed_name", sa.LargeBinary(), nullable=True))
    _convert(FILES.c.name, FILES.c.sealed_name, lambda name: key_ring().seal(name.encode(), CONTEXT))
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_column("name")
        batch_op.alter_column("sealed_name", new_column_name="name", nullable=False)


def downgrade():
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.alter_column("name", new_column_name="sealed_name", existing_type=sa.LargeBinary())
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(), nullable=True))
    _convert(FILES.c.sealed_name, FILES.c.name, lambda sealed: key_ring().open(sealed, CONTEXT).decode())
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_column("sealed_name")
        batch_op.alter_column("name", existing_type=sa.String(), nullable=False)
    with op.batch_alter_table("agency", schema=None) as batch_op:
        for name in reversed(CONTACT):
            batch_op.drop_column(name)


def _convert(old, new, turned):
    """Fill one column from the other, in order of the key."""
    connection = op.get_bind()
    query = sa.select(FILES.c.id, old).order_by(FILES.c.id).limit(BATCH)
    after = None
    while rows := connection.execute(query if after is None else query.where(FILES.c.id > after)).all():
        for key, value in rows:
            connection.execute(FILES.update().where(FILES.c.id == key).values({new.name: turned(value)}))
        after = rows[-1].id
