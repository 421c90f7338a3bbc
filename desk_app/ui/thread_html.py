"""A ticket's thread as one HTML document for `ThreadView`; made on a worker."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from desk_app.domain.breach import GiveBreachReason
from desk_app.domain.entry import Entry, EntryKind, Event
from desk_app.domain.named import NOBODY, OF_PEOPLE, OF_TICKETS
from desk_app.domain.ticket import Task
from desk_app.ui.entry_body import LONGEST, Body, Picture, View, weight
from desk_app.ui.entry_card import between, broken_card, entry_card
from desk_app.ui.field_titles import field_title
from desk_app.ui.texts import event_name, tr

if TYPE_CHECKING:
    from collections.abc import Collection

    from desk_app.domain.directory import Directory
    from desk_app.domain.entry import Change
    from desk_app.domain.named import Named
    from desk_app.domain.outbox import OutboxItem
    from desk_app.domain.ticket import EntryId
    from desk_app.ports.reader import TicketPage

_QUIET = {"create", "reply", "note", "receive"}
_MOST_AT_ONCE = 400_000
"""Characters of HTML shown at once; what is older than that is cut short, each entry on its own."""


@dataclass(slots=True, kw_only=True)
class Thread:
    """A thread ready to be shown, with all that has to be known to act on it."""

    html: str = ""
    entries: list[Entry] = field(default_factory=list)
    """In the order of the cards, each with a frame of its own."""
    pictures: list[Picture] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    folded: dict[EntryId, str] = field(default_factory=dict)
    """Text of entries that is there but not on screen."""
    made_at: datetime | None = None
    """The moment for which its seconds are counted."""


def make_thread(
    page: TicketPage, directory: Directory, view: View, seen: EntryId | None = None
) -> Thread:
    """Entries oldest first, events folded between them, a line where unread ones begin."""
    thread = Thread()
    parts = []
    if page.earlier:
        text = tr("{n} earlier entries: show").format(n=page.earlier)
        link = f'<a href="{view.links.address("earlier")}">{text}</a>'
        parts.append(between(link, attributes=' align="center"'))
    events = [event for event in page.events if event.action not in _QUIET]
    short = _cut_short(page.entries)
    marked = False
    for entry in page.entries:
        earlier = [event for event in events if event.at <= entry.at]
        events = events[len(earlier) :]
        parts.append(_events(earlier, page, directory, view))
        if seen is not None and entry.id > seen and entry.agent != view.agent and not marked:
            marked = True
            parts.append(_unread_line(view))
        parts.append(_card(thread, entry, view, short=entry.id in short))
    parts.append(_events(events, page, directory, view))
    if not page.entries:
        parts.append(between(nothing_there(page)))
    thread.made_at = view.now
    thread.html = (_paper_style(view) if view.paper else "") + "".join(parts)
    return thread


def nothing_there(page: TicketPage) -> str:
    """Why a thread is empty: there is nothing, or it is still on the server."""
    if page.unread:
        return tr("The messages were not read from the server yet: that is done as soon as it can")
    return tr("No messages yet: write the first reply")


def _paper_style(view: View) -> str:
    """On screen these are the palette's; paper is white in the dark theme too."""
    return f"<style>body{{color:{view.colours.text}}} a{{color:{view.colours.accent}}}</style>"


def without_notes(page: TicketPage) -> TicketPage:
    """The page as the requester may see it: no notes, no events."""
    from dataclasses import replace

    entries = tuple(entry for entry in page.entries if entry.kind is not EntryKind.NOTE)
    return replace(page, entries=entries, events=())


def _unread_line(view: View) -> str:
    return between(f"— {tr('New since you looked')} —", f"color:{view.colours.danger}")


def _cut_short(entries: tuple[Entry, ...]) -> set[EntryId]:
    """The older entries for which there is no room at once."""
    room, short = _MOST_AT_ONCE, set()
    for entry in reversed(entries):
        room -= min(weight(entry.html), LONGEST)
        if room < 0:
            short.add(entry.id)
    return short


def _card(thread: Thread, entry: Entry, view: View, *, short: bool) -> str:
    try:
        html, body = entry_card(entry, view, short=short)
    except Exception:
        # One entry that cannot be made ready must not take the others with it.
        logging.getLogger(__name__).exception("entry %s cannot be shown", entry.id)
        html, body = broken_card(entry, view), Body()
    thread.entries.append(entry)
    thread.pictures += body.pictures
    thread.labels |= body.labels
    if body.folded:
        thread.folded[entry.id] = body.folded
    return html


