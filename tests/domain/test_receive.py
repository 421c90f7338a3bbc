"""What a message does to its ticket."""

from datetime import timedelta

import pytest

from desk_app.domain.commands import Receive, apply
from desk_app.domain.entry import Entry, EntryKind
from desk_app.domain.ticket import EntryId
from tests.builders import AT, make_ticket

WORDS = {"author_name": "Ann", "html": "<p>Hello</p>", "text": "Hello"}


@pytest.mark.parametrize(("hours", "newest"), [(1, 1), (0, 0), (-24, 0)])
def test_mail_that_comes_in_late_does_not_set_the_last_message_back(hours, newest):
    ticket = make_ticket(last_message_at=AT, answered=True)
    at = AT + timedelta(hours=hours)
    entry = Entry(id=EntryId(9), ticket=ticket.id, kind=EntryKind.MESSAGE, at=at, **WORDS)
    heard = apply(ticket, Receive(id="m", ticket=ticket.id, actor="", at=at, entry=entry))
    assert heard.last_message_at == AT + timedelta(hours=newest)
    assert heard.answered is False
