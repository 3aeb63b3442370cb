"""What was asked and is not known."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "gaps",
        sa.Column("bot", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("item", sa.String(32), primary_key=True),
        sa.Column("mark", sa.String(32), primary_key=True),
        sa.Column("stamp", sa.String(8), nullable=False),
        sa.Column("share", sa.LargeBinary, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("week", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("gaps")
