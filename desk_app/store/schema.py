"""The tables of a desk. Times are milliseconds since 1970, UTC; keys are the domain's own."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table, Text, text

FIRST_NUMBER = 100_001
"""The number of a desk's first ticket; the next one is kept in `meta`."""
UNFINISHED = "import:"
"""Before the key of an import under way, which is kept in `meta` too."""

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"}
)

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

directory = Table(
    "directory",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("doc", Text, nullable=False),
)

requester = Table(
    "requester",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text(collation="NOCASE"), nullable=False),
    Column("phone", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("images_allowed", Integer, nullable=False),
)
Index("ix_requester_email", requester.c.email)

ticket = Table(
    "ticket",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Text),
    Column("subject", Text(collation="NOCASE"), nullable=False),
    Column("requester_id", Integer, ForeignKey("requester.id"), nullable=False),
    Column("requester", Text(collation="NOCASE"), nullable=False),
    Column("department", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("state", Integer, nullable=False),
    Column("stage", Integer, nullable=False),
    Column("priority", Text, nullable=False),
    Column("priority_rank", Integer, nullable=False),
    Column("topic", Text),
    Column("sla", Text),
    Column("owner", Text),
    Column("team", Text),
    Column("source", Text, nullable=False),
    Column("due_ms", Integer),
    Column("created_ms", Integer, nullable=False),
    Column("updated_ms", Integer, nullable=False),
    Column("last_message_ms", Integer),
    Column("answered", Integer, nullable=False),
    Column("open_tasks", Integer, nullable=False),
    Column("has_files", Integer, nullable=False),
    Column("merged_into", Integer),
    Column("rest", Text, nullable=False),
)
Index("ix_ticket_number", ticket.c.number, unique=True)
Index("ix_ticket_not_deleted", ticket.c.updated_ms, sqlite_where=text("state < 3"))
Index("ix_ticket_created", ticket.c.created_ms)
Index("ix_ticket_state_updated", ticket.c.state, ticket.c.updated_ms)
Index("ix_ticket_requester_id", ticket.c.requester_id)
Index("ix_ticket_owner", ticket.c.owner, ticket.c.state, ticket.c.updated_ms)
Index("ix_ticket_subject", ticket.c.subject)
Index(
    "ix_ticket_open",
    *(ticket.c[n] for n in ("department", "owner", "team", "status", "stage")),
    *(ticket.c[n] for n in ("due_ms", "answered", "created_ms", "state")),
    sqlite_where=text("state = 0"),
)
"""All that counts and workloads ask of open tickets: the table is not read."""
Index("ix_ticket_due", ticket.c.due_ms, sqlite_where=text("state = 0"))
HAS_REASON = 'instr(rest, \'"breach_reason":"\') > 0 AND instr(rest, \'"breach_reason":""\') = 0'
"""What a ticket's row holds for which somebody said why it was late; as `MOVED`."""
Index("ix_ticket_breach_reason", ticket.c.due_ms, sqlite_where=text(HAS_REASON))
Index(
    "ix_ticket_merged_into",
    ticket.c.merged_into,
    sqlite_where=text("merged_into IS NOT NULL"),
)

