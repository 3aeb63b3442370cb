"""Sessions, updates, turns, held answers, reminders, counts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("chat", sa.String(32), primary_key=True),
        sa.Column("stamp", sa.String(8), nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("expires", sa.Float, nullable=False),
    )
    op.create_index("sessions_expires", "sessions", ["expires"])
    op.create_table(
        "updates",
        sa.Column("bot", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("updates_at", "updates", ["at"])
    op.create_table(
        "turns",
        sa.Column("chat", sa.String(32), primary_key=True),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("until", sa.Float, nullable=False),
    )
    op.create_table(
        "held",
        sa.Column("bot", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("chat", sa.String(32), nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("ix_held_chat", "held", ["chat"])
    op.create_table(
        "reminders",
        sa.Column("chat", sa.String(32), primary_key=True),
        sa.Column("bot", sa.BigInteger, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("due", sa.Float, nullable=False),
        sa.Column("owner", sa.String(32)),
        sa.Column("until", sa.Float),
    )
    op.create_index("reminders_due", "reminders", ["bot", "due"])
    op.create_table(
        "counts",
        sa.Column("bot", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    for table in ("counts", "reminders", "held", "turns", "updates", "sessions"):
        op.drop_table(table)
