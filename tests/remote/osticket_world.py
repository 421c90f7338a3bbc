"""The fake panel as the contract of every server wants to see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import escape

import pytest

from desk_app.domain.rich_text import html_to_text
from tests.remote.contract import UNA
from tests.remote.osticket_panel import panel, signed_in
from tests.remote.panel import html, truth
from tests.remote.panel.server import Panel
from tests.remote.panel.truth import Ticket

_FIELDS = {"owner": "staff", "department": "dept"}


class PanelWorld:
    """People use the panel in other ways than by this program."""

    me, other = "1", "2"
    department, elsewhere, hidden = "1", "2", "3"
    custom = "36"
    closed = "3"
    priority = "3"
    topic = "13"

    def __init__(self, at: Panel) -> None:
        self.panel = at
        self.server = signed_in(at)
        self.server.directory()
        self._long_ago()

    def _long_ago(self) -> None:
        """What was done before is past the time in which the feed looks at things again."""
        for ticket in self.panel.truth.tickets.values():
            for name in ("lastupdate", "lastmessage", "lastresponse"):
                at = getattr(ticket, name)
                if at is not None:
                    setattr(ticket, name, at - timedelta(hours=1))

    def get(self, ticket: str) -> Ticket:
        return self.panel.truth.tickets[ticket]

    def make(self, subject: str) -> str:
        truth = self.panel.truth
        user = truth.user(UNA.name, UNA.email)
        made = truth.open(subject, user, f"<p>{escape(subject)} is broken</p>")
        made.topic = self.topic
        return made.id

    def requester_writes(self, ticket: str, words: str) -> None:
        self.panel.truth.message(self.get(ticket), f"<p>{words}</p>")

    def other_sets(self, ticket: str, field: str, value: str) -> None:
        found = self.get(ticket)
        setattr(found, _FIELDS.get(field, field), value)

    def merge(self, ticket: str, into: str) -> None:
        child, parent = self.get(ticket), self.get(into)
        child.parent, child.merged = into, True
        parent.entries += child.entries
        child.entries = []
        child.status, child.closed = self.closed, self.panel.truth.now()

    def texts(self, ticket: str) -> list[str]:
        return [html_to_text(entry.html) for entry in self.get(ticket).entries]


@contextmanager
def world() -> Iterator[PanelWorld]:
    with panel() as at, pytest.MonkeyPatch.context() as patch:
        for module in (truth, html):  # what the contract closes has no answers
            patch.setattr(module, "TO_CLOSE", frozenset())
        yield PanelWorld(at)
