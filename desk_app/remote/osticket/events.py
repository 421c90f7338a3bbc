"""What happened to a ticket, by the events on its page.

Of an extra field an event names the field and its values in bold, and says in the panel's language
what became of them: `set to X`, `changed from X to Y`, of a choice `added Y and removed X`
(`whatChanged()` in osTicket's include/class.forms.php). So their order tells nothing. What a field
holds now does: events are gone through from the newest to the oldest, and each leads from its other
value to that one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.entry import Change
from desk_app.ports.remote import RemoteEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desk_app.remote.osticket.names import Names
    from desk_app.remote.osticket.thread_page import PageEvent
    from desk_app.remote.osticket.ticket_page import TicketPage

_EVENTS = {
    "magic": "create",
    "hand-right": "assign",
    "unlock": "release",
    "share-alt": "transfer",
    "thumbs-up-alt": "set_status",
    "rotate-right": "reopen",
    "exchange": "refer",
    "code-fork": "merge",
    "link": "link",
    "unlink": "unlink",
    "pencil": "edit",
    "group": "edit_collaborators",
    "time": "mark_overdue",
}
"""Commands by the panel's icons: the only part of an event that no language changes."""
_EDITED = "pencil"
_CUT = ".… "
"""How the panel ends what it shows of a long answer."""
_BOTH = 2


def edited(page: TicketPage) -> dict[str, tuple[Change, ...]]:
    """Changes of extra fields by the event's id, as far as events name a field of this ticket."""
    keys = {label: key for key, label in page.labels if label}
    now = dict(page.custom)
    found: dict[str, tuple[Change, ...]] = {}
    for event in reversed(page.events):
        if event.icon != _EDITED:
            continue
        changes = []
        for label, values in _named(event, keys):
            key = keys[label]
            old, new = _before(now.get(key, ""), values)
            now[key] = old
            changes.append(Change(field=f"custom:{key}", old=old, new=new))
        if changes:
            found[event.id] = tuple(changes)
    return found


def remote_event(
    event: PageEvent, names: Names, changed: Mapping[str, tuple[Change, ...]]
) -> RemoteEvent:
    """An event; `changed`: what became of fields, by the event's id, as far as it is known."""
    changes = changed.get(event.id, ())
    is_custom = bool(changes) and all(c.field.startswith("custom:") for c in changes)
    return RemoteEvent(
        id=event.id,
        at=event.at,
        actor=names.agents.get(event.actor, ""),
        action="edit_custom" if is_custom else _EVENTS.get(event.icon, "edit"),
        changes=changes,
        words="" if is_custom and _is_told_whole(event, changes) else event.words,
    )


def _is_told_whole(event: PageEvent, changes: Sequence[Change]) -> bool:
    """Whether an event says no more than what one extra field became."""
    return len(changes) == 1 and len(event.bold) <= 1 + _BOTH


def _named(event: PageEvent, keys: dict[str, str]) -> list[tuple[str, list[str]]]:
    """The fields that an event names, each once, with the bold words after it."""
    found: dict[str, list[str]] = {}
    values: list[str] | None = None
    for words in event.bold:
        if words in keys and words not in found and values != []:
            values = found[words] = []
        elif values is not None:
            values.append(words)
    return list(found.items())


def _before(now: str, values: list[str]) -> tuple[str, str]:
    """The value before and the one after, which is the one that the field had then."""
    if not values:
        return "", ""
    first, second = values[0], values[1] if len(values) >= _BOTH else ""
    if _is(first, now):
        return (second if len(values) <= _BOTH else ""), first
    return first, second


def _is(words: str, shown: str) -> bool:
    """Whether a value is the one that the page shows, which may show its beginning alone."""
    start = shown.rstrip(_CUT)
    return words == shown or (shown != start and bool(start) and words.startswith(start))
