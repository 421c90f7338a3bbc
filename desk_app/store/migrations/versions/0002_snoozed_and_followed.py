"""What agents snooze and follow, and an index for the queue of all tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "snooze",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("until_ms", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("agent", "ticket_id", name=op.f("pk_snooze")),
    )
    op.create_table(
        "follow",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("agent", "ticket_id", name=op.f("pk_follow")),
    )
    # Every queue leaves the deleted out: an index of the others alone answers without the rows.
    op.drop_index("ix_ticket_updated", "ticket")
    op.create_index(
        "ix_ticket_not_deleted",
        "ticket",
        ["updated_ms"],
        unique=False,
        sqlite_where=sa.text("state < 3"),
    )
