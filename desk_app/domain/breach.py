"""Why a ticket was late, as a person says: a value of the ticket, and a note that tells others.

No server has a field for it of its own. So an internal note carries it: whoever reads the note has
the reason, and a desk that reads the thread takes the value from it. Where the account names an
extra field of the server's for it, that field carries it instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from desk_app.domain.calm_text import calm
from desk_app.domain.changes import with_custom
from desk_app.domain.commands import Command
from desk_app.domain.entry import Change
from desk_app.domain.lifecycle import Action

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk_app.domain.directory import Directory, HelpTopic
    from desk_app.domain.entry import Entry
    from desk_app.domain.ticket import Ticket

MARK = "Breach reason: "
"""How the note begins, in every language: programs read it."""
_NONE = "-"
LONGEST = 500


def tidy(reason: str) -> str:
    """A reason on one line, as it is kept."""
    return " ".join(calm(reason).split())[:LONGEST]


def with_words(reason: str, words: str) -> str:
    """One of the list with a person's own words after it; either may be ''."""
    return tidy(": ".join(part for part in (reason, words.strip()) if part))


def note_text(reason: str) -> str:
    """What the note says; '' takes the reason back."""
    return MARK + (reason or _NONE)


def read_note(text: str) -> str | None:
    """The reason that a note gives; None where it gives none, '' where it takes one back."""
    first = text.strip().split("\n", 1)[0]
    if not first.startswith(MARK):
        return None
    reason = tidy(first.removeprefix(MARK))
    return "" if reason == _NONE else reason


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBreachReason(Command):
    """Says why the ticket is, or was, late; the note tells it to whoever reads the thread."""

    name: ClassVar[str] = "breach_reason"
    action: ClassVar[Action | None] = Action.BREACH_REASON
    entry: Entry | None
    """None where a field carries it."""
    reason: str
    field: str = ""
    """Key of the extra field that carries it; '' where the note does."""

    def on(self, ticket: Ticket) -> Ticket:
        told = with_custom(ticket, self.field, self.reason) if self.field else ticket
        return replace(told, breach_reason=self.reason)


def with_reason_field(directory: Directory, name: str) -> Directory:
    """The directory with the extra fields of this name as those that say why; '' for none."""
    wanted = name.strip().casefold()

    def marked(topic: HelpTopic) -> HelpTopic:
        fields = (
            replace(one, tells_breach=bool(wanted) and one.name.casefold() == wanted)
            for one in topic.fields
        )
        return replace(topic, fields=tuple(fields))

    topics = {key: marked(topic) for key, topic in directory.topics.items()}
    return replace(directory, topics=topics)


def reason_fields(directory: Directory) -> frozenset[str]:
    """Names of the extra fields that say why."""
    topics = directory.topics.values()
    return frozenset(one.name for topic in topics for one in topic.fields if one.tells_breach)


def with_told_reason(ticket: Ticket, directory: Directory) -> Ticket:
    """A ticket as a server told it, with the reason that its field gives."""
    field = directory.reason_field(ticket)
    if field is None:
        return ticket
    return replace(ticket, breach_reason=tidy(ticket.custom_value(field.key)))


def reason_keys(directory: Directory) -> frozenset[str]:
    """Keys of the extra fields that say why."""
    topics = directory.topics.values()
    return frozenset(one.key for topic in topics for one in topic.fields if one.tells_breach)


def told_reason(changes: Sequence[Change], directory: Directory) -> Change | None:
    """The reason that a server's event gave by a field that says why; None if it gave none."""
    fields = {f"custom:{key}" for key in reason_keys(directory)}
    for change in changes:
        if change.field in fields:
            old, new = (tidy(str(value or "")) for value in (change.old, change.new))
            return Change(field="breach_reason", old=old, new=new)
    return None
