"""Why a ticket was late, as a person says: a value of the ticket, and a note that tells others.

No server has a field for it. So an internal note carries it: whoever reads the note has the
reason, and a desk that reads the thread takes the value from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from desk_app.domain.commands import Command
from desk_app.domain.lifecycle import Action

if TYPE_CHECKING:
    from desk_app.domain.entry import Entry
    from desk_app.domain.ticket import Ticket

MARK = "Breach reason: "
"""How the note begins, in every language: programs read it."""
_NONE = "-"
LONGEST = 500


def tidy(reason: str) -> str:
    """A reason on one line, as it is kept."""
    return " ".join(reason.split())[:LONGEST]


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
    entry: Entry
    reason: str

    def on(self, ticket: Ticket) -> Ticket:
        return replace(ticket, breach_reason=self.reason)