referral = Table(
    "referral",
    metadata,
    Column("ticket_id", Integer, ForeignKey("ticket.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
)
Index("ix_referral_key", referral.c.kind, referral.c.key)

entry = Table(
    "entry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", Integer, ForeignKey("ticket.id"), nullable=False),
    Column("kind", Integer, nullable=False),
    Column("at_ms", Integer, nullable=False),
    Column("author", Text, nullable=False),
    Column("agent", Text),
    Column("requester_id", Integer),
    Column("text", Text, nullable=False),
    Column("html", Text),
    Column("files", Text, nullable=False),
    Column("message_id", Text),
    Column("automatic", Integer, nullable=False),
    Column("withdrawn", Integer, nullable=False),
    Column("rest", Text, nullable=False),
)
Index("ix_entry_ticket", entry.c.ticket_id, entry.c.id)
Index("ix_entry_message_id", entry.c.message_id, sqlite_where=text("message_id IS NOT NULL"))

attachment = Table(
    "attachment",
    metadata,
    Column("entry_id", Integer, ForeignKey("entry.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("mime_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("content_id", Text),
    Column("inline", Integer, nullable=False),
)
Index("ix_attachment_sha256", attachment.c.sha256)

command = Table(
    "command",
    metadata,
    Column("id", Text, primary_key=True),
    Column("ticket_id", Integer, nullable=False),
    Column("at_ms", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("payload", Text, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", Integer, ForeignKey("ticket.id"), nullable=False),
    Column("command_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at_ms", Integer, nullable=False),
    Column("changes", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("entry_id", Integer),
    Column("undoes", Integer),
    Column("undone", Integer, nullable=False),
)
Index("ix_event_ticket", event.c.ticket_id, event.c.id)
MOVED = (
    "(instr(changes, '\"owner\"') > 0 OR instr(changes, '\"team\"') > 0"
    " OR instr(changes, '\"department\"') > 0)"
)
"""What a reassignment's row holds; a query must say it in the same words to use the index."""
Index("ix_event_moved", event.c.at_ms, sqlite_where=text(MOVED))
GIVEN = "action = 'breach_reason'"
"""As above, for events that say why a ticket was late."""
Index("ix_event_breach_reason", event.c.at_ms, sqlite_where=text(GIVEN))

draft = Table(
    "draft",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("started_ms", Integer, nullable=False),
    Column("saved_ms", Integer, nullable=False),
    Column("closed", Integer, nullable=False),
    Column("html", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("rest", Text, nullable=False),
)
Index("ix_draft_key", draft.c.ticket_id, draft.c.kind, draft.c.id)
Index("ix_draft_open", draft.c.ticket_id, sqlite_where=text("closed = 0"))

read_mark = Table(
    "read_mark",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("ticket_id", Integer, primary_key=True),
    Column("entry_id", Integer, nullable=False),
    Column("at_ms", Integer, nullable=False),
)

snooze = Table(
    "snooze",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("ticket_id", Integer, ForeignKey("ticket.id"), primary_key=True),
    Column("until_ms", Integer, nullable=False),
    Column("at_ms", Integer, nullable=False),
)

follow = Table(
    "follow",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("ticket_id", Integer, ForeignKey("ticket.id"), primary_key=True),
    Column("at_ms", Integer, nullable=False),
)

availability = Table(
    "availability",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("doc", Text, nullable=False),
)
"""Not in the directory, which a server's takes the place of."""

availability_log = Table(
    "availability_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at_ms", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("old", Text, nullable=False),
    Column("new", Text, nullable=False),
)

saved_search = Table(
    "saved_search",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
)

kept_aside = Table(
    "kept_aside",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("at_ms", Integer, nullable=False),
    Column("sha256", Text),
)

account = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("doc", Text, nullable=False),
)
"""One row, or none: a desk has at most one server."""

base = Table(
    "base",
    metadata,
    Column("ticket_id", Integer, ForeignKey("ticket.id"), primary_key=True),
    Column("remote", Text),
    Column("doc", Text, nullable=False),
    Column("rank", Integer, nullable=False),
)
"""`rank` is 0 where the thread is as new as the ticket, else the higher the sooner to read."""
Index("ix_base_remote", base.c.remote, unique=True)
Index("ix_base_rank", base.c.rank, sqlite_where=text("rank > 0"))

known = Table(
    "known",
    metadata,
    Column("remote", Text, primary_key=True),
    Column("local", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""Server's ids of entries (`e:…`) and events (`v:…`), and what they are called here."""
Index("ix_known_local", known.c.local)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("ticket_id", Integer, nullable=False),
    Column("event_id", Integer, ForeignKey("event.id"), nullable=False),
    Column("entry_id", Integer),
    Column("state", Text, nullable=False),
    Column("doc", Text, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_outbox_event_id", outbox.c.event_id, unique=True)
Index("ix_outbox_entry_id", outbox.c.entry_id)
Index(
    "ix_outbox_open",
    outbox.c.ticket_id,
    outbox.c.seq,
    sqlite_where=text("state NOT IN ('accepted', 'discarded')"),
)

sync_log = Table(
    "sync_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at_ms", Integer, nullable=False),
    Column("ticket_id", Integer),
    Column("number", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

sync_request = Table(
    "sync_request",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at_ms", Integer, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("ms", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("got", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("command", Text, nullable=False),
)
"""Apart from the log's other lines, which so many would push out."""
