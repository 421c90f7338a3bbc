"""The subcommands that read tickets."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from desk_app.cli_names import DONE, agent_named, numbered, open_desk, say
from desk_app.cli_queues import own_queue
from desk_app.domain.calm_text import calm

if TYPE_CHECKING:
    import argparse

    from desk_app.domain.filters import QueueRow
    from desk_app.domain.ticket import TicketId
    from desk_app.ports.reader import TicketReader


def list_tickets(options: argparse.Namespace) -> int:
    """List tickets."""
    rows = _rows(options)
    lines = [f"{r.number}  {r.status:12}  {r.owner or '-':8}  {calm(r.subject)}" for r in rows]
    say(options, [_fields(row) for row in rows], "\n".join(lines))
    return DONE


def _fields(row: QueueRow) -> dict[str, object]:
    """The row by name, with its times in ISO too."""
    from desk_app.domain.moment import from_ms_or_none

    times = {"due_at": row.due_ms, "created_at": row.created_ms, "updated_at": row.updated_ms}
    return row._asdict() | {name: from_ms_or_none(ms) for name, ms in times.items()}


def _rows(options: argparse.Namespace) -> list[QueueRow]:
    from desk_app.domain.filters import Column, QueueKind, Scope, SortKey, queue_filter
    from desk_app.domain.moment import to_ms

    desk = open_desk(options)
    reader = desk.reader()
    now = to_ms(desk.now())
    scope = Scope(agent=options.agent or desk.usual_agent(), departments=None)
    if options.agent:
        directory = reader.directory()
        agent = agent_named(directory, options.agent)
        scope = Scope(
            agent=agent.key,
            departments=agent.departments,
            teams=directory.teams_of(agent.key),
        )
    own = own_queue(options.queue, desk, reader)
    kind = QueueKind.ALL if own is not None else QueueKind(options.queue)
    wanted = queue_filter(kind, scope, now_ms=now, end_of_day_ms=now + 86_400_000)
    wanted = wanted._replace(text=options.search, also=() if own is None else (own,))
    column = options.sort.lstrip("-")
    order = SortKey(column=Column(column), descending=options.sort.startswith("-"))
    return reader.queue_head(wanted, order, agent=scope.agent, limit=options.limit)


def show_ticket(options: argparse.Namespace) -> int:
    """Show one ticket with its thread."""
    desk = open_desk(options)
    reader = desk.reader()
    agent = agent_named(reader.directory(), options.agent).key if options.agent else ""
    page = reader.page(numbered(desk, options.number).id, agent=agent, entries=10_000)
    lines = [f"{page.ticket.number}  {calm(page.ticket.subject)}  [{page.ticket.status}]"]
    for entry in page.entries:
        kind, who = entry.kind.name.lower(), calm(entry.author_name)
        lines += [f"\n--- {kind}, {who}, {entry.at:%Y-%m-%d %H:%M}", entry.text]
    say(options, asdict(page), "\n".join(lines))
    return DONE


def list_actions(options: argparse.Namespace) -> int:
    """Say of each action whether it is possible, and why not."""
    from desk_app.domain.gate import Situation, denial
    from desk_app.domain.lifecycle import Action
    from desk_app.ui.texts import denial_text, fix_text

    desk = open_desk(options)
    reader = desk.reader()
    directory = reader.directory()
    ticket = numbered(desk, options.number)
    page = reader.page(ticket.id, agent="", entries=1)
    situation = Situation(
        ticket=ticket,
        actor=agent_named(directory, options.agent or desk.usual_agent()),
        directory=directory,
        now=desk.now(),
        open_children=page.open_children,
        requester_email=page.requester.email,
    )
    found, lines = [], []
    for action in Action:
        no = denial(action, situation)
        words = "" if no is None else f"{no.code}: {denial_text(no)}"
        way = "" if no is None or no.fix is None else f" → {fix_text(no)}"
        lines.append(f"{'no ' if no else 'yes'} {action:18} {words}{way}".rstrip())
        found.append(
            {
                "action": str(action),
                "allowed": no is None,
                "code": "" if no is None else str(no.code),
                "sentence": "" if no is None else denial_text(no),
                "fix": None if no is None or no.fix is None else asdict(no.fix),
            }
        )
    say(options, found, "\n".join(lines))
    return DONE


def export_queue(options: argparse.Namespace) -> int:
    """Write a queue as CSV."""
    from desk_app.domain.filters import QueueRow

    rows = _rows(options)
    lines = [["" if value is None else str(value) for value in row] for row in rows]
    open_desk(options).write_table(Path(options.csv), [QueueRow._fields, *lines])
    say(options, {"rows": len(rows)}, f"{len(rows)} rows in {options.csv}")
    return DONE


def list_drafts(options: argparse.Namespace) -> int:
    """List what was typed and not sent."""
    reader = open_desk(options).reader()
    drafts = reader.drafts()
    numbers = {row.id: row.number for row in _rows_of(reader, [d.key.ticket for d in drafts])}
    found = [{"number": numbers.get(d.key.ticket), **asdict(d)} for d in drafts]
    lines = [
        f"{numbers.get(d.key.ticket) or '-'}  {d.key.kind:10}  {d.saved_at:%Y-%m-%d %H:%M}"
        f"  {' '.join(d.text.split())[:60]}"
        for d in drafts
    ]
    say(options, found, "\n".join(lines))
    return DONE


def _rows_of(reader: TicketReader, tickets: list[TicketId]) -> list[QueueRow]:
    return list(reader.rows(tickets, agent="").values())
