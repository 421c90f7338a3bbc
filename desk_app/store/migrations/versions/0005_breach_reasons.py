"""Breach reasons: where they were given, and which tickets have one."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

GIVEN = "action = 'breach_reason'"
HAS_REASON = "instr(rest, '\"breach_reason\":\"') > 0 AND instr(rest, '\"breach_reason\":\"\"') = 0"


def upgrade() -> None:
    op.create_index(
        "ix_event_breach_reason", "event", ["at_ms"], unique=False, sqlite_where=sa.text(GIVEN)
    )
    op.create_index(
        "ix_ticket_breach_reason",
        "ticket",
        ["due_ms"],
        unique=False,
        sqlite_where=sa.text(HAS_REASON),
    )
