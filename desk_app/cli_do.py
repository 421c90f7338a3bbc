"""The subcommands that change a ticket: `do`, `undo`, `new`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desk_app.cli_edit import edited, is_edit
from desk_app.cli_names import (
    DONE,
    KEPT_ASIDE,
    REFUSED,
    TARGETS,
    agent_named,
    numbered,
    open_desk,
    say,
    status_named,
    text_of,
)
from desk_app.domain.errors import NothingToUndoError, WrongUsageError

if TYPE_CHECKING:
    import argparse

    from desk_app.bootstrap import OpenDesk
    from desk_app.domain.commands import Command
    from desk_app.domain.directory import Directory
    from desk_app.domain.entry import Attachment, Event
    from desk_app.domain.ticket import Ticket
    from desk_app.services.undoing import UndoPlan
    from desk_app.services.writing import Writing

_WORDS = {"reply", "note"}


def do_action(options: argparse.Namespace) -> int:
    """Do one action on a ticket; `edit` with --field does what the field takes."""
    from desk_app.services.writing import Writing

    desk = open_desk(options)
    directory = desk.reader().directory()
    agent = agent_named(directory, options.agent or desk.usual_agent())
    ticket = numbered(desk, options.number)
    _check_flags(options)
    writing = Writing(desk, directory, agent, ticket, options.comment)
    done = desk.bus.handle(_command(options, desk, directory, ticket, writing))
    changed = [change.field for change in done.event.changes]
    say(options, {"event": done.event.id, "changed": changed}, _done_words(desk, done.event))
    return DONE


def _done_words(desk: OpenDesk, event: Event) -> str:
    """What was done, as the window says it; and where it stands, if a server is to hear of it."""
    from desk_app.ui.sync_texts import server_name, state_text
    from desk_app.ui.thread_html import done_line

    reader = desk.reader()
    if event.id == 0:
        return "done already: nothing was changed"
    words = "done: " + done_line(event, reader.directory(), reader.named(event.changes))
    rows = [row for row in reader.outbox(event.ticket) if row.item.event.id == event.id]
    account = reader.account()
    if rows and account is not None:
        words += f" ({state_text(rows[0].item.state, server_name(account))})"
    return words


def _check_flags(options: argparse.Namespace) -> None:
    """What the action has no use for is a mistake: better said than passed over."""
    takes = {
        "--attach": (options.attach, options.action in _WORDS),
        "--text-file": (options.text_file, options.action in {*_WORDS, "add_task"}),
        "--field": (options.field, is_edit(options)),
        "--to": (options.to, options.action in {*TARGETS, "add_task"} or is_edit(options)),
        "--status": (options.status, options.action in {"reply", "set_status", "reopen"}),
    }
    for flag, (given, fits) in takes.items():
        if given and not fits:
            raise WrongUsageError(why="no_flag", action=options.action, flag=flag)


def _command(
    options: argparse.Namespace,
    desk: OpenDesk,
    directory: Directory,
    ticket: Ticket,
    writing: Writing,
) -> Command:
    from desk_app.domain.lifecycle import Action

    if options.action in _WORDS:
        return _words(options, desk, directory, ticket, writing)
    if options.action == "add_task":
        title = (options.to or text_of(options)).strip()
        if not title:
            raise WrongUsageError(why="target", action=options.action)
        return writing.add_task(title)
    if is_edit(options):
        return writing.edit(*edited(options, directory, ticket, desk.reader()))
    action = Action(options.action)
    find = TARGETS.get(action)
    return writing.plain(action, None if find is None else find(options, desk, directory, ticket))


def _words(
    options: argparse.Namespace,
    desk: OpenDesk,
    directory: Directory,
    ticket: Ticket,
    writing: Writing,
) -> Command:
    from desk_app.domain.rich_text import text_to_html

    text = text_of(options)
    if not text.strip() and not options.attach:
        raise WrongUsageError(why="words", action=options.action)
    status = None if options.status is None else status_named(options, directory)
    html, files = text_to_html(text), _files(options, desk)
    if options.action == "note":
        return writing.note(html, files)
    requester = desk.reader().requester(ticket.requester)
    return writing.reply(html, requester, attachments=files, status=status)


def _files(options: argparse.Namespace, desk: OpenDesk) -> tuple[Attachment, ...]:
    from desk_app.domain.draft import FILE_LIMIT

    found: list[Attachment] = []
    for path in options.attach:
        room = FILE_LIMIT - sum(file.size for file in found)
        found.append(desk.files.add_file(path, limit=room))
    return tuple(found)


def undo_ticket(options: argparse.Namespace) -> int:
    """Undo the acting agent's last action on a ticket, and say what goes to its server.

    With --redo it is done again. With --last: what the agent did last, if that was done to several
    at once.
    """
    from desk_app.ui.texts import event_name

    desk = open_desk(options)
    reader = desk.reader()
    agent = agent_named(reader.directory(), options.agent or desk.usual_agent()).key
    if bool(options.number) is options.last:
        raise WrongUsageError(why="which_undo")
    if options.last:
        return _undo_batch(options, desk, agent)
    ticket = numbered(desk, options.number)
    event = reader.find_event(ticket.id, actor=agent, redo=options.redo)
    if event is None:
        raise NothingToUndoError(number=options.number, why="nothing")
    found = desk.bus.plan_undo(event, agent) if options.dry_run else _undone(desk, event, agent)
    action = event.action if found is None else found.action
    if options.redo and event.undoes is not None:
        with desk.unit() as unit:
            action = unit.event(event.undoes).action
    word = "redone" if options.redo else "undone"
    line = f"{'would be ' if options.dry_run else ''}{word}: {event_name(action)}"
    answer: dict[str, object] = {"dry_run": True} if options.dry_run else {}
    answer |= {word: action, **_preview(found)}
    say(options, answer, "\n".join([line, *_told(desk, found)]))
    return DONE


def _undone(desk: OpenDesk, event: Event, agent: str) -> UndoPlan | None:
    """Take it back; what a server is told of it, if it has to be told."""
    from desk_app.services.undoing import UndoPlan

    found = desk.bus.undo_or_plan(event, agent)
    if not isinstance(found, UndoPlan):
        return None
    desk.bus.undo(event, agent, partly=True)
    return found


def _told(desk: OpenDesk, found: UndoPlan | None) -> list[str]:
    """What goes to the server, field by field, and what stays there."""
    if found is None:
        return []
    from desk_app.ui.sync_texts import server_name
    from desk_app.ui.undo_texts import undo_lines

    reader = desk.reader()
    account = reader.account()
    server = "" if account is None else server_name(account)
    return [f"{server} is told:", *("  " + one for one in undo_lines(found, reader.directory()))]


def _preview(found: UndoPlan | None) -> dict[str, object]:
    """The same for scripts; nothing where no server has it."""
    if found is None:
        return {}
    return {
        "sends": [{"field": c.field, "from": c.old, "to": c.new} for c in found.changes],
        "stays": [{"what": str(stay.what), "at": stay.at} for stay in found.stays],
        "not_offered": found.not_offered,
    }


def _undo_batch(options: argparse.Namespace, desk: OpenDesk, agent: str) -> int:
    """Take back, or do again, all that was done at once; what stayed is told on stderr."""
    from desk_app.ui.reassign_texts import undone_text

    batch = desk.reader().last_batch(agent, redo=options.redo)
    if batch is None:
        raise NothingToUndoError(number="", why="no_batch")
    events = tuple(reversed(batch.events)) if options.redo else batch.events
    if options.dry_run:
        return _preview_batch(options, desk, events, agent)
    back = desk.batches.undo_all(events, agent)
    words = undone_text(back, redo=options.redo)
    value = {"tickets": len(back.tickets), "refused": len(back.refused)}
    say(options, value, words)
    if not back.events:
        return REFUSED
    return KEPT_ASIDE if back.refused else DONE


def _preview_batch(
    options: argparse.Namespace, desk: OpenDesk, events: tuple[Event, ...], agent: str
) -> int:
    plans = desk.batches.plan_all(events, agent)
    tickets = len({event.ticket for event in events})
    lines = [f"would be {'redone' if options.redo else 'undone'}: {tickets} tickets"]
    for plan in plans:
        lines += [f"#{plan.number}", *_told(desk, plan)]
    told = [{"number": plan.number, **_preview(plan)} for plan in plans]
    say(options, {"dry_run": True, "tickets": tickets, "told": told}, "\n".join(lines))
    return DONE


def new_ticket(options: argparse.Namespace) -> int:
    """Open a ticket."""
    from email.utils import parseaddr

    from desk_app.domain.directory import find_by_name
    from desk_app.domain.rich_text import text_to_html
    from desk_app.services.opening import NewTicket, open_ticket

    desk = open_desk(options)
    directory = desk.reader().directory()
    name, email = parseaddr(options.requester)
    if "@" not in email.strip("@"):
        raise WrongUsageError(why="address", value=options.requester)
    subject = " ".join(options.subject.split())
    if not subject:
        raise WrongUsageError(why="empty", field="subject")
    new = NewTicket(name=name, email=email, subject=subject, html=text_to_html(text_of(options)))
    if options.topic:
        topic = find_by_name(directory.topics, "help topic", options.topic)
        new = replace(new, topic=topic)
    agent = agent_named(directory, options.agent or desk.usual_agent())
    made = open_ticket(desk, directory, agent, new)
    number = desk.reader().ticket(made.ticket).number
    say(options, {"number": number}, f"ticket {number}")
    return DONE
