"""A desk that is tied to a server: its account, what the server said, the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    op.create_table(
        "base",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("remote", sa.Text(), nullable=True),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_base")),
    )
    op.create_index("ix_base_remote", "base", ["remote"], unique=True)
    op.create_index(
        "ix_base_rank", "base", ["rank"], unique=False, sqlite_where=sa.text("rank > 0")
    )
    op.create_table(
        "known",
        sa.Column("remote", sa.Text(), nullable=False),
        sa.Column("local", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("remote", name=op.f("pk_known")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_known_local", "known", ["local"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"]),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_event_id", "outbox", ["event_id"], unique=True)
    op.create_index("ix_outbox_entry_id", "outbox", ["entry_id"], unique=False)
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["ticket_id", "seq"],
        unique=False,
        sqlite_where=sa.text("state NOT IN ('accepted', 'discarded')"),
    )
    op.create_table(
        "sync_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_log")),
    )