def _events(events: list[Event], page: TicketPage, directory: Directory, view: View) -> str:
    if not events:
        return ""
    first = events[0].id
    href = view.links.address("events", first)
    if first not in view.events and not view.paper:
        names = ", ".join(dict.fromkeys(event_name(event.action) for event in events))
        if len(events) > 1:
            names = tr("{n} changes: {names}").format(n=len(events), names=names)
        label = escape(f"▸ {names}")
        return between(f'<small><a href="{href}">{label}</a></small>')
    lines = "<br>".join(escape(event_line(event, directory, page.named)) for event in events)
    fold = "" if view.paper else f'<a href="{href}">▾</a> '
    return between(f"<small>{fold}{lines}</small>")


def history_lines(
    page: TicketPage, unsettled: Collection[OutboxItem], directory: Directory
) -> list[str]:
    """Everything that happened, newest first; above it what the server does not know yet."""
    waiting = {item.event.id: item for item in unsettled}
    here = {entry.id for entry in page.entries}
    mark = tr("[{state}] {line}")
    local, rest = [], []
    for event in reversed(page.events):
        line = event_line(event, directory, page.named, partly=event.entry in here)
        item = waiting.get(event.id)
        if item is None:
            rest.append(line)
        else:
            state = tr("needs you") if item.needs_you else tr("waiting")
            local.append(mark.format(state=state, line=line))
    return local + rest


def event_line(
    event: Event, directory: Directory, named: Named = NOBODY, *, partly: bool = False
) -> str:
    """Who, when, what, old and new, on one line.

    `partly`: what it wrote is still in the thread, also where the rest of it was undone.
    """
    agent = directory.agents.get(event.actor)
    who = agent.name if agent else tr("Requester")
    when = event.at.astimezone().strftime("%d %b %H:%M")
    what = "; ".join(_field_line(change, directory, named) for change in _shown(event))
    taken = tr("undone but for the words") if partly else tr("undone")
    undone = f" ({taken})" if event.undone else ""
    note = f" “{event.comment}”" if event.comment else ""
    name = event_name(event.action)
    if what.startswith(f"{name}: "):
        return f"{when} {who}: {what}{undone}{note}"  # the field says what the action is called
    return f"{when} {who}: {name}{undone}{f' · {what}' if what else ''}{note}"


def done_line(event: Event, directory: Directory, named: Named = NOBODY) -> str:
    """What was done, without who and when; a field that changed is not called a change too."""
    shown = _shown(event)
    if event.action in _WRITTEN:  # that it is answered goes without saying
        shown = [change for change in shown if change.field != "answered"]
    words = [_field_line(change, directory, named) for change in shown]
    name = done_name(event, directory)
    if event.action in _EDITED and words:
        return "; ".join(words)
    if words and words[0].startswith(f"{name}: "):
        return "; ".join(words)
    return " · ".join([name, *(["; ".join(words)] if words else [])])


def done_name(event: Event, directory: Directory | None = None) -> str:
    """What an agent calls the thing that was done: `Reply`, `Priority`, `Assigned`."""
    if event.action in _WRITTEN:
        return tr(_WRITTEN[event.action])
    fields = [field_title(change.field, directory) for change in _shown(event)]
    if event.action in _EDITED and fields:
        return ", ".join(dict.fromkeys(fields))
    return event_name(event.action)


_WRITTEN = {"reply": "Reply", "note": "Internal note"}
_EDITED = frozenset({"edit", "edit_custom"})


def _shown(event: Event) -> list[Change]:
    """What is worth a word: what follows from it is not."""
    shown = [c for c in event.changes if not c.field.endswith("_at") or c.field == "due_at"]
    if event.action == GiveBreachReason.name:  # the field that carries it says the same
        shown = [c for c in shown if not c.field.startswith("custom:")]
    return [c for c in shown if c.field not in {"state", "closed_by", "restore_to"}]


def _field_line(change: Change, directory: Directory, named: Named) -> str:
    return tr("{field}: {old} → {new}").format(
        field=field_title(change.field, directory),
        old=value_text(change.field, change.old, directory, named),
        new=value_text(change.field, change.new, directory, named),
    )


def _named_text(field: str, value: object, named: Named) -> str:
    """Tickets and people, which the desk has numbers for: which, or at least how many."""
    names = named.of(field, value)
    count = len(value) if isinstance(value, (tuple, list)) else 1
    if field in OF_TICKETS:
        one, more = tr("1 ticket"), tr("{n} tickets")
        names = [f"#{name}" if name else tr("new") for name in names]
    else:
        one, more = tr("1 person"), tr("{n} people")
    return ", ".join(names) or (one if count == 1 else more.format(n=count))


def value_text(field: str, value: object, directory: Directory, named: Named = NOBODY) -> str:
    """A field's value by name."""
    if value is None or value in ("", ()):
        return "-"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%d %b %H:%M")
    if isinstance(value, Task):
        return value.title + ("" if value.is_open else f" ({tr('done')})")
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if field in OF_PEOPLE | OF_TICKETS:
        return _named_text(field, value, named)
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
