"""Workloads: working times of agents, and indexes for figures, due times and reassignments."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOVED = (
    "(instr(changes, '\"owner\"') > 0 OR instr(changes, '\"team\"') > 0"
    " OR instr(changes, '\"department\"') > 0)"
)


def upgrade() -> None:
    op.create_table(
        "availability",
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_availability")),
    )
    op.create_table(
        "availability_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.Integer(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_log")),
    )
    op.drop_index("ix_ticket_open", "ticket")
    op.create_index(
        "ix_ticket_open",
        "ticket",
        ["department", "owner", "team", "status", "stage", "due_ms", "answered", "created_ms", "state"],
        unique=False,
        sqlite_where=sa.text("state = 0"),
    )
    op.create_index(
        "ix_ticket_due", "ticket", ["due_ms"], unique=False, sqlite_where=sa.text("state = 0")
    )
    op.create_index(
        "ix_event_moved", "event", ["at_ms"], unique=False, sqlite_where=sa.text(MOVED)
    )
