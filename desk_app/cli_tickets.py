"""The subcommands that read and change tickets."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from desk_app.cli_names import DONE, TARGETS, agent_named, numbered, open_desk, say

if TYPE_CHECKING:
    import argparse

    from desk_app.bootstrap import OpenDesk
    from desk_app.domain.commands import Command
    from desk_app.domain.directory import Directory
    from desk_app.domain.filters import QueueRow
    from desk_app.domain.people import Agent


def list_tickets(options: argparse.Namespace) -> int:
    """List tickets."""
    rows = _rows(options)
    lines = [f"{r.number}  {r.status:12}  {r.owner or '-':8}  {r.subject}" for r in rows]
    say(options, [row._asdict() for row in rows], "\n".join(lines))
    return DONE


def _rows(options: argparse.Namespace) -> list[QueueRow]:
    from dataclasses import replace

    from desk_app.domain.filters import Column, QueueKind, Scope, SortKey, queue_filter
    from desk_app.domain.moment import to_ms

    desk = open_desk(options)
    reader = desk.reader()
    now = to_ms(desk.now())
    scope = Scope(agent=options.agent or "john", departments=None)
    if options.agent:
        directory = reader.directory()
        agent = agent_named(directory, options.agent)
        scope = Scope(
            agent=agent.key,
            departments=agent.departments,
            teams=directory.teams_of(agent.key),
        )
    wanted = queue_filter(
        QueueKind(options.queue), scope, now_ms=now, end_of_day_ms=now + 86_400_000
    )
    wanted = replace(wanted, text=options.search)
    column = options.sort.lstrip("-")
    order = SortKey(column=Column(column), descending=options.sort.startswith("-"))
    return reader.queue_head(wanted, order, agent=scope.agent, limit=options.limit)


def show_ticket(options: argparse.Namespace) -> int:
    """Show one ticket with its thread."""
    desk = open_desk(options)
    reader = desk.reader()
    page = reader.page(numbered(desk, options.number).id, agent=options.agent, entries=10_000)
    lines = [f"{page.ticket.number}  {page.ticket.subject}  [{page.ticket.status}]"]
    for entry in page.entries:
        heading = f"\n--- {entry.kind.name.lower()}, {entry.author_name}, {entry.at:%Y-%m-%d %H:%M}"
        lines += [heading, entry.text]
    say(options, asdict(page), "\n".join(lines))
    return DONE


def list_actions(options: argparse.Namespace) -> int:
    """Say of each action whether it is possible, and why not."""
    from desk_app.domain.gate import Situation, denial
    from desk_app.domain.lifecycle import Action
    from desk_app.ui.texts import denial_text

    desk = open_desk(options)
    reader = desk.reader()
    directory = reader.directory()
    ticket = numbered(desk, options.number)
    page = reader.page(ticket.id, agent="", entries=1)
    situation = Situation(
        ticket=ticket,
        actor=agent_named(directory, options.agent or "john"),
        directory=directory,
        now=desk.now(),
        open_children=page.open_children,
        requester_email=page.requester.email,
    )
    found = []
    for action in Action:
        no = denial(action, situation)
        found.append(
            {
                "action": str(action),
                "allowed": no is None,
                "code": "" if no is None else str(no.code),
                "sentence": "" if no is None else denial_text(no),
                "fix": None if no is None or no.fix is None else asdict(no.fix),
            }
        )
    lines = [
        f"{'yes' if a['allowed'] else 'no ':3} {a['action']:18} {a['sentence']}" for a in found
    ]
    say(options, found, "\n".join(lines))
    return DONE


def do_action(options: argparse.Namespace) -> int:
    """Do one action on a ticket."""
    desk = open_desk(options)
    directory = desk.reader().directory()
    agent = agent_named(directory, options.agent or "john")
    command = _command(options, desk, directory, agent)
    done = desk.bus.handle(command)
    changed = [change.field for change in done.event.changes]
    say(options, {"event": done.event.id, "changed": changed}, "done: " + ", ".join(changed))
    return DONE


def _command(
    options: argparse.Namespace, desk: OpenDesk, directory: Directory, agent: Agent
) -> Command:
    from desk_app.domain.lifecycle import Action
    from desk_app.domain.rich_text import text_to_html
    from desk_app.services.writing import Writing

    ticket = numbered(desk, options.number)
    writing = Writing(desk, directory, agent, ticket, options.comment)
    text = Path(options.text_file).read_text(encoding="utf-8") if options.text_file else ""
    if options.action == "reply":
        requester = desk.reader().requester(ticket.requester)
        return writing.reply(text_to_html(text), requester, status=options.status)
    if options.action == "note":
        return writing.note(text_to_html(text))
    if options.action == "add_task":
        return writing.add_task(options.to or text.strip())
    if options.field:
        name, _, value = options.field.partition("=")
        return writing.edit(name, value or None)
    action = Action(options.action)
    find = TARGETS.get(action)
    target = options.to if find is None else find(options, desk, directory, ticket)
    return writing.plain(action, target)


def new_ticket(options: argparse.Namespace) -> int:
    """Open a ticket."""
    from email.utils import parseaddr

    from desk_app.domain.directory import find_by_name
    from desk_app.domain.rich_text import text_to_html
    from desk_app.services.opening import NewTicket, open_ticket

    desk = open_desk(options)
    directory = desk.reader().directory()
    topic = None
    if options.topic:
        topic = find_by_name(directory.topics, "help topic", options.topic)
    name, email = parseaddr(options.requester)
    text = Path(options.text_file).read_text(encoding="utf-8") if options.text_file else ""
    agent = agent_named(directory, options.agent or "john")
    new = NewTicket(
        name=name, email=email, subject=options.subject, html=text_to_html(text), topic=topic
    )
    made = open_ticket(desk, directory, agent, new)
    number = desk.reader().ticket(made.ticket).number
    say(options, {"number": number}, f"ticket {number}")
    return DONE


def export_queue(options: argparse.Namespace) -> int:
    """Write a queue as CSV."""
    import csv

    from desk_app.domain.filters import QueueRow

    rows = _rows(options)
    with Path(options.csv).open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(QueueRow._fields)
        table.writerows([_as_text(value) for value in row] for row in rows)
    say(options, {"rows": len(rows)}, f"{len(rows)} rows in {options.csv}")
    return DONE


def _as_text(value: object) -> object:
    """A cell that a spreadsheet cannot take for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t" and value else value


def undo_ticket(options: argparse.Namespace) -> int:
    """Undo the acting agent's last action on a ticket."""
    from desk_app.domain.errors import NothingToUndoError

    desk = open_desk(options)
    agent = options.agent or "john"
    ticket = numbered(desk, options.number)
    event = desk.reader().find_event(ticket.id, actor=agent)
    if event is None:
        raise NothingToUndoError(number=options.number, why="undone")
    desk.bus.undo(event, agent)
    say(options, {"undone": event.action}, f"undone: {event.action}")
    return DONE


def list_drafts(options: argparse.Namespace) -> int:
    """List what was typed and not sent."""
    drafts = open_desk(options).reader().drafts()
    lines = [f"{d.key.ticket}  {d.key.kind:10}  {d.saved_at}  {d.text[:60]!r}" for d in drafts]
    say(options, [asdict(draft) for draft in drafts], "\n".join(lines))
    return DONE
