"""A ticket's thread as one HTML document for `ThreadView`; made on a worker."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from desk_app.domain.entry import Entry, EntryKind, Event
from desk_app.domain.ticket import Task
from desk_app.ui.texts import event_name, field_name, tr

if TYPE_CHECKING:
    from collections.abc import Collection

    from desk_app.domain.directory import Directory
    from desk_app.ports.reader import TicketPage
    from desk_app.ui.theme import Colours

_QUIET = {"create", "reply", "note", "receive"}
_REMOTE = re.compile(r'<img[^>]*\bsrc="remote:([^"]*)"[^>]*>')


def thread_html(
    page: TicketPage, directory: Directory, colours: Colours, unfolded: Collection[int] = ()
) -> str:
    """Entries oldest first, events folded between them, a line where unread ones begin."""
    parts = []
    if page.earlier:
        text = tr("{n} earlier entries: show").format(n=page.earlier)
        parts.append(f'<p align="center"><a href="earlier:">{text}</a></p>')
    events = [event for event in page.events if event.action not in _QUIET]
    marked = False
    for entry in page.entries:
        earlier = [event for event in events if event.at <= entry.at]
        events = events[len(earlier) :]
        parts.append(_events(earlier, directory, unfolded))
        new = page.seen is not None and entry.id > page.seen and not entry.agent
        if new and not marked:
            marked = True
            parts.append(f'<p style="color:{colours.danger}">— {tr("New since you looked")} —</p>')
        parts.append(_entry(entry, colours))
    parts.append(_events(events, directory, unfolded))
    if not page.entries:
        parts.append(f"<p>{tr('No messages yet: write the first reply')}</p>")
    return f'<body style="color:{colours.text}">{"".join(parts)}</body>'


def _entry(entry: Entry, c: Colours) -> str:
    look = {
        EntryKind.MESSAGE: (c.message, c.line, tr("Message")),
        EntryKind.REPLY: (c.base, c.reply_line, tr("Reply")),
        EntryKind.NOTE: (c.note, c.note_line, tr("INTERNAL NOTE · agents only")),
    }
    back, line, label = look[entry.kind]
    when = entry.at.astimezone().strftime("%a %d %b %Y %H:%M")
    to = f" → {escape(', '.join((*entry.to, *entry.cc)))}" if entry.to or entry.cc else ""
    auto = f" · {tr('automatic')}" if entry.automatic else ""
    head = (
        f"<b>{escape(entry.author_name)}</b>{to} "
        f'<span style="color:{c.dim}">· {label}{auto} · {when}</span>'
    )
    return (
        f'<table width="100%" cellpadding="8" cellspacing="0" style="margin-bottom:8px"><tr>'
        f'<td width="3" bgcolor="{line}"></td><td bgcolor="{back}"><p>{head}</p>'
        f"{_pictures(entry.html)}{_files(entry)}</td></tr></table>"
    )


def _pictures(html: str) -> str:
    """A picture elsewhere is named, not loaded."""

    def named(found: re.Match[str]) -> str:
        address = escape(unquote(found[1]))
        return f'<i title="{address}">[{tr("picture on another machine, not loaded")}]</i>'

    return _REMOTE.sub(named, html)


def _files(entry: Entry) -> str:
    cards = [
        f'<a href="file:{entry.id}:{place}">❏ {escape(found.name)}</a>'
        f" <small>({size_text(found.size)})</small>"
        for place, found in enumerate(entry.attachments)
        if not found.inline
    ]
    return f"<p>{'&nbsp;&nbsp; '.join(cards)}</p>" if cards else ""


def size_text(size: int) -> str:
    """Bytes as a person reads them."""
    amount, unit = float(size), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":  # noqa: PLR2004 - decimal units, as file managers show
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"


def _events(events: list[Event], directory: Directory, unfolded: Collection[int]) -> str:
    if not events:
        return ""
    first = events[0].id
    if first not in unfolded:
        names = ", ".join(dict.fromkeys(event_name(event.action) for event in events))
        text = tr("{n} changes").format(n=len(events)) if len(events) > 1 else ""
        label = escape(f"▸ {text} {names}".strip())
        return f'<p><small><a href="events:{first}">{label}</a></small></p>'
    lines = "<br>".join(escape(event_line(event, directory)) for event in events)
    return f'<p><small><a href="events:{first}">▾</a> {lines}</small></p>'


def event_line(event: Event, directory: Directory) -> str:
    """Who, when, what, old and new, on one line."""
    agent = directory.agents.get(event.actor)
    who = agent.name if agent else tr("Requester")
    when = event.at.astimezone().strftime("%d %b %H:%M")
    shown = [c for c in event.changes if not c.field.endswith("_at") or c.field == "due_at"]
    shown = [c for c in shown if c.field not in {"state", "closed_by", "restore_to"}]
    what = "; ".join(
        f"{field_name(c.field)}: {value_text(c.field, c.old, directory)}"
        f" → {value_text(c.field, c.new, directory)}"
        for c in shown
    )
    undone = f" ({tr('undone')})" if event.undone else ""
    note = f" “{event.comment}”" if event.comment else ""
    return f"{when} {who}: {event_name(event.action)}{undone}{f' · {what}' if what else ''}{note}"


def value_text(field: str, value: object, directory: Directory) -> str:
    """A field's value by name."""
    if value is None or value in ("", ()):
        return "-"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%d %b %H:%M")
    if isinstance(value, Task):
        return value.title + ("" if value.is_open else f" ({tr('done')})")
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    things = {
        "status": directory.lifecycle.statuses,
        "priority": directory.priorities,
        "department": directory.departments,
        "topic": directory.topics,
        "sla": directory.slas,
        "owner": directory.agents,
        "team": directory.teams,
    }.get(field, {})
    return str(getattr(things.get(str(value)), "name", value))
